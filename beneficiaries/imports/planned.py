"""What a file of a register adds and what stays, told by sets that are read once; the rest is entered row by row.

A household of which the file changes something, or with anything unusual about it, is left to the actions with all of
its rows: they say what is wrong in the words of a form. What is taken for plain here, they would enter: each record is
validated by the rules of its model, and held against who is on the register.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, field

from django.core.exceptions import FieldError, ValidationError
from django.db import IntegrityError
from django.db.models import Model

from alleviation.accounts.asking import beyond_scope
from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit.models import ImportBatch
from alleviation.audit.versions import versions_of
from alleviation.common.areas import covers
from alleviation.common.batches import in_parts
from alleviation.common.constraints import keeps_checks
from alleviation.common.reading import ImportColumn
from alleviation.intake.kinds import Moved, Progress
from alleviation.intake.rows import Numbered, Plan, Values
from beneficiaries.actions.numbers import TAKEN, note_number, owners_of, valid_id_number
from beneficiaries.actions.persons import taken_at
from beneficiaries.actions.registering import Member, hold_register, register_together
from beneficiaries.choices import NumberKind
from beneficiaries.imports.known import brings_number, is_masked, member_of, number_to_note
from beneficiaries.imports.register_columns import OF_HOUSEHOLD, OF_PERSON, stated
from beneficiaries.models import Household, Person
from projects.choices import Level
from projects.models import Division

# After so many households somebody who asked to stop is heard.
SIGN = 100
# (village code, household number).
Home = tuple[str, str]


class NotPlain(Exception):
    """A household that is left to the actions."""


@dataclass
class Known:
    """What the register has of the households and numbers that a file names, within what its importer sees."""

    places: Mapping[str, Division]
    households: Mapping[Home, Household]
    members: Mapping[int, list[Person]]
    owners: Mapping[str, int]


@dataclass
class Together(Plan):
    """New households and new members that are written at once, and rows that say what is recorded."""

    by: User = field(kw_only=True)
    households: list[Household] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)

    def enter(self, batch: ImportBatch) -> None:
        try:
            register_together(self.households, self.members, by=self.by, batch=batch)
        except IntegrityError as error:
            # Somebody who registers one of them by hand was faster.
            raise Moved from error


def places_of(codes: Iterable[str]) -> dict[str, Division]:
    """The villages with these codes, each as the newest list has it."""
    found: dict[str, Division] = {}
    for some in in_parts(sorted(set(codes))):
        villages = Division.objects.filter(level=Level.VILLAGE, code__in=some).order_by("vintage", "-pk")
        found |= {place.code: place for place in villages}
    return found


def households_of(homes: Iterable[Home], by: User) -> dict[Home, Household]:
    """The households of these villages and numbers that somebody sees."""
    wanted, found = set(homes), dict[Home, Household]()
    for some in in_parts(sorted(wanted)):
        codes, numbers = {code for code, _number in some}, {number for _code, number in some}
        seen = Household.objects.visible_to(by).filter(village__code__in=codes, number__in=numbers)
        for one in seen.select_related("village").order_by("-pk"):
            if (home := (one.village.code, one.number)) in wanted:
                found[home] = one
    return found


def known_of(homes: Mapping[Home, Sequence[Numbered]], by: User, *, to_write: bool) -> Known:
    """Read what the register has; to write, everything is held first, and read as it is then."""
    households = households_of(homes, by)
    if to_write:
        with beyond_scope("whatever is written to is held, wherever it is"):
            hold_register(list(households.values()))
        households = households_of(homes, by)
    members = defaultdict(list)
    for some in in_parts(sorted(one.pk for one in households.values())):
        for one in Person.objects.visible_to(by).present().filter(household__in=some).order_by("pk"):
            members[one.household_id].append(one)
    numbers = {values["id_number"] for rows in homes.values() for _number, values in rows}
    with beyond_scope("a number is one person's, wherever they are"):
        owners = owners_of(NumberKind.RESIDENT_ID, [one for one in numbers if one and not is_masked(one)])
    return Known(places_of(code for code, _number in homes), households, members, owners)


@dataclass
class _Sorted:
    """A household of the file with its rows."""

    household: Household
    new: list[tuple[Values, Member]] = field(default_factory=list)
    same: list[tuple[Values, Person]] = field(default_factory=list)


class Planner:
    """Goes through the households of a file, and sorts them."""

    def __init__(self, homes: Mapping[Home, list[Numbered]], by: User, progress: Progress, *, to_write: bool) -> None:
        self.homes, self.by, self.progress = homes, by, progress
        self.known = known_of(homes, by, to_write=to_write)
        self.plan = Together(by=by)
        # The household of the row that first brought a number.
        self.brought: dict[str, Home] = {}
        self.faults: list[tuple[int, Values, ValidationError]] = []

    def planned(self) -> Together:
        """What becomes of each household; `faults` are those of numbers that stand in the file twice."""
        may_enter = self.by.may(Right.ENTER_RECORDS)
        same: list[tuple[Values, int]] = []
        for done, (home, numbered) in enumerate(self.homes.items()):
            if done % SIGN == 0:
                self.progress(len(self.plan.fates) + len(same))
            rows = [row for row in numbered if not self._is_double(home, *row)]
            try:
                if not may_enter:
                    raise NotPlain
                found = self._sorted(home, rows)
            except (NotPlain, ValidationError, FieldError):
                self.plan.one_by_one.append(rows)
            else:
                self._take(found, same)
        versions = _versions(person for _values, person in same)
        self.plan.fates += [(values, "same", versions.get(person, 0)) for values, person in same]
        return self.plan

    def _take(self, found: "_Sorted", same: list[tuple[Values, int]]) -> None:
        if found.household.pk is None and found.new:
            self.plan.households.append(found.household)
        self.plan.members += [member for _values, member in found.new]
        self.plan.fates += [(values, "new", 0) for values, _member in found.new]
        same += [(values, person.pk) for values, person in found.same]

    def _sorted(self, home: Home, rows: Sequence[Numbered]) -> "_Sorted":
        """The new and the known members of a household. Raises NotPlain, ValidationError, FieldError."""
        found = _Sorted(self._household(home))
        members = self.known.members.get(found.household.pk, [])
        for place, (_number, values) in enumerate(rows):
            _give_facts(found.household, values, is_first=place == 0)
            person = member_of(members, values)
            if person is None:
                found.new.append((values, self._new_member(found.household, values)))
            elif number_to_note(values, person) or _differing(OF_PERSON, values, person):
                raise NotPlain
            else:
                found.same.append((values, person))
        # A masked name may be that of somebody who comes with this file.
        is_hidden = any(is_masked(values["name"]) for _number, values in rows)
        if found.new and (is_hidden or found.household.ended_on is not None):
            raise NotPlain
        return found

    def _household(self, home: Home) -> Household:
        if (household := self.known.households.get(home)) is not None:
            return household
        place = self.known.places.get(home[0])
        if place is None or not covers(self.by.area, place.code):
            raise NotPlain
        return Household(village=place, number=home[1])

    def _new_member(self, household: Household, values: Values) -> Member:
        """Somebody new, validated like by a form. Raises NotPlain, ValidationError, FieldError."""
        person, number = Person(household=household, name=values["name"]), values["id_number"]
        for name in stated(OF_PERSON, values):
            setattr(person, name, values[name])
        if number:
            if number in self.known.owners or valid_id_number(number) != number:
                raise NotPlain
            note_number(NumberKind.RESIDENT_ID, number, person)
        _validate(person, "household")
        return Member(person, number)

    def _is_double(self, home: Home, row: int, values: Values) -> bool:
        """Whether a row brings the number that another one has brought; which is told."""
        place = self.known.places.get(home[0])
        if place is None or not covers(self.by.area, place.code):
            return False
        household = self.known.households.get(home)
        person = _member_if_told(self.known.members.get(household.pk, []) if household else [], values)
        number = values["id_number"]
        # The actions say what contradicts it.
        if not brings_number(values, person) or _contradicts(number, values, person):
            return False
        if number not in self.brought:
            self.brought[number] = home
            return False
        code, of_first = self.brought[number]
        words = str(TAKEN[NumberKind.RESIDENT_ID]) if person else taken_at(of_first, self.known.places[code])
        error = ValidationError({"id_number": ValidationError(words, code="id_number_taken")})
        self.faults.append((row, values, error))
        return True


def _give_facts(household: Household, values: Values, *, is_first: bool) -> None:
    """The facts that a row tells of its household, a new one. Raises NotPlain where one on the register has others."""
    changed = _differing(OF_HOUSEHOLD, values, household)
    if household.pk is not None:
        if changed:
            raise NotPlain
        return
    for name in changed:
        setattr(household, name, values[name])
    if changed or is_first:
        _validate(household, "village")


def _differing(columns: tuple[ImportColumn, ...], values: Values, record: Model) -> list[str]:
    return [name for name in stated(columns, values) if getattr(record, name) != values[name]]


def _validate(record: Model, whole: str) -> None:
    """What is asked of a record by hand, but for what belongs to the whole register; `whole` was read from there."""
    record.clean_fields(exclude=[whole])
    record.clean()
    if not keeps_checks(record):
        raise NotPlain


def _contradicts(number: str, values: Values, person: Person | None) -> bool:
    """Whether a number tells something else than the row, or the register, of its person."""
    described = copy(person) if person is not None else Person()
    for name in stated(OF_PERSON, values):
        setattr(described, name, values[name])
    try:
        note_number(NumberKind.RESIDENT_ID, number, described)
    except ValidationError:
        return True
    return False


def _member_if_told(members: Sequence[Person], values: Values) -> Person | None:
    with suppress(ValidationError):
        return member_of(members, values)
    return None


def _versions(persons: Iterable[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for some in in_parts(sorted(persons)):
        found |= versions_of(Person, some)
    return found
