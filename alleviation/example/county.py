"""The made-up county: what county.toml lists, and the households and money that are drawn from it."""

from random import Random

from alleviation.example.book import ACTOR, Book
from alleviation.example.households import Family, enrolments, entered_twice, families, incomes, members
from alleviation.example.ledger import bookings, waiting
from alleviation.example.shelf import tables_of
from beneficiaries.models import Household
from projects.actions import book_made_up

SEED = 20180512
HOUSEHOLDS_PER_VILLAGE = 25


def enter_county(book: Book, *, per_village: int = HOUSEHOLDS_PER_VILLAGE) -> None:
    """Enter the households with all that is theirs, then the ledger. The same numbers every time."""
    tables = tables_of("county.toml")
    enter_households(book, made_families(book, tables["villages"], per_village))
    made = bookings(book, tables, Random(SEED + 1))  # noqa: S311 - no secret
    entries = [booking.entry for booking in made]
    origins = [(booking.entry, field, other.entry) for booking in made for field, other in booking.origins.items()]
    book_made_up(entries, by=ACTOR, batch=book.batch, origins=origins)
    book.add_many(list(waiting(book, tables["waiting"])))


def made_families(book: Book, villages: list[str], per_village: int) -> list[Family]:
    """The households of all villages, but for those that an earlier removal left standing."""
    chance = Random(SEED)  # noqa: S311 - no secret
    made = [
        family
        for n, code in enumerate(villages)
        for family in families(chance, book.places[code], per_village, 1 + n * per_village)
    ]
    standing = set(Household.objects.filter(is_made_up=True).values_list("village", "number"))
    return [one for one in made if (one.household.village_id, one.household.number) not in standing]


def enter_households(book: Book, made: list[Family]) -> None:
    """Parents first: a member can only be entered once its household has its number."""
    chance = Random(SEED + 2)  # noqa: S311 - no secret
    book.add_many([family.household for family in made])
    persons = [person for family in made for person in members(family, chance)]
    entered_twice(persons)
    book.add_many(persons)
    book.add_many([income for family in made for income in incomes(family, chance)])
    for part in tables_of("county.toml")["part"]:
        book.add_many(list(enrolments(made, part, book.project(part["project"]), chance)))
