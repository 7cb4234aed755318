"""The poverty line of a year, and the households on the register."""

from collections.abc import Iterable, Iterator

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common import words
from alleviation.common.figures import Figure
from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import MADE_UP, Column, Kind, mark_in_words, mark_of
from alleviation.scrutiny.figures.base import Explained, LeftOut, once
from alleviation.scrutiny.figures.people import COUNT, VILLAGE
from beneficiaries.models import Household, PovertyLine
from beneficiaries.rollups import Registered, line_of, register, register_by_village
from projects.choices import Level
from projects.rollups.places import name_children

CHUNK = 2000
LINE = Column("value", _("Figure"), Kind.FIGURE, unit="CNY")


class Line(Explained):
    """A poverty or monitoring line; `of` is its number."""

    slug = "poverty-line"
    title = _("Poverty line")
    description = _(
        "The income per person and year below which a person counts as poor. It is reference data: no line is "
        "computed, and a year without a line has none here."
    )
    permission = Right.VIEW_FIGURES
    filters = ("as_of",)
    columns = (
        Column("year", _("Year"), Kind.YEAR),
        Column("area", _("Area")),
        Column("kind", _("Kind")),
        Column("amount", _("Amount"), Kind.FIGURE, unit="CNY"),
        Column("concept", _("Income concept")),
        Column("price_base", _("Price base")),
        Column("source", _("Source")),
    )
    value_column = LINE
    formula = _("As its source states it")
    source = _(
        "The source that stands with the line. The line of the nation is 2,300 yuan in prices of 2010; what a "
        "later year has is that line in its own prices; docs/places.md."
    )
    adds_up = ("amount",)
    empty = _("There is no such line.")

    def names_it(self, query: Query) -> str:
        line = self._line(query)
        place = line.division.local_name if line.division else gettext("Nation")
        return f"{line.get_kind_display()}, {place}, {line.year}"

    def value(self, query: Query) -> Figure:
        return self._line(query).figure

    def rows(self, query: Query) -> Iterable[Row]:
        return [line_row(self._line(query))]

    def total(self, query: Query) -> Row:
        return {"amount": self._line(query).figure}

    def number(self, query: Query) -> int:
        return 1

    def left_out(self, query: Query) -> list[LeftOut]:
        line = self._line(query)
        told = gettext(
            "Other years, other areas and other income concepts: each line is of its own, drawn for %(concept)s, and "
            "is never held against another year's income without saying so"
        )
        return [LeftOut(told % {"concept": line.get_concept_display()})]

    def _line(self, query: Query) -> PovertyLine:
        number = int(query.of) if query.of.isdigit() and len(query.of) < 19 else 0
        line = once(query, "line", lambda: line_of(query, number))
        if line is None:
            raise Http404
        return line


def line_row(line: PovertyLine) -> Row:
    """The cells of a line, with its concept, its prices and its source."""
    return {
        "year": line.year,
        "area": line.division.local_name if line.division else gettext("Nation"),
        "kind": line.get_kind_display(),
        "amount": line.figure,
        "concept": line.get_concept_display(),
        "price_base": line.price_base,
        "source": line.source,
    }


class Register(Explained):
    """Households on the register."""

    slug = "register"
    title = _("Households on the register")
    description = _("The households recorded in the area, whatever their status, as the register has them today.")
    permission = Right.VIEW_FIGURES
    filters = ("area",)
    columns = (
        *VILLAGE,
        Column("household", _("Household number"), Kind.CODE),
        Column("households", _("Households"), Kind.COUNT),
        Column("status", _("Status")),
        Column("status_since", _("Status since"), Kind.DATE),
        MADE_UP,
    )
    value_column = COUNT
    formula = _("Number of the households that are recorded in the area")
    source = _(
        "The register of poor households (建档立卡) as it was entered here: every status is in, and each household "
        "counts in the village of today."
    )
    adds_up = ("households",)
    empty = _("No household is recorded in this area.")

    def value(self, query: Query) -> int:
        return self._count(query).households

    def columns_of(self, query: Query) -> tuple[Column, ...]:
        by_village = (*VILLAGE, Column("households", _("Households"), Kind.COUNT), MADE_UP)
        return self.columns if self._sees(query) else by_village

    def rows(self, query: Query) -> Iterable[Row]:
        return _household_rows(_households(query)) if self._sees(query) else iter(self._village_rows(query))

    def part(self, query: Query, first: int, last: int) -> list[Row]:
        if self._sees(query):
            return list(_household_rows(_households(query)[first:last]))
        return self._village_rows(query)[first:last]

    def total(self, query: Query) -> Row:
        return _count_cells(self._count(query))

    def number(self, query: Query) -> int:
        return self.value(query) if self._sees(query) else len(self._villages(query))

    def working(self, query: Query) -> str:
        return gettext("Σ over the villages = %(sum)s") % {"sum": words.count(self.value(query))}

    def left_out(self, query: Query) -> list[LeftOut]:
        past = gettext("What the register had on an earlier day: it is counted as it is today") if query.as_of else ""
        unseen = "" if self._sees(query) else gettext("Single households: your role sees how many a village has")
        return [LeftOut(reason) for reason in (past, unseen) if reason]

    def _sees(self, query: Query) -> bool:
        return bool(query.user.may(Right.VIEW_HOUSEHOLDS))

    def _count(self, query: Query) -> Registered:
        return sum(self._villages(query).values(), Registered())

    def _villages(self, query: Query) -> dict[str, Registered]:
        return once(query, "register", lambda: register_by_village(query))

    def _village_rows(self, query: Query) -> list[Row]:
        counted = self._villages(query)
        names = name_children(counted, Level.VILLAGE)
        return [
            {"place_code": code, "place": names[code].words if code in names else code, **_count_cells(one)}
            for code, one in counted.items()
        ]


def _households(query: Query) -> QuerySet[Household]:
    return register(query).select_related("village").order_by("village__code", "number", "pk")


def _household_rows(households: QuerySet[Household]) -> Iterator[Row]:
    for one in households.iterator(chunk_size=CHUNK):
        yield {
            "place_code": one.village.code,
            "place": one.village.local_name,
            "household": one.number,
            "households": 1,
            "status": one.get_status_display(),
            "status_since": one.status_since,
            "_made_up": one.is_made_up,
            "made_up": mark_in_words(one.is_made_up),
        }


def _count_cells(one: Registered) -> Row:
    mark = mark_of(one.made_up, one.households)
    return {"households": one.households, "_made_up": mark, "made_up": mark_in_words(mark)}


FIGURES: tuple[Explained, ...] = (Line(), Register())
