"""The kept sums of incomes: right after every write, whoever else writes at the same moment."""

import io
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction
from django.db.models import Sum

from alleviation.accounts.models import User
from alleviation.audit import trail
from alleviation.common import guard
from alleviation.common.guard import WrittenAround
from beneficiaries import actions
from beneficiaries.actions.cells import add_up_where_missing, refresh_cells
from beneficiaries.models import CountyYear, Household, IncomeRecord, MergedYear, PovertyLine, VillageYear
from beneficiaries.verification.cells import cells_that_are_not_their_incomes
from projects.models import Division
from tests.cells import follower
from tests.factories import HouseholdFactory, IncomeRecordFactory, PovertyLineFactory, place

COMMAND = "manage.py of a test"
NOTHING = dict.fromkeys(("business_income", "property_income", "transfer_income", "expenses"), Decimal(0))
WRITERS, ROUNDS = 6, 20


@pytest.fixture(autouse=True)
def _kept_by_the_app_alone() -> Iterator[None]:
    with follower.off():
        yield


def faults() -> list[str]:
    return list(cells_that_are_not_their_incomes())


def income_of(household: Household, wages: str, **values: Any) -> IncomeRecord:
    return IncomeRecord(
        household=household, **{"year": 2019, "persons": 2, **NOTHING, **values}, wage_income=Decimal(wages)
    )


def recorded(household: Household, wages: str = "9000.00", **values: Any) -> IncomeRecord:
    income = income_of(household, wages, **values)
    actions.record_income(income, by=COMMAND)
    return income


def villages_of(year: int = 2019) -> dict[str, tuple[int, int, Decimal]]:
    cells = VillageYear.objects.filter(year=year)
    return {cell.code: (cell.households, cell.persons, cell.wage_income) for cell in cells}


def county_of(year: int = 2019) -> tuple[str, int, int, Decimal]:
    cell = CountyYear.objects.get(year=year)
    return cell.county, cell.households, cell.persons, cell.wage_income


def bands_of(year: int = 2019) -> tuple[int, int, int, int]:
    names = ("below", "near", "above", "without_line")
    return tuple(getattr(CountyYear.objects.get(year=year), f"poverty_{name}_households") for name in names)


def test_an_income_is_in_the_sums_of_its_village_and_county(ruoduo: Division, xili: Division) -> None:
    recorded(HouseholdFactory(village=ruoduo))
    recorded(HouseholdFactory(village=ruoduo), "1000.00", persons=3)
    recorded(HouseholdFactory(village=xili), "500.00", year=2018)

    assert villages_of() == {ruoduo.code: (2, 5, Decimal("10000.00"))}
    assert county_of() == ("513228", 2, 5, Decimal("10000.00"))
    assert county_of(2018) == ("513228", 1, 2, Decimal("500.00"))
    assert faults() == []


def test_a_correction_takes_the_place_of_what_it_corrects(ruoduo: Division) -> None:
    income = recorded(HouseholdFactory(village=ruoduo))

    income.wage_income, income.reason = Decimal("7000.00"), "typed wrongly"
    actions.record_income(income, by=COMMAND)

    assert villages_of() == {ruoduo.code: (1, 2, Decimal("7000.00"))}
    assert faults() == []


def test_a_verified_income_waits_no_more(ruoduo: Division, reviewer: User) -> None:
    income = recorded(HouseholdFactory(village=ruoduo))
    before = CountyYear.objects.get().unverified

    actions.verify_incomes([income], by=reviewer)

    assert (before, CountyYear.objects.get().unverified, faults()) == (1, 0, [])


def test_a_move_empties_the_cell_of_the_village_left(ruoduo: Division, xili: Division) -> None:
    home = HouseholdFactory(village=ruoduo)
    recorded(home, year=2018)
    recorded(home)

    actions.move_household(home, to=xili, on=date(2019, 3, 1), reason="move", by=COMMAND)

    assert (villages_of(2018), villages_of()) == (
        {ruoduo.code: (1, 2, Decimal("9000.00"))},
        {xili.code: (1, 2, Decimal("9000.00"))},
    )
    assert (MergedYear.objects.count(), faults()) == (0, [])


def test_a_merger_keeps_what_the_village_was(ruoduo: Division, xili: Division) -> None:
    home = HouseholdFactory(village=ruoduo)
    recorded(home)

    actions.move_household(home, to=xili, on=date(2019, 3, 1), reason="village_merger", by=COMMAND)

    merged = MergedYear.objects.get()
    assert (merged.village_number, merged.year, merged.former) == (xili.pk, 2019, ruoduo.code)
    assert (merged.households, merged.poverty_without_line_households, faults()) == (1, 1, [])


def test_a_line_that_changes_draws_its_year_and_area_anew(ruoduo: Division, zhawo: Division) -> None:
    recorded(HouseholdFactory(village=ruoduo), "6000.00")
    recorded(HouseholdFactory(village=place("513228213200")), "9000.00")
    nation = PovertyLineFactory.build(year=2019, amount=Decimal("4000.00"))

    actions.set_line(nation, by=COMMAND)
    drawn = bands_of()
    actions.set_line(PovertyLineFactory.build(year=2019, division=zhawo, amount=Decimal("2000.00")), by=COMMAND)
    in_zhawo = bands_of()
    nation.year = 2018
    actions.set_line(nation, by=COMMAND)

    assert (drawn, in_zhawo, bands_of()) == ((1, 1, 0, 0), (0, 1, 1, 0), (0, 0, 1, 1))
    assert faults() == []


