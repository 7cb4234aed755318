"""Makes up the county's booked money: what is allocated is never less than what is disbursed, nor that than spent."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from alleviation.example.book import Book
from alleviation.example.households import fen
from projects.choices import EntryKind
from projects.models import Division, FundingSource, LedgerEntry, Project

LAST_YEAR = 2024


@dataclass(frozen=True)
class Grant:
    """What one source gives a project at a place in a year, in fen."""

    project: Project | None
    source: FundingSource
    place: Division
    year: int
    allocated: int


def entries(book: Book, rows: list[dict[str, Any]], chance: Random) -> list[LedgerEntry]:
    """The entries of all grants in the order of their days, as they would have been booked."""
    made = [entry for grant in grants(book, rows, chance) for entry in bookings(grant, chance)]
    return sorted(made, key=lambda entry: entry.booked_on)


def grants(book: Book, rows: list[dict[str, Any]], chance: Random) -> Iterator[Grant]:
    """Each source of each row gives in each of its years, about the yuan that the row says."""
    for row in rows:
        project = book.project(row["project"]) if "project" in row else None
        for year in range(row["first_year"], row["last_year"] + 1):
            for source in row["sources"]:
                place = book.places[chance.choice(row["places"])]
                allocated = row["yuan"] * chance.randint(800, 1200) // 10
                yield Grant(project, book.source(source), place, year, allocated)


def bookings(grant: Grant, chance: Random) -> Iterator[LedgerEntry]:
    """One allocation, two disbursements, two or three expenditures, and now and then the rest given back."""
    disbursed = grant.allocated * chance.randint(850, 1000) // 1000
    # The last year is not over yet in the example.
    spent = disbursed * (chance.randint(600, 800) if grant.year == LAST_YEAR else chance.randint(900, 1000)) // 1000
    yield booked(grant, EntryKind.ALLOCATION, grant.allocated, chance.randint(1, 3), chance)
    for n, part in enumerate(split(disbursed, 2, chance)):
        yield booked(grant, EntryKind.DISBURSEMENT, part, 4 + 2 * n, chance)
    for n, part in enumerate(split(spent, chance.randint(2, 3), chance)):
        yield booked(grant, EntryKind.EXPENDITURE, part, 7 + 2 * n, chance)
    if disbursed > spent and grant.year < LAST_YEAR and chance.randrange(3) == 0:
        yield booked(grant, EntryKind.REFUND, disbursed - spent, 12, chance)


def booked(grant: Grant, kind: EntryKind, amount: int, month: int, chance: Random) -> LedgerEntry:
    """An entry of so many fen, on some day of the month."""
    return LedgerEntry(
        kind=kind,
        year=grant.year,
        booked_on=date(grant.year, month, chance.randint(1, 28)),
        amount=fen(amount),
        source=grant.source,
        division=grant.place,
        project=grant.project,
        is_made_up=True,
    )


def split(amount: int, parts: int, chance: Random) -> Iterator[int]:
    """Uneven parts, none of them zero, that add up to the amount."""
    for left in range(parts, 1, -1):
        part = amount * chance.randint(700, 1100) // (1000 * left)
        amount -= part
        yield part
    yield amount
