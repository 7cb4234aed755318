"""Makes up the county's booked money: what is allocated is never less than what is disbursed, nor that than spent."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from django.utils import timezone

from alleviation.example.book import Book
from alleviation.example.households import fen
from projects.actions.ledger import EXAMPLE_MAKER
from projects.choices import EntryKind, EntryState, Level
from projects.models import Division, FundingSource, LedgerEntry, Project

LAST_YEAR = 2024
FROM_ABOVE = ("central", "provincial", "municipal")


@dataclass(frozen=True)
class Grant:
    """What one source gives a project at a place in a year, in fen."""

    project: Project | None
    source: FundingSource
    place: Division
    year: int
    allocated: int

    @property
    def comes_down(self) -> bool:
        """Whether the county receives it first: money of the state, for a place below the county."""
        return self.source.level in FROM_ABOVE and self.place.level > Level.COUNTY


@dataclass(frozen=True)
class Booking:
    """An entry, and by field those that it names: the allocation it is paid out of, what it takes back …"""

    entry: LedgerEntry
    origins: dict[str, "Booking"] = field(default_factory=dict)


def bookings(book: Book, tables: dict[str, Any], chance: Random) -> list[Booking]:
    """The entries of all grants in the order of their days, as they would have been booked."""
    made = [booking for grant in grants(book, tables["money"], chance) for booking in booked_for(grant, chance)]
    made += lying_idle(book, tables["idle"])
    made.sort(key=lambda booking: booking.entry.booked_on)
    return [*made, *corrected(made, tables["correction"])]


def waiting(book: Book, rows: list[dict[str, Any]]) -> Iterator[LedgerEntry]:
    """Entries that wait: drafts, and submissions that a reviewer may post or return."""
    now = timezone.now()
    for row in rows:
        entry = LedgerEntry(**book.resolve(LedgerEntry, row), year=row["booked_on"].year, is_made_up=True)
        entry.drafted_by, entry.drafted_at = EXAMPLE_MAKER, now
        if entry.state == EntryState.SUBMITTED:
            entry.submitted_by, entry.submitted_at = EXAMPLE_MAKER, now
        yield entry


def lying_idle(book: Book, rows: list[dict[str, Any]]) -> Iterator[Booking]:
    """Each row is an allocation of which nothing has gone out."""
    for row in rows:
        facts = book.resolve(LedgerEntry, row)
        yield Booking(
            LedgerEntry(**facts, kind=EntryKind.ALLOCATION, year=row["booked_on"].year, is_made_up=True),
        )


def grants(book: Book, rows: list[dict[str, Any]], chance: Random) -> Iterator[Grant]:
    """Each source of each row gives in each of its years, about the yuan that the row says."""
    for row in rows:
        project = book.project(row["project"]) if "project" in row else None
        for year in range(row["first_year"], row["last_year"] + 1):
            for source in row["sources"]:
                place = book.places[chance.choice(row["places"])]
                allocated = row["yuan"] * chance.randint(800, 1200) // 10
                yield Grant(project, book.source(source), place, year, allocated)


def booked_for(grant: Grant, chance: Random) -> Iterator[Booking]:
    """One allocation, two disbursements, two or three expenditures, and now and then the rest given back.

    Money of a government above the village reaches the county first, which hands it down.
    """
    disbursed = grant.allocated * chance.randint(850, 1000) // 1000
    # The last year is not over yet in the example.
    spent = disbursed * (chance.randint(600, 800) if grant.year == LAST_YEAR else chance.randint(900, 1000)) // 1000
    received = Booking(booked(grant, EntryKind.ALLOCATION, grant.allocated, chance.randint(1, 3), chance))
    allocation = received
    if grant.comes_down:
        allocation = Booking(received.entry, {"handed_down_from": received_by_county(received.entry)})
        yield allocation.origins["handed_down_from"]
    yield allocation
    for n, part in enumerate(split(disbursed, 2, chance)):
        yield Booking(booked(grant, EntryKind.DISBURSEMENT, part, 4 + 2 * n, chance), {"allocation": allocation})
    for n, part in enumerate(split(spent, chance.randint(2, 3), chance)):
        yield Booking(booked(grant, EntryKind.EXPENDITURE, part, 7 + 2 * n, chance))
    if disbursed > spent and grant.year < LAST_YEAR and chance.randrange(3) == 0:
        yield Booking(booked(grant, EntryKind.REFUND, disbursed - spent, 12, chance))


def received_by_county(entry: LedgerEntry) -> Booking:
    """The allocation by which the county received, on the same day, what it hands down."""
    county = next(place for place in entry.division.ancestors if place.level == Level.COUNTY)
    return Booking(copied(entry, division=county))


def copied(entry: LedgerEntry, **changes: Any) -> LedgerEntry:
    """The same money again, but for these facts."""
    names = ("kind", "year", "booked_on", "amount", "source", "division", "project", "is_made_up")
    return LedgerEntry(**{name: getattr(entry, name) for name in names} | changes)


def corrected(made: list[Booking], rows: list[dict[str, Any]]) -> Iterator[Booking]:
    """Each row has one expenditure of a year taken back, and booked anew with another amount, less by some yuan."""
    for row in rows:
        found = (one for one in made if (one.entry.kind, one.entry.year) == (EntryKind.EXPENDITURE, row["year"]))
        wrong = next(found)
        facts = {"booked_on": row["booked_on"], "reason": row["reason"]}
        yield Booking(copied(wrong.entry, amount=-wrong.entry.amount, **facts), {"reverses": wrong})
        right = wrong.entry.amount - row["less"]
        yield Booking(copied(wrong.entry, amount=right, **facts), {"replaces": wrong})


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
