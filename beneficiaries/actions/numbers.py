"""Numbers that only one person may have."""

import hmac
from hashlib import sha256
from unicodedata import normalize

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from stdnum.cn import ric
from stdnum.exceptions import ValidationError as NumberError

from beneficiaries.choices import NumberKind
from beneficiaries.models import Person, PersonNumber


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


def reserve(number: str, person: Person) -> None:
    """Keep the number for this person; the person's former one goes. Refuse another person's."""
    digest = digest_of(number)
    PersonNumber.objects.filter(kind=NumberKind.RESIDENT_ID, person_number=person.key).exclude(digest=digest).delete()
    reserved, _is_new = PersonNumber.objects.get_or_create(
        kind=NumberKind.RESIDENT_ID,
        digest=digest,
        defaults={"household_number": person.household_id, "person_number": person.key},
    )
    # Asked after the insert, which waits for whoever is registering the same number at this moment.
    if reserved.person_number != person.key:
        raise ValidationError(
            {"id_number": _("A person with this identity number is registered already.")}, code="id_number_taken"
        )
