"""Whom a file of incomes names that the register does not know: households, heads, and numbers of heads."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from alleviation.accounts.models import User
from alleviation.audit.models import ImportBatch
from alleviation.common import sealing
from alleviation.common.reading import Fault
from alleviation.intake import staging
from beneficiaries.actions.numbers import legacy_digest_of, note_number
from beneficiaries.actions.persons import register_person
from beneficiaries.actions.registering import Head, register_heads
from beneficiaries.choices import NumberKind, Relation
from beneficiaries.imports.incomes.held import UNKNOWN, Place
from beneficiaries.imports.known import is_masked
from beneficiaries.models import Household, HouseholdMove, Person, PersonNumber
from beneficiaries.privacy import masked_name
from projects.choices import Level
from projects.models import Division

AT_ONCE = 250


class Newcomer(NamedTuple):
    """Somebody whom the file names and the register does not: in the first row of the file that does.

    Without `household_id` the household is new, without `head_id` its head; with both, the head's number is.
    """

    file_row: int
    village_code: str
    household_no: str
    head_name: str | None
    id_number: str | None
    id_tail: str | None
    household_id: int | None = None
    head_id: int | None = None


def newcomers() -> list[Newcomer]:
    """New households, heads and numbers of heads, each with the first of its rows and with what any of them tells."""
    full_name = "COALESCE(max(CASE WHEN replace(head_name, '*', '') = head_name THEN head_name END), max(head_name))"
    sql = (
        f"SELECT min(file_row), village_code, household_no, {full_name}, max(id_number), max(id_tail), "  # noqa: S608
        f"household_id, head_id FROM {UNKNOWN} GROUP BY village_code, household_no, household_id, head_id"
    )
    return sorted(Newcomer(*row) for row in staging.rows_of(sql))


def faults_of(found: Iterable[Newcomer]) -> Iterator[Fault]:
    """What keeps newcomers from being registered."""
    whole = []
    for one in found:
        lacking = list(_lacking(one))
        yield from lacking
        if not lacking:
            whole.append(one)
    for part in batched_of(whole):
        yield from _taken(part)
        yield from _contradicted([one for one in part if one.head_id is not None])
    new = [one for one in found if one.household_id is None]
    for part in batched_of(new):
        yield from _moved(part)
    yield from _alike(new)


def register(found: Iterable[Newcomer], places: dict[str, Place], *, by: User, batch: ImportBatch) -> None:
    """Register them, after faults_of has found nothing. Raises PermissionDenied, IntegrityError, ValidationError."""
    known = [one for one in found if one.head_id is not None]
    others = [one for one in found if one.head_id is None]
    households = Household.objects.select_related("village").in_bulk([one.household_id for one in others])
    villages = Division.objects.in_bulk([place.id for place in places.values()])
    heads = []
    for one in others:
        household = households.get(one.household_id or 0)
        if household is None:
            household = Household(village=villages[places[one.village_code].id], number=one.household_no)
        heads.append(Head(household, one.head_name or "", one.id_number or ""))
    register_heads(heads, by=by, batch=batch)
    persons = Person.objects.select_related("household").in_bulk([one.head_id for one in known])
    for one in known:
        register_person(persons[one.head_id or 0], by=by, id_number=one.id_number or "", batch=batch)


def batched_of(found: list[Newcomer]) -> Iterator[list[Newcomer]]:
    """As many as one question to the database may name."""
    for first in range(0, len(found), AT_ONCE):
        yield found[first : first + AT_ONCE]


def _lacking(one: Newcomer) -> Iterator[Fault]:
    """Of somebody new the name and the number must stand there in full."""
    if one.head_id is None and (not one.head_name or is_masked(one.head_name)):
        told = _("The register does not know this household's head yet: write the name in full.")
        yield Fault(one.file_row, "head_name", one.head_name or "", "masked" if one.head_name else "blank", told)
    if not one.id_number:
        told = _("The register does not have this head's identity number yet: write it in full.")
        yield Fault(one.file_row, "id_number", one.id_tail or "", "masked" if one.id_tail else "blank", told)


def _moved(part: list[Newcomer]) -> Iterator[Fault]:
    """Households that are looked for where they were before they moved, or before their villages were merged."""
    moves = HouseholdMove.objects.filter(
        from_village__code__in={one.village_code for one in part}, from_number__in={one.household_no for one in part}
    )
    names: dict[tuple[str, str], set[str]] = {}
    heads = Person.objects.filter(household__moves__in=moves, relation=Relation.HEAD, left_on__isnull=True)
    gone = heads.values_list("household__moves__from_village__code", "household__moves__from_number", "name")
    for village, number, name in gone:
        names.setdefault((village, number), set()).update((name, masked_name(name)))
    for village, number in moves.values_list("from_village__code", "from_number"):
        names.setdefault((village, number), set())
    told = _("The household of this number belongs to another village by now. Name its present village and number.")
    for one in part:
        known = names.get((one.village_code, one.household_no))
        # Somebody else may have got the number since.
        if known is not None and (not one.head_name or not known or one.head_name in known):
            yield Fault(one.file_row, "village_code", one.village_code, "moved", told)


def _alike(new: list[Newcomer]) -> Iterator[Fault]:
    """New households whose number is that of another but for zeros before it, or for small letters."""
    of_village: dict[str, list[Newcomer]] = {}
    for one in new:
        of_village.setdefault(one.village_code, []).append(one)
    told = _("The village has household %(number)s: is it the same? Write its number as the register has it.")
    for code in sorted(of_village):
        there = Household.objects.filter(village__code=code, village__level=Level.VILLAGE)
        known = {_plain(number): number for number in there.values_list("number", flat=True)}
        for one in of_village[code]:
            other = known.setdefault(_plain(one.household_no), one.household_no)
            if other != one.household_no:
                fault = told % {"number": other}
                yield Fault(one.file_row, "household_no", one.household_no, "alike", fault)


def _plain(number: str) -> str:
    return number.lstrip("0").casefold()


def _taken(part: list[Newcomer]) -> Iterator[Fault]:
    """Numbers that another person has, under whichever key they are kept."""
    rows = {one.id_number: one for one in part}
    of_digest = {digest: number for number in rows if number for digest in _digests(number)}
    kept = PersonNumber.objects.filter(kind=NumberKind.RESIDENT_ID, digest__in=list(of_digest))
    told = _("A person with this identity number is registered already, in another household. Check both.")
    for digest in kept.values_list("digest", flat=True):
        one = rows[of_digest[digest]]
        yield Fault(one.file_row, "id_number", "", "taken", told)


def _digests(number: str) -> list[str]:
    return [*sealing.digests(number, of=NumberKind.RESIDENT_ID), legacy_digest_of(number)]


def _contradicted(part: list[Newcomer]) -> Iterator[Fault]:
    """Numbers that tell another birth or sex than the register."""
    persons = Person.objects.in_bulk([one.head_id for one in part])
    for one in part:
        try:
            note_number(NumberKind.RESIDENT_ID, one.id_number or "", persons[one.head_id or 0])
        except ValidationError as error:
            yield Fault(one.file_row, "id_number", "", "other_person", " ".join(error.messages))
