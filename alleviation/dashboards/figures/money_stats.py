"""Money at a glance: promised, allocated, disbursed and spent in a year, and in its five-year plan so far."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from alleviation.common import words
from alleviation.common.figures import Figure, FigureSum
from alleviation.common.query import Query
from alleviation.common.tables import Mark, explain_url, mark_of
from alleviation.common.years import FIRST_YEAR, LAST_YEAR, PlanPeriod, plan_period_of
from alleviation.dashboards.figures.stats import (
    SAME,
    Stat,
    against,
    change,
    page_url,
    way_between,
    way_of,
    years_words,
)
from alleviation.scrutiny.figures.changes import PLAN, grown
from alleviation.scrutiny.remembered import remembered
from projects.rollups import Beside, Funding, beside_by_year, due_years, funding_by_year


@dataclass(frozen=True)
class Money:
    """What was promised and booked by year, read once for everything that a page says of it.

    `by_year` has every year, since a figure stands beside the year and the plan before, whatever is asked for.
    """

    query: Query
    by_year: dict[int, Beside]

    @property
    def asked(self) -> list[Beside]:
        """The years asked for."""
        return [one for year, one in self.by_year.items() if self.query.holds_year(year)]

    @property
    def whole(self) -> Beside:
        """Everything asked for."""
        return together(self.asked)

    @property
    def year(self) -> int | None:
        """The last of the years asked for in which money was booked, else the last in which some was promised."""
        booked = [one.key for one in self.asked if one.funding]
        promised = [one.key for one in self.asked if one.key <= self.query.present_year]
        return max(booked or promised, default=None)

    @property
    def plan(self) -> PlanPeriod | None:
        """The five-year plan that the year belongs to."""
        return plan_period_of(self.year) if self.year else None

    def of(self, first: int, last: int) -> Beside:
        """The sums of some years."""
        return together(self.by_year[year] for year in range(first, last + 1) if year in self.by_year)


def read(query: Query) -> Money:
    """The money of a question."""
    wide = query.of_years(FIRST_YEAR, LAST_YEAR)
    sums = remembered(wide, "money by year", lambda: tuple(funding_by_year(wide)))
    return Money(query, {one.key: one for one in beside_by_year(wide, due_years(wide), sums)})


def together(years: Iterable[Beside]) -> Beside:
    """Several years as one: the same as asking for all of them."""
    found = list(years)
    booked = [one.funding for one in found if one.funding]
    funding = sum(booked, Funding()) if booked else None
    return Beside(None, funding, tuple(due for one in found for due in one.due))


def money(found: Money) -> list[Stat]:
    """Promised, allocated, disbursed, spent, execution rate: of the year, and beside it of the plan so far."""
    year, plan = found.year, found.plan
    if year is None:
        return []
    of_year = _stats(_Stretch(found, year, year, back=1))
    if plan is None:
        return of_year
    of_plan = _stats(_Stretch(found, plan.first_year, year, back=PLAN))
    return [replace(one, beside=other) for one, other in zip(of_year, of_plan, strict=True)]


def plan_words(found: Money) -> tuple[str, str]:
    """The five-year plan of the year, and its years so far; empty where no plan covers it."""
    year, plan = found.year, found.plan
    return (plan.name, years_words(plan.first_year, year)) if year and plan else ("", "")


@dataclass(frozen=True)
class _Stretch:
    """Some years, and the same number of years before that they are held against, `back` years earlier."""

    money: Money
    first: int
    last: int
    back: int

    @property
    def now(self) -> Beside:
        return self.money.of(self.first, self.last)

    @property
    def before(self) -> Beside:
        return self.money.of(self.first - self.back, self.last - self.back)

    @property
    def query(self) -> Query:
        return self.money.query.of_years(self.first, self.last)

    @property
    def query_before(self) -> Query:
        return self.money.query.of_years(self.first - self.back, self.last - self.back)

    @property
    def then(self) -> str:
        return years_words(self.first - self.back, self.last - self.back)

    @property
    def figure_of_change(self) -> str:
        return "plan-change" if self.back == PLAN else "change"


def _stats(stretch: _Stretch) -> list[Stat]:
    labels: dict[str, str] = {"allocated": _("Allocated"), "disbursed": _("Disbursed"), "spent": _("Spent")}
    booked = [_booked(label, name, stretch) for name, label in labels.items()]
    return [_pledged(stretch), *booked, _rate(stretch)]


def _booked(label: str, name: str, stretch: _Stretch) -> Stat:
    now, before = (_amount(one, lambda sums: getattr(sums, name)) for one in (stretch.now, stretch.before))
    asked = stretch.query.asked()
    is_told = grown(now, before) is not None
    return Stat(
        label,
        words.yuan_short(now),
        change(now, before, stretch.then),
        _url(stretch),
        made_up=_mark(stretch.now),
        opens="" if now is None else explain_url(name, asked),
        note_opens=explain_url(stretch.figure_of_change, {**asked, "of": name}) if is_told else "",
        way=way_of(now, before),
    )


def _rate(stretch: _Stretch) -> Stat:
    now, before = (_amount(one, lambda sums: sums.execution_rate) for one in (stretch.now, stretch.before))
    opens, opens_before = (
        "" if rate is None else explain_url("execution-rate", query.asked())
        for rate, query in ((now, stretch.query), (before, stretch.query_before))
    )
    way = "" if now is None or before is None else way_between(now, before)
    return Stat(
        _("Execution rate"),
        words.percent(now),
        against(words.percent(before), opens_before, stretch.then, way) if way else _("spent ÷ allocated"),
        _url(stretch),
        made_up=_mark(stretch.now),
        opens=opens,
        way=way,
    )


def _pledged(stretch: _Stretch) -> Stat:
    now, before = stretch.now.promised, stretch.before.promised
    way, asked = _way_of_figures(now, before), stretch.query_before.asked()
    due = stretch.now.due
    return Stat(
        _("Pledged"),
        now.short_words("CNY") if now else words.NOTHING,
        against(before.short_words("CNY"), explain_url("pledged", asked), stretch.then, way)
        if now and before
        else _("nothing to compare with in %(year)s") % {"year": stretch.then},
        _url(stretch),
        made_up=mark_of(sum(one.pledge.is_made_up for one in due), len(due)),
        opens=explain_url("pledged", stretch.query.asked()) if now else "",
        way=way,
    )


def _way_of_figures(now: FigureSum | None, before: FigureSum | None) -> str:
    """Where a figure went, where its bounds tell: the same figure, or all of one beyond all of the other."""
    if now is None or before is None or now.figure is None or before.figure is None:
        return ""
    if now == before:
        return SAME
    one, other = now.figure, before.figure
    if _is_above(one, other) or _is_above(other, one):
        return way_between(_is_above(one, other), _is_above(other, one))
    return ""


def _is_above(one: Figure, other: Figure) -> bool:
    return one.low is not None and other.high is not None and one.low > other.high


def _amount(one: Beside, of: Callable[[Funding], Decimal | None]) -> Decimal | None:
    return of(one.funding) if one.funding else None


def _mark(one: Beside) -> Mark:
    return mark_of(one.funding.made_up, one.funding.entries) if one.funding else False


def _url(stretch: _Stretch) -> str:
    return page_url("funding", stretch.money.query, stretch.last)
