"""What was allocated for each person: the ratio of a sum of the ledger and one of the register."""

from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common import words
from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import PARTLY, Column, Kind, explain_url
from alleviation.scrutiny.figures.base import Explained, LeftOut, Part, once
from alleviation.scrutiny.figures.people import PER_HEAD
from alleviation.scrutiny.per_person import PerPerson, allocated_per_person
from projects.reports.cells import marked


class AllocatedPerPerson(Explained):
    """What was allocated in a year, for each person counted in it."""

    slug = "allocated-per-person"
    title = _("Allocated per person")
    description = _("Money set aside in a year, divided by the persons counted in it. Nobody need have received it.")
    permission = Right.VIEW_FIGURES
    filters = ("year", "plan", "area", "as_of")
    columns = (
        Column("year", _("Year"), Kind.YEAR),
        Column("allocated", _("Allocated"), Kind.YUAN),
        Column("persons", _("Persons counted"), Kind.COUNT),
    )
    value_column = PER_HEAD
    formula = _("Σ posted allocations ÷ Σ persons counted, of the years in which both are recorded")
    source = _(
        "The ratio of two sums, never a mean of ratios: the allocations of the ledger divided by the members of the "
        "households whose income of the same year and area is recorded. Over several years a person counts once in "
        "each. It is a measure of size, not of what a person got; docs/explanations.md."
    )
    adds_up = ("allocated", "persons")
    empty = _("There is no year with both money and persons counted.")

    def value(self, query: Query) -> Decimal | None:
        return self._sums(query).ratio

    def working(self, query: Query) -> str:
        total = self._sums(query)
        told = {
            "allocated": words.yuan(total.allocated),
            "persons": words.count(total.persons),
            "ratio": words.yuan(total.ratio),
        }
        template = gettext("%(allocated)s yuan ÷ %(persons)s persons = %(ratio)s yuan per person")
        return template % told if total.ratio is not None else ""

    def parts(self, query: Query) -> list[Part]:
        """Both sums, which open where they are of one year; of several, those of each year stand in its row."""
        years = self._years(query)
        total, is_one = self._sums(query), len(years) == 1
        asked = query.of_years(years[0].year, years[0].year).asked() if is_one else {}
        told = [
            Part(_("Allocated"), words.yuan(total.allocated), "allocated" if is_one else "", asked),
            Part(_("Persons counted"), words.count(total.persons), "persons" if is_one else "", asked),
        ]
        return told if years else []

    def rows(self, query: Query) -> Iterable[Row]:
        return ({"year": one.year, **_cells(one), "_urls": _urls(one, query)} for one in self._years(query))

    def number(self, query: Query) -> int:
        return len(self._years(query))

    def total(self, query: Query) -> Row:
        return _cells(self._sums(query)) if self._years(query) else {}

    def left_out(self, query: Query) -> list[LeftOut]:
        """Years of which but one of the two is known."""
        found = [one for one in _found(query) if one.ratio is None]
        money, people = [one for one in found if one.allocated is not None], [one for one in found if one.persons]
        told = [
            LeftOut(_("Years with money in the ledger in which nobody is counted"), len(money)),
            LeftOut(_("Years with persons counted and nothing in the ledger"), len(people)),
        ]
        return [one for one in told if one.number]

    def _years(self, query: Query) -> list[PerPerson]:
        """The years in which both are recorded."""
        return [one for one in _found(query) if one.ratio is not None]

    def _sums(self, query: Query) -> PerPerson:
        years = self._years(query)
        marks = {one.made_up for one in years}
        return PerPerson(
            query.last_year,
            sum((one.allocated or Decimal(0) for one in years), Decimal("0.00")),
            sum(one.persons or 0 for one in years),
            marks.pop() if len(marks) == 1 else bool(marks) and PARTLY,
        )


def _found(query: Query) -> list[PerPerson]:
    return once(query, "allocated-per-person", lambda: allocated_per_person(query))


def _cells(one: PerPerson) -> Row:
    return {"allocated": one.allocated, "persons": one.persons, **marked(one.made_up)}


def _urls(one: PerPerson, query: Query) -> dict[str, str]:
    """Where the two numbers of a year open."""
    asked = query.of_years(one.year, one.year).asked()
    return {figure: explain_url(figure, asked) for figure in ("allocated", "persons")}


FIGURES: tuple[Explained, ...] = (AllocatedPerPerson(),)
