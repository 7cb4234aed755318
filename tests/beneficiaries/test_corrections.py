"""An income that is recorded is not changed: the correction is a record of its own, and the earlier one is kept."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from alleviation.audit.models import AuditEvent
from alleviation.audit.versions import ChangedMeanwhile, version_of
from beneficiaries.actions import record_income
from beneficiaries.models import IncomeRecord
from tests.factories import NO_OTHER_INCOME, HouseholdFactory
from tests.projects.test_ledger import close


@pytest.fixture
def income(ruoduo, county_clerk) -> IncomeRecord:
    """What a household of Ruoduo earned in 2019: 10,000 yuan, four persons."""
    facts = NO_OTHER_INCOME | {"wage_income": Decimal("10000.00"), "year": 2019, "persons": 4}
    record = IncomeRecord(household=HouseholdFactory(village=ruoduo), **facts)
    record_income(record, by=county_clerk)
    return record


def correct(income: IncomeRecord, by, **facts) -> None:
    for name, value in facts.items():
        setattr(income, name, value)
    record_income(income, by=by)


def test_a_correction_takes_the_place_of_the_earlier_record_and_both_stay(income, county_clerk):
    first = income.pk

    correct(income, county_clerk, wage_income=Decimal("12000.00"), reason="A pay slip turned up")

    assert list(IncomeRecord.objects.order_by("id").values_list("id", "wage_income", "reason")) == [
        (first, Decimal("10000.00"), ""),
        (income.pk, Decimal("12000.00"), "A pay slip turned up"),
    ]
    assert list(IncomeRecord.objects.standing()) == [income]
    assert IncomeRecord.objects.get(pk=first).superseded_at == income.recorded_at


def test_what_held_at_a_moment_can_be_asked(income, county_clerk):
    before = timezone.now()
    correct(income, county_clerk, wage_income=Decimal("12000.00"), reason="A pay slip turned up")

    def wages(at=None) -> list[Decimal]:
        return list(IncomeRecord.objects.standing(at).values_list("wage_income", flat=True))

    assert wages(income.recorded_at.replace(year=2000)) == []
    assert (wages(before), wages(timezone.now()), wages()) == (
        [Decimal("10000.00")],
        [Decimal("12000.00")],
        [Decimal("12000.00")],
    )


def test_a_correction_without_a_reason_is_refused(income, county_clerk):
    with pytest.raises(ValidationError) as refused:
        correct(income, county_clerk, wage_income=Decimal("12000.00"))

    assert refused.value.message_dict == {"reason": ["Say why the recorded income is corrected."]}
    assert list(IncomeRecord.objects.values_list("wage_income", flat=True)) == [Decimal("10000.00")]


def test_saving_what_is_recorded_already_writes_nothing(income, county_clerk):
    events = AuditEvent.objects.count()

    record_income(income, by=county_clerk)

    assert (IncomeRecord.objects.count(), AuditEvent.objects.count()) == (1, events)


def test_the_second_of_two_editors_is_told(income, county_clerk):
    theirs, mine = IncomeRecord.objects.get(), IncomeRecord.objects.get()
    theirs.seen_version = mine.seen_version = version_of(income)
    correct(theirs, county_clerk, wage_income=Decimal("12000.00"), reason="A pay slip turned up")

    with pytest.raises((ChangedMeanwhile, ValidationError)):
        correct(mine, county_clerk, wage_income=Decimal("9000.00"), reason="Counted again")

    assert list(IncomeRecord.objects.standing().values_list("wage_income", flat=True)) == [Decimal("12000.00")]


def test_a_correction_is_of_the_same_year(income, county_clerk):
    with pytest.raises(ValidationError) as refused:
        correct(income, county_clerk, year=2018, reason="It was the year before")

    assert refused.value.message_dict == {"year": ["A correction is of the same year."]}


def test_a_closed_year_takes_no_correction_and_no_new_income(income, county_clerk, ruoduo):
    close("513228", 2019)
    new = IncomeRecord(household=HouseholdFactory(village=ruoduo), year=2019, persons=1, **NO_OTHER_INCOME)

    for record in (income, new):
        with pytest.raises(ValidationError) as refused:
            correct(record, county_clerk, wage_income=Decimal("1.00"), reason="Late")
        assert list(refused.value.message_dict) == ["year"]

    assert IncomeRecord.objects.count() == 1


@pytest.mark.parametrize("column", ["wage_income", "persons", "year", "reason"])
def test_the_database_changes_no_recorded_income(column, income):
    with pytest.raises(IntegrityError, match="corrected by another record"), transaction.atomic():
        IncomeRecord.objects.update(**{column: 2018})


def test_the_database_brings_no_superseded_income_back(income, county_clerk):
    correct(income, county_clerk, wage_income=Decimal("12000.00"), reason="A pay slip turned up")

    with pytest.raises(IntegrityError, match="corrected by another record"), transaction.atomic():
        IncomeRecord.objects.exclude(superseded_at=None).update(superseded_at=None)
