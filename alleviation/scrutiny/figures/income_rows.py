"""The income records behind a figure: one a row for whoever may see households, else one a village and year."""

from collections.abc import Iterator
from itertools import islice

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.audit.history import recorders
from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import MADE_UP, WITHHELD, Column, Kind
from alleviation.scrutiny.figures.base import once
from alleviation.scrutiny.figures.proof import with_proof
from beneficiaries.models import IncomeRecord
from beneficiaries.reports.cells import income_cells
from beneficiaries.rollups import Income, income_by_year_and_village, income_total, recorded
from projects.choices import Level
from projects.reports.cells import marked
from projects.rollups.places import name_children

CHUNK = 500
VILLAGE = (Column("place_code", _("Division code"), Kind.CODE), Column("place", _("Village")))
SUMS = (
    Column("households", _("Households"), Kind.COUNT),
    Column("persons", _("Persons"), Kind.COUNT),
    Column("wage_income", _("Wages"), Kind.YUAN),
    Column("business_income", _("Business"), Kind.YUAN),
    Column("property_income", _("Property"), Kind.YUAN),
    Column("transfer_income", _("Transfers"), Kind.YUAN),
    Column("expenses", _("Expenses"), Kind.YUAN),
    Column("net_income", _("Net income"), Kind.YUAN),
)
BY_VILLAGE = (*VILLAGE, Column("year", _("Year"), Kind.YEAR), *SUMS, WITHHELD, MADE_UP)
BY_RECORD = (
    *VILLAGE,
    Column("household", _("Household number"), Kind.CODE),
    Column("year", _("Year"), Kind.YEAR),
    *SUMS,
    Column("status", _("Status")),
    Column("reason", _("Why it was corrected")),
    Column("entered_by", _("Entered by")),
    Column("entered_at", _("Entered at"), Kind.DATE),
    Column("evidence", _("Evidence"), Kind.COUNT),
    MADE_UP,
)
KEYS = tuple(column.key for column in SUMS)


def total_of(query: Query) -> Income:
    """The sums of all records asked for."""
    return once(query, "income", lambda: income_total(query))


def sees_records(query: Query) -> bool:
    """Whether single households are this reader's to see."""
    return bool(query.user.may(Right.VIEW_HOUSEHOLDS))


def records_of(query: Query) -> QuerySet[IncomeRecord]:
    """The records asked for, village by village."""
    found = recorded(query).select_related("household", "village")
    return found.order_by("village__code", "household__number", "year", "pk")


def record_rows(records: QuerySet[IncomeRecord]) -> Iterator[Row]:
    """A row for each record, with who entered it and what proves it; two more queries for every 500."""
    coming = records.iterator(chunk_size=CHUNK)
    while chunk := list(islice(coming, CHUNK)):
        by = recorders(IncomeRecord, [one.pk for one in chunk])
        yield from with_proof(_record_row(one, by.get(one.pk, "")) for one in chunk)


def _record_row(one: IncomeRecord, recorder: str) -> Row:
    is_made_up = one.household.is_made_up
    return {
        "place_code": one.village.code,
        "place": one.village.local_name,
        "household": one.household.number,
        "year": one.year,
        **{name: getattr(one, name) for name in KEYS if name != "households"},
        "households": 1,
        "status": one.get_status_display(),
        "reason": one.reason,
        "entered_by": recorder,
        "entered_at": one.recorded_at,
        "_record": (IncomeRecord, one.pk),
        **marked(is_made_up),
    }


def villages_of(query: Query) -> list[Income]:
    """The sums by year and village; the villages that this reader is told with others alone are gathered."""
    return once(query, "villages", lambda: income_by_year_and_village(query))


def village_rows(query: Query) -> list[Row]:
    """A row for each village and year; those told with others alone stand in one row of a year, without names."""
    sums = villages_of(query)
    names = name_children((one.key[1] for one in sums), Level.VILLAGE)
    few = gettext("villages whose sums are told together alone")
    return [
        {
            "year": one.key[0],
            "place_code": one.key[1],
            "place": names[one.key[1]].words if one.key[1] in names else one.key[1] or few,
            **sum_cells(one),
        }
        for one in sums
    ]


def sum_cells(income: Income) -> Row:
    """The cells of sums, with their mark."""
    return income_cells(income, KEYS)
