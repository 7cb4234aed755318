"""Every total on every page is that of its file, and that of an auditor who adds up the raw rows by hand."""

import random
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.test import Client

from alleviation.accounts.models import User
from beneficiaries.models import IncomeRecord
from projects.choices import ProjectKind, SourceLevel
from projects.models import Division, Succession
from tests.acceptance import brute
from tests.acceptance.agreement import (
    assert_incomes_agree,
    assert_money_agrees,
    assert_places_agree,
    assert_projects_agree,
)
from tests.acceptance.reading import bare, page, taken
from tests.conftest import signed_in
from tests.factories import (
    FundingSourceFactory,
    HouseholdFactory,
    IncomeRecordFactory,
    LedgerEntryFactory,
    ProjectFactory,
    place,
)
from tests.golden import golden_incomes, golden_money
from tests.ledgers import random_ledger

HEISHUI, ZHAWO, RUODUO = "513228000000", "513228212000", "513228212205"
FILTERS: list[dict[str, str]] = [
    {},
    {"year": "2018"},
    {"year": "2019"},
    {"year": "2021"},
    {"plan": "13"},
    {"area": HEISHUI},
    {"area": ZHAWO, "plan": "13"},
    {"area": RUODUO},
]
MONEY_FILTERS = [{"kind": "road"}, {"source": "county"}, {"kind": "road", "source": "county", "year": "2019"}]


@pytest.fixture
def county(heishui: Division, ruoduo: Division, erniunai: Division) -> Division:
    golden_money(heishui, ruoduo, erniunai)
    golden_incomes(ruoduo, erniunai)
    return heishui


@pytest.fixture
def reader(manager: User) -> Client:
    return signed_in(manager)


@pytest.fixture
def places(heishui: Division, ruoduo: Division, xili: Division, erniunai: Division) -> list[Division]:
    """A county, a countryside and villages, one of which lives on under another code."""
    place("513228107", "扎窝镇", vintage=2023, name_en="Zhawo Town")
    today = place("513228107205", "若多村民委员会", vintage=2023, name_en="Ruoduo Village")
    Succession.objects.create(predecessor=ruoduo, successor=today, kind="recoded", source="both lists")
    return [heishui, ruoduo.__class__.objects.get(code=ZHAWO), ruoduo, xili, erniunai, today]


def test_golden_county_adds_up_by_brute_force(county: Division) -> None:
    world = brute.world()

    # The sums that tests/golden.py writes out by hand.
    assert brute.money(world.booked({})) == {
        "Allocated (yuan)": 180000,
        "Disbursed (yuan)": 40000,
        "Spent (yuan)": 35005,
        "Refunded (yuan)": 1000,
    }
    assert brute.money(world.booked({"year": "2018", "kind": "road"}))["Allocated (yuan)"] == 0
    assert brute.income(world.recorded({"year": "2018"}))[brute.NET] == 1950000
    assert brute.income(world.recorded({"area": RUODUO, "year": "2018"}))["Persons"] == 6


@pytest.mark.slow
@pytest.mark.parametrize("asked", FILTERS + MONEY_FILTERS, ids=str)
def test_golden_money_is_the_same_on_pages_in_files_and_by_hand(
    county: Division, reader: Client, asked: dict[str, str]
) -> None:
    assert_money_agrees(reader, brute.world(), asked)
    if "source" not in asked:
        assert_projects_agree(reader, brute.world(), asked)


@pytest.mark.slow
@pytest.mark.parametrize("asked", FILTERS, ids=str)
def test_golden_incomes_are_the_same_on_pages_in_files_and_by_hand(
    county: Division, reader: Client, asked: dict[str, str]
) -> None:
    assert_incomes_agree(reader, brute.world(), asked)


