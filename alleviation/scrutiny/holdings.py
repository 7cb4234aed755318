"""What our records hold of the things that claims tell of, read for many claims at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from alleviation.common.areas import covers
from alleviation.common.figures import Figure, FigureSum, total
from alleviation.common.query import Query
from alleviation.common.tables import Text
from alleviation.common.words import listed
from alleviation.common.years import FIRST_YEAR, LAST_YEAR
from alleviation.scrutiny.scopes import AHEAD, PEOPLE, Scope, of_years
from beneficiaries.rollups import People, enrolled_each, latest_enrolled_each, on_register_each
from projects.choices import ClaimStatus, Measure, Unit
from projects.models import Claim, FundingSource
from projects.rollups import Funding, PledgedYear, funding_cells, pledged_years

Found = TypeVar("Found")
# What our records hold of money, by the figure's name in explanations.
PLEDGED, ALLOCATED, SPENT = "pledged", "allocated", "spent"
LABELS: Mapping[str, Text] = {
    PLEDGED: _("Pledged"),
    ALLOCATED: _("Allocated"),
    SPENT: _("Spent"),
    "enrolled-persons": _("Persons enrolled"),
    "enrolled-households": _("Households enrolled"),
    "register-persons": _("Persons on the register"),
    "register": _("Households on the register"),
    "none": pgettext_lazy("record", "none"),
}
SPENDING = frozenset({ClaimStatus.SPENT, ClaimStatus.HAPPENED, ClaimStatus.DELIVERED})


@dataclass(frozen=True)
class Recorded:
    """What our records hold: the figure, None where there is no record, and the way to its explanation.

    `explain` is "" where no one address asks for just these records. `where` tells whose project, place and years.
    """

    what: str
    figure: Figure | None
    unit: str
    asked: Mapping[str, str] = field(default_factory=dict)
    where: str = ""
    is_same_thing: bool = False
    is_made_up: bool = False

    @property
    def label(self) -> Text:
        return LABELS[self.what]

    @property
    def explain(self) -> str:
        """The figure's name in explanations."""
        return self.what if self.asked else ""


class Asked(NamedTuple):
    """A claim, what it asks of ledger or enrolments, and what of the register."""

    claim: Claim
    scope: Scope
    register: Scope | None


class Holdings:
    """What is recorded of several claims; two statements for each kind of record, whatever their number."""

    def __init__(self, query: Query, asked: Mapping[int, tuple[Claim, Scope, Scope | None]]) -> None:
        self.asked = {pk: Asked(*one) for pk, one in asked.items()}
        people = [one for one in self.asked.values() if one.claim.measure in PEOPLE]
        self._enrolled = _enrolled(people)
        self._registered = _registered(people)
        self._cells: list[Funding] = []
        self._due: list[PledgedYear] = []
        money = [one.scope.query for one in self.asked.values() if one.claim.measure not in PEOPLE]
        if money:
            # Of one claim just its own cells are read.
            base = money[0] if len(money) == 1 else Query(user=query.user)
            self._cells = funding_cells(base)
            self._due = pledged_years(base, until=base.present_year)
            self._sources = dict(FundingSource.objects.values_list("pk", "code"))

    def of(self, claim: Claim) -> tuple[Recorded, Recorded]:
        """What a claim is held against, and what stands beside it."""
        asked = self.asked[claim.pk]
        return self._people(asked) if claim.measure in PEOPLE else self._money(asked)

    def _people(self, asked: Asked) -> tuple[Recorded, Recorded]:
        claim = asked.claim
        unit, is_persons = claim.unit, claim.unit == Unit.PERSON
        people, scope = self._enrolled[claim.pk]
        enrolled = _counted("enrolled-persons" if is_persons else "enrolled-households", people, scope, unit)
        known = self._registered.get(claim.pk, (People(), Scope(scope.query)))
        registered = _counted("register-persons" if is_persons else "register", *known, unit)
        return (registered, enrolled) if claim.status in AHEAD else (enrolled, registered)

    def _money(self, asked: Asked) -> tuple[Recorded, Recorded]:
        what = kind_of_money(asked.claim)
        pledged, booked = self._pledged(asked.scope), self._booked(asked.scope, ALLOCATED if what == PLEDGED else what)
        return (pledged, booked) if what == PLEDGED else (booked, pledged)

    def _booked(self, scope: Scope, what: str) -> Recorded:
        """Σ of one kind of entry, in yuan; of a claim per year that of the latest year that has any."""
        cells = [one for one in self._cells if getattr(one, what) and self._is_in(scope, *one.key)]
        cells, scope = _latest(cells, scope, [one.key[0] for one in cells])
        amount = sum((getattr(one, what) for one in cells), start=Funding().allocated)
        figure = Figure.exact(amount) if cells else None
        return _recorded(what, figure, Unit.CNY, scope, any(one.made_up for one in cells))

    def _pledged(self, scope: Scope) -> Recorded:
        """Σ of the promises in their years, in yuan; of a claim per year that of the latest year that has any."""
        due = [one for one in self._due if self._is_in(scope, *_cell_of(one))]
        due, scope = _latest(due, scope, [one.year for one in due])
        sums: FigureSum = total(one.pledge.figure for one in due)
        return _recorded(PLEDGED, sums.figure, Unit.CNY, scope, any(one.pledge.is_made_up for one in due))

    def _is_in(self, scope: Scope, year: int, source: int, project: int | None, code: str) -> bool:
        query = scope.query
        return (
            query.first_year <= year <= query.last_year
            and query.project_id in (None, project)
            and query.source_code in ("", self._sources.get(source))
            and (query.prefixes is None or any(covers(prefix, code) for prefix in query.prefixes))
        )


