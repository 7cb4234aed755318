"""A year is closed while an import writes to it: the frozen reports hold all of the import, or the year has none."""

import csv
import io
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier, Event
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, connection

from alleviation.audit import closings, trail
from alleviation.audit.models import FrozenReport, YearClosing
from alleviation.reports.closings.freezing import freeze, open_entries
from beneficiaries.actions import record_income
from beneficiaries.models import IncomeRecord
from projects.actions import book_made_up
from projects.models import Division, FundingSource, LedgerEntry
from tests.factories import NO_OTHER_INCOME, FundingSourceFactory, HouseholdFactory

two_connections = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
ROUNDS, ENTRIES, HOUSEHOLDS = 24, 30, 10
FIRST_YEAR = 1980


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each act gives or is refused with, all begun at the same moment on a connection of its own."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            barrier.wait(timeout=20)
            return act()
        except (ValidationError, IntegrityError, OperationalError) as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def importing(
    place: Division, year: int, households: list[Any], pause: random.Random, begun: Event | None = None
) -> None:
    """A long import in one transaction: entries of the ledger in several lots, incomes one by one."""
    source = FundingSource.objects.get()
    with trail.together():
        batch = trail.open_batch(kind="file", title=f"Import of {year}", by="an import")
        for _lot in range(3):
            facts = {"kind": "allocation", "year": year, "booked_on": date(year, 6, 30), "amount": Decimal("1.00")}
            entries = [
                LedgerEntry(**facts, source=source, division=place, is_made_up=True) for _ in range(ENTRIES // 3)
            ]
            book_made_up(entries, by="an import", batch=batch)
            if begun:
                begun.set()
            time.sleep(pause.uniform(0, 0.01))
        for household in households:
            income = IncomeRecord(household=household, year=year, persons=1, **NO_OTHER_INCOME)
            record_income(income, by="an import", batch=batch)


def rows_of(closing: YearClosing, slug: str) -> list[list[str]]:
    content = bytes(FrozenReport.objects.get(closing=closing, slug=slug, language="en").content)
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))[1:]


def outcome(closing: YearClosing) -> tuple[int, int, int, str]:
    """Entries and incomes of the year in the tables, entries in the frozen ledger, persons in the frozen incomes."""
    year = closing.year
    entries, incomes = LedgerEntry.objects.filter(year=year).count(), IncomeRecord.objects.filter(year=year).count()
    ledger = [row for row in rows_of(closing, "funding-ledger") if row[0] != "Total"]
    (total,) = (row for row in rows_of(closing, "per-capita-income") if row[0] == "Total")
    return entries, incomes, len(ledger), total[4]


ALL = (ENTRIES, HOUSEHOLDS, ENTRIES, str(HOUSEHOLDS))
NONE = (0, 0, 0, "")


@pytest.mark.slow
@two_connections
@pytest.mark.django_db(transaction=True)
def test_an_import_is_in_the_frozen_year_whole_or_not_at_all(ruoduo, reviewer):
    pause = random.Random(20261122)
    households = [HouseholdFactory(village=ruoduo) for _ in range(HOUSEHOLDS)]
    FundingSourceFactory()
    found = []

    for year in range(FIRST_YEAR, FIRST_YEAR + ROUNDS):
        proposed = closings.propose_closing("513228", year, by="a-clerk")
        delays, begun = (pause.uniform(0, 0.06), pause.uniform(0, 0.06)), Event()

        def bring_in(year: int = year, delay: float = delays[0], begun: Event = begun) -> None:
            time.sleep(delay)
            importing(ruoduo, year, households, pause, begun)

        def close(proposed: YearClosing = proposed, delay: float = delays[1], begun: Event = begun) -> YearClosing:
            # On a busy machine either may be the first by chance, so every third time it comes amid the import.
            if proposed.year % 3 == 0:
                begun.wait(timeout=20)
            time.sleep(delay)
            return closings.close_year(proposed, by=reviewer, open_entries=open_entries, freeze=freeze)

        refused, closed = at_once(bring_in, close)
        found.append((refused, closed, outcome(proposed)))

    assert [type(closed) for _refused, closed, _seen in found] == [YearClosing] * ROUNDS
    assert {type(refused) for refused, _closed, _seen in found} <= {type(None), IntegrityError, ValidationError}
    # Whoever was let in is in the files, whoever was refused left nothing.
    assert [seen for _refused, _closed, seen in found] == [
        ALL if refused is None else NONE for refused, _closed, _seen in found
    ]
    assert [seen for _refused, closed, seen in found if closed.year % 3 == 0] == [ALL] * (ROUNDS // 3)


@two_connections
@pytest.mark.django_db(transaction=True)
def test_two_reviewers_who_decide_at_once_do_not_wait_in_a_ring(ruoduo, reviewer):
    found = []
    for year in range(FIRST_YEAR, FIRST_YEAR + 10):
        proposed = closings.propose_closing("513228", year, by="a-clerk")

        def close(proposed: YearClosing = proposed) -> YearClosing:
            return closings.close_year(proposed, by=reviewer, open_entries=open_entries, freeze=freeze)

        def decline(proposed: YearClosing = proposed) -> YearClosing:
            return closings.decline_closing(proposed, by=reviewer, note="No")

        found.append(sorted(type(one).__name__ for one in at_once(close, decline)))

    assert found == [["ValidationError", "YearClosing"]] * 10


@two_connections
@pytest.mark.django_db(transaction=True)
def test_a_year_proposed_twice_at_once_is_proposed_once(ruoduo):
    found = at_once(*[lambda: closings.propose_closing("513228", 2018, by="a-clerk")] * 4)

    assert sorted(type(one).__name__ for one in found) == ["ValidationError"] * 3 + ["YearClosing"]
    assert YearClosing.objects.count() == 1


@pytest.mark.slow
def test_an_import_that_comes_after_the_closing_leaves_nothing(ruoduo, reviewer):
    households = [HouseholdFactory(village=ruoduo) for _ in range(2)]
    FundingSourceFactory()
    proposed = closings.propose_closing("513228", 2018, by="a-clerk")
    closings.close_year(proposed, by=reviewer, open_entries=open_entries, freeze=freeze)

    with pytest.raises((IntegrityError, ValidationError)):
        importing(ruoduo, 2018, households, random.Random(1))

    assert outcome(proposed) == NONE
