"""Numbers that only one person may have: kept encrypted, found by keyed digests, and read through a reveal alone.

One number has one row, whatever keys there are. A row is always written with the newest key, after a look under every
key and under the digest of former days (keyed on SECRET_KEY, without any encrypted number). Two keys give one number
two digests, of which the table's uniqueness knows nothing; so whoever looks holds a lock on each digest that they look
under until their transaction ends, or on all numbers, as a file of many does: two servers that share at least one key
wait for each other. A number is then one
person's under concurrency too, where keys are changed as docs/privacy.md says: each server knows a key before any
writes with it.
"""

import hmac
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date
from hashlib import sha256
from unicodedata import normalize

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from stdnum import luhn
from stdnum.cn import ric
from stdnum.exceptions import ValidationError as NumberError

from alleviation.common import sealing
from beneficiaries.choices import NumberKind, Sex
from beneficiaries.models import Person, PersonNumber

# Any number, the same for all; the second key of the lock is drawn from a digest.
NUMBER_LOCK = 20261122
# Another: whoever registers one number shares it, a file of many holds it alone.
NUMBERS_LOCK = 20261125
# Bank cards, which carry a check digit; accounts and passbooks are shorter or longer.
CARDS = range(16, 20)
ACCOUNTS = range(12, 26)
TAIL = 4
# How many digests one question names.
AT_ONCE = 500
# Where each kind of number is typed, and its last digits are kept.
FIELDS = {NumberKind.RESIDENT_ID: "id_number", NumberKind.BANK_ACCOUNT: "account_number"}
TAILS = {NumberKind.RESIDENT_ID: "id_tail", NumberKind.BANK_ACCOUNT: "account_tail"}
TAKEN = {
    NumberKind.RESIDENT_ID: gettext_lazy("A person with this identity number is registered already."),
    NumberKind.BANK_ACCOUNT: gettext_lazy("This bank account is registered for another person already."),
}


def valid_id_number(text: str) -> str:
    """An 18-digit resident identity number in its plain form. Raises ValidationError at `id_number`.

    Blanks and the full-width digits of an input method are taken for what they mean: the same number written in two
    ways would else be two persons.
    """
    try:
        return str(ric.validate(_plain(text)))
    except NumberError as error:
        raise ValidationError(
            {"id_number": _("This is not a resident identity number: check its 18 digits.")}, code="id_number"
        ) from error


def valid_account_number(text: str) -> str:
    """A bank account or card in its plain form: 12 to 25 digits. Raises ValidationError at `account_number`.

    A number as long as a card (16 to 19 digits) must pass the check that every card passes (Luhn, ISO/IEC 7812).
    """
    number = _plain(text)
    is_account = number.isascii() and number.isdigit() and len(number) in ACCOUNTS
    if not is_account:
        told = _("This is not a bank account: enter its 12 to 25 digits.")
    elif len(number) in CARDS and not luhn.is_valid(number):
        told = _("This is not a bank card: check its digits.")
    else:
        return number
    raise ValidationError({"account_number": told}, code="account_number")


def valid_number(kind: NumberKind, text: str) -> str:
    """A number of this kind in its plain form. Raises ValidationError at its field."""
    return valid_id_number(text) if kind == NumberKind.RESIDENT_ID else valid_account_number(text)


def note_number(kind: NumberKind, number: str, person: Person) -> None:
    """What a valid number tells of its person, into the record that is not saved yet: its last digits; of an identity
    number the day of birth and the sex too, where they are empty.

    Raises ValidationError at the number's field where the record says otherwise, or the person was erased.
    """
    if person.erased_at is not None:
        raise ValidationError({FIELDS[kind]: _("This person was erased: no number is kept.")}, code="erased")
    if kind == NumberKind.RESIDENT_ID:
        _note_birth(ric.get_birth_date(number), person)
        _note_sex(Sex.MALE if int(number[16]) % 2 else Sex.FEMALE, person)
    setattr(person, TAILS[kind], number[-TAIL:])


def reserve(kind: NumberKind, number: str, person: Person) -> None:
    """Keep a valid number for this person, whose former one of the kind goes. Call it in the transaction that writes
    the person, after the write.

    Raises ValidationError at the number's field where it is another person's.
    """
    _lock(kind, number)
    rows = list(_rows(kind, number).select_for_update().order_by("pk"))
    if any(row.person_number != person.key for row in rows):
        raise ValidationError({FIELDS[kind]: TAKEN[kind]}, code=f"{FIELDS[kind]}_taken")
    row = rows[0] if rows else PersonNumber(kind=kind, person_number=person.key)
    own = PersonNumber.objects.filter(kind=kind, person_number=person.key)
    own.exclude(pk=row.pk).delete()
    row.household_number = person.household_id
    if row.key_mark != sealing.mark():
        seal_anew(row, number)
    row.save()


