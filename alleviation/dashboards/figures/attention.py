"""What needs attention: a line each, with a number that opens, what it means, and the page where one acts."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.common import words
from alleviation.common.capped import count_up_to, told_up_to
from alleviation.common.query import Query
from alleviation.common.tables import PARTLY, Mark, explain_url
from alleviation.scrutiny.figures.own import CHECK, DRAFT, RETURNED
from alleviation.scrutiny.flags.catalogue import BY_SLUG as RULES
from alleviation.scrutiny.needs import PROMISES, Counted, Needs, needs_of
from alleviation.scrutiny.unproven import ENTRIES
from beneficiaries.rollups.waiting import returned_to as incomes_returned_to
from beneficiaries.rollups.waiting import to_verify_by
from projects.choices import EntryState
from projects.rollups import own

# Rules that are named beneath the number of all cases.
NAMED = 3
ENTRY_LIST, INCOME_LIST = "admin:projects_ledgerentry_changelist", "admin:beneficiaries_incomerecord_changelist"


@dataclass(frozen=True)
class Part:
    """A number that is part of a line, what it is of, and the page that has more of it."""

    number: str
    opens: str
    label: str
    url: str = ""


@dataclass(frozen=True)
class Need:
    """A line: how many of what, what that means, and where one acts. Without a number it was not counted here."""

    number: str
    opens: str
    title: str
    meaning: str | SafeString
    url: str
    action: str
    made_up: Mark = False
    parts: list[Part] = field(default_factory=list)

    @property
    def is_partly_made_up(self) -> bool:
        """Whether records of the office are among them as well."""
        return self.made_up == PARTLY


def needs(query: Query) -> list[Need]:
    """The lines for whoever asks, in the order of their work; none where nothing needs attention.

    In: the area of the filter, of every year, as it is today; what waits for this very person, wherever in their area.
    """
    user, found = query.user, needs_of(query)
    asked = {"area": query.area_code}
    shared = {
        "flags": _flags(found, asked),
        "unproven": _unproven(found, asked),
        "late": _late(found, asked),
        "warnings": _warnings(found, asked),
        "pending": _pending(found, asked),
    }
    lines = [*_own(user), *_deciding(found, user, asked), *(one for name in _order(user) for one in shared[name])]
    return [*(one for one in lines if one.number), *(one for one in lines if not one.number)]


def acts_first(user: User) -> bool:
    """Whether the day of this person begins with what waits: who enters, checks and audits, not who reads."""
    return user.may(Right.VIEW_HOUSEHOLDS)


def _order(user: User) -> tuple[str, ...]:
    if user.may(Right.VIEW_TRAIL):
        return "unproven", "flags", "pending", "late"
    if user.may(Right.VIEW_HOUSEHOLDS):
        return "warnings", "late", "flags", "unproven"
    return "flags", "late", "pending", "unproven"


def _own(user: User) -> Iterator[Need]:
    """What came back to this person, what they began, and what they may check. Counted anew each time."""
    if user.may(Right.CHECK_ENTRIES):
        yield from _own_entries(CHECK, count_up_to(own.to_check_by(user)), EntryState.SUBMITTED)
        yield from _own_incomes(CHECK, count_up_to(to_verify_by(user)))
    if user.may(Right.ENTER_RECORDS):
        yield from _own_entries(RETURNED, count_up_to(own.returned_to(user)), EntryState.RETURNED)
        yield from _own_incomes(RETURNED, count_up_to(incomes_returned_to(user)))
        yield from _own_entries(DRAFT, count_up_to(own.drafts_of(user)), EntryState.DRAFT)


def _own_entries(of: str, number: int, state: EntryState) -> Iterator[Need]:
    titles = {
        CHECK: ngettext("entry to check", "entries to check", number),
        RETURNED: ngettext("entry returned to you", "entries returned to you", number),
        DRAFT: ngettext("draft of yours", "drafts of yours", number),
    }
    meanings = {
        CHECK: _("Others submitted them. They are in no figure until you post them."),
        RETURNED: _("Somebody checked them and sent them back with a note."),
        DRAFT: _("They are in no figure until you submit them and somebody else posts them."),
    }
    actions = {CHECK: _("Post or return"), RETURNED: _("Correct and submit"), DRAFT: _("Finish and submit")}
    if number:
        url = f"{reverse(ENTRY_LIST)}?state={state.value}"
        opens = explain_url("own-entries", {"of": of})
        yield Need(told_up_to(number), opens, titles[of], meanings[of], url, actions[of])


def _own_incomes(of: str, number: int) -> Iterator[Need]:
    titles = {
        CHECK: ngettext("income to verify", "incomes to verify", number),
        RETURNED: ngettext("income returned to you", "incomes returned to you", number),
    }
    meanings = {
        CHECK: _("Others recorded them. Their year is not closed until you have verified them."),
        RETURNED: _("Somebody looked at them and sent them back with a note."),
    }
    actions = {CHECK: _("Verify or return"), RETURNED: _("Record anew")}
    if number:
        state = "submitted" if of == CHECK else "returned"
        url = f"{reverse(INCOME_LIST)}?state={state}"
        opens = explain_url("own-incomes", {"of": of})
        yield Need(told_up_to(number), opens, titles[of], meanings[of], url, actions[of])


def _deciding(found: Needs, user: User, asked: dict[str, str]) -> Iterator[Need]:
    """Explanations of red flags, for who may accept them; not one's own, which the page of the case tells."""
    counted = found.deciding
    if counted and counted.number and user.may(Right.WAIVE_FLAGS):
        title = ngettext("red flag explained, to be decided", "red flags explained, to be decided", counted.number)
        meaning = _("Somebody has given a reason. Another person accepts or declines it.")
        opens, url = explain_url("waiting-red-flags", asked), _url("red-flags", asked)
        yield _counted_need(counted, opens, title, meaning, url, _("Decide"))


