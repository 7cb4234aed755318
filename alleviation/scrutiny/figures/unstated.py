"""Promises of which the amount is not stated: they cannot be added, so they are counted beside the sum."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.common import words
from alleviation.common.query import Query
from alleviation.common.tables import Column, Kind
from alleviation.scrutiny.figures.base import Explained
from alleviation.scrutiny.figures.pledges import Pledged
from projects.reports.cells import marked


class PledgedNotStated(Pledged):
    """How many of the promises of these years have no amount."""

    slug = "pledged-not-stated"
    title = _("Pledges without an amount")
    description = _("Promises that are due in these years and whose amount no source states, each once in a year.")
    value_column = Column("value", _("Figure"), Kind.COUNT)
    formula = _("Number of the promises without an amount, in each year that they are due in")
    adds_up = ("pledged_not_stated",)

    def value(self, query: Query) -> Any:
        """How many there are; None where nothing is promised."""
        promised = super().value(query)
        return None if promised is None else promised.not_stated

    def total(self, query: Query) -> dict[str, Any]:
        return {"pledged_not_stated": self.value(query), **marked(self.mark(query))}

    def working(self, query: Query) -> str:
        """The rows tell it: each has 1 where no amount is stated, else 0."""
        return gettext("Σ = %(number)s") % {"number": words.count(self.value(query))}


FIGURES: tuple[Explained, ...] = (PledgedNotStated(),)
