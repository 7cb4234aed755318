"""The incomes that households are recorded with, one a row."""

from collections.abc import Iterable

from django.db.models import F, QuerySet
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.common.reports import Report, Row, RowSets
from alleviation.common.selections import Selection
from alleviation.common.sql_cells import Binary, Share, made_up, words_of
from alleviation.common.tables import MADE_UP, Column, Kind, mark_of
from beneficiaries.choices import CheckState, IncomeConcept, IncomeStatus, IncomeYear
from beneficiaries.models import IncomeRecord
from beneficiaries.reports.households import HOUSEHOLD, income_url
from beneficiaries.rollups import COMPONENTS, income_total, recorded
from projects.reports.cells import marked
from projects.rollups.told import place_name
from projects.rollups.walks import first_of, walk_of

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
    added = ("persons", *COMPONENTS, "net_income")

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

    def row_sets(self, query: Query) -> RowSets:
        return (_records(query),)

    def first(self, query: Query, number: int) -> list[Row]:
        return [_row(income) for income in first_of(_records(query), "village", query, number)]

    def selections(self, query: Query) -> tuple[Selection, ...]:
        if query.as_of is not None:
            return ()
        rows = _records(query)
        return (Selection(rows, _cells(), walk_of(rows, "village", query)),)


def _records(query: Query) -> QuerySet[IncomeRecord]:
    found = recorded(query).visible_to(query.user).select_related("household", "village")  # type: ignore[attr-defined]
    number = Binary("household__number")
    ordered: QuerySet[IncomeRecord] = found.order_by("village__code", number, "household_id", "year", "pk")
    return ordered


def _cells() -> dict[str, Combinable | str]:
    """`_row` as the database writes it."""
    earned: Combinable = F("wage_income") + F("business_income") + F("property_income") + F("transfer_income")
    net_income = earned - F("expenses")
    return {
        "place_code": "village__code",
        "place": place_name("village__"),
        "household": "household__number",
        **{name: name for name in ("year", "persons", *COMPONENTS)},
        "net_income": net_income,
        "per_capita": Share(net_income, F("persons")),
        "concept": words_of("concept", IncomeConcept),
        "income_year": words_of("income_year", IncomeYear),
        "status": words_of("status", IncomeStatus),
        "state": words_of("state", CheckState),
        MADE_UP.key: made_up("household__is_made_up"),
    }


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
