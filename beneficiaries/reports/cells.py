"""The cells of sums of incomes, for pages and files alike."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.common.tables import mark_of
from beneficiaries.rollups import COMPONENTS, Income
from projects.reports.cells import marked

Row = dict[str, Any]
SUMS = ("households", "persons", *COMPONENTS, "net_income", "per_capita")
WHY_WITHHELD = _(
    "Withheld: of so few households that the figure could tell what one of them lives on, or needed to keep such a "
    "figure from being computed from others. Totals are exact."
)


def income_cells(income: Income, keys: Iterable[str] = SUMS) -> Row:
    """The cells of sums, with their mark, and the word for those that this reader is not told."""
    mark = mark_of(income.made_up, income.households or 0)
    return {**{key: getattr(income, key) for key in keys}, **marked(mark), **withheld_cells(income)}


def withheld_cells(income: Income) -> Row:
    """What a file and a page tell of sums that are withheld; nothing of others."""
    if not income.withheld:
        return {}
    return {"withheld": gettext("withheld"), "_withheld": [key for key in SUMS if getattr(income, key) is None]}
