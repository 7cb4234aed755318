"""Whether what is kept encrypted can be read, and is found by what it is. Faults name record numbers alone."""

from collections.abc import Iterator

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.common import sealing
from alleviation.common.checks import Check
from beneficiaries.models import Person, PersonNumber

CHUNK = 2000


def sealed_numbers_that_do_not_hold() -> Iterator[str]:
    """Encrypted numbers that no key opens, or that are found under another number's digest."""
    for row in PersonNumber.objects.exclude(sealed="").order_by("pk").iterator(chunk_size=CHUNK):
        try:
            number = sealing.unseal(row.sealed)
        except sealing.Unreadable:
            yield gettext("number record %(number)s: no key opens it") % {"number": row.pk}
            continue
        if row.digest not in sealing.digests(number, of=row.kind):
            yield gettext("number record %(number)s: it is kept under the digest of another") % {"number": row.pk}


def numbers_of_the_erased() -> Iterator[str]:
    """Numbers, and columns, that a person who was erased has still."""
    erased = Person.objects.filter(erased_at__isnull=False)
    kept = PersonNumber.objects.filter(person_number__in=erased.order_by().values("key"))
    for number in kept.order_by("pk").values_list("pk", flat=True):
        yield gettext("number record %(number)s: its person was erased") % {"number": number}
    for person in erased.order_by("pk").iterator(chunk_size=CHUNK):
        if any(getattr(person, name) not in (None, "") for name in Person.ERASED):
            yield gettext("person record %(number)s: erased, and not empty") % {"number": person.pk}


CHECKS = (
    Check(_("Each encrypted number opens, and is found by its digest"), sealed_numbers_that_do_not_hold, is_slow=True),
    Check(_("Of each erased person nothing is left that identifies them"), numbers_of_the_erased),
)