def seal_anew(row: PersonNumber, number: str) -> None:
    """Put the number into the row, which is not saved, with the newest key."""
    row.digest, row.sealed, row.key_mark = digest_of(row.kind, number), sealing.seal(number), sealing.mark()


def owners_of(kind: NumberKind, numbers: Iterable[str]) -> dict[str, int]:
    """The persons, by their `key`, who have one of these valid numbers, under whichever key it is kept."""
    of_digest = {digest: number for number in numbers for digest in _digests(kind, number)}
    digests, found = list(of_digest), dict[str, int]()
    for first in range(0, len(digests), AT_ONCE):
        rows = PersonNumber.objects.filter(kind=kind, digest__in=digests[first : first + AT_ONCE]).order_by()
        found |= {of_digest[digest]: person for digest, person in rows.values_list("digest", "person_number")}
    return found


def hold_all_numbers() -> None:
    """Hold every number until the transaction ends: nobody else registers one meanwhile."""
    lock(NUMBERS_LOCK, [1])


def find(kind: NumberKind, number: str) -> list[PersonNumber]:
    """The row of a valid number, under whichever key it is kept; empty where nobody has it."""
    return list(_rows(kind, number).order_by("pk"))


def numbers_of(person: Person) -> dict[NumberKind, str]:
    """The numbers of a person in full, by kind.

    One of which only a digest is kept, or that no key opens (`verify` names it), is not among them.
    """
    return numbers_of_each([person.key]).get(person.key, {})


def numbers_of_each(keys: Iterable[int]) -> dict[int, dict[NumberKind, str]]:
    """As `numbers_of`, for several persons by their `key`, in one query."""
    found: dict[int, dict[NumberKind, str]] = defaultdict(dict)
    for row in PersonNumber.objects.filter(person_number__in=list(keys)).exclude(sealed="").order_by("pk"):
        with suppress(sealing.Unreadable):
            found[row.person_number][NumberKind(row.kind)] = sealing.unseal(row.sealed)
    return dict(found)


def release(person: Person) -> None:
    """Give the numbers of a person free: nobody has them any more. The last digits in the record are the caller's."""
    PersonNumber.objects.filter(person_number=person.key).delete()


def release_all(persons: Sequence[Person]) -> None:
    """Give the numbers of many persons free."""
    keys = [person.key for person in persons]
    for first in range(0, len(keys), AT_ONCE):
        PersonNumber.objects.filter(person_number__in=keys[first : first + AT_ONCE]).delete()


def digest_of(kind: str, number: str) -> str:
    """The keyed digest, by the newest key, by which a number is found again."""
    return sealing.digest(number, of=kind)


def legacy_digest_of(number: str) -> str:
    """The digest of before numbers had keys of their own, keyed on SECRET_KEY: found still, never written."""
    key = f"beneficiaries.PersonNumber:{settings.SECRET_KEY}".encode()
    return hmac.new(key, number.encode(), sha256).hexdigest()


def _plain(text: str) -> str:
    return "".join(normalize("NFKC", text).split())


def _digests(kind: NumberKind, number: str) -> list[str]:
    """Every digest under which the number may be kept."""
    former = [legacy_digest_of(number)] if kind == NumberKind.RESIDENT_ID else []
    return [*sealing.digests(number, of=kind), *former]


def _rows(kind: NumberKind, number: str) -> QuerySet[PersonNumber]:
    return PersonNumber.objects.filter(kind=kind, digest__in=_digests(kind, number))


def _lock(kind: NumberKind, number: str) -> None:
    """Hold the number until the transaction ends, under each key; a file that holds all of them is waited for."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, 1)", [NUMBERS_LOCK])
    lock(NUMBER_LOCK, (int(digest[:7], 16) for digest in _digests(kind, number)))


def lock(what: int, numbers: Iterable[int]) -> None:
    """Hold these numbers of a kind until the transaction ends, taken in an order that is the same for everybody.

    SQLite has one writer at a time.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for number in sorted(set(numbers)):
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [what, number])


def _note_birth(born: date, person: Person) -> None:
    if person.born_on not in (None, born):
        told = _("The number tells another day of birth than was entered. Check both.")
        raise ValidationError({"id_number": told}, code="id_number_birth")
    if person.birth_year not in (None, born.year):
        told = _("The number tells another year of birth than was entered. Check both.")
        raise ValidationError({"id_number": told}, code="id_number_birth")
    person.born_on, person.birth_year = born, born.year


def _note_sex(sex: Sex, person: Person) -> None:
    if person.sex not in (Sex.UNKNOWN, sex):
        told = _("The number tells another sex than was entered. Check both.")
        raise ValidationError({"id_number": told}, code="id_number_sex")
    person.sex = sex
