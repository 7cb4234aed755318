"""Days and years of what was done: today is the last of them. The clock is asked when a value is entered."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from alleviation.common.validators import refuse_day_to_come, refuse_year_to_come
from beneficiaries.models import Enrolment, Household, IncomeRecord, Person
from projects.models import (
    Alliance,
    AllianceActivity,
    AlliancePledge,
    Award,
    Document,
    LedgerEntry,
    Milestone,
    Project,
)

DONE: list[tuple[type[models.Model], str]] = [
    (Alliance, "signed_on"),
    (AllianceActivity, "held_on"),
    (AlliancePledge, "done_on"),
    (Award, "conferred_on"),
    (Document, "event_on"),
    (Document, "published_on"),
    (Enrolment, "year"),
    (Household, "status_since"),
    (IncomeRecord, "year"),
    (LedgerEntry, "booked_on"),
    (Milestone, "reached_on"),
    (Person, "birth_year"),
    (Project, "finished_on"),
]


def test_today_is_taken_and_tomorrow_is_not():
    today = timezone.localdate()

    refuse_day_to_come(today)
    with pytest.raises(ValidationError, match="still to come"):
        refuse_day_to_come(today + timedelta(days=1))


def test_this_year_is_taken_and_the_next_is_not():
    this_year = timezone.localdate().year

    refuse_year_to_come(this_year)
    with pytest.raises(ValidationError, match="has not begun"):
        refuse_year_to_come(this_year + 1)


@pytest.mark.parametrize(("model", "name"), DONE, ids=[f"{model.__name__}.{name}" for model, name in DONE])
def test_what_was_done_was_not_done_tomorrow(model: type[models.Model], name: str):
    field = model._meta.get_field(name)
    to_come = 2099 if isinstance(field, models.IntegerField) else date(2099, 1, 1)

    with pytest.raises(ValidationError) as refused:
        field.run_validators(to_come)

    assert [error.code for error in refused.value.error_list] == ["future"]


@pytest.mark.parametrize(("model", "name"), [(Milestone, "due_on"), (AlliancePledge, "due_on"), (Alliance, "term_to")])
def test_what_is_planned_may_lie_ahead(model: type[models.Model], name: str):
    model._meta.get_field(name).run_validators(date(2099, 1, 1))
