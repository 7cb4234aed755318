"""How many households warn, and how many are watched: one a row for whoever may see them, else one a county.

Where no sum is withheld (settings.SMALLEST_CELL), a row is a village.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import MADE_UP, WITHHELD, Column, Kind, Text, mark_of
from alleviation.scrutiny.figures.base import Explained, LeftOut, once
from alleviation.scrutiny.figures.income_rows import VILLAGE
from alleviation.scrutiny.figures.people import COUNT
from beneficiaries.choices import MonitoringKind, WarningKind
from beneficiaries.reports import EarlyWarnings, MonitoredHouseholds
from beneficiaries.reports.warnings import warned_row, watched_row
from beneficiaries.rollups import (
    Counties,
    Hardship,
    cleared_by_county,
    together,
    warned_by_county,
    watched_by_county,
    withholds,
)
from beneficiaries.rollups.warnings import Warned, early_warnings
from beneficiaries.rollups.watched import Watched, Watches, watched, watches_by_village
from projects.choices import Level
from projects.reports.cells import marked
from projects.rollups.places import name_children

NUMBER = Column("number", _("Number"), Kind.COUNT)
BY_VILLAGE = (*VILLAGE, NUMBER, MADE_UP)
BY_COUNTY = (VILLAGE[0], Column("place", _("County")), NUMBER, WITHHELD, MADE_UP)
UNSEEN = _("Single households: your role sees how many a village has.")


def why_by_county() -> str:
    """What readers who may not see households are told of them, and why no more."""
    return gettext(
        "Your role is told how many there are in a county, where they are none or not few, and in a larger place "
        "where it is told of each county in it. Anything less could tell of a single family, and is withheld, as are "
        "the kinds."
    )


def hardship_cells(one: Hardship | None, key: str = "number") -> dict[str, Any]:
    """The number of a place under this key, with its mark, or the word for one that is withheld."""
    if one is None:
        return {key: None, "_withheld": [key], "withheld": gettext("withheld")}
    return {key: one.number, **marked(mark_of(one.made_up, one.number))}


class OfHouseholds(Explained, abstract=True):
    """A number of households' rows; `of` narrows it to one kind.

    Where sums of few are withheld, readers who may not see households are told it by county (rollups/hardship.py).
    """

    permission = Right.VIEW_FIGURES
    filters = ("area",)
    value_column = COUNT
    adds_up = ("number",)
    kinds: ClassVar[Any]
    single: ClassVar[tuple[Column, ...]]

    def counted(self, query: Query) -> list[tuple[str, int, int]]:
        """The villages by their code, each with the number and how many of it are made up."""
        raise NotImplementedError

    def by_county(self, query: Query) -> Counties:
        """The number by county, as it is told to whoever may not see households."""
        raise NotImplementedError

    def single_rows(self, query: Query) -> Iterable[Row]:
        """A row for each, for those who may see households."""
        raise NotImplementedError

    def value(self, query: Query) -> int | None:
        told = self._told(query)
        return told.number if told else None

    def words(self, query: Query) -> str:
        """The figure, or that it is withheld from this reader."""
        return super().words(query) if self._told(query) else gettext("withheld")

    def columns_of(self, query: Query) -> tuple[Column, ...]:
        if not _sees(query):
            return BY_COUNTY if withholds(query.user) else BY_VILLAGE
        first = len(VILLAGE) + 1
        return (*self.single[:first], NUMBER, *self.single[first:])

    def rows(self, query: Query) -> Iterable[Row]:
        if _sees(query):
            return ({**row, "number": 1} for row in self.single_rows(query))
        return iter(self._place_rows(query))

    def total(self, query: Query) -> Row:
        return hardship_cells(self._told(query))

    def number(self, query: Query) -> int:
        return self.value(query) or 0 if _sees(query) else len(self._place_rows(query))

    def nothing(self, query: Query) -> Text:
        return self.empty if self._told(query) else why_by_county()

    def left_out(self, query: Query) -> list[LeftOut]:
        if _sees(query):
            return []
        return [LeftOut(why_by_county() if withholds(query.user) else UNSEEN)]

    def names_it(self, query: Query) -> str:
        if query.of and query.of not in self.kinds.values:
            raise Http404
        return str(self.kinds(query.of).label) if query.of else ""

    def _told(self, query: Query) -> Hardship | None:
        if not withholds(query.user):
            counted = self.counted(query)
            return Hardship(sum(one[1] for one in counted), made_up=sum(one[2] for one in counted))
        # Of a kind nothing is told, not even where there is no household at all.
        return None if query.of else together(self.by_county(query).values())

    def _place_rows(self, query: Query) -> list[Row]:
        """A row a village or county that has any; none where the whole is withheld, for they would not add up."""
        if not withholds(query.user):
            found = {code: Hardship(number, made_up=made_up) for code, number, made_up in self.counted(query)}
            return _rows_of(found, Level.VILLAGE)
        told = self._told(query)
        return _rows_of(self.by_county(query), Level.COUNTY) if told else []


def _sees(query: Query) -> bool:
    return bool(query.user.may(Right.VIEW_HOUSEHOLDS))


def _rows_of(found: Mapping[str, Hardship | None], level: Level) -> list[Row]:
    having = {code: one for code, one in found.items() if one and one.number}
    names = name_children(having, level)
    return [
        {"place_code": code, "place": names[code].words if code in names else code, **hardship_cells(one)}
        for code, one in having.items()
    ]


class Warnings(OfHouseholds):
    """How many warnings the records hold."""

    slug = "early-warnings"
    title = _("Early warnings")
    description = EarlyWarnings.description
    columns = (*EarlyWarnings.columns, NUMBER)
    single = EarlyWarnings.columns
    kinds = WarningKind
    formula = _("Number of the warnings; a household that warns in two ways counts in each")
    source = _(
        "The mechanism against falling back into poverty since 2020, and rules of this office: docs/warnings.md."
    )
    empty = _("No household warns.")

    def counted(self, query: Query) -> list[tuple[str, int, int]]:
        found = warned(query)
        codes = sorted({one.household.village.code for one in found})
        return [_sum_of(code, [one for one in found if one.household.village.code == code]) for code in codes]

    def by_county(self, query: Query) -> Counties:
        return warned_by_county(query, timezone.localdate())

    def single_rows(self, query: Query) -> Iterable[Row]:
        return map(warned_row, warned(query))


def warned(query: Query) -> list[Warned]:
    """The warnings of today, of the kind that the question names."""
    found = once(query, "warnings", lambda: early_warnings(query, timezone.localdate()))
    return [one for one in found if query.of in ("", one.kind)]


def _sum_of(code: str, found: Sequence[Warned]) -> tuple[str, int, int]:
    return code, len(found), sum(one.household.is_made_up for one in found)


class OfWatches(OfHouseholds, abstract=True):
    """A number of monitorings, of those open or of those cleared."""

    columns = (*MonitoredHouseholds.columns, NUMBER)
    single = MonitoredHouseholds.columns
    kinds = MonitoringKind
    source = _("The monitorings (监测对象) as they were entered here; docs/warnings.md.")
    empty = _("No household is monitored.")
    counts: ClassVar[str]

    def counted(self, query: Query) -> list[tuple[str, int, int]]:
        found: list[Watches] = once(query, "watches", lambda: watches_by_village(query))
        numbers: dict[str, tuple[int, int]] = {}
        for one in found:
            if query.of in ("", one.key[1]):
                number, made_up = numbers.get(one.key[0], (0, 0))
                numbers[one.key[0]] = (number + getattr(one, self.counts), made_up + getattr(one, f"{self.counts}_up"))
        return [(code, *both) for code, both in numbers.items() if both[0]]

    def single_rows(self, query: Query) -> Iterable[Row]:
        found = (one for one in watched(query) if query.of in ("", one.monitoring.kind))
        return (watched_row(one) for one in found if self.holds(one))

    def holds(self, one: Watched) -> bool:
        """Whether it is among those counted."""
        raise NotImplementedError


class Monitored(OfWatches):
    """The households that are watched today."""

    slug = "monitored"
    title = _("Monitored households")
    description = _("Households that are watched today, since the risk that they were identified for is not cleared.")
    formula = _("Number of the monitorings that are not cleared, of households that have not ended")
    counts = "watched"

    def by_county(self, query: Query) -> Counties:
        return watched_by_county(query)

    def holds(self, one: Watched) -> bool:
        return one.monitoring.cleared_on is None and one.monitoring.household.ended_on is None


class Cleared(OfWatches):
    """The monitorings whose risk is cleared."""

    slug = "cleared"
    title = _("Cleared risks")
    description = _("Monitorings whose risk was cleared; a household that was watched twice counts twice.")
    formula = _("Number of the monitorings that are cleared")
    counts = "cleared"

    def by_county(self, query: Query) -> Counties:
        return cleared_by_county(query)

    def holds(self, one: Watched) -> bool:
        return one.monitoring.cleared_on is not None


FIGURES: tuple[Explained, ...] = (Warnings(), Monitored(), Cleared())
