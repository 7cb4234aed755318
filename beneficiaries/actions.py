"""Every write of the second floor ends here, with its audit event in the same transaction."""

import hmac
from hashlib import sha256
from unicodedata import normalize

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from stdnum.cn import ric
from stdnum.exceptions import ValidationError as NumberError

from alleviation.accounts.rights import Right
from alleviation.audit import entry as guarded
from alleviation.audit.closings import refuse_closed
from alleviation.audit.models import ImportBatch
from alleviation.audit.trail import Actor, together
from beneficiaries.choices import NumberKind
from beneficiaries.models import Enrolment, IncomeRecord, Person, PersonNumber, PovertyLine

enter = guarded.enter
enter_many = guarded.enter_many


def set_line(line: PovertyLine, *, by: Actor, batch: ImportBatch | None = None) -> None:
    """Save a poverty or monitoring line. Raises PermissionDenied, ValidationError."""
    guarded.enter(line, by=by, batch=batch, right=Right.MANAGE_REFERENCE)


def record_income(income: IncomeRecord, *, by: Actor, batch: ImportBatch | None = None) -> None:
    """Save a household's income of a year, in yuan. Without a village it is the household's of today.

    An income that is recorded already is not changed: it is kept with the moment, and the correction takes its place.
    Raises ValidationError (a component below zero, the year recorded already or closed, a correction without a
    reason, changed meanwhile), PermissionDenied.
    """
    if income.village_id is None and income.household_id is not None:
        income.village = income.household.village
    with together():
        if income.village_id is not None and income.year is not None:
            refuse_closed(income.village.code, income.year, field="year")
        if income.pk is not None and not _make_way(income, by):
            return
        guarded.enter(income, by=by, batch=batch, reason=income.reason)


def _make_way(income: IncomeRecord, by: Actor) -> bool:
    """Keep the record that a correction takes the place of; False where nothing is corrected."""
    stored = IncomeRecord.objects.select_for_update().get(pk=income.pk)
    if all(getattr(stored, name) == getattr(income, name) for name in IncomeRecord.STATED):
        return False
    if stored.superseded_at is not None:
        raise ValidationError(_("This income was corrected meanwhile. Open the household again."), code="corrected")
    if not income.reason.strip() or income.reason == stored.reason:
        raise ValidationError({"reason": _("Say why the recorded income is corrected.")}, code="reason_missing")
    if income.year != stored.year:
        raise ValidationError({"year": _("A correction is of the same year.")}, code="other_year")
    refuse_closed(stored.village.code, stored.year, field="year")
    stored.seen_version = getattr(income, "seen_version", None)  # type: ignore[attr-defined]
    stored.superseded_at = income.recorded_at = timezone.now()
    guarded.enter(stored, by=by, reason=income.reason)
    income.pk, income._state.adding, income.seen_version = None, True, None  # type: ignore[attr-defined]
    return True


def record_enrolment(enrolment: Enrolment, *, by: Actor, batch: ImportBatch | None = None) -> None:
    """Save a household's part in a project. Raises ValidationError (its year is closed), PermissionDenied."""
    with together():
        if enrolment.household_id is not None and enrolment.year is not None:
            refuse_closed(enrolment.household.village.code, enrolment.year, field="year")
        if stored := Enrolment.objects.filter(pk=enrolment.pk).first():
            refuse_closed(stored.household.village.code, stored.year, field="year")
        guarded.enter(enrolment, by=by, batch=batch)


def register_person(person: Person, *, by: Actor, id_number: str = "", batch: ImportBatch | None = None) -> None:
    """Save a member of a household. Of an identity number only a keyed digest and the last four digits are kept.

    Raises ValidationError where the number is not one, or belongs to a person on the register already.
    """
    number = valid_id_number(id_number) if id_number else ""
    with together():
        if number:
            person.id_tail = number[-4:]
        guarded.enter(person, by=by, batch=batch)
        if number:
            _reserve(number, person)


def valid_id_number(text: str) -> str:
    """An 18-digit resident identity number in its plain form. Raises ValidationError at `id_number`.

    Blanks and the full-width digits of an input method are taken for what they mean: the same number written in two
    ways would else be two persons.
    """
    try:
        return str(ric.validate("".join(normalize("NFKC", text).split())))
    except NumberError as error:
        raise ValidationError(
            {"id_number": _("This is not a resident identity number: check its 18 digits.")}, code="id_number"
        ) from error


def digest_of(number: str) -> str:
    """The keyed digest by which a number is found again without being kept."""
    key = f"beneficiaries.PersonNumber:{settings.SECRET_KEY}".encode()
    return hmac.new(key, number.encode(), sha256).hexdigest()


def _reserve(number: str, person: Person) -> None:
    """Keep the number for this person; the person's former one goes. Refuse another person's."""
    digest = digest_of(number)
    PersonNumber.objects.filter(kind=NumberKind.RESIDENT_ID, person_number=person.pk).exclude(digest=digest).delete()
    reserved, _is_new = PersonNumber.objects.get_or_create(
        kind=NumberKind.RESIDENT_ID,
        digest=digest,
        defaults={"household_number": person.household_id, "person_number": person.pk},
    )
    # Asked after the insert, which waits for whoever is registering the same number at this moment.
    if reserved.person_number != person.pk:
        raise ValidationError(
            {"id_number": _("A person with this identity number is registered already.")}, code="id_number_taken"
        )