def kind_of_money(claim: Claim) -> str:
    """Which of our sums is what a claim of money tells of: promised, set aside or spent."""
    if claim.status == ClaimStatus.APPROVED:
        return ALLOCATED
    if claim.status in AHEAD:
        return PLEDGED
    return SPENT if claim.measure == Measure.INFRASTRUCTURE or claim.status in SPENDING else ALLOCATED


def _enrolled(asked: list[Asked]) -> dict[int, tuple[People, Scope]]:
    """Who is enrolled for each claim; of a claim per year in the latest of its years with anybody."""
    scopes = {one.claim.pk: one.scope for one in asked}
    yearly = {pk: scope for pk, scope in scopes.items() if scope.is_per_year}
    latest = latest_enrolled_each([scope.query for scope in yearly.values()])
    for (pk, scope), year in zip(yearly.items(), latest, strict=True):
        scopes[pk] = of_years(scope, year, year) if year else scope
    counted = enrolled_each([scope.query for scope in scopes.values()])
    return {pk: (people, scope) for (pk, scope), people in zip(scopes.items(), counted, strict=True)}


def _registered(asked: list[Asked]) -> dict[int, tuple[People, Scope]]:
    scopes = {one.claim.pk: one.register for one in asked if one.register is not None}
    counted = on_register_each([scope.query for scope in scopes.values()])
    return {pk: (people, scope) for (pk, scope), people in zip(scopes.items(), counted, strict=True)}


def _counted(what: str, people: People, scope: Scope, unit: str) -> Recorded:
    number = people.persons if unit == Unit.PERSON else people.households
    return _recorded(what, Figure.exact(number) if number else None, unit, scope, bool(people.made_up))


def _recorded(what: str, figure: Figure | None, unit: str, scope: Scope, is_made_up: bool) -> Recorded:
    return Recorded(what, figure, unit, scope.asked, _where(scope), scope.is_same_thing, is_made_up)


def _where(scope: Scope) -> str:
    """Whose records, of which years."""
    return listed((scope.words, _years_words(scope.query.first_year, scope.query.last_year)))


def _years_words(first: int, last: int) -> str:
    """Years as far as they are narrowed at all."""
    if first == last:
        return str(first)
    if first == FIRST_YEAR:
        return "" if last == LAST_YEAR else gettext("until %(year)s") % {"year": last}
    return gettext("from %(year)s") % {"year": first} if last == LAST_YEAR else f"{first}–{last}"


def _latest(rows: list[Found], scope: Scope, years: Iterable[int]) -> tuple[list[Found], Scope]:
    """Of a claim per year the rows of the latest year; else all of them."""
    known = list(years)
    if not scope.is_per_year or not known:
        return rows, scope
    last = max(known)
    return [row for row, year in zip(rows, known, strict=True) if year == last], of_years(scope, last, last)


def _cell_of(one: PledgedYear) -> tuple[int, int, int | None, str]:
    pledge = one.pledge
    return one.year, pledge.source_id, pledge.project_id, pledge.division.code
