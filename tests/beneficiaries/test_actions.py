"""Writing incomes, persons and lines: what is taken, and what is refused."""

from decimal import Decimal as D

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from beneficiaries.actions import enter, record_income, register_person, set_line
from beneficiaries.models import Enrolment, Household, IncomeRecord, Person, PersonNumber, PovertyLine
from tests.beneficiaries.numbers import a_person, id_number
from tests.factories import NO_OTHER_INCOME, HouseholdFactory, IncomeRecordFactory, ProjectFactory


@pytest.fixture
def household(ruoduo) -> Household:
    return HouseholdFactory(village=ruoduo)


# --- persons ---------------------------------------------------------------------------------------------------------


def test_a_person_without_a_number_is_taken(household):
    register_person(a_person(household), by="manage.py test")

    assert (Person.objects.get().id_tail, PersonNumber.objects.count()) == ("", 0)


def test_a_person_keeps_the_number_when_another_field_changes(household):
    person = a_person(household)
    register_person(person, by="manage.py test", id_number=id_number(1))

    person.relation = "other"
    register_person(person, by="manage.py test")

    assert (Person.objects.get().id_tail, PersonNumber.objects.count()) == (id_number(1)[-4:], 1)


def test_a_clerk_registers_in_their_area_only(clerk, stranger, household):
    with pytest.raises(PermissionDenied):
        register_person(a_person(household), by=stranger, id_number=id_number(1))
    assert (Person.objects.count(), PersonNumber.objects.count()) == (0, 0)

    register_person(a_person(household), by=clerk, id_number=id_number(1))

    assert Person.objects.count() == 1


@pytest.mark.parametrize("name", ["reviewer", "manager", "auditor", "administrator"])
def test_nobody_else_registers(name, request, household):
    with pytest.raises(PermissionDenied):
        register_person(a_person(household), by=request.getfixturevalue(name))

    assert Person.objects.count() == 0


# --- incomes ----------------------------------------------------------------------------------------------------


def an_income(household: Household, **facts) -> IncomeRecord:
    given = {"household": household, "year": 2019, "persons": 4, "wage_income": D("100.00"), **facts}
    return IncomeRecord(**{**NO_OTHER_INCOME, **given})


@pytest.mark.parametrize("component", sorted(NO_OTHER_INCOME))
def test_an_income_that_is_left_out_is_not_taken_for_nothing(clerk, household, component):
    with pytest.raises(ValidationError) as refused:
        record_income(an_income(household, **{component: None}), by=clerk)

    assert list(refused.value.error_dict) == [component]
    assert IncomeRecord.objects.count() == 0


def test_an_income_of_a_year_to_come_is_refused(clerk, household):
    to_come = timezone.localdate().year + 1

    with pytest.raises(ValidationError) as refused:
        record_income(an_income(household, year=to_come), by=clerk)

    assert refused.value.message_dict == {"year": ["This year has not begun."]}


def test_a_household_lives_in_a_village(county_clerk, heishui):
    with pytest.raises(ValidationError) as refused:
        enter(Household(village=heishui, number="001"), by=county_clerk)

    assert list(refused.value.error_dict) == ["village"]
    assert Household.objects.count() == 0


def test_an_income_takes_the_village_of_the_household(clerk, household, ruoduo):
    record_income(an_income(household), by=clerk)

    assert IncomeRecord.objects.get().village == ruoduo


def test_an_income_of_the_past_keeps_its_own_village(county_clerk, household, xili):
    record_income(an_income(household, village=xili), by=county_clerk)

    assert IncomeRecord.objects.get().village == xili


def test_a_move_does_not_rewrite_the_past(county_clerk, household, ruoduo, erniunai):
    record_income(an_income(household, year=2018), by=county_clerk)
    household.village = erniunai
    enter(household, by=county_clerk)
    record_income(an_income(household, year=2019), by=county_clerk)

    found = IncomeRecord.objects.order_by("year").values_list("year", "village__code")

    assert list(found) == [(2018, ruoduo.code), (2019, erniunai.code)]


def test_a_household_has_one_income_a_year(clerk, household):
    record_income(an_income(household), by=clerk)

    with pytest.raises(ValidationError, match="has an income record for the year already"):
        record_income(an_income(household), by=clerk)
    record_income(an_income(household, year=2020), by=clerk)

    assert IncomeRecord.objects.count() == 2


@pytest.mark.parametrize(
    "facts",
    [
        {"persons": 0},
        {"persons": 51},
        {"persons": None},
        {"wage_income": D("-0.01")},
        {"property_income": D("-1.00")},
        {"transfer_income": D("-1.00")},
        {"expenses": D("-1.00")},
        {"wage_income": D("0.001")},
        {"year": 1948},
        {"year": 2101},
    ],
)
def test_an_income_that_cannot_be_is_refused(clerk, household, facts):
    with pytest.raises(ValidationError):
        record_income(an_income(household, **facts), by=clerk)

    assert IncomeRecord.objects.count() == 0


def test_a_loss_shows_in_the_expenses(clerk, household):
    record_income(an_income(household, expenses=D("150.00")), by=clerk)

    assert IncomeRecord.objects.get().net_income == D("-50.00")


def test_net_income_is_the_four_components_less_expenses(household):
    income = IncomeRecordFactory(
        household=household,
        wage_income=D("1000.01"),
        business_income=D("200.02"),
        property_income=D("30.03"),
        transfer_income=D("4.04"),
        expenses=D("234.10"),
    )

    assert str(income.net_income) == "1000.00"


def test_a_foreign_household_gets_no_income(clerk, stranger, household):
    with pytest.raises(PermissionDenied):
        record_income(an_income(household), by=stranger)
    assert IncomeRecord.objects.count() == 0

    record_income(an_income(household), by=clerk)

    assert IncomeRecord.objects.count() == 1


# --- lines ------------------------------------------------------------------------------------------------------


def a_line(**facts) -> PovertyLine:
    return PovertyLine(
        **{"year": 2016, "amount": D("2952.00"), "concept": "disposable", "source": "a notice", **facts}
    )


def test_an_administrator_sets_a_line(administrator):
    set_line(a_line(), by=administrator)

    assert PovertyLine.objects.get().amount == D("2952.00")


@pytest.mark.parametrize("name", ["clerk", "reviewer", "manager", "auditor"])
def test_nobody_else_sets_a_line(name, request):
    with pytest.raises(PermissionDenied):
        set_line(a_line(), by=request.getfixturevalue(name))

    assert PovertyLine.objects.count() == 0


def test_a_year_has_one_national_line_of_each_kind(administrator):
    set_line(a_line(), by=administrator)
    set_line(a_line(kind="monitoring"), by=administrator)

    with pytest.raises(ValidationError):
        set_line(a_line(), by=administrator)

    assert PovertyLine.objects.count() == 2


@pytest.mark.parametrize("facts", [{"amount": D("0.00")}, {"amount": D("-1.00")}, {"qualifier": "over"}, {"year": 1}])
def test_a_line_that_cannot_be_is_refused(administrator, facts):
    with pytest.raises(ValidationError):
        set_line(a_line(**facts), by=administrator)

    assert PovertyLine.objects.count() == 0


def test_what_a_household_gets_is_not_below_zero(clerk, household, ruoduo):
    enrolment = Enrolment(household=household, project=ProjectFactory(division=ruoduo), role="dividend", year=2019)
    enrolment.amount = D("-5.00")

    with pytest.raises(ValidationError) as refused:
        enter(enrolment, by=clerk)

    assert refused.value.message_dict == {"__all__": ["What a household gets is not below zero."]}
