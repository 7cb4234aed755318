"""How many households live on so much: one range of the distribution of incomes."""

from collections.abc import Iterable
from typing import Any

from django.http import Http404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import MADE_UP, Column, Kind, mark_of
from alleviation.common.words import grouped
from alleviation.scrutiny.figures.base import Explained, LeftOut, once
from alleviation.scrutiny.figures.income_rows import VILLAGE, sees_records
from alleviation.scrutiny.figures.people import COUNT
from alleviation.scrutiny.figures.proof import with_proof
from beneficiaries.filters import INCOME_FIELDS
from beneficiaries.models import IncomeRecord
from beneficiaries.rollups.distribution import Range, in_range, income_ranges
from projects.reports.cells import marked

YEAR = Column("year", _("Year"), Kind.YEAR)
HOUSEHOLDS = Column("households", _("Households"), Kind.COUNT)


class HouseholdsInRange(Explained):
    """How many households of a year are in one range of per-capita income; `of` names it: "1000~2000"."""

    slug = "households-in-range"
    title = _("Households in a range of per-capita income")
    description = _("The households whose income per person of the year reaches the one bound, but not the other.")
    permission = Right.VIEW_FIGURES
    filters = INCOME_FIELDS
    columns = (
        *VILLAGE,
        Column("household", _("Household number"), Kind.CODE),
        YEAR,
        HOUSEHOLDS,
        Column("persons", _("Persons"), Kind.COUNT),
        Column("net_income", _("Net income"), Kind.YUAN),
        Column("per_capita", _("Per capita"), Kind.YUAN, unit=_("yuan per person")),
        Column("evidence", _("Evidence"), Kind.COUNT),
        MADE_UP,
    )
    value_column = COUNT
    formula = _("Number of the records with low × persons ≤ net income < high × persons")
    source = _(
        "Ranges are cut at equal steps, at the lines of the year and at 1.5 times these, so that they add up to those "
        "below, near and above. Whoever sees no single household is told wider ranges, none of few households; "
        "docs/disclosure.md."
    )
    adds_up = ("households",)
    empty = _("No household is in this range, or your role is told no distribution of so few.")

    def names_it(self, query: Query) -> str:
        """Raises Http404 where the address names no range that this reader is told."""
        return words_of(range_of(query))

    def columns_of(self, query: Query) -> tuple[Column, ...]:
        return self.columns if sees_records(query) else (YEAR, HOUSEHOLDS, MADE_UP)

    def value(self, query: Query) -> int:
        return range_of(query).households

    def rows(self, query: Query) -> Iterable[Row]:
        one = range_of(query)
        if not sees_records(query):
            return iter([{"year": query.year, **_told(one)}] if one.households else [])
        records: Any = in_range(query, one.low, one.high).select_related("household", "village")
        return with_proof(_row(record) for record in records.order_by("village__code", "household__number"))

    def number(self, query: Query) -> int:
        one = range_of(query)
        return one.households if sees_records(query) else int(bool(one.households))

    def total(self, query: Query) -> Row:
        return _told(range_of(query))

    def left_out(self, query: Query) -> list[LeftOut]:
        unseen = _("Single households: your role sees how many there are")
        return [] if sees_records(query) else [LeftOut(unseen)]


def range_of(query: Query) -> Range:
    """The range that the address names. Raises Http404 where it is none, or none that this reader is told."""
    if query.year is None:
        raise Http404
    ranges = once(query, "ranges", lambda: income_ranges(query))
    found = next((one for one in ranges if one.name == query.of), None)
    if found is None:
        raise Http404
    return found


def words_of(one: Range) -> str:
    """The bounds of a range in words."""
    low, high = (None if edge is None else grouped(edge) for edge in (one.low, one.high))
    if low is None or high is None:
        return gettext("below %(high)s") % {"high": high} if high else gettext("%(low)s and more") % {"low": low}
    return gettext("%(low)s to below %(high)s") % {"low": low, "high": high}


def _told(one: Range) -> Row:
    return {"households": one.households, **marked(mark_of(one.made_up, one.households))}


def _row(record: Any) -> Row:
    return {
        "place_code": record.village.code,
        "place": record.village.local_name,
        "household": record.household.number,
        "year": record.year,
        "households": 1,
        "persons": record.persons,
        "net_income": record.net,
        "per_capita": record.net / record.persons,
        "_record": (IncomeRecord, record.pk),
        **marked(record.household.is_made_up),
    }


FIGURES: tuple[Explained, ...] = (HouseholdsInRange(),)
