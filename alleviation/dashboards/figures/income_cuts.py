"""Incomes of a year by how households stood: their status, their category, the main cause of their poverty."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.common.query import Query
from alleviation.common.tables import Column, Table, Text
from alleviation.dashboards.figures.income_tables import EMPTY, NET, PEOPLE, PER_CAPITA, cells, note
from alleviation.scrutiny.remembered import remembered
from beneficiaries.choices import Cause, HouseholdCategory, HouseholdStatus
from beneficiaries.filters import UNKNOWN
from beneficiaries.rollups import Income, income_by_category, income_by_cause, income_by_status, income_total
from beneficiaries.rollups.disclosure import withholds

Cut = Callable[[Query], list[Income]]
CUTS: Mapping[str, tuple[str, Text, Text, Cut, Any]] = {
    "household_status": (
        "income-by-status",
        _("Per-capita income by status of the household"),
        _("Status at the end of the year"),
        income_by_status,
        HouseholdStatus,
    ),
    "category": (
        "income-by-category",
        _("Per-capita income by category"),
        _("Category of today"),
        income_by_category,
        HouseholdCategory,
    ),
    "cause": (
        "income-by-cause",
        _("Per-capita income by main cause of poverty"),
        _("Main cause, of today"),
        income_by_cause,
        Cause,
    ),
}


def cut_tables(query: Query) -> list[Table]:
    """The three cuts of what is asked for; one that the filter has cut already is left out."""
    whole = income_total(query)
    return [_table(query, name, whole) for name in CUTS if not getattr(query, name)]


def _sums_of(query: Query, name: str) -> Sequence[Income]:
    """The sums of a cut; to whom sums of few are withheld it is told by regions, which is what takes long.

    Whoever sees households sees one family's income among these sums: they are read anew each time.
    """
    sums_of = CUTS[name][3]
    if not withholds(query.user):
        return sums_of(query)
    return remembered(query, f"income by {name}", lambda: tuple(sums_of(query)))


def _table(query: Query, name: str, whole: Income) -> Table:
    slug, title, head, _sums, known = CUTS[name]
    sums = _sums_of(query, name)
    rows = [
        {
            "cut": str(known(one.key).label) if one.key else str(_("not recorded")),
            "_asked": {name: one.key or UNKNOWN},
            "_narrows": {name: one.key or UNKNOWN},
            **cells(one),
        }
        for one in sums
    ]
    return Table(
        slug=slug,
        title=gettext("%(title)s, %(year)s") % {"title": title, "year": query.first_year},
        columns=(Column("cut", head), *PEOPLE, NET, PER_CAPITA),
        rows=rows,
        total={"cut": "", **cells(whole)},
        note=note(whole, *sums),
        empty=EMPTY,
        asked=query.asked(),
    )
