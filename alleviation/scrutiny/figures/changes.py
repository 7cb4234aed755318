"""A figure against the same of the year before, or of the same stretch of the five-year plan before."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar

from django.http import Http404
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common import words
from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import MADE_UP, PARTLY, Column, Kind, Mark, explain_url
from alleviation.common.years import FIRST_YEAR, plan_period_of
from alleviation.scrutiny.figures import money, outside, people
from alleviation.scrutiny.figures.base import Explained, LeftOut, Part
from alleviation.scrutiny.figures.entries import FILTERS
from beneficiaries.filters import HOUSEHOLD_FIELDS
from projects.reports.cells import marked

NOW = Column("now", _("The year asked for"), Kind.YUAN)
BEFORE = Column("before", _("The year before"), Kind.YUAN)
# Years of a plan.
PLAN = 5
# The figures of which a change is told.
OF: dict[str, Explained] = {figure.slug: figure for figure in (*money.FOUR_SUMS, people.PER_CAPITA_INCOME)}


def grown(now: Decimal | None, before: Decimal | None) -> Decimal | None:
    """now ÷ before − 1; None where either is not known: of a loss, as of nothing, no percentage can be told."""
    return now / before - 1 if now is not None and before is not None and before > 0 else None


class Change(Explained):
    """A figure against the year before; `of` names the figure."""

    slug = "change"
    title = _("Change against the year before")
    description = _("By how much a figure of one year differs from the same figure of the year before, in percent.")
    permission = Right.VIEW_RECORDS
    filters = (*FILTERS, *HOUSEHOLD_FIELDS)
    columns: ClassVar[tuple[Column, ...]] = (
        Column("figure", _("Figure")),
        Column("year", _("Year"), Kind.YEAR),
        NOW,
        BEFORE,
        MADE_UP,
    )
    value_column = Column("value", pgettext_lazy("difference", "Change"), Kind.RATIO)
    formula = _("(figure of the year ÷ figure of the year before − 1) × 100")
    source = _("Arithmetic. Where nothing, or a loss, is recorded for the year before, no percentage is told.")
    adds_up = ("now", "before")

    def value(self, query: Query) -> Decimal | None:
        return self.made_of(self._both(query))

    def made_of(self, sums: Sequence[Any]) -> Decimal | None:
        """The ratio of the two, less one."""
        return grown(*sums)

    def names_it(self, query: Query) -> str:
        """The figure that changes.

        Raises Http404 where the address names none, no year that has one before it, or what it is not narrowed by.
        """
        if query.of not in OF or query.year in (None, FIRST_YEAR):
            raise Http404
        unread = set(self.filters) - set(OF[query.of].filters)
        if unread & query.asked().keys():
            raise Http404
        return str(OF[query.of].title)

    def working(self, query: Query) -> str:
        now, before = self._both(query)
        return gettext("%(now)s ÷ %(before)s − 1 = %(change)s") % {
            "now": words.yuan(now),
            "before": words.yuan(before),
            "change": words.percent(self.value(query)),
        }

    def parts(self, query: Query) -> list[Part]:
        """Both figures."""
        return [
            Part(f"{figure.title}, {_years_words(one)}", figure.words(one), figure.slug, one.asked())
            for figure, one in self._both_questions(query)
        ]

    def rows(self, query: Query) -> Iterable[Row]:
        for key, (figure, one) in zip(self.adds_up, self._both_questions(query), strict=True):
            yield {
                "figure": str(figure.title),
                **_years_cells(one),
                key: figure.value(one),
                "_url": explain_url(figure.slug, one.asked()),
                **marked(figure.mark(one)),
            }

    def total(self, query: Query) -> Row:
        now, before = self._both(query)
        return {"now": now, "before": before, **marked(self.mark(query))}

    def mark(self, query: Query) -> Mark:
        """That of both years where they agree."""
        first, second = (figure.mark(one) for figure, one in self._both_questions(query))
        return first if first == second else PARTLY

    def left_out(self, query: Query) -> list[LeftOut]:
        return list(outside.elsewhere(query))

    def _both(self, query: Query) -> tuple[Any, Any]:
        now, before = (figure.value(one) for figure, one in self._both_questions(query))
        return now, before

    def _both_questions(self, query: Query) -> list[tuple[Explained, Query]]:
        """The figure, with the question of the year asked for and that of the year before."""
        year, figure = query.year, OF.get(query.of)
        if year is None or figure is None:
            return []
        asked = replace(query, of="")
        return [(figure, asked.of_years(one, one)) for one in (year, year - 1)]


class PlanChange(Change):
    """A figure of the years of a five-year plan against the same years of the plan before; `of` names the figure."""

    slug = "plan-change"
    title = _("Change against the five-year plan before")
    description = _(
        "By how much a figure of some years of a five-year plan differs from the same figure of the same years of the "
        "plan before, five years earlier, in percent."
    )
    columns = (
        Column("figure", _("Figure")),
        Column("first", _("From year"), Kind.YEAR),
        Column("last", _("Until year"), Kind.YEAR),
        replace(NOW, title=_("The years asked for")),
        replace(BEFORE, title=_("Five years earlier")),
        MADE_UP,
    )
    formula = _("(figure of the years ÷ figure of the same years of the plan before − 1) × 100")
    source = _("Arithmetic. Where nothing is recorded for the plan before, no percentage is told.")

    def names_it(self, query: Query) -> str:
        """The figure that changes.

        Raises Http404 where the address names none, no years within one plan, or what it is not narrowed by.
        """
        if query.of not in OF or not is_within_a_plan(query.first_year, query.last_year):
            raise Http404
        unread = set(self.filters) - set(OF[query.of].filters)
        if unread & query.asked().keys():
            raise Http404
        return str(OF[query.of].title)

    def _both_questions(self, query: Query) -> list[tuple[Explained, Query]]:
        figure, first, last = OF.get(query.of), query.first_year, query.last_year
        if figure is None:
            return []
        asked = replace(query, of="")
        return [(figure, asked.of_years(first - back, last - back)) for back in (0, PLAN)]


def is_within_a_plan(first: int, last: int) -> bool:
    """Whether these years are those of one five-year plan."""
    plan = plan_period_of(first)
    return plan is not None and last in plan.years


def _years_words(query: Query) -> str:
    return str(query.year) if query.year else f"{query.first_year}–{query.last_year}"


def _years_cells(query: Query) -> Row:
    return {"year": query.year, "first": query.first_year, "last": query.last_year}


FIGURES: tuple[Explained, ...] = (Change(), PlanChange())
