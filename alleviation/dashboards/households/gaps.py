"""What a reader of a handbook would look for and not find, each named."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from django.utils.translation import gettext, ngettext

from alleviation.common.words import listed
from alleviation.dashboards.households.handbook import Handbook
from alleviation.dashboards.households.parts import entry_url
from alleviation.dashboards.records.parts import Gap
from beneficiaries.choices import LineKind
from beneficiaries.rollups.warnings import FIRST_YEAR_WATCHED, line_for


def gaps(book: Handbook, on: date) -> list[Gap]:
    """What is missing on a day, with the form to enter it in for those who may; lines are the administrator's."""
    url = entry_url(book.household, book.user) if book.user.can_enter_records else ""
    label, own = gettext("Enter it") if url else "", (text for misses in WHAT_MISSES for text in misses(book, on))
    return [*(Gap(text, url, label) for text in own), *(Gap(text) for text in _lines(book))]


def years_in_words(years: Iterable[int]) -> str:
    """Years in order, those that follow each other as a span: 2016, 2018–2020."""
    spans: list[list[int]] = []
    for year in sorted(years):
        if spans and spans[-1][-1] == year - 1:
            spans[-1].append(year)
        else:
            spans.append([year])
    return listed(str(one[0]) if len(one) == 1 else f"{one[0]}–{one[-1]}" for one in spans)


def _members(book: Handbook, _on: date) -> Iterator[str]:
    if not book.members and not book.household.ended_on:
        yield gettext("No member is recorded.")
    elif not book.head and not book.household.ended_on:
        yield gettext("The head of the household is not recorded.")
    without = sum(not one.id_tail and not one.erased_at for one in book.members)
    if without:
        yield ngettext(
            "The identity number of %(number)s member is not recorded.",
            "The identity numbers of %(number)s members are not recorded.",
            without,
        ) % {"number": without}


def _facts(book: Handbook, _on: date) -> Iterator[str]:
    household = book.household
    wanted = (
        (household.category, gettext("The category is not recorded.")),
        (household.main_cause, gettext("The main cause of poverty is not recorded.")),
        (household.status_since, gettext("The day since when it has this status is not recorded.")),
        (household.housing, gettext("The safety of the house is not recorded.")),
        (household.water, gettext("The drinking water is not recorded.")),
        (household.road, gettext("The road is not recorded.")),
        (household.farmland is not None, gettext("The farmland is not recorded.")),
    )
    yield from (text for is_there, text in wanted if not is_there)


def _care(book: Handbook, on: date) -> Iterator[str]:
    if book.household.ended_on:
        return
    if not any(one.until_on is None for one in book.responsible):
        yield gettext("Nobody is recorded who is responsible for the household today.")
    called = {one.visited_on.year for one in book.visits}
    if missing := [year for year in (on.year - 1, on.year) if year not in called]:
        yield gettext("No visit has been recorded for %(years)s.") % {"years": years_in_words(missing)}


def _incomes(book: Handbook, on: date) -> Iterator[str]:
    """Years without an income from the first that is recorded to the last that is over."""
    known = {one.year for one in book.standing_incomes}
    end = book.household.ended_on
    last = end.year if end else on.year - 1
    if missing := [year for year in range(min(known, default=last), last + 1) if year not in known]:
        yield gettext("No income has been recorded for %(years)s.") % {"years": years_in_words(missing)}


def _lines(book: Handbook) -> Iterator[str]:
    """The years whose income is held against no line, of the poverty lines and of the monitoring lines since 2021."""
    incomes = book.standing_incomes
    # Only the latest income is held against a monitoring line.
    latest = [one for one in incomes[-1:] if one.year >= FIRST_YEAR_WATCHED]
    lacking = {
        kind: years_in_words(one.year for one in asked if line_for(book.lines, kind, one) is None)
        for kind, asked in ((LineKind.POVERTY, incomes), (LineKind.MONITORING, latest))
    }
    if years := lacking[LineKind.POVERTY]:
        yield gettext("No poverty line is recorded for %(years)s: the administrator enters it.") % {"years": years}
    if years := lacking[LineKind.MONITORING]:
        yield gettext("No monitoring line is recorded for %(years)s: the administrator enters it.") % {"years": years}


WHAT_MISSES: tuple[Callable[[Handbook, date], Iterator[str]], ...] = (_members, _facts, _care, _incomes)
