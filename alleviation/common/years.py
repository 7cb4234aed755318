"""Years and the five-year plans they belong to; nothing here asks the clock."""

from dataclasses import dataclass

from django.utils.translation import gettext

from alleviation.common.words import is_chinese

FIRST_YEAR = 1949
LAST_YEAR = 2100
NUMERALS = "一二三四五六七八九"


@dataclass(frozen=True)
class PlanPeriod:
    """A five-year plan of the nation, first and last year included."""

    number: int
    first_year: int
    last_year: int

    @property
    def name(self) -> str:
        """In the reader's language, with its years: "13th Five-Year Plan (2016-2020)"."""
        # Chinese counts plans in numerals of its own: 十三五.
        number = f"十{NUMERALS[self.number - 11]}五" if is_chinese() else str(self.number)
        words = {"number": number, "first": self.first_year, "last": self.last_year}
        return gettext("%(number)sth Five-Year Plan (%(first)s-%(last)s)") % words

    @property
    def years(self) -> range:
        """Its years in order; `year in plan.years` is quick."""
        return range(self.first_year, self.last_year + 1)

    def __str__(self) -> str:
        return self.name


PLAN_PERIODS = (
    PlanPeriod(12, 2011, 2015),
    PlanPeriod(13, 2016, 2020),
    PlanPeriod(14, 2021, 2025),
    PlanPeriod(15, 2026, 2030),
)


def plan_period_of(year: int) -> PlanPeriod | None:
    """The plan that covers the year, None for a year outside of those listed."""
    return next((period for period in PLAN_PERIODS if year in period.years), None)


def plan_period(number: int) -> PlanPeriod:
    """The plan of that number; raises ValueError for one that is not listed."""
    for period in PLAN_PERIODS:
        if period.number == number:
            return period
    raise ValueError(f"no five-year plan number {number} is listed")
