"""Random histories of incomes and promises: what holds today, and what held at each moment that was remembered."""

from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from alleviation.audit.closings import ask_reopening, close_year, propose_closing, reopen_year
from alleviation.audit.models import YearClosing
from alleviation.common import guard
from alleviation.common.query import Query
from beneficiaries import actions as register
from beneficiaries.models import IncomeRecord
from beneficiaries.rollups import income_total, per_capita_income
from projects import actions
from projects.models import Pledge
from projects.rollups.pledges import pledged_years
from tests.stateful import final
from tests.stateful.book import Promised
from tests.stateful.world import PLACES, World, fen, yuan

YEARS = (2018, 2019, 2020)
UNTIL = 2026
OTHERS = ("business_income", "property_income", "transfer_income")
amounts = st.integers(0, 999_999_999_999)
lengths = st.one_of(st.none(), st.integers(0, 5))
somewhen = st.one_of(st.none(), st.integers(2016, 2024))


class History(RuleBasedStateMachine):
    """A history that is taken back at its end."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.stack.enter_context(transaction.atomic())
        self.stack.enter_context(guard.enforced())
        self.query = Query(user=self.world.manager)
        self.moments: list[tuple[Any, Any]] = []

    def figures(self, query: Query) -> Any:
        """All that is summed, as of the moment that the query names."""
        raise NotImplementedError

    def teardown(self) -> None:
        try:
            final.check_trail()
            for at, figures in self.moments:
                assert self.figures(replace(self.query, as_of=at)) == figures
        finally:
            transaction.set_rollback(True)
            self.stack.close()

    @rule()
    def remember(self) -> None:
        self.moments.append((timezone.now(), self.figures(self.query)))


class Incomes(History):
    """Incomes are recorded once for a year, corrected by a record that takes their place, and kept in closed years."""

    def __init__(self) -> None:
        super().__init__()
        # Fen of (wages, expenses) by household and year.
        self.standing: dict[tuple[int, int], tuple[int, int]] = {}
        self.rows = 0
        self.closed: dict[tuple[str, int], int] = {}

    @rule(seat=st.integers(0, 2), year=st.sampled_from(YEARS), wages=amounts, expenses=amounts)
    def record(self, seat: int, year: int, wages: int, expenses: int) -> None:
        household = self.world.households[seat]
        income = IncomeRecord(
            household=household,
            village=household.village,
            year=year,
            persons=seat + 1,
            wage_income=yuan(wages),
            expenses=yuan(expenses),
            **dict.fromkeys(OTHERS, yuan(0)),
        )
        self._write(income, (seat, year) not in self.standing, (seat, year), (wages, expenses))

    @precondition(lambda self: self.standing)
    @rule(pick=st.integers(0, 100), wages=amounts, reason=st.sampled_from(("", "A slip", "Another slip")))
    def correct(self, pick: int, wages: int, reason: str) -> None:
        seat, year = key = sorted(self.standing)[pick % len(self.standing)]
        income = IncomeRecord.objects.standing().get(household=self.world.households[seat], year=year)
        earlier, expenses = self.standing[key]
        if wages == earlier:
            return
        is_told = bool(reason) and reason != income.reason
        income.wage_income, income.reason = yuan(wages), reason
        self._write(income, is_told, key, (wages, expenses))

    @rule(area=st.sampled_from(PLACES), year=st.sampled_from(YEARS))
    def close_or_reopen(self, area: str, year: int) -> None:
        """Close a year that is open, reopen one that is closed; of what lies inside a closed area nothing is."""
        if (area, year) in self.closed:
            closing = YearClosing.objects.get(pk=self.closed.pop((area, year)))
            reopen_year(ask_reopening(closing, by=self.world.clerk, reason="Late"), by=self.world.reviewer)
        elif not self._is_closed(area, year):
            closing = propose_closing(area, year, by=self.world.clerk)
            close_year(closing, by=self.world.reviewer, open_entries=lambda one: [], freeze=lambda one: [])
            self.closed[area, year] = closing.pk

    @invariant()
    def sums_are_those_of_the_book(self) -> None:
        wanted = {
            year: (
                sum(wages for (_seat, one), (wages, _spent) in self.standing.items() if one == year),
                sum(wages - spent for (_seat, one), (wages, spent) in self.standing.items() if one == year),
                sum(seat + 1 for seat, one in self.standing if one == year),
            )
            for _seat, year in self.standing
        }
        found = {
            one.key: (fen(one.wage_income), fen(one.net_income), one.persons) for one in per_capita_income(self.query)
        }
        assert found == wanted
        assert IncomeRecord.objects.count() == self.rows

    def figures(self, query: Query) -> Any:
        return income_total(query), per_capita_income(query)

    def _is_closed(self, area: str, year: int) -> bool:
        return any(one == year and area.startswith(code) for code, one in self.closed)

    def _write(self, income: IncomeRecord, is_fit: bool, key: tuple[int, int], amounts: tuple[int, int]) -> None:
        is_allowed = is_fit and not self._is_closed(income.village.code, income.year)
        try:
            with transaction.atomic():
                register.record_income(income, by=self.world.clerk)
            refusal = None
        except ValidationError as refused:
            refusal = refused
        assert (refusal is None) == is_allowed, str(refusal or "it should have been refused")
        if not refusal:
            self.standing[key] = amounts
            self.rows += 1


class Pledges(History):
    """A promise is revised by versions; each year has the latest that names it."""

    def __init__(self) -> None:
        super().__init__()
        self.promises: list[Promised] = []

    @rule(
        is_once=st.booleans(),
        first=st.integers(2016, 2024),
        length=st.one_of(st.none(), st.integers(0, 5)),
        amount=amounts,
    )
    def enter(self, is_once: bool, first: int, length: int | None, amount: int) -> None:
        last = None if is_once or length is None else first + length
        pledge = Pledge(
            source=self.world.sources["social"],
            division=self.world.places[PLACES[0]],
            basis="once" if is_once else "per_year",
            low=yuan(amount),
            first_year=first,
            last_year=last,
        )
        actions.enter_pledge(pledge, by=self.world.clerk)
        self.promises.append(Promised(is_once, [(first, last, amount)], pledge.pk))

    @precondition(lambda self: self.promises)
    @rule(pick=st.integers(0, 100), first=somewhen, last=somewhen, amount=amounts)
    def revise(self, pick: int, first: int | None, last: int | None, amount: int) -> None:
        """A new version of the years it names, of all where it names none."""
        if first and last and first > last:
            first, last = last, first
        promise = self.promises[pick % len(self.promises)]
        pledge = Pledge.objects.get(pk=promise.number)
        told = {"low": yuan(amount), "first_year": first, "last_year": last}
        actions.revise_pledge(pledge, by=self.world.clerk, reason="Less came in", **told)
        promise.versions.append((first, last, amount))

    @invariant()
    def each_year_has_what_was_promised_last(self) -> None:
        wanted = sorted(part for promise in self.promises for part in promise.years(UNTIL).items())
        assert sorted((one.year, fen(one.pledge.low)) for one in pledged_years(self.query, until=UNTIL)) == wanted

    def figures(self, query: Query) -> Any:
        return [(one.year, one.pledge.pk, one.pledge.figure) for one in pledged_years(query, until=UNTIL)]
