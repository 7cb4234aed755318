"""Households and persons: what the register holds, and what never stands in words."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from beneficiaries.actions import enter, record_enrolment, register_household
from beneficiaries.choices import HouseholdStatus
from beneficiaries.models import Enrolment, Household, Person
from tests.factories import EnrolmentFactory, HouseholdFactory, IncomeRecordFactory, PersonFactory, ProjectFactory


def test_a_clerk_enters_a_household(clerk, ruoduo):
    register_household(Household(village=ruoduo, number="001"), by=clerk)

    household = Household.objects.get()
    assert (household.status, household.is_made_up, str(household)) == (HouseholdStatus.REGISTERED, False, "001")


def test_a_village_has_a_number_once_and_another_village_again(clerk, ruoduo, xili):
    register_household(Household(village=ruoduo, number="001"), by=clerk)
    register_household(Household(village=xili, number="001"), by=clerk)

    with pytest.raises(ValidationError, match="has a household of this number already"):
        register_household(Household(village=ruoduo, number="001"), by=clerk)

    assert Household.objects.count() == 2


def test_a_household_of_another_countryside_is_refused(clerk, county_clerk, erniunai):
    with pytest.raises(PermissionDenied):
        register_household(Household(village=erniunai, number="001"), by=clerk)
    assert Household.objects.count() == 0

    register_household(Household(village=erniunai, number="001"), by=county_clerk)

    assert Household.objects.count() == 1


def test_households_stand_in_the_order_of_villages_and_numbers(ruoduo, xili):
    for village, number in ((ruoduo, "2"), (ruoduo, "1"), (xili, "3")):
        HouseholdFactory(village=village, number=number)

    assert [str(one) for one in Household.objects.all()] == ["3", "1", "2"]


def test_a_persons_words_hold_no_name(ruoduo):
    person = PersonFactory(household__village=ruoduo, name="张三丰")

    assert str(person) == f"#{person.pk}"
    assert "张三丰" not in repr(person)


def test_an_incomes_and_an_enrolments_words_are_numbers(ruoduo):
    income = IncomeRecordFactory(household__village=ruoduo, year=2019)
    part = EnrolmentFactory(household=income.household, project=ProjectFactory(division=ruoduo))

    assert str(income) == f"{income.household_id}/2019"
    assert str(part) == f"{part.household_id}/{part.project_id}/2019"


@pytest.mark.parametrize("year", [1899, 2101])
def test_a_year_of_birth_out_of_range_is_refused(clerk, ruoduo, year):
    person = Person(household=HouseholdFactory(village=ruoduo), name="测试", relation="head", birth_year=year)

    with pytest.raises(ValidationError) as refused:
        enter(person, by=clerk)

    assert list(refused.value.error_dict) == ["birth_year"]


def test_a_part_in_a_project_is_recorded_once(clerk, ruoduo):
    household, project = HouseholdFactory(village=ruoduo), ProjectFactory(division=ruoduo)
    facts = {"household": household, "project": project, "role": "dividend"}
    record_enrolment(Enrolment(year=2019, **facts), by=clerk)
    record_enrolment(Enrolment(year=2020, **facts), by=clerk)

    with pytest.raises(ValidationError, match="recorded for the year already"):
        record_enrolment(Enrolment(year=2019, **facts), by=clerk)

    assert Enrolment.objects.count() == 2


def test_an_enrolment_without_amount_is_not_one_of_zero(ruoduo):
    assert EnrolmentFactory(household__village=ruoduo, project__division=ruoduo).amount is None


def test_the_database_refuses_an_income_of_nobody(ruoduo):
    with pytest.raises(IntegrityError), transaction.atomic():
        IncomeRecordFactory(household__village=ruoduo, persons=0)


def test_a_village_with_households_cannot_be_deleted(ruoduo):
    HouseholdFactory(village=ruoduo)

    with pytest.raises(ProtectedError):
        ruoduo.delete()


def test_a_project_with_enrolments_cannot_be_deleted(ruoduo):
    part = EnrolmentFactory(household__village=ruoduo, project__division=ruoduo)

    with pytest.raises(ProtectedError):
        part.project.delete()
