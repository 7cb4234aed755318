"""docs/scale.md says what was measured, and what follows from it."""

from decimal import Decimal

import pytest

from benchmarks import projecting
from benchmarks.projecting import PLACES, figures
from tests.house.ground import ROOT

TOLD = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("table", [projecting.measured_table, projecting.projected_table])
def test_the_tables_of_the_page_are_those_of_the_results(table):
    assert f"\n{table()}\n" in TOLD


def test_figures_in_the_text_are_those_of_the_results():
    found = figures()
    person = found["register: bytes a person with name and number, events aside"]
    event, of_register = found["by hand: bytes an event"], found["register: trail, bytes a person"]

    told = " ".join(TOLD.split())

    assert f"A person with their number takes {projecting.plain(person)} bytes" in told
    assert f"an event of something entered by hand takes {projecting.plain(event)} bytes" in told
    assert f"in four events, {projecting.plain(of_register)} bytes a person" in told
    assert f"took {projecting.plain(found['register: processor, 1,000 persons'])} s of the processor" in told
    assert f"A page is {projecting.plain(projecting.page_ms())} ms of the processor" in told
    guess, measured = (projecting.plain(one) for one in projecting.foretold())
    assert f"make {guess} MiB of the largest, which had {measured} MiB" in told


def test_the_middle_size_foretells_the_largest_within_a_tenth():
    told, found = projecting.foretold()

    assert abs(told / found - 1) < Decimal("0.1")


def test_the_nation_by_hand():
    county, _province, nation = PLACES
    found = projecting.parts(nation)

    # 30,000,000 households x 10 years x 301 bytes; 98,100,000 persons.
    assert (nation.household_years, nation.persons, nation.villages) == (300_000_000, 98_100_000, 128_206)
    assert found["incomes"] == 300_000_000 * projecting.of("incomes: bytes a row, indexes included")
    # Changed 9,810,000 + 600,000 a year; 38,461,800 of money.
    by_hand = (104_100_000 + 38_461_800) * figures()["by hand: bytes an event"]
    assert projecting.trail(nation) == 98_100_000 * figures()["register: trail, bytes a person"] + by_hand
    assert projecting.database(nation) == sum(found.values())
    # 24,960 people, a page a minute: 416 a second.
    assert (county.at_work, nation.at_work) == (30, 24_960)


@pytest.mark.parametrize(
    ("size", "words"), [(0, "0.0 MiB"), (2**20 * 123, "120 MiB"), (2**30 * 84, "84 GiB"), (2**40 + 2**37, "1.1 TiB")]
)
def test_a_projection_has_two_figures_that_count(size, words):
    assert projecting.size_of(Decimal(size)) == words
