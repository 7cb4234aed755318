"""Early warnings: each kind at its limit, to the fen, what is left out, and what was done since."""

from datetime import UTC, date, datetime
from decimal import Decimal as D
from fractions import Fraction

import pytest

from alleviation.common.query import Query
from beneficiaries.rollups.done import Done
from beneficiaries.rollups.warnings import Warned, early_warnings, without_line, year_before
from tests.factories import (
    HouseholdFactory,
    IncomeRecordFactory,
    LargeExpenseFactory,
    MonitoringFactory,
    PovertyLineFactory,
    SupportMeasureFactory,
    VisitFactory,
)

TODAY = date(2023, 8, 1)
KNOWN = datetime(2023, 2, 1, 4, tzinfo=UTC)


@pytest.fixture
def line(db):
    """7,200 yuan a head in the whole nation in 2022."""
    return PovertyLineFactory(kind="monitoring", year=2022, amount=D("7200.00"))


@pytest.fixture
def household(ruoduo):
    return HouseholdFactory(village=ruoduo, number="001")


def earned(household, year: int, wages: str, persons: int = 3, **given):
    return IncomeRecordFactory(
        household=household, year=year, persons=persons, wage_income=D(wages), recorded_at=KNOWN, **given
    )


def spent(household, amount: str, covered: str = "0.00", on: date = date(2023, 6, 1)):
    return LargeExpenseFactory(household=household, amount=D(amount), covered=D(covered), spent_on=on)


def found(user, on: date = TODAY, **asked) -> list[Warned]:
    return early_warnings(Query(user=user, **asked), on)


def kinds(user, on: date = TODAY) -> list[tuple[str, str]]:
    return [(one.household.number, one.kind.value) for one in found(user, on)]


# Three persons × 7,200.00 = 21,600.00.
@pytest.mark.parametrize(("wages", "expected"), [("21600.00", []), ("21599.99", [("001", "below_line")])])
def test_an_income_warns_from_a_fen_below_the_line(wages, expected, line, household, clerk):
    earned(household, 2022, wages)

    assert kinds(clerk) == expected


# 30,000.00 for three is 10,000 a head; seven tenths of that are 7,000 a head, for two persons 14,000.00.
@pytest.mark.parametrize(("wages", "expected"), [("14000.01", []), ("14000.00", [("001", "fall")])])
def test_an_income_warns_that_fell_by_three_tenths_a_head(wages, expected, household, clerk):
    earned(household, 2021, "30000.00")
    earned(household, 2022, wages, persons=2)

    assert kinds(clerk) == expected


# Three tenths of 40,000.00 are 12,000.00, of what the household paid itself.
@pytest.mark.parametrize(("covered", "expected"), [("8000.01", []), ("8000.00", [("001", "expense")])])
def test_an_expense_warns_when_three_tenths_of_an_income_went_on_it(covered, expected, household, clerk):
    earned(household, 2022, "40000.00")
    spent(household, "8000.00", on=date(2022, 8, 2))
    spent(household, "12000.00", covered)

    assert kinds(clerk) == expected


# 24,000.00 − 2,400.00 leaves 7,200.00 a head, one fen more leaves less.
@pytest.mark.parametrize(("amount", "expected"), [("2400.00", []), ("2400.01", [("001", "expense")])])
def test_an_expense_warns_when_less_than_the_line_is_left(amount, expected, line, household, clerk):
    earned(household, 2022, "24000.00")
    spent(household, amount)

    assert kinds(clerk) == expected


def test_an_expense_of_a_household_whose_income_is_not_known_warns(household, clerk):
    spent(household, "0.01")

    (warned,) = found(clerk)

    assert (warned.kind, warned.income, warned.borne, warned.after) == ("expense", None, D("0.01"), None)


def test_what_insurance_paid_in_full_warns_of_nothing(household, clerk):
    spent(household, "9000.00", "9000.00")

    assert kinds(clerk) == []


@pytest.mark.parametrize(
    ("on", "expected"), [(date(2022, 8, 1), []), (date(2022, 8, 2), [("001", "expense")]), (date(2023, 8, 2), [])]
)
def test_only_expenses_of_the_last_twelve_months_warn(on, expected, household, clerk):
    spent(household, "9000.00", on=on)

    assert kinds(clerk) == expected


@pytest.mark.parametrize(
    ("day", "expected"), [(date(2024, 2, 29), date(2023, 2, 28)), (date(2023, 3, 1), date(2022, 3, 1))]
)
def test_a_year_before_a_leap_day_is_the_day_before_march(day, expected):
    assert year_before(day) == expected


