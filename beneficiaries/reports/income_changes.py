"""The report of how per-capita income changes, and what that is made of."""

from collections.abc import Iterable

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.common.reports import Report, Row
from alleviation.common.tables import MADE_UP, WITHHELD, Column, Kind, Text, mark_of
from beneficiaries.choices import EnrolmentRole
from beneficiaries.filters import INCOME_FIELDS
from beneficiaries.rollups import COMPONENTS, Change, in_yuan
from beneficiaries.rollups.telling import NET, ROLE, changes_told
from projects.reports.cells import marked

PER_PERSON = _("yuan per person")


def _column(key: str, title: Text) -> Column:
    return Column(key, title, Kind.YUAN, unit=PER_PERSON, explained="income-change")


class IncomeChanges(Report):
    """Per-capita income of each year against the year before, by component and by what projects brought."""

    slug = "income-changes"
    title = _("Change of per-capita income")
    description = _(
        "Each component per person less that of the year before; they add up to the change. What projects brought is "
        "a part of the components, as far as the amounts were entered. At current prices, nothing is deflated."
    )
    permission = Right.VIEW_FIGURES
    filters = INCOME_FIELDS
    # It depends on another year as well.
    is_of_the_day = True
    columns = (
        Column("year", _("Year"), Kind.YEAR),
        Column("per_capita", _("Per capita"), Kind.YUAN, unit=PER_PERSON, explained="per-capita-income"),
        _column("change", pgettext_lazy("difference", "Change")),
        Column("growth", _("Growth"), Kind.RATIO, explained="change"),
        _column("wage_income", _("Wages")),
        _column("business_income", _("Business")),
        _column("property_income", _("Property")),
        _column("transfer_income", _("Transfers")),
        _column("expenses", _("Less expenses")),
        *(_column(role, label) for role, label in EnrolmentRole.choices),
        Column("remark", _("Remark")),
        WITHHELD,
        MADE_UP,
    )

    def rows(self, query: Query) -> Iterable[Row]:
        return (change_row(one) for one in changes_told(query))

    def total(self, query: Query) -> None:
        """None: changes of several years are not added here."""


def change_row(one: Change) -> Row:
    """The cells of a change, for pages and files alike."""
    roles = {str(role): {"of": f"{ROLE}{role}"} for role in EnrolmentRole.values}
    asked_of = {"change": {"of": NET}, "growth": {"of": "per-capita-income"}, **roles}
    return {
        "year": one.year,
        "per_capita": one.after.per_capita,
        "change": in_yuan(one.change),
        "growth": in_yuan(one.growth),
        **{name: in_yuan(part) for name, part in one.parts.items()},
        **{role: in_yuan(part) for role, part in one.of_which.items()},
        "remark": remark_on(one),
        "_asked": {"year": str(one.year)},
        "_asked_of": asked_of | {name: {"of": name} for name in COMPONENTS},
        **marked(mark_of(one.after.made_up, one.after.households)),
        **_withheld(one),
    }


def remark_on(one: Change) -> str:
    """Why nothing is compared, or what is compared though it is not the same."""
    if one.before is None:
        return gettext("nothing is recorded for the year before")
    return gettext("the series breaks here: not the same is compared") if one.broken else ""


def _withheld(one: Change) -> Row:
    kept_back = ["change", "growth", *COMPONENTS] if one.after.withheld or (one.before and one.before.withheld) else []
    kept_back += ["per_capita"] if one.after.withheld else []
    return {"withheld": gettext("withheld"), "_withheld": kept_back} if kept_back else {}
