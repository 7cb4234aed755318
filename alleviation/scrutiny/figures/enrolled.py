"""Whom projects reach: households with a part in a project, and their members, each counted once."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common import words
from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import MADE_UP, Column, Kind, mark_of
from alleviation.common.years import FIRST_YEAR, LAST_YEAR
from alleviation.scrutiny.figures.base import Explained, LeftOut, Part, once
from alleviation.scrutiny.figures.income_rows import VILLAGE
from alleviation.scrutiny.figures.people import COUNT
from beneficiaries.models import Household
from beneficiaries.rollups import People, enrolled, enrolled_by_village, enrolled_households
from projects.choices import Level
from projects.reports.cells import marked
from projects.rollups.places import name_children

CHUNK = 2000
SUMS = (Column("households", _("Households"), Kind.COUNT), Column("persons", _("Persons"), Kind.COUNT))


class Enrolled(Explained, abstract=True):
    """A number of those with a part in a project. Whoever may not see households gets a row for each village."""

    permission = Right.VIEW_FIGURES
    filters = ("year", "plan", "area", "kind")
    columns = (
        *VILLAGE,
        Column("household", _("Household number"), Kind.CODE),
        *SUMS,
        Column("parts", _("Parts in projects"), Kind.COUNT),
        MADE_UP,
    )
    value_column = COUNT
    source = _(
        "The register and its enrolments as they were entered here. A household counts once, however many projects "
        "and years it is in, in its village of today. Which member a part is for is not recorded: all count."
    )
    empty = _("No household has a part in a project here.")
    key: ClassVar[str]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        cls.adds_up = (getattr(cls, "key", ""),)
        super().__init_subclass__(**kwargs)

    def value(self, query: Query) -> int:
        return int(getattr(self._total(query), self.key))

    def working(self, query: Query) -> str:
        told = {"sum": words.count(self.value(query)), "households": words.count(self._total(query).households)}
        return gettext("Σ over %(households)s households = %(sum)s") % told

    def parts(self, query: Query) -> list[Part]:
        """The other of the two figures."""
        return [
            Part(one.title, one.words(query), one.slug, query.asked()) for one in FIGURES_OF_BOTH if one is not self
        ]

    def columns_of(self, query: Query) -> tuple[Column, ...]:
        return self.columns if self._sees(query) else (*VILLAGE, *SUMS, MADE_UP)

    def rows(self, query: Query) -> Iterable[Row]:
        return _household_rows(enrolled_households(query)) if self._sees(query) else iter(_village_rows(query))

    def part(self, query: Query, first: int, last: int) -> list[Row]:
        if self._sees(query):
            return list(_household_rows(enrolled_households(query)[first:last]))
        return _village_rows(query)[first:last]

    def number(self, query: Query) -> int:
        return self._total(query).households if self._sees(query) else len(_villages(query))

    def total(self, query: Query) -> Row:
        return _cells(self._total(query))

    def left_out(self, query: Query) -> list[LeftOut]:
        told = [LeftOut(_("Households whose part in a project nobody has entered, and members who are not recorded"))]
        of_any_year = replace(query, first_year=FIRST_YEAR, last_year=LAST_YEAR, outside_plans=False)
        if query != of_any_year:
            others = enrolled(of_any_year).households - self._total(query).households
            told += [LeftOut(_("Households with a part in other years only"), others)] if others else []
        unseen = LeftOut(_("Single households: your role sees how many a village has"))
        return told if self._sees(query) else [*told, unseen]

    def _sees(self, query: Query) -> bool:
        return bool(query.user.may(Right.VIEW_HOUSEHOLDS))

    def _total(self, query: Query) -> People:
        return once(query, "enrolled", lambda: enrolled(query))


class EnrolledHouseholds(Enrolled):
    """How many households have a part in a project."""

    slug = "enrolled-households"
    title = _("Households enrolled")
    description = _("The households that get something from a project: a dividend, a wage, land rent and the like.")
    formula = _("Number of the different households with a part in what is asked for")
    key = "households"


class EnrolledPersons(Enrolled):
    """How many persons live in them."""

    slug = "enrolled-persons"
    title = _("Persons enrolled")
    description = _("The members of the households that get something from a project.")
    formula = _("Number of the members of the different households with a part in what is asked for")
    key = "persons"


def _household_rows(households: QuerySet[Household]) -> Iterator[Row]:
    for one in households.iterator(chunk_size=CHUNK):
        counted: Any = one
        yield {
            "place_code": one.village.code,
            "place": one.village.local_name,
            "household": one.number,
            "households": 1,
            "persons": counted.members,
            "parts": counted.parts,
            **marked(one.is_made_up),
        }


def _villages(query: Query) -> dict[str, People]:
    return once(query, "enrolled by village", lambda: enrolled_by_village(query))


def _village_rows(query: Query) -> list[Row]:
    counted = _villages(query)
    names = name_children(counted, Level.VILLAGE)
    return [
        {"place_code": code, "place": names[code].words if code in names else code, **_cells(one)}
        for code, one in counted.items()
    ]


def _cells(people: People) -> Row:
    mark = mark_of(people.made_up, people.households)
    told = {"households": people.households, "persons": people.persons}
    return {**told, **marked(mark)}


FIGURES_OF_BOTH: tuple[Enrolled, ...] = (EnrolledHouseholds(), EnrolledPersons())
FIGURES: tuple[Explained, ...] = FIGURES_OF_BOTH