def _flags(found: Needs, asked: dict[str, str]) -> Iterator[Need]:
    url = _url("red-flags", asked)
    if found.flags is None:
        meaning = _("So many records are looked through on a page of their own.")
        yield Need("", "", _("Red flags"), meaning, url, _("Look through"))
    elif found.flags:
        number = sum(one.number for one in found.flags)
        title = ngettext("open red flag", "open red flags", number)
        meaning = _("Questions that the records raise and nobody has answered yet. The most:")
        parts = [_rule(one, asked) for one in found.flags[:NAMED]]
        opens = explain_url("open-red-flags", asked)
        yield Need(words.count(number), opens, title, meaning, url, _("Explain or correct"), _mark(found.flags), parts)


def _rule(one: Counted, asked: dict[str, str]) -> Part:
    opens = explain_url("open-red-flags", {**asked, "of": one.key})
    url = reverse("dashboards:red-flag", args=[one.key]) + _query(asked)
    return Part(words.count(one.number), opens, str(RULES[one.key].title), url)


def _unproven(found: Needs, asked: dict[str, str]) -> Iterator[Need]:
    url = _url("evidence", asked)
    if found.unproven is None:
        meaning = _("So many records are looked through on a page of their own.")
        yield Need("", "", _("Figures without evidence"), meaning, url, _("Look through"))
        return
    parts = [_lack(one, asked) for one in found.unproven]
    if parts:
        meaning = _("No file proves them, though their figures are in the sums.")
        first, *others = parts
        title = _("%(records)s without evidence") % {"records": first.label}
        made_up = _mark(found.unproven)
        yield Need(first.number, first.opens, title, meaning, url, _("Attach evidence"), made_up, others)


def _lack(one: Counted, asked: dict[str, str]) -> Part:
    # Said behind a number, which takes other words in Chinese than a record's own name.
    labels = {
        ENTRIES.key: npgettext("counted", "ledger entry", "ledger entries", one.number),
        "milestone": npgettext("counted", "milestone", "milestones", one.number),
        "income": npgettext("counted", "income record", "income records", one.number),
        "enrolment": npgettext("counted", "enrolment", "enrolments", one.number),
        PROMISES: ngettext("promise in its year", "promises in their years", one.number),
    }
    is_promise = one.key == PROMISES
    figure, of = ("pledges-without-evidence", {}) if is_promise else ("without-evidence", {"of": one.key})
    return Part(words.count(one.number), explain_url(figure, {**asked, **of}), labels[one.key])


def _late(found: Needs, asked: dict[str, str]) -> Iterator[Need]:
    late, oldest = found.late, found.oldest
    if late.number and oldest:
        day = format_html("<time>{}</time>", date_format(oldest.due_on, "DATE_FORMAT"))
        meaning = format_html(
            _("The longest: {step} of {project}, due {day}."), step=oldest.local_title, project=oldest.project, day=day
        )
        title = ngettext("late milestone", "late milestones", late.number)
        url = reverse("dashboards:project", args=[oldest.project])
        yield _counted_need(late, explain_url("late-milestones", asked), title, meaning, url, _("Open the project"))


def _warnings(found: Needs, asked: dict[str, str]) -> Iterator[Need]:
    if found.warnings and found.warnings.number:
        title = ngettext("early warning", "early warnings", found.warnings.number)
        meaning = _("Households whose income fell or is below the line, or that had a large expense.")
        opens, url = explain_url("early-warnings", asked), _url("household-warnings", asked)
        yield _counted_need(found.warnings, opens, title, meaning, url, _("Visit and record"))


def _pending(found: Needs, asked: dict[str, str]) -> Iterator[Need]:
    if found.pending.number:
        title = ngettext("entry waits to be checked", "entries wait to be checked", found.pending.number)
        meaning = _("Drafted, submitted or returned: in no figure until somebody else has posted them.")
        opens, url = explain_url("pending-entries", asked), _url("funding", asked) + "#pending"
        yield _counted_need(found.pending, opens, title, meaning, url, _("See them"))


def _counted_need(counted: Counted, opens: str, title: str, meaning: str | SafeString, url: str, action: str) -> Need:
    return Need(words.count(counted.number), opens, title, meaning, url, action, counted.made_up)


def _mark(counted: tuple[Counted, ...]) -> Mark:
    """That of all where they agree."""
    marks = {one.made_up for one in counted}
    return marks.pop() if len(marks) == 1 else PARTLY


def _url(page: str, asked: dict[str, str]) -> str:
    return reverse(f"dashboards:{page}") + _query(asked)


def _query(asked: dict[str, str]) -> str:
    given = {name: value for name, value in asked.items() if value}
    return f"?{urlencode(given)}" if given else ""
