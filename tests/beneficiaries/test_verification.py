"""What verify says of incomes."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from alleviation.audit.models import YearClosing
from beneficiaries import verification
from beneficiaries.models import IncomeRecord
from beneficiaries.rollups import Income
from tests.audit.tampering import change, rules_away
from tests.factories import HouseholdFactory, IncomeRecordFactory
from tests.golden import golden_incomes

INCOMES = "beneficiaries_incomerecord"


def at(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC)


def test_golden_sums_hold(heishui, ruoduo, erniunai):
    golden_incomes(ruoduo, erniunai)

    assert list(verification.incomes_that_do_not_add_up()) == []


def test_a_corrected_record_is_in_no_sum(ruoduo):
    household = HouseholdFactory(village=ruoduo)
    old = IncomeRecordFactory(household=household, village=ruoduo)
    with rules_away():
        IncomeRecord.objects.filter(pk=old.pk).update(superseded_at=timezone.now())
    IncomeRecordFactory(household=household, village=ruoduo, wage_income=Decimal("1.23"), persons=3)

    ((key, one),) = verification.contributions()

    assert key == (2019, "513228212205")
    assert (one["wage_income"], one["persons"], one["households"]) == (123, 3, 1)
    assert list(verification.incomes_that_do_not_add_up()) == []


@pytest.mark.parametrize(
    ("facts", "net", "per_capita"),
    [
        ({"wage_income": "100.00", "expenses": "0.00"}, 10000, 33_333_333),
        ({"wage_income": "0.00", "expenses": "100.00"}, -10000, -33_333_333),
        ({"wage_income": "0.00", "expenses": "0.00"}, 0, 0),
    ],
)
def test_per_capita_is_the_ratio_of_sums_below_zero_too(ruoduo, facts, net, per_capita):
    IncomeRecordFactory(village=ruoduo, persons=3, **{name: Decimal(value) for name, value in facts.items()})

    ((_key, one),) = verification.contributions()

    assert verification.ratios(one) == {"net_income": net, "per_capita": per_capita}
    assert list(verification.incomes_that_do_not_add_up()) == []


def test_a_sum_that_is_not_that_of_its_records_is_named(monkeypatch, ruoduo):
    IncomeRecordFactory(village=ruoduo, wage_income=Decimal("100.00"), persons=2)
    wrong = Income(households=1, persons=4, wage_income=Decimal("100.00"), key=2019)
    monkeypatch.setattr(verification, "per_capita_income", lambda query: [wrong])

    assert list(verification.incomes_that_do_not_add_up()) == [
        "by year, 2019, per_capita: the rows add up to 50000000, the roll-up says 25000000",
        "by year, 2019, persons: the rows add up to 2, the roll-up says 4",
    ]


@pytest.mark.parametrize("roll_up", ["income_total", "income_by_area", "income_by_year_and_area"])
def test_each_roll_up_is_held_against_the_records(monkeypatch, ruoduo, roll_up):
    IncomeRecordFactory(village=ruoduo)
    nothing = Income() if roll_up == "income_total" else []
    monkeypatch.setattr(verification, roll_up, lambda *asked: nothing)

    assert list(verification.incomes_that_do_not_add_up()) != []


@pytest.mark.parametrize("column", ["recorded_at", "superseded_at"])
def test_an_income_written_in_a_closed_year_is_named(ruoduo, column):
    before, record, after = (IncomeRecordFactory(village=ruoduo, recorded_at=at(2000)) for _year in range(3))
    for one, year in ((before, 2019), (record, 2021), (after, 2023)):
        with rules_away():
            IncomeRecord.objects.filter(pk=one.pk).update(**{column: at(year)})
    people = {"proposed_by": "a", "decided_by": "b", "reopening_asked_by": "c", "reopened_by": "d", "reason": "x"}
    moments = {
        "proposed_at": at(2020),
        "decided_at": at(2020),
        "reopening_asked_at": at(2022),
        "reopened_at": at(2022),
    }
    with rules_away():
        YearClosing.objects.create(area="513228", year=2019, state="reopened", **people, **moments)

    assert list(verification.incomes_recorded_after_closing()) == [
        f"income record {record.pk}: written after 513228 2019 was closed"
    ]


def test_a_changed_component_shows_in_the_slow_sum_as_in_the_fast(ruoduo):
    record = IncomeRecordFactory(village=ruoduo)

    change(INCOMES, record.pk, "wage_income", 1)

    assert list(verification.incomes_that_do_not_add_up()) == []
