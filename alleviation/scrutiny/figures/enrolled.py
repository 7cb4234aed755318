"""Whom projects reach: households with a part in a project, and persons, each counted once."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice
from typing import Any, ClassVar

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404
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
from beneficiaries.rollups import (
    People,
    enrolled_by_village,
    enrolled_households,
    hides_counts,
    reach,
    role_of,
)
from beneficiaries.rollups.reach import persons_through_households
from projects.choices import Level
from projects.models import Division
from projects.reports.cells import marked
from projects.rollups.places import name_children

CHUNK = 500
FILTERS = ("year", "plan", "area", "kind", "household_status", "category", "cause", "boundaries")
SUMS = (Column("households", _("Households"), Kind.COUNT), Column("persons", _("Persons"), Kind.COUNT))
KEPT_BACK = _("Single households: your role sees how many a village has")
Villages = dict[str, People]


class OfEnrolments(Explained, abstract=True):
    """A figure of the enrolments. Its address may name a kind of benefit: `of=role:wage`."""

    permission = Right.VIEW_FIGURES
    filters = FILTERS

    def names_it(self, query: Query) -> str:
        role = role_of(query)
        if query.of and role is None:
            raise Http404
        return str(role.label) if role else ""


class Enrolled(OfEnrolments, abstract=True):
    """A number of those with a part in a project. Whoever may not see households gets a row for each village.

    Who is in two of the rows, since they moved or belong to two households, is taken off in a row of its own.
    """

    columns = (
        *VILLAGE,
        Column("household", _("Household number"), Kind.CODE),
        *SUMS,
        Column("parts", _("Parts in projects"), Kind.COUNT),
        MADE_UP,
    )
    value_column = COUNT
    source = _(
        "The register and its enrolments as they were entered here; docs/reach.md. A household or a person counts "
        "once, however many projects and years they are in. A household's part reaches the members who belonged to it "
        "on any day of the year, a member's own part that member; each in the village of that year."
    )
    empty = _("No household has a part in a project here.")
    key: ClassVar[str]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        cls.adds_up = (getattr(cls, "key", ""),)
        super().__init_subclass__(**kwargs)

    def value(self, query: Query) -> int | None:
        return None if _is_kept_back(query) else int(getattr(_total(query), self.key))

    def working(self, query: Query) -> str:
        told = {"sum": self.words(query), "households": words.count(_total(query).households)}
        return "" if _is_kept_back(query) else gettext("Σ over %(households)s households = %(sum)s") % told

    def parts(self, query: Query) -> list[Part]:
        """The other of the two figures."""
        return [
            Part(one.title, one.words(query), one.slug, query.asked()) for one in FIGURES_OF_BOTH if one is not self
        ]

    def columns_of(self, query: Query) -> tuple[Column, ...]:
        return self.columns if _sees(query) else (*VILLAGE, *SUMS, MADE_UP)

    def rows(self, query: Query) -> Iterable[Row]:
        if _is_kept_back(query):
            return iter(())
        own = _household_rows(enrolled_households(query)) if _sees(query) else iter(_village_rows(query))
        return chain(own, _twice_rows(query))

    def part(self, query: Query, first: int, last: int) -> list[Row]:
        if not _sees(query):
            return list(islice(self.rows(query), first, last))
        rows = list(_household_rows(enrolled_households(query)[first:last]))
        return [*rows, *(_twice_rows(query) if first <= _total(query).households < last else ())]

    def number(self, query: Query) -> int:
        if _is_kept_back(query):
            return 0
        own = _total(query).households if _sees(query) else len(_villages(query))
        return own + len(_twice_rows(query))

    def total(self, query: Query) -> Row:
        return {} if _is_kept_back(query) else people_cells(_total(query))

    def left_out(self, query: Query) -> list[LeftOut]:
        told = [LeftOut(_("Households whose part in a project nobody has entered, and members who are not recorded"))]
        of_any_year = replace(query, first_year=FIRST_YEAR, last_year=LAST_YEAR, outside_plans=False)
        if query != of_any_year and not hides_counts(query):
            others = reach(of_any_year).households - _total(query).households
            told += [LeftOut(_("Households with a part in other years only"), others)] if others else []
        return told if _sees(query) else [*told, LeftOut(KEPT_BACK)]


class EnrolledHouseholds(Enrolled):
    """How many households have a part in a project."""

    slug = "enrolled-households"
    title = _("Households enrolled")
    description = _("The households that get something from a project: a dividend, a wage, land rent and the like.")
    formula = _("Number of the different households with a part in what is asked for")
    key = "households"


class EnrolledPersons(Enrolled):
    """How many persons are reached through them."""

    slug = "enrolled-persons"
    title = _("Persons enrolled")
    description = _("The persons whom projects reach, through a part of their household or one of their own.")
    formula = _("Number of the different persons whom a part in what is asked for reaches")
    key = "persons"


def people_cells(people: People) -> Row:
    """The cells of SUMS, with their mark."""
    mark = mark_of(people.made_up, people.households)
    return {"households": people.households, "persons": people.persons, **marked(mark)}


def place_cells(codes: Iterable[str]) -> dict[str, Row]:
    """The cells of VILLAGE by the code of each village, in order; "" is what was gathered of few households."""
    names = name_children(codes, Level.VILLAGE)
    few = gettext("villages of fewer than %(few)s households") % {"few": settings.SMALLEST_CELL}
    return {
        code: {"place_code": code, "place": names[code].words if code in names else code or few}
        for code in sorted(codes, key=lambda code: (not code, code))
    }


def _sees(query: Query) -> bool:
    return bool(query.user.may(Right.VIEW_HOUSEHOLDS))


def _total(query: Query) -> People:
    return once(query, "reach", lambda: reach(query)).people


def _is_kept_back(query: Query) -> bool:
    return hides_counts(query)


def _twice_rows(query: Query) -> list[Row]:
    """What the rows hold more than once, to be taken off; none where each is in one row."""
    total, twice = _total(query), once(query, "reached twice", lambda: _in_rows(query))
    households, persons = total.households - twice.households, total.persons - twice.persons
    if not households and not persons:
        return []
    return [{"place": gettext("in more than one of these rows"), "households": households, "persons": persons}]


def _in_rows(query: Query) -> People:
    """What the rows add up to."""
    if _sees(query):
        return People(_total(query).households, persons_through_households(query))
    found = _villages(query).values()
    return People(sum(one.households for one in found), sum(one.persons for one in found))


def _household_rows(households: QuerySet[Household]) -> Iterator[Row]:
    coming = households.iterator(chunk_size=CHUNK)
    while chunk := list(islice(coming, CHUNK)):
        found: list[Any] = chunk
        places = Division.objects.in_bulk({one.place_id for one in found})
        for one in found:
            yield {
                "place_code": one.place_code,
                "place": places[one.place_id].local_name,
                "household": one.number,
                "households": 1,
                "persons": one.members,
                "parts": one.parts,
                **marked(one.is_made_up),
            }


def _villages(query: Query) -> Villages:
    """Those of each village."""
    return once(query, "enrolled by village", lambda: enrolled_by_village(query))


def _village_rows(query: Query) -> list[Row]:
    counted = _villages(query)
    return [{**cells, **people_cells(counted[code])} for code, cells in place_cells(counted).items()]


FIGURES_OF_BOTH: tuple[Enrolled, ...] = (EnrolledHouseholds(), EnrolledPersons())
FIGURES: tuple[Explained, ...] = FIGURES_OF_BOTH
