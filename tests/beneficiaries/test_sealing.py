"""Keys and numbers at their edges: which key opens, which digests differ, and what is one and the same number."""

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ValidationError

from alleviation.common import sealing
from beneficiaries.actions import find, numbers_of, register_person, valid_account_number
from beneficiaries.choices import NumberKind
from beneficiaries.models import PersonNumber
from tests.beneficiaries.numbers import a_person, card_number, id_number
from tests.factories import HouseholdFactory

BY = "manage.py test"
ACCOUNT = "510000000001"


def wide(number: str) -> str:
    """As an input method for Chinese writes digits."""
    return "".join(chr(ord(digit) + 0xFEE0) for digit in number)


def test_the_first_key_seals_and_every_key_opens_in_any_order(settings):
    sealed = {}
    for key in ("one", "two"):
        settings.PERSONAL_KEYS = [key]
        sealed[key] = (sealing.seal(ACCOUNT), sealing.mark(), sealing.digest(ACCOUNT, of="bank_account"))

    for order in (["one", "two"], ["two", "one"], ["three", "two", "one"]):
        settings.PERSONAL_KEYS = order
        marks = {key: told[1:] for key, told in sealed.items()}
        assert [sealing.unseal(told[0]) for told in sealed.values()] == [ACCOUNT, ACCOUNT]
        assert sealing.digests(ACCOUNT, of="bank_account")[0] == sealing.digest(ACCOUNT, of="bank_account")
        assert [one for one in sealing.digests(ACCOUNT, of="bank_account") if one in marks["one"]] == [marks["one"][1]]
        assert (sealing.mark() == marks["one"][0]) is (order[0] == "one")


@pytest.mark.parametrize("keys", [["another"], ["another", "third"], ["One"], ["one "]])
def test_a_key_that_is_not_at_hand_opens_nothing(settings, keys):
    settings.PERSONAL_KEYS = ["one"]
    sealed, digest = sealing.seal(ACCOUNT), sealing.digest(ACCOUNT, of="bank_account")

    settings.PERSONAL_KEYS = keys

    with pytest.raises(sealing.Unreadable):
        sealing.unseal(sealed)
    assert digest not in sealing.digests(ACCOUNT, of="bank_account")


@pytest.mark.parametrize(
    "text",
    ["", "gAAAAA", "x" * 200, Fernet(Fernet.generate_key()).encrypt(b"1").decode()],
    ids=["nothing", "cut", "long", "of another key"],
)
def test_what_we_did_not_seal_is_unreadable_and_no_other_error(text):
    with pytest.raises(sealing.Unreadable):
        sealing.unseal(text)


def test_two_kinds_of_number_never_have_one_digest():
    pairs = [(kind, number) for kind in NumberKind.values for number in (ACCOUNT, id_number(1))]
    # Nor where the name of a kind runs over into the number.
    pairs += [("bank", f"_account{ACCOUNT}"), ("bank_account1", ACCOUNT)]

    told = {sealing.digest(number, of=kind) for kind, number in pairs}

    assert len(told) == len(pairs) == 6


def test_the_mark_and_the_digest_of_a_key_tell_neither_each_other_nor_the_key(settings):
    settings.PERSONAL_KEYS = ["a key for tests"]

    mark, digest = sealing.mark(), sealing.digest(ACCOUNT, of="bank_account")

    assert (len(mark), len(digest)) == (16, 64)
    assert mark not in digest
    assert int(mark, 16) != int(b"a key for tests".hex()[:16], 16)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (wide(ACCOUNT), ACCOUNT),
        (f"{ACCOUNT[:4]}\u00a0{ACCOUNT[4:8]}\t{ACCOUNT[8:]}\n", ACCOUNT),
        (wide(card_number(3)), card_number(3)),
        ("0" * 12, "0" * 12),
    ],
)
def test_an_account_is_one_however_it_is_typed(text, number):
    assert valid_account_number(text) == number


@pytest.mark.parametrize(
    "text", ["5100-0000-0001", "５１００００００００．１", "²" * 11 + "x", "5100000000०1", "1e12" * 3]
)
def test_what_only_looks_like_an_account_is_refused(text):
    with pytest.raises(ValidationError) as refused:
        valid_account_number(text)

    assert refused.value.message_dict == {"account_number": ["This is not a bank account: enter its 12 to 25 digits."]}


def test_one_number_typed_wide_and_narrow_is_one_persons(ruoduo):
    household = HouseholdFactory(village=ruoduo)
    first = a_person(household)
    register_person(first, by=BY, id_number=wide(id_number(1)), account_number=wide(ACCOUNT))

    for field, number in (("id_number", id_number(1)), ("account_number", ACCOUNT)):
        with pytest.raises(ValidationError) as refused:
            register_person(a_person(household), by=BY, **{field: number})
        assert list(refused.value.message_dict) == [field]

    assert numbers_of(first) == {"resident_id": id_number(1), "bank_account": ACCOUNT}
    found = [*find(NumberKind.BANK_ACCOUNT, ACCOUNT), *find(NumberKind.RESIDENT_ID, id_number(1))]
    assert [row.person_number for row in found] == [first.key, first.key]
    assert (first.id_tail, first.account_tail) == (id_number(1)[-4:], ACCOUNT[-4:])
    assert PersonNumber.objects.count() == 2


def test_the_digits_of_one_kind_are_not_found_as_the_other(ruoduo):
    long_account = card_number(4, 18)
    person = a_person(HouseholdFactory(village=ruoduo))
    register_person(person, by=BY, account_number=long_account)
    row = PersonNumber.objects.get()

    assert row.digest == sealing.digest(long_account, of="bank_account")
    assert row.digest not in sealing.digests(long_account, of="resident_id")
    assert numbers_of(person) == {"bank_account": long_account}
