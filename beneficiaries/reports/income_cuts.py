"""The report of incomes by how households stood."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.common.reports import Report, Row
from alleviation.common.tables import MADE_UP, WITHHELD, Column, Kind, Text
from beneficiaries.choices import Cause, HouseholdCategory, HouseholdStatus
from beneficiaries.filters import INCOME_FIELDS, UNKNOWN
from beneficiaries.reports.cells import income_cells
from beneficiaries.reports.incomes import INCOME
from beneficiaries.rollups import Income, income_by_year_and

CUTS: Mapping[str, tuple[Text, Any]] = {
    "household_status": (_("Status at the end of the year"), HouseholdStatus),
    "category": (_("Category of today"), HouseholdCategory),
    "cause": (_("Main cause, of today"), Cause),
}


class IncomeCuts(Report):
    """Net income per person by status, category and main cause, year by year."""

    slug = "income-cuts"
    title = _("Per-capita income by status, category and cause")
    description = _(
        "Three cuts of the same incomes, one below the other: the parts of one cut in one year add up to the year. "
        "Status as it stood at the end of the year; category and main cause as the register has them today."
    )
    permission = Right.VIEW_FIGURES
    filters = INCOME_FIELDS
    # Of category and cause there is no history.
    is_of_the_day = True
    columns = (
        Column("year", _("Year"), Kind.YEAR),
        Column("cut", _("Cut")),
        Column("code", _("Code"), Kind.CODE),
        Column("label", _("Group")),
        *INCOME,
        WITHHELD,
        MADE_UP,
    )

    def rows(self, query: Query) -> Iterable[Row]:
        return (_row(name, one) for name in CUTS for one in income_by_year_and(query, name))

    def total(self, query: Query) -> None:
        """None: each household is in every cut."""


def _row(name: str, income: Income) -> Row:
    (year, code), (cut, known) = income.key, CUTS[name]
    return {
        "year": year,
        "cut": str(cut),
        "code": code or UNKNOWN,
        "label": str(known(code).label) if code else str(_("not recorded")),
        "_asked": {"year": str(year), name: code or UNKNOWN},
        **income_cells(income),
    }