def test_incomes_of_before_the_mechanism_warn_of_nothing(household, clerk):
    PovertyLineFactory(kind="monitoring", year=2020, amount=D("6000.00"))
    earned(household, 2019, "90000.00")
    earned(household, 2020, "3.00")

    assert kinds(clerk) == []


def test_only_the_latest_income_warns(line, household, clerk):
    earned(household, 2022, "3.00")
    earned(household, 2023, "90000.00")

    assert kinds(clerk) == []


def test_incomes_of_two_definitions_are_not_compared(household, clerk):
    earned(household, 2021, "90000.00")
    earned(household, 2022, "3.00", income_year="october")

    assert kinds(clerk) == []


def test_a_corrected_income_warns_of_nothing(line, household, clerk):
    earned(household, 2022, "3.00", superseded_at=KNOWN)
    earned(household, 2022, "90000.00")

    assert kinds(clerk) == []


def test_a_household_that_ended_warns_of_nothing(line, ruoduo, clerk):
    ended = HouseholdFactory(village=ruoduo, ended_on=date(2023, 5, 1), ended_as="died_out")
    earned(ended, 2022, "3.00")
    spent(ended, "9000.00")

    assert kinds(clerk) == []


def test_the_line_of_the_smallest_area_holds(line, heishui, zhawo, hezhou, household, clerk):
    for area, amount in ((heishui, "6000.00"), (zhawo, "6500.00"), (hezhou, "9999.00")):
        PovertyLineFactory(kind="monitoring", year=2022, amount=D(amount), division=area)
    earned(household, 2022, "19499.99")

    (warned,) = found(clerk)

    assert (warned.line.amount, warned.per_capita) == (D("6500.00"), Fraction("19499.99") / 3)


@pytest.mark.parametrize("other", [{"kind": "poverty"}, {"year": 2021}, {"concept": "net"}])
def test_without_a_monitoring_line_of_year_and_concept_none_is_held_against(other, household, clerk):
    PovertyLineFactory(**{"kind": "monitoring", "year": 2022, "amount": D("9999.00"), **other})
    earned(household, 2022, "3.00")

    assert (kinds(clerk), without_line(Query(user=clerk))) == ([], 1)


def test_a_warning_tells_its_figures_and_what_was_done_since(line, household, clerk):
    earned(household, 2021, "30000.00")
    income = earned(household, 2022, "20000.00")
    for day in (date(2023, 1, 31), date(2023, 2, 1), date(2023, 3, 1)):
        SupportMeasureFactory(household=household, begun_on=day)
    VisitFactory(household=household, visited_on=date(2023, 4, 1))
    MonitoringFactory(household=household, cleared_on=date(2021, 6, 1), cleared_reason="earns again")
    watched = MonitoringFactory(household=household, identified_on=date(2023, 2, 2))

    below, fall = found(clerk)

    assert (below.kind, below.since, below.income, below.line) == ("below_line", date(2023, 2, 1), income, line)
    assert (fall.kind, fall.before, fall.fall) == ("fall", 10000, Fraction(1, 3))
    assert {(one.monitoring, one.done) for one in (below, fall)} == {(watched, Done(2, 1, date(2023, 4, 1)))}


def test_warnings_stand_by_village_number_and_kind(line, ruoduo, xili, clerk):
    for village, number in ((ruoduo, "002"), (ruoduo, "001"), (xili, "009")):
        one = HouseholdFactory(village=village, number=number)
        earned(one, 2022, "3.00")
        spent(one, "1.00")

    assert kinds(clerk) == [(number, kind) for number in ("009", "001", "002") for kind in ("below_line", "expense")]


def test_warnings_are_those_of_the_readers_area(line, household, stranger, administrator, manager):
    earned(household, 2022, "3.00")
    spent(household, "1.00")

    assert len(found(manager)) == 2
    assert (found(stranger), found(administrator), found(manager, prefixes=("45",))) == ([], [], [])


@pytest.mark.parametrize("number", [1, 3])
def test_warnings_cost_the_same_for_many_households(number, line, ruoduo, clerk, django_assert_num_queries):
    for one in HouseholdFactory.create_batch(number, village=ruoduo):
        earned(one, 2022, "3.00")
        spent(one, "1.00")

    # Lines; what is held against them: incomes; expenses, their households, their incomes; then monitoring, measures
    # and visits.
    with django_assert_num_queries(8):
        assert len(found(clerk)) == 2 * number
