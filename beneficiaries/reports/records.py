"""The incomes that households are recorded with, one a row."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.common.reports import Report, Row
from alleviation.common.tables import MADE_UP, Column, Kind, mark_of
from beneficiaries.choices import CheckState
from beneficiaries.models import IncomeRecord
from beneficiaries.reports.households import HOUSEHOLD, income_url
from beneficiaries.rollups import COMPONENTS, income_total, recorded
from projects.reports.cells import marked

CHUNK = 500
SUMS = (
    Column("persons", _("Persons"), Kind.COUNT, explained="persons"),
    Column("wage_income", _("Wages"), Kind.YUAN, explained="wage-income"),
    Column("business_income", _("Business"), Kind.YUAN, explained="business-income"),
    Column("property_income", _("Property"), Kind.YUAN, explained="property-income"),
    Column("transfer_income", _("Transfers"), Kind.YUAN, explained="transfer-income"),
    Column("expenses", _("Expenses"), Kind.YUAN, explained="expenses"),
    Column("net_income", _("Net income"), Kind.YUAN, explained="net-income"),
    Column(
        "per_capita", _("Per capita"), Kind.YUAN, unit=_("yuan per person and year"), explained="per-capita-income"
    ),
)
NUMBERS = tuple(column.key for column in SUMS)


class Incomes(Report):
    """Every income record that holds, of the households that this person may see."""

    slug = "incomes"
    title = _("Incomes of households")
    description = _(
        "Every income record that holds, by village of its year, household and year: net income is the four "
        "components less expenses, per capita is net income ÷ persons counted. The total is the roll-up's: its per "
        "capita is the ratio of the sums, never a mean."
    )
    permission = Right.VIEW_HOUSEHOLDS
    filters = ("year", "plan", "area", "household_status", "category", "cause", "as_of")
    columns = (
        *HOUSEHOLD,
        Column("year", _("Year"), Kind.YEAR),
        *SUMS,
        Column("concept", _("Income concept")),
        Column("income_year", _("Income year")),
        Column("status", _("Status"), file_only=True),
        Column("state", _("Verification")),
        MADE_UP,
    )
    empty = _("No income is recorded for this filter.")

    def rows(self, query: Query) -> Iterable[Row]:
        return map(_row, _records(query).iterator(chunk_size=CHUNK))

    def total(self, query: Query) -> Row:
        if not query.user.may(Right.VIEW_HOUSEHOLDS):
            return {}
        total = income_total(query)
        if not total.households:
            return {}
        return {
            **{name: getattr(total, name) for name in NUMBERS},
            "_made_up": mark_of(total.made_up, total.households),
        }

    def number(self, query: Query) -> int:
        return _records(query).count()


def _records(query: Query) -> QuerySet[IncomeRecord]:
    found = recorded(query).visible_to(query.user).select_related("household", "village")  # type: ignore[attr-defined]
    ordered: QuerySet[IncomeRecord] = found.order_by("village__code", "household__number", "household", "year", "pk")
    return ordered


def _row(income: IncomeRecord) -> Row:
    """A record; as of a past day its numbers are those of the day, and verification is as it is today."""
    opens = income_url(income)
    return {
        "place_code": income.village.code,
        "place": income.village.local_name,
        "household": income.household.number,
        "year": income.year,
        "persons": income.persons,
        **{name: getattr(income, name) for name in (*COMPONENTS, "net_income")},
        "per_capita": income.net_income / income.persons,
        "concept": income.get_concept_display(),
        "income_year": income.get_income_year_display(),
        "status": income.get_status_display(),
        "state": CheckState(income.state).label,
        "_explained": dict.fromkeys(NUMBERS, ""),
        "_urls": dict.fromkeys(("household", *NUMBERS), opens),
        **marked(income.household.is_made_up),
    }
