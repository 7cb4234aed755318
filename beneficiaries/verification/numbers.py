"""The numbers that only one person may have, and the persons who have them."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from beneficiaries.choices import NumberKind
from beneficiaries.models import Person, PersonNumber


def numbers_without_their_person() -> Iterator[str]:
    """Reserved numbers whose person is not, or not in the household that they name."""
    person = Person.objects.filter(key=OuterRef("person_number"), household=OuterRef("household_number"))
    for number in PersonNumber.objects.exclude(Exists(person)).order_by("pk").values_list("pk", flat=True):
        yield gettext("number record %(number)s: no such person in its household") % {"number": number}


def persons_whose_tail_has_no_number() -> Iterator[str]:
    """Persons with the last digits of a number that is not reserved for them: it could be given away again."""
    for kind, tail, told in (
        (NumberKind.RESIDENT_ID, "id_tail", _("person record %(number)s: the identity number is not reserved")),
        (NumberKind.BANK_ACCOUNT, "account_tail", _("person record %(number)s: the bank account is not reserved")),
    ):
        reserved = PersonNumber.objects.filter(person_number=OuterRef("key"), kind=kind)
        persons = Person.objects.exclude(**{tail: ""}).exclude(Exists(reserved)).order_by("pk")
        for number in persons.values_list("pk", flat=True):
            yield str(told) % {"number": number}
