"""Numbers of persons: what is taken, that they are kept encrypted, and that each has one person under any keys."""

import re
from datetime import date

import pytest
from django.core.exceptions import ValidationError

from alleviation.audit.models import AuditEvent
from alleviation.common import sealing
from beneficiaries.actions import (
    find,
    legacy_digest_of,
    numbers_of,
    register_person,
    release,
    valid_account_number,
    valid_id_number,
)
from beneficiaries.models import Household, Person, PersonNumber
from beneficiaries.verification import privacy as checks
from tests.beneficiaries.numbers import a_person, card_number, id_number
from tests.factories import HouseholdFactory, PersonFactory

BY = "manage.py test"


@pytest.fixture
def household(ruoduo) -> Household:
    return HouseholdFactory(village=ruoduo)


def registered(household: Household, serial: int, **facts) -> Person:
    person = a_person(household, **facts)
    register_person(person, by=BY, id_number=id_number(serial))
    return person


def refused(household: Household, *, serial: int = 1, account: str = "", **facts) -> dict[str, list[str]]:
    """What is said to somebody who registers a person with this number."""
    number = {"account_number": account} if account else {"id_number": id_number(serial)}
    with pytest.raises(ValidationError) as error:
        register_person(a_person(household, **facts), by=BY, **number)
    return error.value.message_dict


# --- what is a number -------------------------------------------------------------------------------------------


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
    with pytest.raises(ValidationError) as error:
        valid_id_number(text)

    assert error.value.message_dict == {"id_number": ["This is not a resident identity number: check its 18 digits."]}


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


@pytest.mark.parametrize("length", [16, 17, 18, 19])
def test_a_card_needs_its_check_digit(length):
    card = card_number(7, length)
    wrong = card[:-1] + str((int(card[-1]) + 1) % 10)

    with pytest.raises(ValidationError) as error:
        valid_account_number(wrong)

    assert valid_account_number(f" {card[:4]} {full_width(card[4:])}") == card
    assert error.value.message_dict == {"account_number": ["This is not a bank card: check its digits."]}


@pytest.mark.parametrize("text", ["1" * 12, "1" * 15, "1" * 20, "1" * 25])
def test_an_account_that_is_no_card_needs_none(text):
    assert valid_account_number(text) == text


@pytest.mark.parametrize("text", ["", "1" * 11, "1" * 26, "12345678901X", "-12345678901", "١" * 12])
def test_what_is_no_account_is_refused(text):
    with pytest.raises(ValidationError) as error:
        valid_account_number(text)

    assert error.value.message_dict == {"account_number": ["This is not a bank account: enter its 12 to 25 digits."]}


# --- how it is kept ---------------------------------------------------------------------------------------------


def test_numbers_are_kept_encrypted_with_their_tails_beside_the_name(household):
    person = a_person(household)

    register_person(person, by=BY, id_number=id_number(1), account_number=card_number(1))

    told = str([list(table.objects.values()) for table in (Person, PersonNumber, AuditEvent)])
    assert (person.id_tail, person.account_tail) == (id_number(1)[-4:], card_number(1)[-4:])
    assert numbers_of(person) == {"resident_id": id_number(1), "bank_account": card_number(1)}
    assert [number for number in (id_number(1), card_number(1)) if number in told] == []
    assert set(PersonNumber.objects.values_list("person_number", "household_number", "key_mark")) == {
        (person.key, household.pk, sealing.mark())
    }


def test_the_digest_is_of_the_keys_for_persons_and_of_no_other(household, settings):
    registered(household, 1)
    (found,) = find("resident_id", id_number(1))

    settings.SECRET_KEY = settings.TRAIL_KEY = "another"

    assert find("resident_id", id_number(1)) == [found]
    assert find("bank_account", id_number(1)) == []
    settings.PERSONAL_KEYS = ["another"]
    assert find("resident_id", id_number(1)) == []


def test_a_number_belongs_to_one_person(household, erniunai):
    registered(household, 1)

    said = refused(HouseholdFactory(village=erniunai))

    assert list(said) == ["id_number"]
    assert (Person.objects.count(), PersonNumber.objects.count()) == (1, 1)


def test_a_bank_account_belongs_to_one_person(household):
    register_person(a_person(household), by=BY, account_number=card_number(1))

    said = refused(household, account=card_number(1))

    assert said == {"account_number": ["This bank account is registered for another person already."]}
    assert (Person.objects.count(), PersonNumber.objects.count()) == (1, 1)


def test_the_same_number_again_is_no_change(household):
    person = registered(household, 1)
    before = list(PersonNumber.objects.values_list())

    register_person(person, by=BY, id_number=id_number(1))

    assert list(PersonNumber.objects.values_list()) == before


def test_a_corrected_number_frees_the_former_one_and_leaves_the_other_kind(household):
    person = a_person(household)
    register_person(person, by=BY, id_number=id_number(1), account_number=card_number(1))

    register_person(person, by=BY, id_number=id_number(3))
    other = registered(household, 1)

    assert numbers_of(person) == {"resident_id": id_number(3), "bank_account": card_number(1)}
    assert numbers_of(other) == {"resident_id": id_number(1)}


