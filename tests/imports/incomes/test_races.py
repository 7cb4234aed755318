"""An import at the same moment as others who write to its households: nobody's work is lost, nothing stands twice."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import OperationalError, connection
from django.db.models import Count

from alleviation.audit import closings, trail
from alleviation.audit.closings import is_closed
from alleviation.audit.models import ImportBatch
from alleviation.audit.verification.bulk import batches_that_are_not_what_came
from alleviation.audit.verification.tables import table_faults
from alleviation.intake.kinds import Faulty, Moved
from beneficiaries.actions import move_household, record_income, set_line, verify_incomes
from beneficiaries.imports.incomes import IncomeImport
from beneficiaries.models import Household, IncomeRecord, PovertyLine, village_on
from beneficiaries.verification.cells import cells_that_are_not_their_incomes
from tests.cells import follower
from tests.closings import close
from tests.factories import HouseholdFactory, PovertyLineFactory, UserFactory, place
from tests.imports.incomes.rows import HEADER, row
from tests.imports.sheets import written

two_connections = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
pytestmark = [pytest.mark.slow, two_connections, pytest.mark.django_db(transaction=True)]
ROUNDS, HOMES, YEARS = 4, 12, (2017, 2018)
AMOUNTS = ("wage_income", "business_income", "property_income", "transfer_income", "expenses")
# What somebody is told who came a moment late; anything else is a failure.
TOLD = (Moved, Faulty, AssertionError, ValidationError, OperationalError)


class World:
    """Two villages of a county with households, and those who write to them."""

    def __init__(self, folder: Any) -> None:
        self.folder = folder
        self.villages = [place(f"11010100100{number}") for number in (1, 2)]
        self.clerk, self.other = (UserFactory(role="clerk", area="110101") for _ in range(2))
        self.reviewer, self.second = (UserFactory(role="reviewer", area="110101") for _ in range(2))
        self.homes = [HouseholdFactory(village=self.villages[0], number=f"{n:04}") for n in range(1, HOMES + 1)]

    def file(self, name: str, wages: int) -> Any:
        """A file of all households and years where they are now, without heads."""
        path = self.folder / f"{name}.csv"
        nobody = {"head_name": "", "id_number": "", "wage_income": str(wages)}
        lines = [HEADER]
        for home in Household.objects.select_related("village").order_by("pk"):
            told = {**nobody, "village_code": home.village.code, "household_no": home.number}
            lines += [row(**told, year=str(year)) for year in YEARS]
        path.write_bytes("\r\n".join(",".join(line) for line in lines).encode())
        return path


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each act gives or is refused with, all begun at the same moment on a connection of its own."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            barrier.wait(timeout=60)
            return act()
        except TOLD as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def faults() -> list[object]:
    """Whatever is not as it must be after any round."""
    twice = IncomeRecord.objects.standing().values("household", "year").annotate(n=Count("pk")).filter(n__gt=1)
    standing = IncomeRecord.objects.standing().select_related("household__village", "village")
    astray = [one.pk for one in standing if one.village != village_on(one.household, date(one.year, 12, 31))]
    kept = [*table_faults(IncomeRecord), *batches_that_are_not_what_came(), *cells_that_are_not_their_incomes()]
    return [*twice, *astray, *kept]


@pytest.fixture(autouse=True)
def _kept_by_the_app_alone() -> Iterator[None]:
    with follower.off():
        yield


@pytest.fixture
def world(db, tmp_path) -> World:
    return World(tmp_path)


def saves(world: World, rng: random.Random) -> None:
    home = rng.choice(world.homes)
    year = rng.choice(YEARS)
    income = IncomeRecord.objects.standing().filter(household=home, year=year).first()
    income = income or IncomeRecord(household=home, year=year, persons=1, **dict.fromkeys(AMOUNTS, Decimal(0)))
    income.wage_income, income.reason = Decimal(rng.randint(1, 10**6)), f"Seen again {rng.random()}"
    record_income(income, by=world.other)


def moves(world: World, rng: random.Random) -> None:
    home = Household.objects.get(pk=rng.choice(world.homes).pk)
    to = next(one for one in world.villages if one.pk != home.village_id)
    on = date(2018, 1, 1 + home.moves.count())
    move_household(home, to=to, on=on, reason="move", by=world.other)


def checks(world: World, rng: random.Random) -> None:
    waiting = list(IncomeRecord.objects.waiting().order_by("?")[: HOMES // 2])
    verify_incomes(waiting, by=world.reviewer)


def draws_lines(world: World, rng: random.Random) -> None:
    for line in PovertyLine.objects.order_by("-year"):
        line.amount = Decimal(rng.randint(1000, 9000))
        set_line(line, by="a command")


def undoes(world: World, rng: random.Random) -> None:
    batch = ImportBatch.objects.order_by("-pk").first()
    with trail.together():
        reversal = trail.open_batch(kind=ImportBatch.Kind.FILE, title="Taken back", by=world.clerk)
        IncomeImport().undo(batch, reversal, by=world.clerk, reason="The wrong file.")


@pytest.mark.parametrize(
    "acts",
    [(saves, saves), (moves, saves), (checks, saves), (draws_lines, moves), (undoes, moves)],
    ids=lambda acts: "-".join(act.__name__ for act in acts),
)
def test_whoever_writes_at_the_same_moment_loses_nothing(kind, world, acts):
    for year in YEARS:
        PovertyLineFactory(year=year)
    rng = random.Random(7)
    written(kind, world.file("first", 1), world.clerk)

    for number in range(ROUNDS):
        path = world.file(f"round-{number}", 100 + number)
        given = at_once(
            lambda path=path: written(kind, path, world.clerk), *(lambda act=act: act(world, rng) for act in acts)
        )
        assert [one for one in given if isinstance(one, OperationalError) and "deadlock" not in str(one)] == []
        assert faults() == []


def test_two_imports_of_the_same_households_write_one_after_the_other(kind, world):
    for number in range(ROUNDS):
        paths = [world.file(f"{number}-{one}", 10 * number + one) for one in (1, 2)]
        given = at_once(*(lambda path=path: written(kind, path, world.clerk) for path in paths))

        assert any(isinstance(one, ImportBatch) for one in given)
        wages = set(IncomeRecord.objects.standing().values_list("wage_income", flat=True))
        assert (len(wages), IncomeRecord.objects.standing().count(), faults()) == (1, HOMES * len(YEARS), [])


def test_a_year_closes_with_the_whole_file_or_without_it(kind, world):
    written(kind, world.file("first", 1), world.clerk)
    proposed = closings.propose_closing("110101", 2017, by=world.second.username)

    imported, _closed = at_once(
        lambda: written(kind, world.file("late", 2), world.clerk), lambda: close(proposed, world.reviewer)
    )

    of_year = set(IncomeRecord.objects.standing().filter(year=2017).values_list("wage_income", flat=True))
    assert is_closed("110101001001", 2017)
    assert of_year == ({Decimal(2)} if isinstance(imported, ImportBatch) else {Decimal(1)})
    assert faults() == []
