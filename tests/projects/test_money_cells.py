"""What is kept of booked money equals its rows: after every kind of write, by every writer at once, in every cut."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal as D
from itertools import product

import pytest
from django.core.management import call_command
from django.db import connection

from alleviation.accounts.rights import Role
from alleviation.audit import kept, trail
from alleviation.common import guard
from alleviation.common.query import Query
from projects import actions
from projects.actions import cells
from projects.models import CountyMoney, CountyProjectMoney, LedgerEntry, PlaceMoney
from projects.models.cells import county_code_of
from projects.rollups import area_query, funding_by_area, funding_by_project, funding_total, pending_funding
from projects.rollups import funding as money
from projects.rollups.funding import latest_booked_year
from projects.rollups.lists import projects_in
from tests.cells import follower
from tests.factories import (
    FundingSourceFactory,
    LedgerEntryFactory,
    ProjectFactory,
    UserFactory,
    place,
)
from tests.ledgers import random_ledger

CUTS = (
    (),
    ("year",),
    ("source_id",),
    ("year", "source_id"),
    ("project_id",),
    ("division__code",),
    ("year", "source_id", "project_id", "division__code"),
)


def faults() -> list[str]:
    """What is wrong with the cells as the app has left them."""
    with follower.off():
        return list(cells.faults())


@pytest.fixture
def kept_so_far(db) -> None:
    """The cells of what a test has arranged; from here on the app keeps them itself."""
    follower.stale.clear()
    cells.rebuild()


@pytest.fixture
def world(heishui, zhawo, ruoduo, xili, erniunai, hezhou):
    """Places of every level in two provinces, and a town of a city that has no counties."""
    city = [place("44", "广东省"), place("4419", "东莞市"), place("441900103", "石碣镇")]
    above = [place("51"), place("5132")]
    return [heishui, zhawo, ruoduo, xili, erniunai, hezhou, *city, *above]


def booked_world(places, seed: int, number: int = 200) -> list:
    sources = [FundingSourceFactory(code=level, level=level) for level in ("county", "enterprise")]
    wanted = [(one, kind) for one, kind in zip(places, ("road", "water", "road"), strict=False)]
    projects = [ProjectFactory(division=one, kind=kind) for one, kind in wanted]
    years = [2015, 2018, 2019, 2021]
    random_ledger(random.Random(seed), places=places, sources=sources, projects=projects, years=years, number=number)
    for state, one in product(("draft", "submitted", "returned"), places[:3]):
        LedgerEntryFactory(division=one, state=state, source=sources[0], amount=D("7.00"), is_made_up=True)
    given_up = LedgerEntryFactory(division=places[0], state="draft", source=sources[0])
    LedgerEntry.objects.filter(pk=given_up.pk).update(state="withdrawn")
    return projects


def questions(user, places, projects) -> list[Query]:
    """Every narrowing that a page or an explanation can ask for."""
    asked = Query(user=user)
    return [
        asked,
        replace(asked, first_year=2018, last_year=2019),
        replace(asked, outside_plans=True),
        replace(asked, prefixes=()),
        replace(asked, prefixes=("513228212", "4511")),
        replace(asked, project_kind="road"),
        replace(asked, project_code=projects[1].code, source_level="county"),
        replace(asked, source_level="enterprise"),
        replace(asked, source_code="county"),
        replace(asked, project_id=projects[0].pk),
        replace(asked, project_id=0),
        replace(asked, is_tied=True),
        *(area_query(asked, one) for one in places),
        *(replace(asked, place_code=one.code) for one in places),
        *(replace(asked, inside_code=one.code, inside=(one.prefix,)) for one in places),
        *(replace(asked, above_level=level) for level in (2, 3, 4, 5)),
        replace(area_query(asked, places[0]), project_kind="road", above_level=4),
    ]


@pytest.mark.parametrize(
    ("seed", "number"),
    [(1, 2), pytest.param(2, 12, marks=pytest.mark.slow), pytest.param(3, 12, marks=pytest.mark.long)],
)
def test_cells_give_what_the_entries_give_in_every_cut(seed, number, world, manager, clerk):
    projects = booked_world(world, seed)
    county = UserFactory(role=Role.MANAGER, area="513228")

    for user in (manager, county, clerk):
        for query in random.Random(seed).sample(questions(user, world, projects), number):
            for names in CUTS:
                assert money._cells(query, *names) == money.raw_cells(query, *names), (query.asked(), names)
            for one in (None, world[0], world[1], world[7]):
                assert funding_by_area(query, one) == by_area_raw(query, one), (query.asked(), one)
    assert faults() == []


def by_area_raw(query, division):
    level = money.child_level(division)
    if level is None:
        return []
    found = money._keyed(money.raw_cells(query, "division__code"), lambda cell: cell[0])
    return money.gather(found, level)


def test_what_waits_and_the_projects_with_money_are_told_by_cells_as_by_entries(world, everything, monkeypatch):
    booked_world(world, 7)
    asked = [area_query(everything, one).of_years(2018, 2019) for one in world]
    told = [[one.code for one in projects_in(query)] for query in asked]
    years = [latest_booked_year(area_query(everything, one)) for one in world]

    waits = pending_funding(asked[0])

    monkeypatch.setattr("projects.rollups.lists.cells_of", lambda *args, **kwargs: None)
    monkeypatch.setattr("projects.rollups.funding.cells_of", lambda *args, **kwargs: None)
    assert told == [[one.code for one in projects_in(query)] for query in asked]
    assert years == [latest_booked_year(area_query(everything, one)) for one in world]
    assert [(one.key, one.allocated, one.entries, one.made_up) for one in waits] == [
        (state, D("21.00"), 3, 3) for state in ("draft", "submitted", "returned")
    ]


def test_a_page_reads_no_entries(world, everything, django_assert_num_queries):
    booked_world(world, 8, number=30)
    funding_total(everything)

    for query, cell in (
        (everything, "projects_countymoney"),
        (replace(everything, project_kind="road"), "projects_countyprojectmoney"),
        (replace(everything, prefixes=("513228212",)), "projects_placemoney"),
    ):
        with django_assert_num_queries(1) as asked:
            funding_total(query)
        assert (cell in asked[0]["sql"], "ledgerentry" in asked[0]["sql"]) == (True, False)


@pytest.mark.parametrize(
    ("code", "county"),
    [
        ("513228212205", "513228000000"),
        ("513228000000", "513228000000"),
        ("513200000000", "513200000000"),
        ("510000000000", "510000000000"),
        ("441900103000", "441900103000"),
        ("441900000000", "441900000000"),
    ],
)
def test_the_county_whose_cells_hold_a_place(code, county):
    assert county_code_of(code) == county


# --- upkeep -----------------------------------------------------------------------------------------------------


def entry_of(**facts) -> LedgerEntry:
    """An entry that somebody is about to draft."""
    year = facts.setdefault("year", 2019)
    return LedgerEntry(**{"kind": "allocation", "amount": D("100.00"), "booked_on": date(year, 6, 30), **facts})


def posted(entry: LedgerEntry, clerk, reviewer) -> LedgerEntry:
    """The entry after one has drafted and submitted it, and another posted it."""
    actions.draft_entry(entry, by=clerk)
    actions.submit_entry(entry, by=clerk)
    return actions.post_entry(entry, by=reviewer)


def state_of(model, area: str) -> list[tuple[str, int, str, int, int]]:
    """The cells of an area: state, year, allocated, entries, taken off."""
    with follower.off():
        rows = model.objects.filter(area=area).order_by("state", "year")
        return [(one.state, one.year, str(one.allocated), one.entries, one.taken_off) for one in rows]


def test_every_step_of_an_entry_moves_it_to_its_cell(kept_so_far, county_clerk, reviewer, zhawo, ruoduo, xili):
    entry = entry_of(division=ruoduo, source=FundingSourceFactory())

    actions.draft_entry(entry, by=county_clerk)
    assert state_of(PlaceMoney, ruoduo.code) == [("draft", 2019, "100.00", 1, 0)]
    entry.division, entry.amount = xili, D("40.00")
    actions.draft_entry(entry, by=county_clerk)
    assert [state_of(PlaceMoney, one.code) for one in (ruoduo, xili)] == [[], [("draft", 2019, "40.00", 1, 0)]]
    actions.submit_entry(entry, by=county_clerk)
    assert state_of(CountyMoney, "513228000000") == [("submitted", 2019, "40.00", 1, 0)]
    entry = actions.post_entry(entry, by=reviewer)
    assert state_of(CountyProjectMoney, "513228000000") == [("posted", 2019, "40.00", 1, 0)]
    reversal, _none = actions.correct_entry(entry, by=county_clerk, reason="booked twice")
    actions.post_entry(reversal, by=reviewer)

    assert state_of(PlaceMoney, xili.code) == [("posted", 2019, "0.00", 2, 0)]
    assert faults() == []


def test_what_is_given_up_leaves_no_cell(kept_so_far, county_clerk, ruoduo):
    entry = entry_of(division=ruoduo, source=FundingSourceFactory())
    actions.draft_entry(entry, by=county_clerk)

    actions.withdraw_entry(entry, by=county_clerk)

    with follower.off():
        assert [model.objects.count() for model in (PlaceMoney, CountyProjectMoney, CountyMoney)] == [0, 0, 0]


def test_money_handed_down_is_taken_off_where_it_was(kept_so_far, county_clerk, reviewer, heishui, ruoduo):
    source = FundingSourceFactory(level="county")
    upper = posted(entry_of(division=heishui, source=source, year=2018), county_clerk, reviewer)

    posted(
        entry_of(division=ruoduo, source=source, amount=D("30.00"), handed_down_from=upper.voucher),
        county_clerk,
        reviewer,
    )

    assert state_of(PlaceMoney, heishui.code) == [("posted", 2018, "100.00", 1, 0), ("posted", 2019, "-30.00", 0, 1)]
    assert state_of(CountyMoney, heishui.code) == [("posted", 2018, "100.00", 1, 0), ("posted", 2019, "0.00", 1, 1)]
    assert faults() == []


def test_a_write_to_the_note_alone_is_told_by_the_version(kept_so_far, county_clerk, ruoduo):
    entry = entry_of(division=ruoduo, source=FundingSourceFactory())
    actions.draft_entry(entry, by=county_clerk)
    before = CountyMoney.objects.get().version

    entry.note = "paper lost"
    actions.draft_entry(entry, by=county_clerk)

    assert CountyMoney.objects.get().version != before


def test_what_fails_leaves_the_cells_as_they_were(kept_so_far, county_clerk, ruoduo):
    def fail() -> None:
        with trail.together():
            actions.draft_entry(entry_of(division=ruoduo, source=FundingSourceFactory()), by=county_clerk)
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail()

    assert (faults(), state_of(CountyMoney, "513228000000")) == ([], [])


def test_sums_are_kept_within_one_transaction_alone(db):
    with pytest.raises(RuntimeError, match="together"):
        kept.touch_keys(LedgerEntry, {1})


def test_a_project_of_another_kind_moves_its_money_at_once(kept_so_far, county_clerk, everything, ruoduo):
    project = ProjectFactory(division=ruoduo, kind="road")
    LedgerEntryFactory(division=ruoduo, project=project)
    road = replace(everything, project_kind="road")
    before = funding_total(road).allocated

    project.kind = "water"
    actions.enter(project, by=county_clerk)

    assert (before, funding_total(road).allocated) == (D("100.00"), D("0.00"))
    assert [one.allocated for one in funding_by_project(replace(everything, project_kind="water"))] == [D("100.00")]


@pytest.mark.slow
def test_the_example_comes_and_goes_with_its_cells(kept_so_far):
    with follower.off():
        call_command("load_reference")
        call_command("load_example")
        loaded, wrong = PlaceMoney.objects.count(), list(cells.faults())
        call_command("remove_example")

        assert (loaded > 50, wrong, PlaceMoney.objects.count(), list(cells.faults())) == (True, [], 0, [])


def test_a_wrong_cell_is_told_and_mended(kept_so_far, everything, ruoduo, xili):
    source = FundingSourceFactory()
    for one in (ruoduo, xili):
        LedgerEntryFactory(division=one, source=source)
    cells.rebuild()
    follower.stale.clear()
    PlaceMoney.objects.filter(area=ruoduo.code).update(allocated=D("1.00"))
    CountyMoney.objects.all().delete()

    wrong = faults()

    assert [line.partition(":")[0].split(" posted")[0] for line in wrong] == [
        "money of a place, 513228212205",
        "money of a county by project, 513228000000",
        "money of a county, 513228000000",
    ]
    assert (cells.rebuild(), faults()) == (2, [])


# --- at once ----------------------------------------------------------------------------------------------------

AT_ONCE = 6
two_connections = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")


@two_connections
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rounds", [2, pytest.param(12, marks=pytest.mark.slow)])
def test_six_writers_at_once_leave_no_cell_wrong(rounds, heishui, ruoduo, xili):
    """Each books, changes, hands down, gives up and takes back at the same two places, in an order of their own."""
    sources = [FundingSourceFactory(level="county") for _ in range(2)]
    cells.rebuild()
    barrier = threading.Barrier(AT_ONCE)
    people = [
        (UserFactory(role=Role.CLERK, area="513228"), UserFactory(role=Role.REVIEWER, area="513228"))
        for _ in range(AT_ONCE)
    ]

    def write(number: int) -> list[str]:
        rng, failed = random.Random(number), []
        try:
            for _round in range(rounds):
                barrier.wait(timeout=60)
                with guard.enforced():
                    booked(rng, [heishui, ruoduo, xili], sources, *people[number])
        except Exception as error:
            failed.append(repr(error))
            barrier.abort()
        finally:
            connection.close()
        return failed

    with ThreadPoolExecutor(AT_ONCE) as pool:
        failed = [one for found in pool.map(write, range(AT_ONCE)) for one in found]

    assert (failed, faults()) == ([], [])
    assert funding_total(Query(user=people[0][0])).entries >= AT_ONCE * rounds


def booked(rng, places, sources, clerk, reviewer) -> None:
    """Several entries in one transaction, then single steps."""
    entries = [
        entry_of(division=rng.choice(places), source=rng.choice(sources), year=rng.choice([2018, 2019]))
        for _ in range(3)
    ]
    with trail.together():
        for one in rng.sample(entries, 3):
            actions.draft_entry(one, by=clerk)
    entries[0].division, entries[0].amount = rng.choice(places), D("5.00")
    actions.draft_entry(entries[0], by=clerk)
    for one in entries[:2]:
        actions.submit_entry(one, by=clerk)
    actions.withdraw_entry(entries[2], by=clerk)
    first, _second = actions.post_entries(entries[:2], by=reviewer)
    reversal, _none = actions.correct_entry(first, by=clerk, reason="booked twice")
    actions.post_entry(reversal, by=reviewer)
