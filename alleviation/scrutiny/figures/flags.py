"""How many cases the rules find: each case is a row."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import Column, Kind, mark_of
from alleviation.scrutiny.figures.base import Explained, once
from alleviation.scrutiny.flags import telling
from alleviation.scrutiny.flags.catalogue import BY_SLUG, FLAGS
from alleviation.scrutiny.flags.found import Found, State, all_found

RULES = _("The rules of the red flags, each with its own source; docs/red-flags.md.")


class CountedCases(Explained, abstract=True):
    """The cases in some states.

    `of` narrows them to one rule, "slug", to its cases that are of no year, "slug~", or to one case, "slug:key".
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
        return telling.rows(self._found(query), query)

    def total(self, query: Query) -> Row:
        found = self._found(query)
        return {"cases": len(found), "_made_up": mark_of(sum(one.case.is_made_up for one in found), len(found))}

    def names_it(self, query: Query) -> str:
        """The rule that the address names. Raises Http404 for one that is none."""
        if not query.of:
            return ""
        slug, _sign, _key = _narrowed(query.of)
        if slug not in BY_SLUG:
            raise Http404
        return str(BY_SLUG[slug].title)

    def _found(self, query: Query) -> list[Found]:
        slug, sign, key = _narrowed(query.of)
        found = all_found(query, [BY_SLUG[slug]] if slug in BY_SLUG else FLAGS)
        return [
            one
            for one in found
            if one.state in self.states
            and (sign != "~" or one.case.year is None)
            and (sign != ":" or one.case.key == key)
        ]


def _narrowed(of: str) -> tuple[str, str, str]:
    """The rule, the sign and the key of "slug", "slug~" and "slug:key"."""
    sign = "~" if of.endswith("~") else ":" if ":" in of else ""
    slug, _sign, key = of.partition(sign) if sign else (of, "", "")
    return slug, sign, key


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
        """The case. Raises Http404 for what is none, for one without an amount, and for one told by village alone."""
        rows = self._rows(query) if ":" in query.of else []
        if len(rows) != 1 or rows[0].get("amount") is None:
            raise Http404
        return str(rows[0]["case"])

    def _rows(self, query: Query) -> list[Row]:
        return once(query, self.slug, lambda: telling.rows(self._found(query), query))


FIGURES: tuple[Explained, ...] = (
    RedFlags(),
    OpenRedFlags(),
    WaitingRedFlags(),
    ExplainedRedFlags(),
    RedFlagAmount(),
)
