"""Whom projects reach at a glance: in the latest year, in its five-year plan so far, and in all years asked for."""

from dataclasses import dataclass, replace

from alleviation.common.capped import count_up_to
from alleviation.common.query import Query
from alleviation.common.years import plan_period_of
from beneficiaries.rollups.counting import People
from beneficiaries.rollups.reach import enrolled_each, enrolments, latest_enrolled_each
from beneficiaries.rollups.sized import MOST_AT_A_GLANCE, is_worked_out_at_once


@dataclass(frozen=True)
class Reached:
    """Whom enrolments reach, each once within each stretch of years; these can never be added up.

    `year` is the latest of the years asked for in which anybody is enrolled, `first` the first of its plan, None where
    no plan covers it; `before` are those of the year before.
    """

    year: int
    first: int | None
    of_year: People
    before: People
    of_plan: People | None
    of_all: People


def reached(query: Query) -> Reached | None:
    """The households and persons of `reach` for these stretches; None where nobody is enrolled."""
    (year,) = latest_enrolled_each([query])
    if year is None:
        return None
    plan = plan_period_of(year)
    stretches = [(year, year), (year - 1, year - 1), *([(plan.first_year, year)] if plan else [])]
    asked = [replace(query, first_year=first, last_year=last) for first, last in stretches]
    of_year, before, *of_plan, of_all = enrolled_each([*asked, query])
    return Reached(year, plan.first_year if plan else None, of_year, before, of_plan[0] if of_plan else None, of_all)


def is_counted_at_a_glance(query: Query) -> bool:
    """Whether so few incomes and enrolments are asked about that distinct persons are counted for a page."""
    if not is_worked_out_at_once(query, MOST_AT_A_GLANCE):
        return False
    return count_up_to(enrolments(query), MOST_AT_A_GLANCE) <= MOST_AT_A_GLANCE
