"""Households under watch since 2020, and who looks after a household: one at a time."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from beneficiaries.actions import (
    assign_responsible,
    change_status,
    clear_monitoring,
    end_household,
    record_care,
    start_monitoring,
)
from beneficiaries.models import (
    Household,
    LargeExpense,
    Monitoring,
    Responsibility,
    StatusChange,
    SupportMeasure,
    Visit,
)
from tests.beneficiaries.test_moves import refused
from tests.beneficiaries.test_statuses import history, standing, to
from tests.closings import closed
from tests.factories import HouseholdFactory, OfficialFactory, ResponsibilityFactory

FOUND, CLEARED = date(2021, 3, 1), date(2022, 9, 1)


@pytest.fixture
def exited(ruoduo) -> Household:
    return HouseholdFactory(village=ruoduo, status="exited", status_since=date(2018, 12, 20))


@pytest.fixture
def unlisted(ruoduo, clerk) -> Household:
    """A household that is watched and was on no list before."""
    household = HouseholdFactory(village=ruoduo, status="monitored", status_since=FOUND)
    start_monitoring(a_watch(household, kind="marginal"), by=clerk)
    return household


def a_watch(household: Household, **facts) -> Monitoring:
    told = {"kind": "sudden", "risk": "illness", "identified_on": FOUND, "identified_by": "the township"}
    return Monitoring(household=household, **{**told, **facts})


def clear(household: Household, by, *, on: date = CLEARED, reason: str = "earns enough") -> None:
    clear_monitoring(Monitoring.objects.get(household=household), on=on, reason=reason, by=by)


# --- watched and cleared ----------------------------------------------------------------------------------------


def test_a_household_under_watch_is_monitored_since_that_day(exited, clerk):
    start_monitoring(a_watch(exited), by=clerk)

    assert history(exited) == [("2018-12-20", "", "exited"), ("2021-03-01", "exited", "monitored")]
    assert standing(exited) == ("monitored", FOUND)
    assert StatusChange.objects.get(status="monitored").decided_by == "the township"


def test_who_had_exited_is_exited_again_when_the_risk_is_cleared_without_five_steps(exited, clerk):
    start_monitoring(a_watch(exited), by=clerk)

    clear(exited, clerk)

    told = Monitoring.objects.get()
    assert (told.cleared_on, told.cleared_reason) == (CLEARED, "earns enough")
    assert history(exited)[-1] == ("2022-09-01", "monitored", "exited")
    assert standing(exited) == ("exited", CLEARED)
    assert StatusChange.objects.get(happened_on=CLEARED).announced_on is None


def test_who_was_on_no_list_is_no_longer_at_risk_and_never_exited(unlisted, clerk):
    clear(unlisted, clerk)

    assert history(unlisted) == [("2021-03-01", "", "monitored"), ("2022-09-01", "monitored", "cleared")]
    assert standing(unlisted) == ("cleared", CLEARED)


def test_a_household_is_watched_again_after_it_was_cleared(unlisted, clerk):
    clear(unlisted, clerk)

    start_monitoring(a_watch(unlisted, identified_on=date(2023, 1, 5)), by=clerk)

    assert standing(unlisted) == ("monitored", date(2023, 1, 5))
    assert Monitoring.objects.filter(cleared_on__isnull=True).count() == 1


def test_an_unstable_household_of_which_no_more_is_known_had_exited(ruoduo, clerk):
    household = HouseholdFactory(village=ruoduo, status="monitored")
    start_monitoring(a_watch(household, kind="unstable"), by=clerk)

    clear(household, clerk)

    assert standing(household) == ("exited", CLEARED)


def test_a_household_that_is_poor_again_stays_so_when_its_risk_is_cleared(exited, clerk):
    start_monitoring(a_watch(exited), by=clerk)
    to("registered", clerk, exited, on=date(2022, 1, 1))

    clear(exited, clerk)

    assert standing(exited) == ("registered", date(2022, 1, 1))


def test_facts_of_a_watch_change_and_its_day_stays(exited, clerk):
    start_monitoring(a_watch(exited), by=clerk)
    watch = Monitoring.objects.get()
    watch.note = "an operation in spring"
    start_monitoring(watch, by=clerk)
    watch.identified_on = date(2021, 4, 1)

    said = refused(start_monitoring, watch, by=clerk)

    assert said == {"identified_on": ["The status of the household changed on this day: it stays."]}
    assert (Monitoring.objects.get().note, len(history(exited))) == ("an operation in spring", 2)


def test_a_household_on_the_register_exits_before_it_is_watched(clerk, ruoduo):
    household = HouseholdFactory(village=ruoduo, status_since=date(2014, 5, 1))

    said = refused(start_monitoring, a_watch(household), by=clerk)

    assert list(said) == ["identified_on"]
    assert (Monitoring.objects.count(), standing(household)) == (0, ("registered", date(2014, 5, 1)))


def test_a_watch_is_refused_twice_in_a_closed_year_and_for_a_day_to_come(exited, clerk, reviewer):
    closed(reviewer, year=2021)

    for day in (FOUND, date(2999, 1, 1)):
        assert list(refused(start_monitoring, a_watch(exited, identified_on=day), by=clerk)) == ["identified_on"]
    start_monitoring(a_watch(exited, identified_on=CLEARED), by=clerk)

    with pytest.raises(ValidationError, match="is monitored already"):
        start_monitoring(a_watch(exited, identified_on=date(2023, 1, 1)), by=clerk)


def test_a_risk_is_cleared_once_for_a_reason_and_not_before_it_was_found(unlisted, clerk):
    assert refused(clear, unlisted, clerk, reason=" ") == {"reason": ["Say why the risk is cleared."]}
    assert refused(clear, unlisted, clerk, on=date(2021, 2, 1)) == {
        "__all__": ["Say when and why the risk is cleared; not before it was identified."]
    }
    clear(unlisted, clerk)

    with pytest.raises(ValidationError) as error:
        clear(unlisted, clerk)

    assert error.value.messages == ["The risk was cleared already, on 2022-09-01."]


def test_only_a_clerk_of_the_area_watches_and_clears(exited, unlisted, request):
    for name in ("stranger", "reviewer", "manager"):
        by = request.getfixturevalue(name)
        for act in (lambda by=by: start_monitoring(a_watch(exited), by=by), lambda by=by: clear(unlisted, by)):
            with pytest.raises(PermissionDenied):
                act()

    assert Monitoring.objects.get().cleared_on is None


# --- who looks after a household --------------------------------------------------------------------------------


def in_charge(household: Household) -> list[tuple[int, str, str]]:
    rows = household.responsibilities.order_by("from_on")
    return [(one.official_id, str(one.from_on), str(one.until_on or "")) for one in rows]


def test_whoever_looked_after_a_household_ceases_on_the_day_somebody_else_begins(exited, clerk):
    first, second = OfficialFactory(), OfficialFactory()
    for official, day in ((first, date(2018, 1, 1)), (second, date(2020, 7, 1))):
        assign_responsible(Responsibility(household=exited, official=official, from_on=day), by=clerk)

    assert in_charge(exited) == [(first.pk, "2018-01-01", "2020-07-01"), (second.pk, "2020-07-01", "")]


def test_two_people_at_a_time_are_refused_and_a_gap_is_filled(exited, clerk):
    official = OfficialFactory()
    ResponsibilityFactory(household=exited, from_on=date(2020, 1, 1))

    def assign(until: date | None) -> None:
        asked = Responsibility(household=exited, official=official, from_on=date(2018, 1, 1), until_on=until)
        assign_responsible(asked, by=clerk)

    for until in (None, date(2020, 1, 2)):
        assert refused(assign, until) == {"from_on": ["Somebody else is responsible from 2020-01-01 on."]}
    assign(date(2020, 1, 1))

    assert [row[1:] for row in in_charge(exited)] == [("2018-01-01", "2020-01-01"), ("2020-01-01", "")]


def test_only_a_clerk_of_the_area_assigns(exited, stranger, reviewer):
    for by in (stranger, reviewer):
        with pytest.raises(PermissionDenied):
            assign_responsible(
                Responsibility(household=exited, official=OfficialFactory(), from_on=date(2020, 1, 1)), by=by
            )

    assert in_charge(exited) == []


# --- what was done ----------------------------------------------------------------------------------------------


def a_visit(household: Household, day: date) -> Visit:
    return Visit(household=household, visited_on=day, official=OfficialFactory(), purpose="harvest")


def a_measure(household: Household, day: date) -> SupportMeasure:
    return SupportMeasure(household=household, begun_on=day, kind="industry", what="seedlings", cost=Decimal("9.50"))


def an_expense(household: Household, day: date) -> LargeExpense:
    return LargeExpense(household=household, spent_on=day, kind="medical", amount=Decimal("30000.00"))


@pytest.mark.parametrize(
    ("make", "field"), [(a_visit, "visited_on"), (a_measure, "begun_on"), (an_expense, "spent_on")]
)
def test_care_is_recorded_in_a_closed_year_too_and_not_after_the_household_ended(
    exited, clerk, reviewer, stranger, make, field
):
    closed(reviewer, year=2019)
    end_household(exited, on=date(2020, 6, 1), how="moved_away", by=clerk)

    for day in (date(2019, 5, 1), date(2020, 6, 1)):
        record_care(make(exited, day), by=clerk)

    assert refused(record_care, make(exited, date(2020, 6, 2)), by=clerk) == {
        field: ["The household ended on 2020-06-01."]
    }
    with pytest.raises(PermissionDenied):
        record_care(make(exited, date(2019, 5, 1)), by=stranger)
    assert type(make(exited, FOUND)).objects.count() == 2


def test_an_exit_is_a_change_of_status_and_no_clearing(unlisted, clerk):
    """The five steps cannot be walked round by typing the status that a clearing leads to."""
    for status in ("exited", "cleared"):
        change = StatusChange(household=unlisted, status=status, happened_on=CLEARED, decided_by="x")
        with pytest.raises(ValidationError):
            change_status(change, by=clerk)

    assert standing(unlisted) == ("monitored", FOUND)
