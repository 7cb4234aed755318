"""Where a household stands on the register, and what it takes to change that."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from beneficiaries.actions import change_status, end_household, register_household
from beneficiaries.actions.statuses import TRANSITIONS
from beneficiaries.choices import HouseholdStatus
from beneficiaries.models import EXIT_STEPS, Household, StatusChange, status_on
from beneficiaries.verification import changes_that_do_not_follow, statuses_other_than_their_history
from tests.beneficiaries.test_moves import refused
from tests.closings import closed
from tests.factories import HouseholdFactory, MonitoringFactory

SINCE, EXIT = date(2014, 5, 1), date(2018, 12, 20)
STEPS = {step: date(2018, 11, day) for day, step in enumerate(EXIT_STEPS, start=2)}


@pytest.fixture
def household(ruoduo) -> Household:
    return HouseholdFactory(village=ruoduo, status_since=SINCE)


def to(status: str, by, household: Household, *, on: date = EXIT, **facts) -> StatusChange:
    """Change the status of a household; an exit with all its steps, unless told otherwise."""
    steps = {step: on.replace(month=1, day=day) for day, step in enumerate(EXIT_STEPS, start=1)}
    facts = (steps if status == "exited" else {}) | {"decided_by": "the county's office"} | facts
    change = StatusChange(household=household, status=status, happened_on=on, **facts)
    change_status(change, by=by)
    return change


def history(household: Household) -> list[tuple[str, str, str]]:
    changes = household.status_changes.order_by("happened_on")
    return [(str(one.happened_on), one.was, one.status) for one in changes]


def standing(household: Household) -> tuple[str, date | None]:
    stored = Household.objects.get(pk=household.pk)
    return stored.status, stored.status_since


# --- the first change -------------------------------------------------------------------------------------------


def test_an_exit_with_its_five_steps_follows_the_registration(household, clerk):
    change = to("exited", clerk, household, **STEPS, decision="No. 12 of 2018")

    assert history(household) == [("2014-05-01", "", "registered"), ("2018-12-20", "registered", "exited")]
    assert standing(household) == ("exited", EXIT)
    assert (change.decision, {step: getattr(change, step) for step in EXIT_STEPS}) == ("No. 12 of 2018", STEPS)
    days = (date(2014, 4, 30), SINCE, date(2018, 12, 19), EXIT)
    assert [status_on(household, day) for day in days] == ["", "registered", "registered", "exited"]
    assert household.status_changes.first().decided_by == "as registered"


def test_a_household_of_which_no_day_is_known_keeps_what_it_was(clerk, ruoduo):
    household = HouseholdFactory(village=ruoduo, status="exited")

    to("monitored", clerk, household, on=date(2021, 3, 1))

    assert history(household) == [("2021-03-01", "exited", "monitored")]
    assert status_on(household, date(2000, 1, 1)) == "exited"


def test_the_day_of_a_registration_may_be_entered_as_a_change(clerk, ruoduo):
    household = HouseholdFactory(village=ruoduo)

    to("registered", clerk, household, on=SINCE)

    assert history(household) == [("2014-05-01", "", "registered")]
    assert standing(household) == ("registered", SINCE)


@pytest.mark.parametrize("step", EXIT_STEPS)
def test_an_exit_without_one_of_its_steps_is_refused_at_that_step(household, clerk, step):
    said = refused(to, "exited", clerk, household, **{**STEPS, step: None})

    assert said == {step: ["An exit takes five steps: enter the day of each."]}
    assert (history(household), standing(household)) == ([], ("registered", SINCE))


def test_an_exit_without_any_step_is_refused_at_each(household, clerk):
    said = refused(to, "exited", clerk, household, **dict.fromkeys(EXIT_STEPS))

    assert list(said) == list(EXIT_STEPS)


def test_steps_follow_each_other_and_belong_to_an_exit(household, clerk):
    backwards = dict(zip(EXIT_STEPS, reversed(STEPS.values()), strict=True))

    assert refused(to, "exited", clerk, household, **backwards) == {
        "__all__": ["The five steps follow each other, and the exit follows them."]
    }
    assert refused(to, "struck", clerk, household, **STEPS) == {"__all__": ["Only an exit takes the five steps."]}
    assert history(household) == []


# --- from where to where ----------------------------------------------------------------------------------------


@pytest.mark.sampled(9)
@pytest.mark.parametrize("was", HouseholdStatus.values)
@pytest.mark.parametrize("status", HouseholdStatus.values)
def test_a_household_goes_where_the_table_says_and_nowhere_else(clerk, ruoduo, was, status):
    household = HouseholdFactory(village=ruoduo, status=was, status_since=SINCE)

    if (was, status) in TRANSITIONS:
        to(status, clerk, household)
        assert standing(household) == (status, EXIT)
    else:
        assert list(refused(to, status, clerk, household)) == ["status"]
        assert (standing(household), history(household)) == ((was, SINCE), [])


def test_a_refusal_says_where_a_household_comes_to_from_there(household, clerk):
    assert refused(to, "monitored", clerk, household) == {
        "status": [
            "From “registered as poor” a household comes to: exited from poverty, if it exits by the five steps; "
            "struck off: registered by mistake, if it was registered by mistake."
        ]
    }


def test_a_household_that_is_poor_again_and_exits_again_keeps_its_whole_life(household, clerk):
    for year, status in ((2016, "exited"), (2017, "registered"), (2019, "exited"), (2021, "monitored")):
        to(status, clerk, household, on=date(year, 12, 1))

    ends = [status_on(household, date(year, 12, 31)) for year in range(2013, 2023)]
    assert ends == ["", *["registered"] * 2, "exited", *["registered"] * 2, *["exited"] * 2, *["monitored"] * 2]
    assert [*statuses_other_than_their_history(), *changes_that_do_not_follow()] == []


def test_who_was_registered_once_is_exited_and_never_just_cleared(household, clerk):
    to("exited", clerk, household)
    to("monitored", clerk, household, on=date(2021, 3, 1))

    said = refused(to, "cleared", clerk, household, on=date(2022, 3, 1))

    assert said == {"status": ["The household was registered as poor once: it is exited when its risk is cleared."]}


def test_a_watched_household_exits_by_the_clearing_of_its_risk(clerk, ruoduo):
    household = HouseholdFactory(village=ruoduo, status="monitored", status_since=SINCE)
    MonitoringFactory(household=household, identified_on=SINCE)

    said = refused(to, "exited", clerk, household)

    assert said == {"status": ["The household is monitored: record that its risk is cleared, and the status follows."]}


# --- entered late -----------------------------------------------------------------------------------------------


def test_what_came_before_the_first_known_change_may_be_entered_later(clerk, ruoduo):
    household = HouseholdFactory(village=ruoduo, status="exited")
    to("monitored", clerk, household, on=date(2021, 3, 1))

    to("exited", clerk, household)
    to("registered", clerk, household, on=SINCE)

    assert history(household) == [
        ("2014-05-01", "", "registered"),
        ("2018-12-20", "registered", "exited"),
        ("2021-03-01", "exited", "monitored"),
    ]
    assert standing(household) == ("monitored", date(2021, 3, 1))


def test_a_change_before_the_day_of_the_register_leads_to_it(clerk, ruoduo):
    household = HouseholdFactory(village=ruoduo, status="exited", status_since=EXIT)

    to("registered", clerk, household, on=SINCE)

    assert history(household) == [("2014-05-01", "", "registered"), ("2018-12-20", "registered", "exited")]
    assert standing(household) == ("exited", EXIT)


def test_a_late_change_that_does_not_lead_to_the_next_one_is_refused_and_says_which(household, clerk):
    to("exited", clerk, household)

    said = refused(to, "struck", clerk, household, on=date(2016, 1, 1))

    assert said == {
        "status": ["The next change, on 2018-12-20, was from “registered as poor”: this one would have to lead there."]
    }
    assert len(history(household)) == 2


@pytest.mark.parametrize(("status", "day"), [("registered", "2016-01-01"), ("struck", "2014-05-01")])
def test_a_household_that_is_so_already_or_changed_on_that_day_is_refused(household, clerk, status, day):
    said = refused(to, status, clerk, household, on=date.fromisoformat(day))

    assert said == {"status": ["The household is “registered as poor” since 2014-05-01 already."]}
    assert history(household) == []


def test_two_changes_on_one_day_are_refused(household, clerk):
    to("exited", clerk, household)

    said = refused(to, "registered", clerk, household)

    assert said == {"happened_on": ["The household changed its status on this day already."]}


# --- years, areas, ends -----------------------------------------------------------------------------------------


def test_a_change_in_a_closed_year_or_before_one_is_refused(household, clerk, reviewer):
    closed(reviewer, year=2019)

    for day in (date(2019, 6, 1), EXIT):
        said = refused(to, "struck", clerk, household, on=day)
        assert list(said) == ["happened_on"]
        assert said["happened_on"][0].startswith("The year 2019 of 513228 is closed.")
    to("struck", clerk, household, on=date(2020, 1, 1))

    assert standing(household) == ("struck", date(2020, 1, 1))


def test_a_late_change_is_bounded_by_the_next_one(clerk, reviewer, ruoduo):
    household = HouseholdFactory(village=ruoduo, status="exited", status_since=EXIT)
    closed(reviewer, year=2018)

    to("registered", clerk, household, on=SINCE)

    assert len(history(household)) == 2


def test_only_a_clerk_of_the_area_changes_a_status(household, request):
    for name in ("stranger", "reviewer", "manager", "auditor", "administrator"):
        with pytest.raises(PermissionDenied):
            to("struck", request.getfixturevalue(name), household)

    assert (history(household), standing(household)) == ([], ("registered", SINCE))


def test_a_day_to_come_and_nobody_who_decided_are_refused(household, clerk):
    assert list(refused(to, "struck", clerk, household, on=date(2999, 1, 1))) == ["happened_on"]
    assert list(refused(to, "struck", clerk, household, decided_by="")) == ["decided_by"]


def test_a_household_that_has_ended_changes_no_more(household, clerk):
    end_household(household, on=date(2018, 12, 1), how="moved_away", by=clerk)

    assert refused(to, "struck", clerk, household) == {"happened_on": ["The household ended on 2018-12-01."]}


def test_the_status_of_a_household_with_a_history_is_not_typed_over(household, clerk):
    household.status_since = date(2014, 6, 1)
    register_household(household, by=clerk)
    to("exited", clerk, household)
    stored = Household.objects.get()
    stored.status = "registered"

    with pytest.raises(ValidationError) as error:
        register_household(stored, by=clerk)

    assert list(error.value.message_dict) == ["status"]
    assert standing(household) == ("exited", EXIT)
