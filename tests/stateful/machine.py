"""Random histories of the ledger: whatever is done in whatever order, the app does what the plain book says."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from alleviation.audit.closings import ask_reopening, close_year, propose_closing, reopen_year
from alleviation.audit.models import YearClosing
from alleviation.audit.values import values_of
from alleviation.common import guard
from alleviation.common.query import Query
from projects import actions
from projects.models import LedgerEntry
from projects.rollups.funding import funding_total
from tests.faults.truth import voucher_faults
from tests.stateful import final
from tests.stateful.book import KINDS, Book, Line
from tests.stateful.world import PLACES, SOURCES, World, yuan

# Years that are closed now and then, and the year of today, into which late reversals fall.
ENDED = (2019, 2020)
TODAY = timezone.localdate()
REFUSED = (ValidationError, PermissionDenied)

amounts = st.one_of(st.integers(1, 500), st.integers(1, 999_999_999_999))
picks = st.integers(0, 10_000)


class Ledger(RuleBasedStateMachine):
    """The world is built once; each history is taken back at its end."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.book = Book()
        self.seen = 0
        self.moments: list[tuple[Any, Any]] = []
        self.stack = ExitStack()
        self.stack.enter_context(transaction.atomic())
        self.stack.enter_context(guard.enforced())
        self.query = Query(user=self.world.manager)

    def teardown(self) -> None:
        try:
            self.check()
        finally:
            transaction.set_rollback(True)
            self.stack.close()

    def check(self) -> None:
        """What has to be true at the end of a history."""
        final.check_sums(self.book, self.query)
        final.check_posted(self.book)
        final.check_trail()
        for at, total in self.moments:
            assert funding_total(replace(self.query, as_of=at)) == total

    # --- entries --------------------------------------------------------------------------------------------------

    @rule(
        kind=st.sampled_from(KINDS),
        place=st.sampled_from(PLACES),
        year=st.sampled_from((*ENDED, TODAY.year)),
        source=st.sampled_from(SOURCES),
        amount=amounts,
        steps=st.sampled_from((1, 2, 3, 3, 3)),
    )
    def enter(self, kind: str, place: str, year: int, source: str, amount: int, steps: int) -> None:
        """Draft an entry; more often than not it is submitted and posted at once."""
        self._enter(Line(kind, place, year, source, amount), steps)

    @precondition(lambda self: self.book.posted())
    @rule(
        link=st.sampled_from(("allocation", "above")),
        pick=picks,
        where=picks,
        beyond=st.sampled_from((0, 0, 0, 1)),
        share=st.integers(1, 3),
        steps=st.sampled_from((1, 2, 3, 3)),
    )
    def pass_on(self, link: str, pick: int, where: int, beyond: int, share: int, steps: int) -> None:
        """Pay or hand down a share of what is left of a posted entry, all of it, or a fen too much.

        Mostly to a place inside, or up from one where money is given back; now and then to a place that cannot be.
        """
        earlier = self._pick(self.book.posted(), pick)
        near = [one for one in PLACES if one.startswith(earlier.place) or earlier.place.startswith(one)]
        places = [*(one for one in near if one != earlier.place), *near, *near, *PLACES]
        place = places[where % len(places)]
        left = self.book.left(earlier.voucher, link)
        kind = "disbursement" if link == "allocation" else earlier.kind
        if kind == "expenditure":
            return
        amount = max(left // share, 1) + beyond
        self._enter(Line(kind, place, earlier.year, earlier.source, amount, **{link: earlier.voucher}), steps)

    @rule(kind=st.sampled_from(("allocation", "disbursement")), year=st.sampled_from(ENDED), amount=amounts)
    def hand_down(self, kind: str, year: int, amount: int) -> None:
        """Money comes from the province to a county, and half of it to a village."""
        above = ""
        for place, part in zip(("51", *PLACES[1:4:2]), (amount, amount, max(amount // 2, 1)), strict=True):
            line = Line(kind, place, year, "provincial", part, above=above)
            self._enter(line, 3)
            above = line.voucher

    @precondition(lambda self: self.book.lines)
    @rule(pick=picks, amount=amounts)
    def change(self, pick: int, amount: int) -> None:
        """Change the amount of a draft; a reversal keeps its own."""
        line = self._pick(self._waiting() or self.book.lines, pick)
        wanted = replace(line, amount=line.amount if line.reverses else amount)
        is_allowed = line.state in ("draft", "returned") and self.book.may_wait(wanted)
        entry = self._stored(line)
        entry.amount = yuan(wanted.amount)
        if self._does(is_allowed, actions.draft_entry, entry, by=self.world.clerk):
            line.state, line.amount = "draft", wanted.amount

    @precondition(lambda self: self.book.lines)
    @rule(pick=picks)
    def submit(self, pick: int) -> None:
        line = self._pick(self._waiting() or self.book.lines, pick)
        is_allowed = line.state in ("draft", "returned") and self.book.may_wait(line)
        if self._does(is_allowed, actions.submit_entry, self._stored(line), by=self.world.clerk):
            line.state = "submitted"

    @precondition(lambda self: self.book.lines)
    @rule(pick=picks, word=st.sampled_from(("take_back_entry", "withdraw_entry", "return_entry")))
    def step_back(self, pick: int, word: str) -> None:
        """Take back, withdraw, or return: for a draft of a year that was closed meanwhile see `close`."""
        line = self._pick(self._waiting() or self.book.lines, pick)
        allowed = ("draft", "submitted", "returned") if word == "withdraw_entry" else ("submitted",)
        extra = {"by": self.world.reviewer, "note": "Why?"} if word == "return_entry" else {"by": self.world.clerk}
        if self._does(line.state in allowed, getattr(actions, word), self._stored(line), **extra):
            line.state = {"take_back_entry": "draft", "withdraw_entry": "withdrawn", "return_entry": "returned"}[word]

    @precondition(lambda self: self.book.lines)
    @rule(pick=picks, is_maker=st.sampled_from((False, False, False, True)))
    def post(self, pick: int, is_maker: bool) -> None:
        """Post a submission; never by whoever made it."""
        line = self._pick([one for one in self.book.lines if one.state == "submitted"] or self.book.lines, pick)
        self._post(line, is_maker=is_maker)

    @precondition(lambda self: self.book.posted())
    @rule(pick=picks, amount=st.one_of(st.none(), amounts, st.just(0)), is_posted=st.booleans())
    def correct(self, pick: int, amount: int | None, is_posted: bool) -> None:
        """Reverse a posted entry, with a new one in its place (0: of the same amount) or without."""
        line = self._pick([one for one in self.book.posted() if not one.reverses] or self.book.posted(), pick)
        is_open = line.year != TODAY.year and not self.book.is_closed(line)
        day = date(line.year, 12, 31) if is_open else TODAY
        reversal = replace(line, amount=-line.amount, booked_on=day, year=day.year, reverses=line.voucher, replaces="")
        lines = [replace(reversal, state="submitted", voucher="", posted_as={})]
        if amount is not None:
            new = replace(line, amount=amount or abs(line.amount), replaces=line.voucher, reverses="")
            lines.append(replace(new, state="submitted", voucher="", posted_as={}))
        is_allowed = self.book.may_be_corrected(line) and all(map(self.book.may_wait, lines))
        is_allowed &= len(lines) == 1 or not self.book.is_replaced(line.voucher)
        told = {"by": self.world.clerk, "reason": "A slip"}
        if len(lines) > 1:
            told["replacement"] = self._entry(lines[1])
        made = self._does(is_allowed, actions.correct_entry, self._stored(line), **told)
        if made:
            for one, entry in zip(lines, made, strict=False):
                one.number = entry.pk
                self.book.lines.append(one)
                if is_posted:
                    self._post(one)

    # --- years ----------------------------------------------------------------------------------------------------

    @rule(area=st.sampled_from(PLACES), year=st.sampled_from(ENDED))
    def close(self, area: str, year: int) -> None:
        """Close a year: not while entries wait, nor twice, nor inside what is closed."""
        waits = any(one.place.startswith(area) and one.year == year for one in self._waiting())
        above = any(one == year and area.startswith(code) for code, one in self.book.closed)
        closed = self._does(not waits and not above, self._close, area, year)
        if closed:
            self.book.closed[area, year] = closed.pk

    @precondition(lambda self: self.book.closed)
    @rule(pick=picks)
    def reopen(self, pick: int) -> None:
        key = sorted(self.book.closed)[pick % len(self.book.closed)]
        closing = YearClosing.objects.get(pk=self.book.closed.pop(key))
        reopen_year(ask_reopening(closing, by=self.world.clerk, reason="A late bill"), by=self.world.reviewer)

    @rule()
    def remember(self) -> None:
        """A figure of this moment is to be the same when somebody asks for it later."""
        self.moments.append((timezone.now(), funding_total(self.query)))

    # --- always ---------------------------------------------------------------------------------------------------

    @invariant()
    def sums_and_vouchers_are_those_of_the_book(self) -> None:
        """Asked whenever something was posted; that nothing else changes them is seen at the next time."""
        if self.seen != len(self.book.posted()):
            self.seen = len(self.book.posted())
            assert final.fen_by_kind(funding_total(self.query)) == self.book.sums()
            assert voucher_faults() == []

    # --- how ------------------------------------------------------------------------------------------------------

    def _does(self, is_allowed: bool, act: Callable[..., Any], *args: Any, **told: Any) -> Any:
        """Do it if the book allows it, and see it refused otherwise. Gives what came of it, True for nothing."""
        try:
            with transaction.atomic():
                made = act(*args, **told)
            refusal = None
        except REFUSED as refused:
            made, refusal = None, refused
        assert (refusal is None) == is_allowed, f"{act.__name__}: {refusal or 'should have been refused'}"
        return None if refusal else made or True

    def _enter(self, line: Line, steps: int) -> None:
        entry = self._entry(line)
        if not self._does(self.book.may_wait(line), actions.draft_entry, entry, by=self.world.clerk):
            return
        line.number = entry.pk
        self.book.lines.append(line)
        if steps > 1 and self._does(True, actions.submit_entry, entry, by=self.world.clerk):
            line.state = "submitted"
        if steps > 2:
            self._post(line)

    def _post(self, line: Line, *, is_maker: bool = False) -> None:
        is_allowed = self.book.may_be_posted(line) and not is_maker
        by = self.world.clerk if is_maker else self.world.reviewer
        posted = self._does(is_allowed, actions.post_entry, self._stored(line), by=by)
        if posted:
            line.state, line.voucher = "posted", posted.voucher
            line.posted_as = values_of(self._stored(line))

    def _close(self, area: str, year: int) -> YearClosing:
        waiting = LedgerEntry.objects.pending().of_years(year, year)
        closing = propose_closing(area, year, by=self.world.clerk)
        return close_year(
            closing, by=self.world.reviewer, open_entries=lambda one: list(waiting.in_area(one.area)), freeze=list_none
        )

    def _entry(self, line: Line) -> LedgerEntry:
        return LedgerEntry(
            kind=line.kind,
            year=line.year,
            booked_on=line.day,
            amount=yuan(line.amount),
            source=self.world.sources[line.source],
            division=self.world.places[line.place],
            allocation=line.allocation,
            handed_down_from=line.above,
        )

    def _stored(self, line: Line) -> LedgerEntry:
        return LedgerEntry.objects.get(pk=line.number)

    def _waiting(self) -> list[Line]:
        return [line for line in self.book.lines if line.state in ("draft", "submitted", "returned")]

    def _pick(self, lines: list[Line], pick: int) -> Line:
        return lines[pick % len(lines)]


def list_none(closing: YearClosing) -> list[Any]:
    """No report is frozen here: what is in them is tested elsewhere."""
    return []
