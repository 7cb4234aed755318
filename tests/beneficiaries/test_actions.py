"""Writing incomes, persons and lines: what is taken, what is refused, and that no number of a person is kept."""

from decimal import Decimal as D

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from stdnum.cn import ric

from alleviation.audit.models import AuditEvent
from beneficiaries.actions import digest_of, enter, record_income, register_person, set_line, valid_id_number
from beneficiaries.models import Enrolment, Household, IncomeRecord, Person, PersonNumber, PovertyLine
from tests.factories import NO_OTHER_INCOME, HouseholdFactory, IncomeRecordFactory, ProjectFactory


def id_number(serial: int, born: str = "19610101") -> str:
    """A number of Heishui County with a right check digit; of nobody."""
    first = f"513228{born}{serial:03}"
    return first + ric.calc_check_digit(first + "0")


def a_person(household: Household, **facts) -> Person:
    return Person(**{"household": household, "name": "测试", "relation": "head", **facts})


@pytest.fixture
def household(ruoduo) -> Household:
    return HouseholdFactory(village=ruoduo)


# --- identity numbers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("serial", [1, 2, 3, 12, 123, 999])
def test_a_number_with_its_check_digit_is_taken(serial):
    number = id_number(serial)

    assert valid_id_number(number) == number


def in_blocks(number: str) -> str:
    return f" {number[:6]} {number[6:14]}\u3000{number[14:].lower()}"


def full_width(number: str) -> str:
    return number.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})


@pytest.mark.parametrize("written", [in_blocks, full_width, str.lower])
def test_one_number_written_in_other_ways_is_the_same_number(written):
    number = next(n for n in map(id_number, range(1, 999)) if n.endswith("X"))

    assert valid_id_number(written(number)) == number


@pytest.mark.parametrize("written", ["5132281961010100٠٠", "51322819610101००१1"])
def test_digits_of_other_scripts_are_refused(written):
    with pytest.raises(ValidationError):
        valid_id_number(written)


@pytest.mark.parametrize("text", ["1", "x" * 18, "5132281961010100", "513228196101010010000", "５１３２２８１９６１"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValidationError) as refused:
        valid_id_number(text)

    assert refused.value.message_dict == {
        "id_number": ["This is not a resident identity number: check its 18 digits."]
    }


def test_every_wrong_check_digit_is_refused():
    number = id_number(1)
    others = [digit for digit in "0123456789X" if digit != number[-1]]

    for digit in others:
        with pytest.raises(ValidationError):
            valid_id_number(number[:-1] + digit)


@pytest.mark.parametrize("born", ["19611301", "19610230", "19610000"])
def test_a_number_with_an_impossible_birthday_is_refused(born):
    with pytest.raises(ValidationError):
        valid_id_number(id_number(1, born))


def test_of_a_number_only_the_digest_and_the_tail_are_kept(household):
    number = id_number(1)

    register_person(a_person(household), by="manage.py test", id_number=number)

    person, kept = Person.objects.get(), PersonNumber.objects.get()
    assert (person.id_tail, kept.digest) == (number[-4:], digest_of(number))
    assert (kept.household_number, kept.person_number) == (household.pk, person.pk)
    assert number not in str([Person.objects.values_list(), PersonNumber.objects.values_list()])


def test_no_number_is_in_the_trail(household):
    number = id_number(1)

    register_person(a_person(household, name="张三丰"), by="manage.py test", id_number=number)

    told = str([(event.subject, event.before, event.after) for event in AuditEvent.objects.all()])
    assert AuditEvent.objects.count() >= 1
    assert [word for word in (number, number[-4:], "张三丰", digest_of(number)) if word in told] == []


def test_the_digest_needs_the_key_of_the_house(settings):
    number = id_number(1)
    before = digest_of(number)

    settings.SECRET_KEY = "another"

    assert digest_of(number) != before
    assert len(before) == 64


def test_a_number_belongs_to_one_person(household, erniunai):
    register_person(a_person(household), by="manage.py test", id_number=id_number(1))

    with pytest.raises(ValidationError) as refused:
        register_person(a_person(HouseholdFactory(village=erniunai)), by="manage.py test", id_number=id_number(1))

    assert refused.value.message_dict == {"id_number": ["A person with this identity number is registered already."]}
    assert (Person.objects.count(), PersonNumber.objects.count()) == (1, 1)


def test_a_person_refused_for_the_number_leaves_no_event(household):
    register_person(a_person(household), by="manage.py test", id_number=id_number(1))
    before = AuditEvent.objects.count()

    with pytest.raises(ValidationError):
        register_person(a_person(household), by="manage.py test", id_number=id_number(1))

    assert AuditEvent.objects.count() == before


def test_the_same_number_again_is_no_change(household):
    person = a_person(household)
    register_person(person, by="manage.py test", id_number=id_number(1))

    register_person(person, by="manage.py test", id_number=id_number(1))

    assert PersonNumber.objects.count() == 1


def test_a_corrected_number_frees_the_former_one(household):
    person, other = a_person(household), a_person(household)
    register_person(person, by="manage.py test", id_number=id_number(1))
    register_person(person, by="manage.py test", id_number=id_number(2))

    register_person(other, by="manage.py test", id_number=id_number(1))

    held = dict(PersonNumber.objects.values_list("digest", "person_number"))
    assert held == {digest_of(id_number(2)): person.pk, digest_of(id_number(1)): other.pk}


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
        {"business_income": D("-1.00")},
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
