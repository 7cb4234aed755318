"""Persons who left long ago are erased after as many years as the office keeps them, and nobody else."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command

from alleviation.audit.models import AuditEvent
from beneficiaries.actions.forgetting import forget_persons, gone_persons
from beneficiaries.models import Person
from tests.factories import HouseholdFactory, PersonFactory

DAY = date(2015, 1, 1)
JOINED = {"joined_on": date(2014, 2, 1), "joined_as": "marriage"}


def left(household, on, **more):
    how = {"left_on": on, "left_as": "died"} if on else {}
    return PersonFactory(household=household, **how, **more)


def test_who_left_before_the_day_is_gone_and_nobody_else(ruoduo):
    home = HouseholdFactory(village=ruoduo)
    ended = HouseholdFactory(village=ruoduo, ended_on=date(2014, 6, 1), ended_as="moved_away")
    gone = left(home, date(2014, 12, 31))
    with_the_household = left(ended, None)
    left(home, date(2015, 1, 1))
    left(home, None)
    came_back = left(ended, date(2014, 1, 1))
    left(home, None, key=came_back.key, **JOINED)

    assert {one.key for one in gone_persons(DAY)} == {gone.key, with_the_household.key}


def test_somebody_of_two_former_households_is_erased_once_with_all_their_rows(ruoduo):
    first = left(HouseholdFactory(village=ruoduo), date(2012, 1, 1))
    left(HouseholdFactory(village=ruoduo), date(2014, 12, 1), key=first.key, **JOINED)

    done = forget_persons(DAY, by="a test", reason="kept for ten years")

    assert (done, forget_persons(DAY, by="a test", reason="again")) == (1, 0)
    assert [(row.name, row.erased_at is not None) for row in Person.objects.all()] == [("", True)] * 2
    assert set(AuditEvent.objects.filter(actor="a test").values_list("reason", flat=True)) == {"kept for ten years"}


def test_command_erases_after_the_years_of_the_setting_alone(ruoduo, settings, capsys):
    left(HouseholdFactory(village=ruoduo), date(2014, 12, 31))
    with pytest.raises(CommandError, match="PERSONAL_YEARS"):
        call_command("forget_persons")

    settings.PERSONAL_YEARS = 3
    call_command("forget_persons", dry_run=True)
    kept = Person.objects.get().name
    call_command("forget_persons")

    assert kept
    assert Person.objects.get().name == ""
    assert capsys.readouterr().out.startswith("1 persons left before ")
