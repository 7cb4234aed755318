"""The tables of by how much per-capita income changes, and what each component and each benefit adds to that."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from alleviation.common.query import Query
from alleviation.common.tables import Column, Kind, Table, Text
from beneficiaries.choices import EnrolmentRole
from beneficiaries.reports.income_changes import change_row
from beneficiaries.rollups import Change, in_yuan
from beneficiaries.rollups.telling import ROLE, SAME, changes_told

Row = dict[str, Any]
PER_PERSON = _("yuan per person")
# What projects bring, with the component that it is a part of; others are shown where there are any.
ROLES: dict[str, Text] = {
    EnrolmentRole.LAND_RENT: _("Land rent, in property"),
    EnrolmentRole.DIVIDEND: _("Dividends, in property"),
    EnrolmentRole.WAGE: _("Wages from projects, in wages"),
    EnrolmentRole.PLANTING: _("Planting, in business"),
    EnrolmentRole.SCHOLARSHIP: _("Scholarships, in transfers"),
    EnrolmentRole.OTHER: _("Other benefits, in no certain component"),
}
ALWAYS = (EnrolmentRole.LAND_RENT, EnrolmentRole.DIVIDEND, EnrolmentRole.WAGE)
TITLES: dict[str, Text] = {
    "wage_income": _("Wages"),
    "business_income": _("Business"),
    "property_income": _("Property"),
    "transfer_income": _("Transfers"),
    "expenses": _("Less expenses"),
}


def yuan_column(key: str, title: Text) -> Column:
    """A part of the change, in yuan per person."""
    return Column(key, title, Kind.YUAN, unit=PER_PERSON, explained="income-change")


def changes_table(query: Query, changes: Sequence[Change], with_same: bool = True) -> Table:
    """Per-capita income of each year against the year before, and what each component adds.

    `with_same`: the change of the households that both years have as well, for which every income is asked.
    """
    same = {one.year: one for one in changes_told(query, matched=True)} if with_same else {}
    rows = [_row(one, same.get(one.year)) for one in changes]
    is_same_told = any(row["same"] is not None for row in rows)
    return Table(
        slug="income-changes",
        title=_("Change against the year before, by component"),
        columns=(
            Column("year", _("Year"), Kind.YEAR),
            Column("per_capita", _("Per capita"), Kind.YUAN, unit=PER_PERSON, explained="per-capita-income"),
            yuan_column("change", pgettext_lazy("difference", "Change")),
            Column("growth", pgettext_lazy("difference", "Change"), Kind.RATIO, explained="change"),
            *(yuan_column(key, title) for key, title in TITLES.items()),
            *((yuan_column("same", _("Change of the same households")),) if is_same_told else ()),
            Column("remark", _("Remark")),
        ),
        rows=rows,
        note=_(
            "The components add up to the change: each is its amount per person less that of the year before. Current "
            "prices, nothing is deflated. Who came onto the register and who left is in the change; the same "
            "households are those recorded in both years."
        ),
        empty=_("No income is recorded for this filter."),
        asked=query.asked(),
    )


def benefits_table(query: Query, told: Sequence[Change]) -> Table:
    """How much of the change are land rent, dividends and wages from projects."""
    changes = [one for one in told if one.is_known]
    roles = [role for role in ROLES if role in ALWAYS or any(role in one.of_which for one in changes)]
    return Table(
        slug="benefits-in-change",
        title=_("Of the change: what projects brought"),
        columns=(
            Column("year", _("Year"), Kind.YEAR),
            *(yuan_column(role, ROLES[role]) for role in roles),
            Column("remark", _("Remark")),
        ),
        rows=[_benefits_row(one, roles) for one in changes],
        note=_(
            "What the households with an income got from projects, per person, less that of the year before: a part "
            "of the component that each is named with, as far as the amounts were entered."
        ),
        empty=_("There are no two years in a row whose incomes are recorded."),
        asked=query.asked(),
    )


def _row(one: Change, same: Change | None) -> Row:
    row = change_row(one)
    told = in_yuan(same.change) if same else None
    asked = {**row["_asked_of"], "same": {"of": SAME}}
    return {**row, "same": told, "_narrows": {"year": str(one.year)}, "_asked_of": asked}


def _benefits_row(one: Change, roles: Sequence[str]) -> Row:
    of_which = one.of_which
    unknown = one.received_after.unknown + one.received_before.unknown
    return {
        "year": one.year,
        **{role: in_yuan(of_which.get(role)) for role in roles},
        "remark": gettext("of some parts nobody entered the amount") if unknown else "",
        "_asked": {"year": str(one.year)},
        "_narrows": {"year": str(one.year)},
        "_asked_of": {role: {"of": f"{ROLE}{role}"} for role in roles},
    }
