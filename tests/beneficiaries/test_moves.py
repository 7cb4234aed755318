"""A household moves on a day: what was recorded before keeps its village, what comes after has the new one."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from alleviation.audit.models import AuditEvent
from alleviation.audit.versions import ChangedMeanwhile, version_of
from beneficiaries.actions import enter, move_household, record_enrolment, record_income, register_household
from beneficiaries.models import Enrolment, Household, HouseholdMove, IncomeRecord, village_on
from beneficiaries.verification import homes_other_than_their_moves
from tests.closings import closed
from tests.factories import (
    NO_OTHER_INCOME,
    EnrolmentFactory,
    HouseholdFactory,
    IncomeRecordFactory,
    ProjectFactory,
    UserFactory,
)
from tests.security.test_races import at_once, two_connections

MAY = date(2019, 5, 1)


@pytest.fixture
def household(ruoduo) -> Household:
    return HouseholdFactory(village=ruoduo, number="001")


def move(household: Household, to, by, *, on: date = MAY, reason: str = "move", **facts) -> None:
    move_household(household, to=to, on=on, reason=reason, by=by, **facts)


def refused(act, *args, **facts) -> dict[str, list[str]]:
    """What an action says that it does not do."""
    with pytest.raises(ValidationError) as error:
        act(*args, **facts)
    return error.value.message_dict


# --- one action -------------------------------------------------------------------------------------------------


def test_a_move_is_one_record_and_the_household_follows(household, clerk, ruoduo, xili):
    move(household, xili, clerk, number=" 017 ", note="to her parents")

    told = HouseholdMove.objects.get()
    stored = Household.objects.get()
    assert (told.from_village, told.from_number, told.to_village, told.to_number) == (ruoduo, "001", xili, "017")
    assert (told.moved_on, told.reason, told.note) == (MAY, "move", "to her parents")
    assert (stored.village, stored.number) == (household.village, household.number) == (xili, "017")
    assert [village_on(stored, date(2019, 4, 30)), village_on(stored, MAY)] == [ruoduo, xili]


def test_a_household_keeps_its_number_where_no_other_is_given(household, clerk, xili):
    move(household, xili, clerk)

    assert Household.objects.get().number == "001"


def test_incomes_of_years_that_end_after_the_move_go_along(household, clerk, ruoduo, xili):
    for year in (2018, 2019, 2020):
        IncomeRecordFactory(household=household, year=year, state="submitted")

    move(household, xili, clerk)

    held = IncomeRecord.objects.standing().order_by("year").values_list("year", "village__code", "wage_income")
    amount = Decimal("10000.00")
    assert list(held) == [(2018, ruoduo.code, amount), (2019, xili.code, amount), (2020, xili.code, amount)]


def test_an_income_that_goes_along_is_a_correction_to_be_verified_again(household, clerk, reviewer, xili):
    IncomeRecordFactory(
        household=household, state="verified", checked_by=reviewer, checked_at=timezone.now(), status="expected"
    )

    move(household, xili, clerk)

    earlier = IncomeRecord.objects.get(superseded_at__isnull=False)
    now = IncomeRecord.objects.standing().get()
    assert (earlier.state, earlier.village_id) == ("verified", HouseholdMove.objects.get().from_village_id)
    assert (now.state, now.checked_by, now.recorded_by, now.status) == ("submitted", None, clerk, "expected")
    assert now.reason == "The household moved on 2019-05-01."


def test_an_income_recorded_elsewhere_on_purpose_stays_there(household, county_clerk, xili, erniunai):
    IncomeRecordFactory(household=household, village=erniunai)

    move(household, xili, county_clerk)

    assert IncomeRecord.objects.get().village == erniunai


def test_parts_in_projects_go_along_from_the_year_of_the_move_on(household, clerk, ruoduo, xili):
    project = ProjectFactory(division=ruoduo)
    for year in (2018, 2019):
        EnrolmentFactory(household=household, project=project, year=year)

    move(household, xili, clerk)

    held = Enrolment.objects.order_by("year").values_list("year", "village__code")
    assert list(held) == [(2018, ruoduo.code), (2019, xili.code)]


def test_what_is_recorded_after_the_move_has_the_village_of_its_year(household, clerk, ruoduo, xili):
    move(household, xili, clerk)

    for year in (2018, 2019):
        record_income(IncomeRecord(household=household, year=year, persons=2, **NO_OTHER_INCOME), by=clerk)
        part = Enrolment(household=household, project=ProjectFactory(division=ruoduo), role="wage", year=year)
        record_enrolment(part, by=clerk)

    told = [(2018, ruoduo.code), (2019, xili.code)]
    assert list(IncomeRecord.objects.order_by("year").values_list("year", "village__code")) == told
    assert list(Enrolment.objects.order_by("year").values_list("year", "village__code")) == told


def test_a_merger_of_villages_is_a_move_like_any_other(household, clerk, ruoduo, xili):
    IncomeRecordFactory(household=household, year=2018)

    move(household, xili, clerk, reason="village_merger", on=date(2019, 1, 1))
    move(household, ruoduo, clerk, on=date(2020, 1, 1))

    assert list(HouseholdMove.objects.values_list("reason", flat=True)) == ["village_merger", "move"]
    days = (date(2018, 12, 31), date(2019, 1, 1), date(2019, 12, 31), date(2020, 1, 1))
    assert [village_on(household, day) for day in days] == [ruoduo, xili, xili, ruoduo]
    assert IncomeRecord.objects.get().village == ruoduo


def test_the_trail_tells_of_the_move_and_of_all_it_took_along(household, clerk, xili):
    IncomeRecordFactory(household=household)

    move(household, xili, clerk)

    told = AuditEvent.objects.order_by("id").values_list("subject_type", "verb")
    assert [(kind.partition(".")[2], verb) for kind, verb in told] == [
        ("householdmove", "created"),
        ("household", "changed"),
        ("incomerecord", "changed"),
        ("incomerecord", "created"),
    ]


# --- what is refused --------------------------------------------------------------------------------------------


def test_a_move_out_of_the_clerks_area_or_into_it_is_refused(household, clerk, stranger, xili, erniunai, ruoduo):
    there = HouseholdFactory(village=erniunai)

    assert refused(move, household, erniunai, clerk) == {"to": ["There is no such village in your area."]}
    for act in (lambda: move(there, ruoduo, clerk), lambda: move(household, xili, stranger)):
        with pytest.raises(PermissionDenied):
            act()
    assert HouseholdMove.objects.count() == 0


@pytest.mark.parametrize("name", ["reviewer", "manager", "auditor", "administrator"])
def test_nobody_but_a_clerk_moves_a_household(name, request, household, xili):
    with pytest.raises(PermissionDenied):
        move(household, xili, request.getfixturevalue(name))

    assert HouseholdMove.objects.count() == 0


def test_a_household_moves_to_a_village_and_to_another_one(household, clerk, zhawo, ruoduo):
    assert refused(move, household, zhawo, clerk) == {"to": ["Choose a village."]}
    assert refused(move, household, ruoduo, clerk) == {"to": ["The household belongs to this village already."]}


def test_a_number_that_the_village_has_is_refused_at_the_number(household, clerk, xili):
    HouseholdFactory(village=xili, number="017")

    said = refused(move, household, xili, clerk, number="017")

    assert said == {"number": ["The village has a household of this number already."]}
    assert HouseholdMove.objects.count() == 0


def test_moves_are_entered_in_their_order(household, clerk, ruoduo, xili):
    move(household, xili, clerk)

    for day in (MAY, date(2019, 4, 30)):
        said = refused(move, household, ruoduo, clerk, on=day)
        assert said == {"on": ["The household moved again on 2019-05-01: moves are entered in their order."]}


def test_a_day_to_come_and_an_unknown_reason_are_refused(household, clerk, xili):
    assert refused(move, household, xili, clerk, on=date(2999, 1, 1)) == {"on": ["This day is still to come."]}
    assert list(refused(move, household, xili, clerk, reason="whim")) == ["reason"]


def test_a_move_is_refused_where_a_year_that_it_changes_is_closed(household, clerk, reviewer, ruoduo, xili):
    IncomeRecordFactory(household=household, year=2020)
    closed(reviewer, area=ruoduo.code, year=2020)

    said = refused(move, household, xili, clerk)

    assert list(said) == ["on"]
    assert said["on"][0].startswith("The year 2020 of 513228212205 is closed.")
    assert (HouseholdMove.objects.count(), IncomeRecord.objects.count()) == (0, 1)


def test_a_move_into_a_village_whose_year_is_closed_is_refused(household, clerk, reviewer, xili):
    closed(reviewer, area=xili.code, year=2019)

    assert refused(move, household, xili, clerk)["on"][0].startswith("The year 2019 of 513228212200 is closed.")
    move(household, xili, clerk, on=date(2020, 1, 1))

    assert Household.objects.get().village == xili


def test_years_before_the_move_may_be_closed(household, clerk, reviewer, ruoduo, xili):
    IncomeRecordFactory(household=household, year=2018)
    closed(reviewer, year=2018)

    move(household, xili, clerk)

    assert IncomeRecord.objects.get().village == ruoduo


def test_a_household_that_somebody_else_moved_is_not_moved_on_unawares(household, clerk, xili, ruoduo):
    seen = Household.objects.get()
    move(household, xili, clerk)

    with pytest.raises(ValidationError) as stale:
        move(seen, xili, clerk, on=date(2020, 1, 1))

    assert stale.value.messages == ["The household moved or ended meanwhile. Open it again."]


def test_a_form_that_was_filled_in_before_somebody_else_wrote_is_refused(household, clerk, xili):
    register_household(household, by=clerk)
    household.category = "general"
    register_household(household, by=clerk)
    household.seen_version = version_of(household) - 1

    with pytest.raises(ChangedMeanwhile):
        move(household, xili, clerk)


# --- the register itself ----------------------------------------------------------------------------------------


def test_the_village_of_a_household_with_a_past_is_changed_by_a_move_alone(household, clerk, ruoduo, xili):
    household.village = xili
    register_household(household, by=clerk)
    IncomeRecordFactory(household=household)
    household.village = ruoduo

    said = refused(register_household, household, by=clerk)

    assert said == {"village": ["Record a move: what was recorded before keeps the village it had."]}
    assert Household.objects.get().village == xili


def test_the_number_that_came_with_a_move_stays(household, clerk, xili):
    household.number = "002"
    register_household(household, by=clerk)
    move(household, xili, clerk, number="017")
    household.number = "018"

    said = refused(register_household, household, by=clerk)

    assert said == {"number": ["The number came with the last move of the household."]}


def test_a_village_is_not_changed_by_writing_past_the_action_unseen(household, county_clerk, erniunai):
    """The plain write is there for records that have no action: verify names what it broke."""

    move(household, erniunai, county_clerk)
    assert list(homes_other_than_their_moves()) == []
    household.number = "other"

    enter(household, by=county_clerk)

    assert list(homes_other_than_their_moves()) == [
        f"household record {household.pk}: it is not where its last move led"
    ]


# --- at once ----------------------------------------------------------------------------------------------------


@pytest.mark.slow
@two_connections
@pytest.mark.django_db(transaction=True)
def test_of_several_who_move_a_household_at_once_one_does(ruoduo, xili):
    household = HouseholdFactory(village=ruoduo)
    IncomeRecordFactory(household=household)
    clerk = UserFactory(role="clerk", area="513228")

    def act(number: int) -> str:
        move(Household.objects.get(pk=household.pk), xili, clerk, number=f"N{number}")
        return "moved"

    found = at_once(act)

    refusals = {message for one in found if one != "moved" for message in one.messages}
    assert found.count("moved") == 1
    assert refusals <= {
        "The household moved or ended meanwhile. Open it again.",
        "The household belongs to this village already.",
    }
    assert (HouseholdMove.objects.count(), IncomeRecord.objects.standing().count()) == (1, 1)
    assert IncomeRecord.objects.standing().get().village == xili


@pytest.mark.slow
@two_connections
@pytest.mark.django_db(transaction=True)
def test_an_income_recorded_while_its_household_moves_has_the_new_village(ruoduo, xili):
    household = HouseholdFactory(village=ruoduo)
    clerk = UserFactory(role="clerk", area="513228")

    def act(number: int) -> None:
        if number == 0:
            move(household, xili, clerk)
        else:
            mine = Household.objects.get(pk=household.pk)
            income = IncomeRecord(household=mine, year=2015 + number, persons=1, **NO_OTHER_INCOME)
            record_income(income, by=clerk)

    at_once(act)

    held = dict(IncomeRecord.objects.standing().values_list("year", "village__code"))
    assert held == {year: (ruoduo if year < 2019 else xili).code for year in range(2016, 2021)}
