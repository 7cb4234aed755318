"""What must be true of households and incomes, and where it is not. Faults name record numbers, never persons."""

from collections.abc import Iterator
from functools import reduce
from operator import add

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.trusted import trusted_reader
from alleviation.common.checks import Check
from alleviation.common.query import Query
from beneficiaries.models import Person, PersonNumber
from beneficiaries.rollups import (
    COMPONENTS,
    Income,
    income_by_area,
    income_by_year_and_area,
    income_total,
    per_capita_income,
)
from projects.verification import difference


def incomes_that_do_not_add_up() -> Iterator[str]:
    """Where the sums by year, by area or by both are another total than that of all records."""
    query = Query(user=trusted_reader("verify"))
    total = income_total(query)
    parts = {
        gettext("by year"): per_capita_income(query),
        gettext("by area"): income_by_area(query, None),
        gettext("by year and area"): income_by_year_and_area(query, None),
    }
    for name, sums in parts.items():
        added = reduce(add, sums, Income())
        for key in ("households", "persons", *COMPONENTS):
            if getattr(added, key) != getattr(total, key):
                yield difference(f"{name}, {key}", getattr(added, key), getattr(total, key))


def numbers_without_their_person() -> Iterator[str]:
    """Reserved numbers whose person is not, or not in the household that they name."""
    person = Person.objects.filter(pk=OuterRef("person_number"), household=OuterRef("household_number"))
    for number in PersonNumber.objects.exclude(Exists(person)).order_by("pk").values_list("pk", flat=True):
        yield gettext("number record %(number)s: no such person in its household") % {"number": number}


def persons_whose_tail_has_no_number() -> Iterator[str]:
    """Persons with the last digits of a number that is not reserved for them: it could be given away again."""
    reserved = PersonNumber.objects.filter(person_number=OuterRef("pk"), household_number=OuterRef("household"))
    for person in (
        Person.objects.exclude(id_tail="").exclude(Exists(reserved)).order_by("pk").values_list("pk", flat=True)
    ):
        yield gettext("person record %(number)s: the identity number is not reserved") % {"number": person}


CHECKS = (
    Check(_("Incomes by year and by area add up to the total"), incomes_that_do_not_add_up),
    Check(_("Each reserved identity number belongs to a person of its household"), numbers_without_their_person),
    Check(_("Each recorded identity number is reserved for its person"), persons_whose_tail_has_no_number),
)