@pytest.mark.slow
@pytest.mark.parametrize("asked", FILTERS[:-1], ids=str)
def test_golden_places_hold_what_lies_in_them(county: Division, reader: Client, asked: dict[str, str]) -> None:
    world = brute.world()

    assert_places_agree(reader, world, asked)
    assert_places_agree(reader, world, asked, "/")
    assert_places_agree(reader, world, asked, f"/areas/{asked['area']}/" if "area" in asked else "/areas/")


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 8))])
def test_any_ledger_is_the_same_on_pages_in_files_and_by_hand(
    places: list[Division], reader: Client, seed: int
) -> None:
    rng = random.Random(seed)
    sources = [FundingSourceFactory(code=level, level=level) for level in list(SourceLevel)[:3]]
    kinds = [ProjectKind.ROAD, ProjectKind.WATER, ProjectKind.ROAD]
    projects = [ProjectFactory(code=f"P{n}", kind=kind, division=places[n]) for n, kind in enumerate(kinds)]
    years = [2015, 2016, 2020, 2031]
    random_ledger(rng, places=places, sources=sources, projects=projects, years=years, number=60)
    LedgerEntryFactory(division=places[2], state="draft")

    for asked in [*FILTERS[:3], *FILTERS[-4:], MONEY_FILTERS[0], {"source": "central"}, {"area": "513228107205"}]:
        assert_money_agrees(reader, brute.world(), asked)
        if "source" not in asked:
            assert_projects_agree(reader, brute.world(), asked)
        if not asked.get("area", "").endswith("205"):
            assert_places_agree(reader, brute.world(), asked)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1))
def test_any_register_is_the_same_on_pages_in_files_and_by_hand(
    places: list[Division], reader: Client, seed: int
) -> None:
    rng = random.Random(seed)
    households = [HouseholdFactory(village=rng.choice(places[2:])) for _number in range(12)]
    IncomeRecord.objects.bulk_create(
        IncomeRecordFactory.build(
            household=household,
            village=household.village,
            year=year,
            persons=rng.randint(1, 9),
            **{name: Decimal(rng.randint(0, 10 ** rng.randint(1, 10))) / 100 for name in brute.PARTS.values()},
        )
        for household in households
        for year in rng.sample([2018, 2019, 2021], rng.randint(1, 3))
    )

    for asked in (*FILTERS, {"area": "513228107205"}):
        assert_incomes_agree(reader, brute.world(), asked)
        if not asked.get("area", "").endswith("205"):
            assert_places_agree(reader, brute.world(), asked, "/")


@pytest.mark.slow
def test_a_table_says_the_same_on_its_page_and_in_its_file(county: Division, reader: Client) -> None:
    for address in ("/", "/funding/", "/income/", "/projects/", f"/areas/{HEISHUI}/"):
        for slug, table in page(reader, address).items():
            file = taken(reader, address, csv=slug)
            shared = [title for title in table.head if title in file.head]
            shown = [[bare(row[title]) for title in shared] for row in table.rows]

            assert shown == [[bare(row[title]) for title in shared] for row in file.rows], (address, slug)
            assert (table.total is None) == (file.total is None), (address, slug)


@pytest.mark.slow
def test_example_is_the_same_on_pages_in_files_and_by_hand(reader: Client) -> None:
    call_command("load_reference", verbosity=0)
    call_command("load_example", verbosity=0)
    world = brute.world()
    villages = sorted({row["code"] for row in world.incomes} | {row["code"] for row in world.entries})
    years = [{"year": str(year)} for year in range(2015, 2026)]
    asked_of_both = [{}, *years, *({"plan": plan} for plan in brute.PLANS), *({"area": code} for code in villages)]
    kinds = [{"kind": kind} for kind in ProjectKind.values] + [{"source": level} for level in SourceLevel.values]

    for asked in [*asked_of_both, *kinds, {"year": "2018", "area": HEISHUI, "kind": "road"}]:
        assert_money_agrees(reader, world, asked)
        if "source" not in asked:
            assert_projects_agree(reader, world, asked)
    for asked in asked_of_both:
        assert_incomes_agree(reader, world, asked)
        if len(brute.significant(asked.get("area", ""))) < 12:
            assert_places_agree(reader, world, asked)
            assert_places_agree(reader, world, asked, f"/areas/{asked['area']}/" if "area" in asked else "/areas/")
