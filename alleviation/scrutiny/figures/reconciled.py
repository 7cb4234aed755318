"""Figures of claims held against records: how many are in a state, and what one differs by."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common import words
from alleviation.common.figures import Figure, FigureSum
from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import MADE_UP, Column, Kind, Mark, mark_of
from alleviation.scrutiny.figures.base import Explained, LeftOut, Part, once
from alleviation.scrutiny.reconciled import COLUMNS, OWN_AREA, reconciled_row
from alleviation.scrutiny.reconciliation import Reconciled, Support, negative, reconcile, reconcile_claim

RULE = _("What is held against what, and the states: docs/claims.md.")


class InState(Explained):
    """How many claims are in a state; `of` is the state."""

    slug = "claims-in-state"
    title = _("Claims by state")
    description = _(
        "How many claims our records support, support partly, lack, contradict, or cannot be held against."
    )
    permission = Right.VIEW_RECORDS
    filters = ("area", "measure", "status")
    of_all_areas = True
    columns = COLUMNS
    value_column = Column("value", _("Figure"), Kind.COUNT)
    formula = _("Number of the claims in this state")
    source = RULE
    adds_up = ()
    empty = _("No claim is in this state.")

    def names_it(self, query: Query) -> str:
        if query.of not in Support.values:
            raise Http404
        return str(Support(query.of).label)

    def value(self, query: Query) -> int:
        return len(self._found(query))

    def rows(self, query: Query) -> Iterable[Row]:
        return (reconciled_row(one) for one in self._found(query))

    def total(self, query: Query) -> None:
        return None

    def number(self, query: Query) -> int:
        return self.value(query)

    def mark(self, query: Query) -> Mark:
        found = self._found(query)
        return mark_of(sum(bool(one.mark) for one in found), len(found))

    def left_out(self, query: Query) -> list[LeftOut]:
        return [LeftOut(OWN_AREA)] if query.user.area else []

    def _found(self, query: Query) -> list[Reconciled]:
        every = once(query, "reconciled", lambda: reconcile(replace(query, of="")))
        return [one for one in every if one.support == query.of]


class Difference(Explained):
    """Claimed less recorded; `of` is the number of the claim."""

    slug = "claim-difference"
    title = _("Claimed less recorded")
    description = _("What a document claims, less what our records hold of the same.")
    permission = Right.VIEW_RECORDS
    columns = (
        Column("code", _("Claim"), Kind.CODE),
        Column("what", _("What it is")),
        Column("figure", _("Figure"), Kind.FIGURE, unit_key="unit_code"),
        Column("unit", _("Unit"), file_only=True),
        MADE_UP,
    )
    value_column = Column("value", _("Figure"), Kind.FIGURE)
    formula = _("figure of the claim − figure of the records")
    source = RULE
    adds_up = ("figure",)

    def names_it(self, query: Query) -> str:
        claim = self._one(query).claim
        return f"{claim.code} {claim.local_subject}"

    def value(self, query: Query) -> Figure | None:
        return self._one(query).difference

    def words(self, query: Query) -> str:
        one = self._one(query)
        return one.difference.words(one.claim.unit) if one.difference else words.NOTHING

    def made_of(self, sums: Any) -> Any:
        """The sum of figures."""
        return sums[0].figure if isinstance(sums[0], FigureSum) else sums[0]

    def rows(self, query: Query) -> Iterable[Row]:
        one = self._one(query)
        told = reconciled_row(one)
        common = {name: told[name] for name in ("unit", "unit_code", "made_up", "_made_up")}
        yield {"code": told["code"], "what": told["fact"], "figure": told["claimed"], "_url": told["_url"], **common}
        if one.recorded is not None and one.recorded.figure is not None:
            yield {"code": "", "what": told["what"], "figure": negative(one.recorded.figure), **common}

    def total(self, query: Query) -> Row:
        one = self._one(query)
        return {"figure": one.difference, "unit_code": one.claim.unit}

    def number(self, query: Query) -> int:
        return sum(1 for _row in self.rows(query))

    def mark(self, query: Query) -> Mark:
        return self._one(query).mark

    def parts(self, query: Query) -> list[Part]:
        one = self._one(query)
        claim, held = one.claim, one.recorded
        found = (
            [Part(_("Claimed"), claim.figure.words(claim.unit), "claim", {"of": claim.code})] if claim.figure else []
        )
        if held is not None and held.figure is not None:
            found.append(Part(held.label, held.figure.words(held.unit), held.explain, dict(held.asked)))
        return found

    def _one(self, query: Query) -> Reconciled:
        return once(query, self.slug, lambda: self._found(query))

    def _found(self, query: Query) -> Reconciled:
        found = reconcile_claim(query, query.of)
        if found is None or found.difference is None:
            raise Http404
        return found


FIGURES: tuple[Explained, ...] = (InState(), Difference())
