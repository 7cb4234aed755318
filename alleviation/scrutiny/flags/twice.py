"""The rule about persons who seem to be recorded twice."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.scrutiny.flags.base import OFFICE_RULE, Case, Flag, shared_area
from alleviation.scrutiny.flags.homes import household_url
from beneficiaries.models import Person


class SamePersonTwice(Flag):
    """Pairs of persons in two households who seem to be one.

    The same name and year of birth, unless both have identity numbers that end differently; or the same year of
    birth and the same last digits of the identity number. Whoever went over from one household to the other is one
    person on the register, and no pair.
    """

    slug = "same-person-twice"
    title = _("The same person twice")
    description = _(
        "Two persons in two households with the same year of birth, and the same name or the same last four digits of "
        "the identity number; a name is no sign where the digits are known to differ."
    )
    source = OFFICE_RULE
    looks_at = _("persons whose year of birth is recorded")
    of_households = True

    def cases(self, query: Query) -> Iterator[Case]:
        pairs = {pair for names in ("name", "id_tail") for pair in _pairs(query, names)}
        for one, other in sorted(pairs, key=lambda pair: (pair[0].number, pair[1].number)):
            yield _pair_case(one, other)

    def looked_at(self, query: Query) -> int:
        return _persons(query).filter(query.located("household__village__code")).count()


@dataclass(frozen=True)
class Someone:
    """A person as far as two are compared."""

    number: int
    key: int
    household: int
    household_number: str
    village: str
    is_made_up: bool
    name: str
    birth_year: int
    id_tail: str


def _persons(query: Query) -> Any:
    """Everybody in this person's area: the other half of a pair may live elsewhere than the question asks."""
    if not query.user.may(Right.VIEW_FIGURES):
        return Person.objects.none()
    return Person.objects.in_area(query.user.area).filter(birth_year__isnull=False)


def _pairs(query: Query, sign: str) -> Iterator[tuple[Someone, Someone]]:
    """The pairs that share the year of birth and this sign, and live in two households."""
    persons = _persons(query).exclude(**{sign: ""}).order_by()
    shared = persons.values(sign, "birth_year").annotate(homes=Count("household", distinct=True)).filter(homes__gt=1)
    found = persons.filter(**{f"{sign}__in": shared.values(sign)}).order_by("pk")
    columns = ("pk", "key", "household", "household__number", "household__village__code", "household__is_made_up")
    alike: dict[tuple[str, int], list[Someone]] = defaultdict(list)
    for row in found.values_list(*columns, "name", "birth_year", "id_tail"):
        one = Someone(*row)
        alike[getattr(one, sign), one.birth_year].append(one)
    for group in alike.values():
        yield from (pair for pair in combinations(group, 2) if _are_one(*pair, sign=sign))


def _are_one(one: Someone, other: Someone, *, sign: str) -> bool:
    differ = bool(one.id_tail and other.id_tail) and one.id_tail != other.id_tail
    return one.household != other.household and one.key != other.key and not (sign == "name" and differ)


def _pair_case(one: Someone, other: Someone) -> Case:
    signs = [
        gettext("the same name") if one.name == other.name else "",
        gettext("the same last digits of the identity number") if one.id_tail and one.id_tail == other.id_tail else "",
    ]
    told = {"signs": ", ".join(filter(None, signs))}
    return Case(
        key=f"{one.number}-{other.number}",
        title=gettext("Households %(one)s and %(other)s")
        % {"one": one.household_number, "other": other.household_number},
        area=shared_area([one.village, other.village]),
        url=household_url(one.household),
        details=gettext("Two members share the year of birth and: %(signs)s.") % told,
        is_made_up=one.is_made_up and other.is_made_up,
    )
