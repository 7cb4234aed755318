"""Each condition on a row of the registers: the table refuses what breaks it, and forms say why in both languages."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import F
from django.utils import translation

from tests import factories as make
from tests.audit.tampering import rules_away

pytestmark = pytest.mark.slow

DAY, DAY_BEFORE = date(2021, 3, 1), date(2021, 2, 28)
MOMENT = datetime(2021, 3, 1, tzinfo=UTC)
STEPS = ("appraised_on", "verified_on", "consented_on", "publicised_on", "announced_on")
ALL_STEPS = dict.fromkeys(STEPS, DAY)
EXIT = {"status": "exited", "happened_on": DAY, **ALL_STEPS}
BOTH_OR_NEITHER = "Say both when and why the person left, or neither."
ENDED = "Say both when and how the household ended, or neither."
CAUSES = "Name the main cause first, then the others."
TWICE = "The same cause is named twice."
COMPONENTS = "Only business income may be below zero: a loss. All else is not negative."
FIVE = "An exit takes five steps: enter the day of each."
CHECKED = "Who checked an income is kept with the moment."
WAITS = "An income waits, or somebody has checked it."
CLEARED = "Say when and why the risk is cleared; not before it was identified."
COVERED = "An expense is above zero, and no more of it is covered than it is."

# (name of the constraint, what is made, how it is right, what breaks it, what is said)
BROKEN: list[tuple[str, Any, dict[str, Any], dict[str, Any], str]] = [
    ("household_end_is_told", make.HouseholdFactory, {}, {"ended_on": DAY}, ENDED),
    ("household_end_is_told", make.HouseholdFactory, {}, {"ended_as": "died_out"}, ENDED),
    ("household_causes_in_order", make.HouseholdFactory, {}, {"second_cause": "illness"}, CAUSES),
    ("household_causes_in_order", make.HouseholdFactory, {"main_cause": "illness"}, {"third_cause": "land"}, CAUSES),
    ("household_causes_differ", make.HouseholdFactory, {"main_cause": "land"}, {"second_cause": "land"}, TWICE),
    (
        "household_causes_differ",
        make.HouseholdFactory,
        {"main_cause": "land", "second_cause": "water"},
        {"third_cause": "water"},
        TWICE,
    ),
    (
        "household_causes_differ",
        make.HouseholdFactory,
        {"main_cause": "land", "second_cause": "water"},
        {"third_cause": "land"},
        TWICE,
    ),
    ("household_farmland_not_negative", make.HouseholdFactory, {}, {"farmland": -1}, "Farmland is not below zero."),
    ("person_named_or_erased", make.PersonFactory, {}, {"name": ""}, "Enter the person's name."),
    ("person_left_on_as", make.PersonFactory, {}, {"left_on": DAY}, BOTH_OR_NEITHER),
    ("person_left_on_as", make.PersonFactory, {}, {"left_as": "death"}, BOTH_OR_NEITHER),
    (
        "person_joined_on_as",
        make.PersonFactory,
        {},
        {"joined_as": "birth"},
        "Say when the person joined the household.",
    ),
    (
        "person_leaves_after_joining",
        make.PersonFactory,
        {"joined_on": DAY, "left_on": DAY, "left_as": "move"},
        {"left_on": DAY_BEFORE},
        "A person leaves after joining.",
    ),
    (
        "status_change_changes",
        make.StatusChangeFactory,
        {"was": "registered"},
        {"was": "monitored"},
        "The household has this status already.",
    ),
    ("exit_steps_of_an_exit", make.StatusChangeFactory, {}, ALL_STEPS, "Only an exit takes the five steps."),
    *(("exit_steps_all_or_none", make.StatusChangeFactory, EXIT, {step: None}, FIVE) for step in STEPS[:-1]),
    ("exit_steps_in_order", make.StatusChangeFactory, EXIT, {"announced_on": date(2021, 3, 2)}, ""),
    *(
        ("exit_steps_in_order", make.StatusChangeFactory, EXIT, {late: DAY_BEFORE}, "")
        for late in (*STEPS[1:], "happened_on")
    ),
    (
        "move_elsewhere",
        make.HouseholdMoveFactory,
        {},
        {"from_village": F("to_village")},
        "The household belongs to this village already.",
    ),
    (
        "household_link_to_another",
        make.HouseholdLinkFactory,
        {},
        {"other_number": F("household_id")},
        "Name another household.",
    ),
    (
        "responsible_in_order",
        make.ResponsibilityFactory,
        {"from_on": DAY, "until_on": DAY},
        {"until_on": DAY_BEFORE},
        "The end comes after the beginning.",
    ),
    (
        "measure_in_order",
        make.SupportMeasureFactory,
        {"begun_on": DAY, "ended_on": DAY},
        {"ended_on": DAY_BEFORE},
        "The end comes after the beginning.",
    ),
    ("measure_cost_not_negative", make.SupportMeasureFactory, {"cost": 0}, {"cost": -1}, "A cost is not below zero."),
    ("monitoring_cleared_for_a_reason", make.MonitoringFactory, {}, {"cleared_on": DAY}, CLEARED),
    (
        "monitoring_cleared_for_a_reason",
        make.MonitoringFactory,
        {"cleared_on": DAY, "cleared_reason": "well"},
        {"cleared_on": DAY_BEFORE},
        CLEARED,
    ),
    ("monitoring_cleared_for_a_reason", make.MonitoringFactory, {}, {"cleared_reason": "well"}, CLEARED),
    (
        "monitoring_risks_differ",
        make.MonitoringFactory,
        {"risk": "illness", "other_risk": "disaster"},
        {"other_risk": "illness"},
        "The same risk is named twice.",
    ),
    ("expense_covered_in_part", make.LargeExpenseFactory, {}, {"amount": 0}, COVERED),
    ("expense_covered_in_part", make.LargeExpenseFactory, {}, {"covered": -1}, COVERED),
    ("expense_covered_in_part", make.LargeExpenseFactory, {"amount": 5, "covered": 5}, {"covered": 6}, COVERED),
    ("income_persons", make.IncomeRecordFactory, {}, {"persons": 0}, "At least one person must be counted."),
    ("income_year_in_range", make.IncomeRecordFactory, {}, {"year": 1900}, "The year is out of range."),
    ("income_year_in_range", make.IncomeRecordFactory, {}, {"year": 9999}, "The year is out of range."),
    *(
        ("income_not_negative", make.IncomeRecordFactory, {name: 0, "business_income": -1}, {name: -1}, COMPONENTS)
        for name in ("wage_income", "property_income", "transfer_income", "expenses")
    ),
    (
        "income_concept_recorded",
        make.IncomeRecordFactory,
        {},
        {"concept": ""},
        "Say which income it is: net or disposable.",
    ),
    ("income_checked_at_by", make.IncomeRecordFactory, {}, {"checked_by_id": 99}, CHECKED),
    ("income_checked_or_waiting", make.IncomeRecordFactory, {}, {"state": "verified"}, WAITS),
    (
        "income_checked_or_waiting",
        make.IncomeRecordFactory,
        {},
        {"checked_at": MOMENT, "checked_by_id": 99},
        WAITS,
    ),
    (
        "income_checked_by_another",
        make.IncomeRecordFactory,
        {"state": "verified", "checked_at": MOMENT, "checked_by_id": 98, "recorded_by_id": 99},
        {"checked_by_id": 99},
        "An income is verified by somebody else than who recorded it.",
    ),
    (
        "income_returned_with_a_note",
        make.IncomeRecordFactory,
        {"state": "returned", "checked_at": MOMENT, "checked_by_id": 98, "check_note": "which pay slip?"},
        {"check_note": ""},
        "Say what is wrong with the income.",
    ),
    (
        "enrolment_not_negative",
        make.EnrolmentFactory,
        {"amount": 0},
        {"amount": -1},
        "What a household gets is not below zero.",
    ),
    ("line_exact_or_about", make.PovertyLineFactory, {}, {"qualifier": "at_least"}, "A line is exact or about."),
    ("line_above_zero", make.PovertyLineFactory, {}, {"amount": 0}, "A line is above zero."),
]


def conditions() -> Iterator[models.CheckConstraint]:
    """The conditions on rows of this app."""
    for model in apps.get_app_config("beneficiaries").get_models():
        yield from (one for one in model._meta.constraints if isinstance(one, models.CheckConstraint))


def spoilt(row: models.Model, wrong: dict[str, Any]) -> models.Model:
    """The row with what is wrong in it, not saved."""
    for name, value in wrong.items():
        setattr(row, name, getattr(row, value.name) if isinstance(value, F) else value)
    return row


def said_of(row: models.Model, language: str) -> list[str]:
    with translation.override(language), pytest.raises(ValidationError) as refused:
        row.validate_constraints()
    return [str(message) for message in refused.value.messages]


def test_every_condition_is_broken_in_this_table():
    assert {name for name, *_rest in BROKEN} == {one.name for one in conditions()}


@pytest.mark.parametrize(("name", "factory", "right", "wrong", "message"), BROKEN)
def test_a_condition_that_is_broken_is_told_in_both_languages(db, name, factory, right, wrong, message):
    row = factory(**right)
    row.validate_constraints()
    told = next(one.violation_error_message for one in conditions() if one.name == name)

    english, chinese = (said_of(spoilt(row, wrong), language) for language in ("en", "zh-hans"))

    assert english == [message or str(told)]
    assert len(chinese) == 1
    assert not any("A" <= letter <= "z" for letter in chinese[0])


@pytest.mark.parametrize(("name", "factory", "right", "wrong", "message"), BROKEN)
def test_a_condition_is_kept_by_the_database_against_update_too(db, name, factory, right, wrong, message):
    row = factory(**right)
    same = type(row)._base_manager.filter(pk=row.pk)
    before = same.values().get()

    with rules_away(), pytest.raises(IntegrityError, match=name), transaction.atomic():
        same.update(**wrong)

    assert same.values().get() == before
