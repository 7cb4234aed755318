"""The numbers that only one person may have, and the persons who have them."""

from collections.abc import Iterator

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.common.batches import NAMED, in_parts
from beneficiaries.choices import NumberKind
from beneficiaries.models import Person, PersonNumber


def numbers_without_their_person() -> Iterator[str]:
    """Reserved numbers whose person is not, or not in the household that they name."""
    named = PersonNumber.objects.order_by("pk").values_list("pk", "person_number", "household_number")
    for some in in_parts(named.iterator(chunk_size=NAMED)):
        persons = Person.objects.filter(key__in={person for _number, person, _home in some}).order_by()
        there = set(persons.values_list("key", "household_id"))
        for number, *place in some:
            if tuple(place) not in there:
                yield gettext("number record %(number)s: no such person in its household") % {"number": number}


def persons_whose_tail_has_no_number() -> Iterator[str]:
    """Persons with the last digits of a number that is not reserved for them: it could be given away again."""
    for kind, tail, told in (
        (NumberKind.RESIDENT_ID, "id_tail", _("person record %(number)s: the identity number is not reserved")),
        (NumberKind.BANK_ACCOUNT, "account_tail", _("person record %(number)s: the bank account is not reserved")),
    ):
        persons = Person.objects.exclude(**{tail: ""}).order_by("pk").values_list("pk", "key")
        for some in in_parts(persons.iterator(chunk_size=NAMED)):
            numbers = PersonNumber.objects.filter(kind=kind, person_number__in={key for _number, key in some})
            reserved = set(numbers.order_by().values_list("person_number", flat=True))
            yield from (str(told) % {"number": number} for number, key in some if key not in reserved)
