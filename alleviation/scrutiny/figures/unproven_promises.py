"""Promises that no paper proves: neither a document that states them nor a file that is attached."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from alleviation.common import words
from alleviation.common.query import Query
from alleviation.common.tables import Column, Kind
from alleviation.scrutiny.figures import outside
from alleviation.scrutiny.figures.base import Explained, LeftOut
from alleviation.scrutiny.figures.pledges import AMOUNT, PledgeFigure
from alleviation.scrutiny.figures.proof import counts
from alleviation.scrutiny.figures.unproven import FILTERS, HOUSE_RULE
from projects.models import Pledge
from projects.rollups import PledgedYear, pledged_years

COUNT = Column("value", _("Figure"), Kind.COUNT)


class Promises(PledgeFigure, abstract=True):
    """A figure of the promises of the years asked for, each in each of its years."""

    filters = FILTERS
    source = HOUSE_RULE
    empty = _("There is no such promise for this filter.")

    def due(self, query: Query) -> list[PledgedYear]:
        return pledged_years(query, until=query.present_year)

    def left_out(self, query: Query) -> list[LeftOut]:
        """For a reader of one area: that there may be more."""
        return list(outside.elsewhere(query))


class NumberOfPromises(Promises, abstract=True):
    """How many there are."""

    value_column = COUNT
    adds_up = ()

    def value(self, query: Query) -> Any:
        return self.number(query)

    def words(self, query: Query) -> str:
        return words.count(self.number(query))

    def made_of(self, sums: Any) -> Any:
        """Nothing: the figure is the number of its rows."""
        return None


def without_proof(due: list[PledgedYear]) -> list[PledgedYear]:
    """Those of them that no document states and no file proves."""
    unstated = [one for one in due if one.pledge.stated_in_id is None]
    proven = counts(Pledge, sorted({one.pledge.pk for one in unstated}))
    return [one for one in unstated if one.pledge.pk not in proven]


class PledgesDue(NumberOfPromises):
    """How many promises there are in their years."""

    slug = "pledges-due"
    title = _("Promises that a paper should prove")
    description = _("The promises of these years, each counting once in each of its years.")
    formula = _("Number of the promises in their years")


class PledgesWithoutEvidence(NumberOfPromises):
    """How many of them nothing proves."""

    slug = "pledges-without-evidence"
    title = _("Promises without evidence")
    description = _("The promises of these years that no document states and to which no file is attached.")
    formula = _("Number of the promises in their years − number of those with a document or evidence")
    empty = _("Every promise has a document or evidence.")

    def due(self, query: Query) -> list[PledgedYear]:
        return without_proof(super().due(query))


class PledgedWithoutEvidence(Promises):
    """What these promise."""

    slug = "pledged-without-evidence"
    title = _("Promised without evidence")
    description = PledgesWithoutEvidence.description
    value_column = AMOUNT
    formula = _("Σ promised amount of the promises in their years that nothing proves")
    empty = PledgesWithoutEvidence.empty

    def due(self, query: Query) -> list[PledgedYear]:
        return without_proof(super().due(query))


PLEDGES_DUE, PLEDGES_WITHOUT, PLEDGED_WITHOUT = PledgesDue(), PledgesWithoutEvidence(), PledgedWithoutEvidence()
FIGURES: tuple[Explained, ...] = (PLEDGES_DUE, PLEDGES_WITHOUT, PLEDGED_WITHOUT)