def test_a_released_number_is_free(household):
    release(registered(household, 1))

    assert PersonNumber.objects.count() == 0
    assert numbers_of(registered(household, 1)) == {"resident_id": id_number(1)}


def test_nothing_of_a_person_is_in_the_trail(household):
    person = a_person(household, name="张三丰", health="serious")

    register_person(person, by=BY, id_number=id_number(1), account_number=card_number(1))

    told = str(list(AuditEvent.objects.values_list("subject", "before", "after")))
    digests = list(PersonNumber.objects.values_list("digest", flat=True))
    canaries = ["张三丰", id_number(1)[-4:], card_number(1)[-4:], "1961", "serious", *digests]
    assert AuditEvent.objects.filter(subject_id=person.pk).count() == 1
    # A digest may hold these digits by chance, among others.
    assert [word for word in canaries if re.search(rf"\b{word}\b", told)] == []


def test_a_person_refused_for_the_number_leaves_nothing(household):
    registered(household, 1)
    before = AuditEvent.objects.count()

    refused(HouseholdFactory(village=household.village))

    assert (AuditEvent.objects.count(), Person.objects.count()) == (before, 1)


# --- what it tells ----------------------------------------------------------------------------------------------


def test_an_identity_number_tells_birth_and_sex_where_nothing_was_entered(household):
    woman, man = registered(household, 2), registered(household, 3, birth_year=1961)

    assert (woman.born_on, woman.birth_year, woman.sex) == (date(1961, 1, 1), 1961, "female")
    assert (man.born_on, man.birth_year, man.sex) == (date(1961, 1, 1), 1961, "male")


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"born_on": date(1961, 1, 2)}, "The number tells another day of birth than was entered. Check both."),
        ({"birth_year": 1962}, "The number tells another year of birth than was entered. Check both."),
        ({"sex": "female"}, "The number tells another sex than was entered. Check both."),
    ],
)
def test_a_number_that_tells_something_else_is_refused(household, facts, said):
    assert refused(household, **facts) == {"id_number": [said]}
    assert (Person.objects.count(), PersonNumber.objects.count()) == (0, 0)


# --- keys -------------------------------------------------------------------------------------------------------


def kept_in_former_days(person: Person, serial: int) -> None:
    """As before numbers had keys of their own: a digest keyed on SECRET_KEY, and nothing to open."""
    PersonNumber.objects.create(
        kind="resident_id", digest=legacy_digest_of(id_number(serial)), person_number=person.key,
        household_number=person.household_id,
    )  # fmt: skip


def test_a_number_of_former_days_is_unique_still(household):
    kept_in_former_days(PersonFactory(household=household), 1)

    assert list(refused(HouseholdFactory(village=household.village))) == ["id_number"]


def test_a_number_of_former_days_is_kept_encrypted_once_it_is_entered_again(household):
    person = PersonFactory(household=household)
    kept_in_former_days(person, 1)
    assert numbers_of(person) == {}

    register_person(person, by=BY, id_number=id_number(1))

    (row,) = PersonNumber.objects.all()
    assert (row.key_mark, numbers_of(person)) == (sealing.mark(), {"resident_id": id_number(1)})
    assert list(checks.sealed_numbers_that_do_not_hold()) == []


def test_under_a_new_key_a_number_of_the_old_one_is_found_and_refused(household, settings):
    settings.PERSONAL_KEYS = ["old"]
    person = registered(household, 1)

    settings.PERSONAL_KEYS = ["new", "old"]

    assert list(refused(HouseholdFactory(village=household.village))) == ["id_number"]
    assert numbers_of(person) == {"resident_id": id_number(1)}
    register_person(person, by=BY, id_number=id_number(1))
    assert list(PersonNumber.objects.values_list("key_mark", flat=True)) == [sealing.mark()]


def test_a_number_that_no_key_opens_is_named_and_breaks_no_page(household, settings):
    settings.PERSONAL_KEYS = ["old"]
    person = registered(household, 1)
    row = PersonNumber.objects.get()
    assert list(checks.sealed_numbers_that_do_not_hold()) == []

    settings.PERSONAL_KEYS = ["new"]

    assert numbers_of(person) == {}
    assert list(checks.sealed_numbers_that_do_not_hold()) == [f"number record {row.pk}: no key opens it"]


def test_a_number_under_the_digest_of_another_is_named(household):
    registered(household, 1)
    row = PersonNumber.objects.get()

    PersonNumber.objects.update(sealed=sealing.seal(id_number(2)))

    assert list(checks.sealed_numbers_that_do_not_hold()) == [
        f"number record {row.pk}: it is kept under the digest of another"
    ]


def test_what_is_sealed_looks_different_each_time_and_opens_alike():
    one, other = sealing.seal("123"), sealing.seal("123")

    assert one != other
    assert (sealing.unseal(one), sealing.unseal(other)) == ("123", "123")
    with pytest.raises(sealing.Unreadable):
        sealing.unseal(one[:-4] + "AAA=")
