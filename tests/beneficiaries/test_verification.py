"""What verify says of households and incomes."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from alleviation.audit.models import YearClosing
from beneficiaries.models import IncomeRecord, Person
from beneficiaries.rollups import Income
from beneficiaries.verification import lives, sums
from tests.audit.tampering import change, rules_away
from tests.factories import (
    HouseholdFactory,
    HouseholdLinkFactory,
    HouseholdMoveFactory,
    IncomeRecordFactory,
    PersonFactory,
    StatusChangeFactory,
)
from tests.golden import golden_incomes

INCOMES = "beneficiaries_incomerecord"


def at(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC)


def test_golden_sums_hold(heishui, ruoduo, erniunai):
    golden_incomes(ruoduo, erniunai)

    assert list(sums.incomes_that_do_not_add_up()) == []


def test_a_corrected_record_is_in_no_sum(ruoduo):
    household = HouseholdFactory(village=ruoduo)
    old = IncomeRecordFactory(household=household, village=ruoduo)
    with rules_away():
        IncomeRecord.objects.filter(pk=old.pk).update(superseded_at=timezone.now())
    IncomeRecordFactory(household=household, village=ruoduo, wage_income=Decimal("1.23"), persons=3)

    ((key, one),) = sums.contributions()

    assert key == (2019, "513228212205")
    assert (one["wage_income"], one["persons"], one["households"]) == (123, 3, 1)
    assert list(sums.incomes_that_do_not_add_up()) == []


@pytest.mark.sampled(1)
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

    ((_key, one),) = sums.contributions()

    assert sums.ratios(one) == {"net_income": net, "per_capita": per_capita}
    assert list(sums.incomes_that_do_not_add_up()) == []


def test_a_sum_that_is_not_that_of_its_records_is_named(monkeypatch, ruoduo):
    IncomeRecordFactory(village=ruoduo, wage_income=Decimal("100.00"), persons=2)
    wrong = Income(households=1, persons=4, wage_income=Decimal("100.00"), key=2019)
    monkeypatch.setattr(sums, "per_capita_income", lambda query: [wrong])

    assert list(sums.incomes_that_do_not_add_up()) == [
        "by year, 2019, per_capita: the rows add up to 50000000, the roll-up says 25000000",
        "by year, 2019, persons: the rows add up to 2, the roll-up says 4",
    ]


@pytest.mark.parametrize("roll_up", ["income_total", "income_by_area", "income_by_year_and_area"])
def test_each_roll_up_is_held_against_the_records(monkeypatch, ruoduo, roll_up):
    IncomeRecordFactory(village=ruoduo)
    nothing = Income() if roll_up == "income_total" else []
    monkeypatch.setattr(sums, roll_up, lambda *asked: nothing)

    assert list(sums.incomes_that_do_not_add_up()) != []


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

    assert list(lives.incomes_recorded_after_closing()) == [
        f"income record {record.pk}: written after 513228 2019 was closed"
    ]


def test_a_changed_component_shows_in_the_slow_sum_as_in_the_fast(ruoduo):
    record = IncomeRecordFactory(village=ruoduo)

    change(INCOMES, record.pk, "wage_income", 1)

    assert list(sums.incomes_that_do_not_add_up()) == []


# --- households and persons in time -----------------------------------------------------------------------------


def test_a_member_of_two_households_on_one_day_is_named(ruoduo):
    one, other = HouseholdFactory(village=ruoduo), HouseholdFactory(village=ruoduo)
    left = {"left_on": date(2020, 1, 1), "left_as": "move"}
    for key, ended, joined in ((1, left, date(2020, 1, 1)), (2, left, None), (3, {}, date(2020, 1, 1))):
        with rules_away():
            PersonFactory(household=one, key=key, **ended)
            PersonFactory(household=other, key=key, joined_on=joined)
    overlapping = Person.objects.filter(key__in=(2, 3), household=other)

    found = list(lives.memberships_that_overlap())

    assert found == [f"person record {person.pk}: a member elsewhere at that time" for person in overlapping]


@pytest.mark.parametrize("facts", [{"status": "exited"}, {"status_since": None}, {"status_since": date(2020, 1, 1)}])
def test_a_status_that_is_not_that_of_the_last_change_is_named(ruoduo, facts):
    held = {"status": "monitored", "status_since": date(2021, 3, 1)}
    right, wrong = (HouseholdFactory(village=ruoduo, **{**held, **one}) for one in ({}, facts))
    for household in (right, wrong):
        StatusChangeFactory(household=household)

    assert list(lives.statuses_other_than_their_history()) == [
        f"household record {wrong.pk}: its status is not that of its last change"
    ]


def test_a_change_that_does_not_begin_where_the_last_one_led_is_named(ruoduo):
    household = HouseholdFactory(village=ruoduo)
    days = (date(2014, 1, 1), date(2021, 3, 1), date(2022, 3, 1))
    for day, was, status in zip(
        days, ("", "registered", "exited"), ("registered", "monitored", "cleared"), strict=True
    ):
        wrong = StatusChangeFactory(household=household, was=was, status=status, happened_on=day)

    assert list(lives.changes_that_do_not_follow()) == [
        f"change of status {wrong.pk}: the one before it led elsewhere"
    ]


def test_a_household_or_a_move_that_is_not_where_the_last_move_led_is_named(ruoduo, xili, erniunai):
    there, elsewhere = HouseholdFactory(village=ruoduo), HouseholdFactory(village=ruoduo)
    HouseholdMoveFactory(household=there, from_village=xili)
    HouseholdMoveFactory(household=elsewhere, from_village=ruoduo, to_village=xili)
    wrong = HouseholdMoveFactory(household=there, from_village=erniunai, moved_on=date(2022, 1, 1))

    assert list(lives.homes_other_than_their_moves()) == [
        f"household record {elsewhere.pk}: it is not where its last move led"
    ]
    assert list(lives.moves_that_do_not_follow()) == [f"move {wrong.pk}: the one before it led elsewhere"]


def test_what_goes_on_in_a_household_that_has_ended_is_named(ruoduo):
    household = HouseholdFactory(village=ruoduo, ended_on=date(2020, 6, 1), ended_as="moved_away")
    PersonFactory(household=household, left_on=date(2020, 6, 1), left_as="move")
    staying = PersonFactory(household=household)
    IncomeRecordFactory(household=household, year=2020)
    late = IncomeRecordFactory(household=household, year=2021)

    assert list(lives.members_of_ended_households()) == [
        f"person record {staying.pk}: a member of a household that has ended"
    ]
    assert list(lives.incomes_after_the_end()) == [f"income record {late.pk}: of a year after the household ended"]


def test_a_link_to_a_household_that_is_not_there_is_named(ruoduo):
    HouseholdLinkFactory(household__village=ruoduo)
    nowhere = HouseholdLinkFactory(household__village=ruoduo, other_number=99_999)

    assert list(lives.links_to_nowhere()) == [f"link {nowhere.pk}: no such other household"]