def test_sums_are_added_up_once_at_the_end(ruoduo: Division, xili: Division) -> None:
    seen = []
    with trail.together():
        for village in (ruoduo, xili, ruoduo):
            recorded(HouseholdFactory(village=village))
            seen.append(VillageYear.objects.count())

    assert (seen, len({cell.version for cell in VillageYear.objects.all()}), faults()) == ([0, 0, 0], 1, [])


def test_what_fails_leaves_the_sums_as_they_were(ruoduo: Division) -> None:
    recorded(HouseholdFactory(village=ruoduo))
    before = list(VillageYear.objects.values())

    with suppress(InterruptedError), trail.together():
        recorded(HouseholdFactory(village=ruoduo))
        raise InterruptedError

    assert (list(VillageYear.objects.values()), faults()) == (before, [])


def test_sums_are_written_where_they_are_added_up_alone(ruoduo: Division) -> None:
    recorded(HouseholdFactory(village=ruoduo))

    with guard.enforced(), pytest.raises(WrittenAround):
        VillageYear.objects.update(households=7)


def test_an_upgrade_adds_up_what_is_recorded_already(ruoduo: Division) -> None:
    IncomeRecordFactory(household__village=ruoduo)

    add_up_where_missing()

    assert (villages_of(), faults()) == ({ruoduo.code: (1, 4, Decimal("10000.00"))}, [])


def test_the_command_finds_a_spoilt_sum_and_adds_it_up_anew(ruoduo: Division) -> None:
    recorded(HouseholdFactory(village=ruoduo))
    VillageYear.objects.update(persons=7)
    CountyYear.objects.create(county="110101", year=2019, households=3)

    with pytest.raises(CommandError) as refused:
        call_command("rebuild_rollups", "--check", stdout=(told := io.StringIO()))
    call_command("rebuild_rollups", stdout=io.StringIO(), stderr=io.StringIO())
    call_command("rebuild_rollups", "--check", stdout=io.StringIO())

    assert refused.value.returncode == 1
    assert told.getvalue().splitlines() == [
        "county, 110101 2019, households: the rows add up to 0, the roll-up says 3",
        f"village, {ruoduo.pk} {ruoduo.code} 2019, persons: the rows add up to 2, the roll-up says 7",
    ]
    assert (county_of(), faults()) == (("513228", 1, 2, Decimal("9000.00")), [])


@pytest.mark.slow
def test_the_example_comes_and_goes_with_its_sums(db: None) -> None:
    call_command("load_reference")
    call_command("load_example")
    loaded, wrong = VillageYear.objects.aggregate(number=Sum("households"))["number"], faults()

    call_command("remove_example")

    assert (loaded, wrong) == (2700, [])
    assert [model.objects.count() for model in (VillageYear, CountyYear, MergedYear)] == [0, 0, 0]


# --- at one moment -----------------------------------------------------------------------------------------------


def at_once(act: Callable[[random.Random], None]) -> list[BaseException]:
    """Let several writers act round after round, all at the same moment; what broke off."""
    barrier = Barrier(WRITERS)

    def run(number: int) -> list[BaseException]:
        rng, broken = random.Random(number), list[BaseException]()
        try:
            with guard.writing():
                for _round in range(ROUNDS):
                    barrier.wait(timeout=60)
                    try:
                        act(rng)
                    except OperationalError as error:
                        broken.append(error)
        finally:
            connection.close()
        return broken

    with ThreadPoolExecutor(WRITERS) as pool:
        return [error for found in pool.map(run, range(WRITERS)) for error in found]


@pytest.mark.slow
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_writers_at_one_moment_leave_no_wrong_sum() -> None:
    """They record, correct, move and draw lines in three villages and one year; cells are emptied and come again."""
    villages = [place(f"51322821220{n}") for n in range(3)]
    elsewhere = place("513229001201")
    line = PovertyLineFactory(year=2019, amount=Decimal("3000.00"))

    def act(rng: random.Random) -> None:
        home = HouseholdFactory(village=rng.choice(villages), number=str(rng.getrandbits(40)))
        income = recorded(home, str(rng.randint(1, 20000)))
        what = rng.random()
        if what < 0.3:
            income.wage_income, income.reason = Decimal(rng.randint(1, 20000)), "typed wrongly"
            actions.record_income(income, by=COMMAND)
        elif what < 0.8:
            reason = rng.choice(("move", "village_merger"))
            to = rng.choice([one for one in (*villages, elsewhere) if one.pk != home.village_id])
            actions.move_household(home, to=to, on=date(2019, 3, 1), reason=reason, by=COMMAND)
        elif what < 0.9:
            own = PovertyLine.objects.get(pk=line.pk)
            own.amount = Decimal(rng.randint(1000, 6000))
            actions.set_line(own, by=COMMAND)

    broken = at_once(act)

    assert (broken, faults()) == ([], [])
    assert VillageYear.objects.aggregate(number=Sum("households"))["number"] == WRITERS * ROUNDS


@pytest.mark.slow
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_a_cell_that_is_emptied_while_another_waits_for_it_is_made_anew() -> None:
    villages = [place(f"51322821220{n}") for n in range(2)]

    def act(rng: random.Random) -> None:
        """A single income comes and goes: the cell with it."""
        village = rng.choice(villages)
        with transaction.atomic():
            income = IncomeRecordFactory(household__village=village, household__number=str(rng.getrandbits(40)))
            refresh_cells({(village.pk, 2019)})
        with transaction.atomic():
            IncomeRecord.objects.filter(pk=income.pk).update(superseded_at="2020-01-01T00:00:00Z")
            refresh_cells({(village.pk, 2019)})

    broken = at_once(act)

    assert (broken, faults()) == ([], [])
    assert [model.objects.count() for model in (VillageYear, CountyYear)] == [0, 0]
