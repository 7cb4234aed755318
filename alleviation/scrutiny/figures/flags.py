"""How many cases the rules find: each case is a row."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import Column, Kind, mark_of
from alleviation.scrutiny.figures.base import Explained, LeftOut, once
from alleviation.scrutiny.flags import telling
from alleviation.scrutiny.flags.catalogue import BY_SLUG, FLAGS
from alleviation.scrutiny.flags.found import Found, State, all_found, is_told

RULES = _("The rules of the red flags, each with its own source; docs/red-flags.md.")


class CountedCases(Explained, abstract=True):
    """The cases in some states.

    `of` narrows them to one rule, "slug", or to one case, "slug:key".
    """

    states: ClassVar[frozenset[State]]
    permission = Right.VIEW_RECORDS
    filters = ("year", "area")
    columns = telling.COLUMNS
    value_column = Column("value", _("Figure"), Kind.COUNT)
    source = RULES
    adds_up = ("cases",)
    empty = _("The rules found nothing of this kind for this filter.")

    def value(self, query: Query) -> int:
        return len(self._found(query))

    def rows(self, query: Query) -> Iterable[Row]:
        return telling.rows(self._found(query))

    def total(self, query: Query) -> Row:
        found = self._found(query)
        return {"cases": len(found), "_made_up": mark_of(sum(one.case.is_made_up for one in found), len(found))}

    def names_it(self, query: Query) -> str:
        """The rule that the address names. Raises Http404 for one that is none, or that this person is not told of."""
        if not query.of:
            return ""
        slug, _key = _narrowed(query.of)
        if slug not in BY_SLUG or not is_told(BY_SLUG[slug], query.user):
            raise Http404
        return str(BY_SLUG[slug].title)

    def _found(self, query: Query) -> list[Found]:
        slug, key = _narrowed(query.of)
        found = all_found(query, [BY_SLUG[slug]] if slug in BY_SLUG else FLAGS)
        return [one for one in found if one.state in self.states and (not key or one.case.key == key)]

    def left_out(self, query: Query) -> list[LeftOut]:
        """The rules that this person is not told of."""
        untold = [flag for flag in FLAGS if not is_told(flag, query.user)]
        reason = _("Rules about single households: your role is told none of their cases")
        return [LeftOut(reason, len(untold))] if untold and not query.of else []


def _narrowed(of: str) -> tuple[str, str]:
    """The rule and the key of "slug" and "slug:key"."""
    slug, _sign, key = of.partition(":")
    return slug, key


class RedFlags(CountedCases):
    """Every case, whatever became of it."""

    slug = "red-flags"
    title = _("Red flags")
    description = _("How many cases the rules find in the records, explained or not.")
    formula = _("Number of cases")
    states = frozenset(State)


class OpenRedFlags(CountedCases):
    """Cases that nobody has explained."""

    slug = "open-red-flags"
    title = _("Open red flags")
    description = _("How many cases the rules find that nobody has explained, or whose explanation has expired.")
    formula = _("Number of cases without a waiver that holds or waits")
    states = frozenset({State.OPEN})


class WaitingRedFlags(CountedCases):
    """Cases whose explanation somebody else has to decide."""

    slug = "waiting-red-flags"
    title = _("Red flags that wait for a decision")
    description = _("How many cases somebody has explained, and nobody else has accepted or declined that yet.")
    formula = _("Number of cases with a waiver that waits")
    states = frozenset({State.WAITING})


class ExplainedRedFlags(CountedCases):
    """Cases whose explanation holds."""

    slug = "explained-red-flags"
    title = _("Explained red flags")
    description = _("How many cases are explained by one person and accepted by another, until a day to come.")
    formula = _("Number of cases with a waiver that holds")
    states = frozenset({State.EXPLAINED})


class RedFlagAmount(CountedCases):
    """The amount that one case is about."""

    slug = "red-flag-amount"
    title = _("Amount of a red flag")
    description = _("How much money one case is about, as its rule tells; the amounts of cases are never added.")
    value_column = Column("value", _("Figure"), Kind.YUAN)
    formula = _("As the rule computes it for the case")
    states = frozenset(State)
    adds_up = ("amount",)

    def value(self, query: Query) -> Any:
        return self.total(query)["amount"]

    def total(self, query: Query) -> Row:
        return self._rows(query)[0]

    def names_it(self, query: Query) -> str:
        """The case. Raises Http404 for what is none, and for one without an amount."""
        rows = self._rows(query) if ":" in query.of else []
        if len(rows) != 1 or rows[0].get("amount") is None:
            raise Http404
        return str(rows[0]["case"])

    def _rows(self, query: Query) -> list[Row]:
        return once(query, self.slug, lambda: telling.rows(self._found(query)))


FIGURES: tuple[Explained, ...] = (
    RedFlags(),
    OpenRedFlags(),
    WaitingRedFlags(),
    ExplainedRedFlags(),
    RedFlagAmount(),
)
