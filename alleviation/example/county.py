"""The made-up county: what county.toml lists, and the households and money that are drawn from it."""

from dataclasses import replace
from datetime import date
from random import Random
from typing import cast

from django.utils import timezone

from alleviation.accounts.models import User
from alleviation.accounts.rights import Role
from alleviation.example.book import ACTOR, Book
from alleviation.example.households import (
    YEARS,
    Family,
    enrolments,
    entered_twice,
    families,
    incomes,
    members,
)
from alleviation.example.ledger import bookings, waiting
from alleviation.example.lives import (
    describe,
    describe_member,
    large_expenses,
    measures,
    monitorings,
    officials,
    responsibilities,
    status_changes,
    visits,
)
from alleviation.example.shelf import tables_of
from beneficiaries.choices import CheckState, MoveReason
from beneficiaries.models import Household, HouseholdMove, IncomeRecord
from projects.actions import book_made_up
from projects.models import Official

SEED = 20180512
HOUSEHOLDS_PER_VILLAGE = 25
OFFICIALS = 6
# One family was relocated.
MOVER, MOVED_TO, MOVED_ON = "EX0030", "513228212200", date(2021, 5, 1)
# Nobody has verified the last year of this village yet.
WAITING_IN = "513228102200"


def enter_county(book: Book, *, per_village: int = HOUSEHOLDS_PER_VILLAGE) -> None:
    """Enter the households with all that is theirs, then the ledger. The same numbers every time."""
    tables = tables_of("county.toml")
    enter_households(book, made_families(book, tables["villages"], per_village))
    made = bookings(book, tables, Random(SEED + 1))  # noqa: S311  # nosec B311 # no secret
    entries = [booking.entry for booking in made]
    origins = [(booking.entry, field, other.entry) for booking in made for field, other in booking.origins.items()]
    book_made_up(entries, by=ACTOR, batch=book.batch, origins=origins)
    book.add_many(list(waiting(book, tables["waiting"])))


def made_families(book: Book, villages: list[str], per_village: int) -> list[Family]:
    """The households of all villages, but for those that an earlier removal left standing."""
    chance = Random(SEED)  # noqa: S311  # nosec B311 # no secret
    made = [
        family
        for n, code in enumerate(villages)
        for family in families(chance, book.places[code], per_village, 1 + n * per_village)
    ]
    standing = set(Household.objects.filter(is_made_up=True).values_list("village", "number"))
    moved = (moving(family, book) for family in made)
    return [one for one in moved if (one.household.village_id, one.household.number) not in standing]


def enter_households(book: Book, made: list[Family]) -> None:
    """Parents first: a member can only be entered once its household has its number."""
    chance, lives = Random(SEED + 2), Random(SEED + 3)  # noqa: S311  # nosec B311 # no secret
    for family in made:
        describe(family.household, lives)
    book.add_many([family.household for family in made])
    persons = [person for family in made for person in members(family, chance)]
    entered_twice(persons)
    for person in persons:
        describe_member(person, lives)
    book.add_many(persons)
    book.add_many(checked([income for family in made for income in incomes(family, chance)]))
    for part in tables_of("county.toml")["part"]:
        book.add_many(list(enrolments(made, part, book.project(part["project"]), chance)))
    enter_lives(book, made, lives)


def enter_lives(book: Book, made: list[Family], chance: Random) -> None:
    """What became of the households, and who looks after them."""
    people = [
        cast("Official", book.add(one, key=one.name, unique=("name",))) for one in officials(OFFICIALS if made else 0)
    ]
    book.add_many([change for family in made for change in status_changes(family)])
    book.add_many([move_of(family) for family in made if family.before])
    for records in (
        responsibilities(made, people),
        visits(made, people, chance),
        measures(made, people, chance),
        monitorings(made),
        large_expenses(made, chance),
    ):
        book.add_many(list(records))


def moving(family: Family, book: Book) -> Family:
    """The family, and where it is the one that moves, in its new village since then."""
    if family.household.number != MOVER:
        return family
    before, family.household.village = family.household.village, book.places[MOVED_TO]
    return replace(family, before=before, moved_in=MOVED_ON.year)


def move_of(family: Family) -> HouseholdMove:
    """How the family that moves goes."""
    return HouseholdMove(
        household=family.household,
        from_village=family.before,
        from_number=family.household.number,
        to_village=family.household.village,
        to_number=family.household.number,
        moved_on=MOVED_ON,
        reason=MoveReason.RELOCATION,
    )


def checked(records: list[IncomeRecord]) -> list[IncomeRecord]:
    """The incomes as the example's reviewer verified them; those of one village in the last year still wait."""
    reviewer = User.objects.filter(username=Role.REVIEWER.value, is_example=True).first()
    for one in records:
        if reviewer and (one.year < YEARS[-1] or one.village.code != WAITING_IN):
            one.state, one.checked_by, one.checked_at = CheckState.VERIFIED, reviewer, timezone.now()
    return records
