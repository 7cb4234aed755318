import pytest

from alleviation.common.years import FIRST_YEAR, LAST_YEAR, PLAN_PERIODS, plan_period, plan_period_of


@pytest.mark.parametrize(
    ("year", "number"),
    [(2010, None), (2011, 12), (2015, 12), (2016, 13), (2020, 13), (2021, 14), (2026, 15), (2031, None)],
)
def test_plan_period_of_year(year, number):
    period = plan_period_of(year)

    assert (period.number if period else None) == number


def test_plan_periods_follow_each_other_without_a_gap():
    years = [year for period in PLAN_PERIODS for year in period.years]

    assert years == list(range(2011, 2031))
    assert FIRST_YEAR <= years[0] <= years[-1] <= LAST_YEAR


def test_plan_period_names_its_years():
    period = plan_period(13)

    assert period.name == "13th Five-Year Plan (2016-2020)"
    assert str(period) == period.name


def test_plan_period_that_is_not_listed_is_refused():
    with pytest.raises(ValueError, match="number 99"):
        plan_period(99)
