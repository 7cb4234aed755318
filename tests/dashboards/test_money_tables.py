"""The tables and cards of money: where each cell leads, what a promise is told by, and what is marked as made up."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal as D
from typing import Any

import pytest

from alleviation.accounts.models import User
from alleviation.common.query import Query
from alleviation.common.tables import PARTLY, Table
from alleviation.dashboards.figures import funding_tables, ledger_tables, money_stats, pledge_tables
from alleviation.dashboards.figures.stats import Stat
from projects.choices import EntryKind
from projects.models import Division, Pledge, Project
from projects.rollups import beside_total, promises
from tests.factories import (
    DocumentFactory,
    FundingSourceFactory,
    LedgerEntryFactory,
    PledgeFactory,
    ProjectFactory,
)
from tests.opening import openings, question

# The moment of these tests: a promise without an end is shown up to this year.
THEN = datetime(2021, 6, 30, tzinfo=UTC)


@pytest.fixture
def spread(heishui: Division, zhawo: Division, ruoduo: Division) -> Project:
    """One allocation of each year and place: 1 + 2 + 4 + 8 + 16 = 31.00, of which 8 + 16 for the road."""
    road: Project = ProjectFactory(code="ROAD", name="Road", kind="road", division=ruoduo)
    rows = [
        (2015, heishui, None),
        (2016, heishui, None),
        (2017, zhawo, None),
        (2020, ruoduo, road),
        (2021, ruoduo, road),
    ]
    for power, (year, where, project) in enumerate(rows):
        LedgerEntryFactory(year=year, division=where, project=project, amount=D(2**power))
    return road


def led(table: Table, key: str = "allocated") -> dict[str, str]:
    """What a column holds, and where each cell of it leads; the total row's last."""
    place = [column.key for column in table.shown_columns].index(key)
    lines = [*table.body(), *([foot] if (foot := table.foot()) else [])]
    return {line.cells[place].url: line.cells[place].text for line in lines}


@pytest.mark.parametrize(
    ("years", "expected"),
    [
        (
            (1949, 2100),
            {
                "first=2011&last=2015": "1.00",
                "first=2016&last=2020": "14.00",
                "first=2021&last=2025": "16.00",
                "": "31.00",
            },
        ),
        # A plan is asked for as far as its years are.
        (
            (2017, 2021),
            {"first=2017&last=2020": "12.00", "year=2021": "16.00", "first=2017&last=2021": "28.00"},
        ),
        ((2017, 2017), {"year=2017": "4.00"}),
    ],
)
def test_a_plan_leads_to_those_of_its_years_that_are_asked_for(years, expected, spread, everything: Query) -> None:
    query = everything.of_years(*years)

    found = led(funding_tables.by_plan(query, beside_total(query)))

    assert found == {f"/explain/allocated/{'?' if asked else ''}{asked}": text for asked, text in expected.items()}


def test_years_outside_all_plans_lead_to_themselves(everything: Query, ruoduo: Division) -> None:
    for year, amount in ((2005, "3.00"), (2018, "5.00"), (2031, "7.00")):
        LedgerEntryFactory(year=2018 if year == 2031 else year, division=ruoduo, amount=D(amount))

    found = led(funding_tables.by_plan(everything, beside_total(everything)))

    assert found == {
        "/explain/allocated/?first=2016&last=2020": "12.00",
        "/explain/allocated/?outside_plans=1": "3.00",
        "/explain/allocated/": "15.00",
    }


def test_a_place_leads_to_what_is_gathered_there_and_the_rest_to_what_is_above(spread, everything, heishui) -> None:
    query = replace(everything, area_code=heishui.code, prefixes=("513228",))

    found = led(funding_tables.by_area(query, beside_total(query), heishui))

    # Of the county's own entries 1 + 2; of Zhawo and below 4 + 8 + 16.
    assert found == {
        "/explain/allocated/?area=513228000000&inside=513228212000": "28.00",
        "/explain/allocated/?above=4&area=513228000000": "3.00",
        "/explain/allocated/?area=513228000000": "31.00",
    }


def test_a_village_has_no_rows_and_no_total(spread: Project, everything: Query, ruoduo: Division) -> None:
    table = funding_tables.by_area(everything, beside_total(everything), ruoduo)

    assert (list(table.rows), table.total, str(table.empty)) == ([], None, "A village has no smaller places.")


def test_kinds_projects_and_sources_lead_to_their_own(spread: Project, everything: Query) -> None:
    whole = beside_total(everything)

    assert led(funding_tables.by_kind(everything, whole)) == {
        "/explain/allocated/?kind=road": "24.00",
        "/explain/allocated/?project_id=0": "7.00",
        "/explain/allocated/": "31.00",
    }
    assert led(funding_tables.by_project(everything, whole)) == {
        f"/explain/allocated/?project_id={spread.pk}": "24.00",
        "/explain/allocated/?project_id=0": "7.00",
        "/explain/allocated/": "31.00",
    }
    assert led(funding_tables.by_source(everything, whole)) == {
        "/explain/allocated/?source_code=county": "31.00",
        "/explain/allocated/": "31.00",
    }


def test_a_foreign_project_is_a_row_without_name_or_page(clerk: User, ruoduo: Division, hezhou: Division) -> None:
    far = ProjectFactory(code="FAR", name="Secret", division=hezhou)
    LedgerEntryFactory(division=ruoduo, project=far, amount=D("3.00"))
    query = Query(user=clerk)

    (row,) = funding_tables.by_project(query, beside_total(query)).rows

    assert (row["project"], row.get("_url"), row["_asked"]) == (
        "A project outside your area",
        None,
        {"project_id": str(far.pk)},
    )


@pytest.mark.parametrize(
    ("entry", "project", "pledge", "row", "total"),
    [
        (False, False, False, False, False),
        (True, True, True, True, True),
        (True, False, True, PARTLY, True),
        (False, True, False, PARTLY, False),
        (False, False, True, PARTLY, PARTLY),
    ],
)
def test_a_row_is_marked_by_its_entries_its_promises_and_its_project(
    entry, project, pledge, row, total, everything: Query, ruoduo: Division
) -> None:
    """The name of a project stands in its row, and in no total."""
    work = ProjectFactory(division=ruoduo, is_made_up=project)
    LedgerEntryFactory(division=ruoduo, project=work, is_made_up=entry)
    PledgeFactory(division=ruoduo, project=work, is_made_up=pledge, first_year=2018)

    table = funding_tables.by_project(everything, beside_total(everything))

    assert [one["_made_up"] for one in table.rows] == [row]
    assert (table.total or {})["_made_up"] == total


def test_what_nobody_booked_has_no_cells_and_leads_nowhere(everything: Query, ruoduo: Division) -> None:
    PledgeFactory(division=ruoduo, first_year=2018, low=D("5.00"))

    table = funding_tables.by_year(everything, beside_total(everything))

    assert funding_tables.money_cells(None) == {}
    assert [(one.url, one.text) for one in openings(table)] == [
        ("/explain/pledged/?year=2018", "RMB 5"),
        ("/explain/pledged/", "RMB 5"),
    ]


# --- what waits ---------------------------------------------------------------------------------------------------


def test_what_waits_leads_to_its_state_and_the_total_to_all(everything: Query, ruoduo: Division) -> None:
    for state, amount, made_up in (("draft", "1.00", True), ("draft", "2.00", False), ("returned", "4.00", False)):
        LedgerEntryFactory(division=ruoduo, state=state, amount=D(amount), is_made_up=made_up)
    query = everything.of_years(2019, 2019)

    (table,) = ledger_tables.pending(query)

    assert led(table) == {
        "/explain/pending-allocated/?of=draft&year=2019": "3.00",
        "/explain/pending-allocated/?of=returned&year=2019": "4.00",
        "/explain/pending-allocated/?year=2019": "7.00",
    }
    assert led(table, "entries") == {
        "/explain/pending-entries/?of=draft&year=2019": "2",
        "/explain/pending-entries/?of=returned&year=2019": "1",
        "/explain/pending-entries/?year=2019": "3",
    }
    assert [row["_made_up"] for row in (*table.rows, table.total or {})] == [PARTLY, False, PARTLY]


def test_where_nothing_waits_there_is_no_table(everything: Query, ruoduo: Division) -> None:
    LedgerEntryFactory(division=ruoduo)
    LedgerEntryFactory(division=ruoduo, state="draft", year=2018)

    assert ledger_tables.pending(everything.of_years(2019, 2019)) == []
    assert ledger_tables.pending(replace(everything, as_of=THEN)) == []


# --- promises in words --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "years"),
    [
        ({"basis": "once", "first_year": 2018}, "2018"),
        ({"basis": "once"}, "start not stated"),
        ({"basis": "once", "stated_in": "2016"}, "start not stated, shown from 2016"),
        ({"basis": "per_year", "first_year": 2018, "last_year": 2020}, "2018 to 2020"),
        ({"basis": "per_year", "first_year": 2018}, "2018 to end not stated"),
        ({"basis": "per_year", "last_year": 2020}, "start not stated to 2020"),
        ({"basis": "per_year", "stated_in": "2016"}, "start not stated, shown from 2016 to end not stated"),
    ],
)
def test_the_years_of_a_promise_are_told_as_far_as_stated(facts: dict[str, Any], years: str, ruoduo: Division) -> None:
    if "stated_in" in facts:
        facts = {**facts, "stated_in": DocumentFactory(published_on=date(int(facts["stated_in"]), 5, 1))}

    assert pledge_tables.years_in_words(PledgeFactory.build(division=ruoduo, **facts)) == years


@pytest.mark.parametrize(
    ("basis", "named", "words"),
    [
        ("per_year", {}, "all years"),
        ("per_year", {"last_year": 2019}, "until 2019"),
        ("per_year", {"first_year": 2019}, "from 2019 on"),
        ("per_year", {"first_year": 2019, "last_year": 2019}, "2019"),
        ("per_year", {"first_year": 2019, "last_year": 2020}, "2019 to 2020"),
        ("once", {"first_year": 2019}, "2019"),
    ],
)
def test_the_years_that_a_revision_names_are_told(basis, named, words, ruoduo: Division) -> None:
    first = PledgeFactory(division=ruoduo, basis=basis, first_year=2018)
    revision = PledgeFactory(division=ruoduo, basis=basis, revises=first, reason="anew", **named)

    assert pledge_tables.years_in_words(revision) == words


def stands(everything: Query) -> list[str]:
    table = pledge_tables.pledges_table(replace(everything, memory={}))
    return [row["stands"] for row in table.rows]


def test_each_version_says_which_years_it_holds_for(everything: Query, ruoduo: Division) -> None:
    facts = {"division": ruoduo, "basis": "per_year"}
    first = PledgeFactory(**facts, first_year=2015, last_year=2020)

    def revised(first_year: int | None, last_year: int | None, amount: str) -> Pledge:
        years = {"first_year": first_year, "last_year": last_year}
        made: Pledge = PledgeFactory(**facts, **years, revises=first, reason="anew", low=D(amount))
        return made

    told = [stands(everything)]
    for years in ((2017, 2017, "5.00"), (2019, 2020, "0.00"), (None, None, "7.00")):
        revised(*years)
        told.append(stands(everything))

    assert told == [
        ["2015-2020"],
        ["2015-2016, 2018-2020", "2017"],
        ["2015-2016, 2018", "2017", "2019-2020: taken back"],
        ["superseded", "superseded", "superseded", "2015-2020"],
    ]


def test_a_promise_of_no_known_year_says_so(everything: Query, ruoduo: Division) -> None:
    PledgeFactory(division=ruoduo)
    PledgeFactory(division=ruoduo, basis="per_year", first_year=2090)

    assert stands(everything) == ["no year known", "no year yet"]


def test_the_years_of_one_promise_lead_to_each_and_to_all(everything: Query, ruoduo: Division) -> None:
    pledge = PledgeFactory(division=ruoduo, basis="per_year", first_year=2018, last_year=2019, low=D("5.00"))
    (promise,) = promises(everything)

    table = pledge_tables.years_table(promise, everything)

    assert led(table, "pledged") == {
        f"/explain/pledged/?of={pledge.pk}&year=2018": "RMB 5",
        f"/explain/pledged/?of={pledge.pk}&year=2019": "RMB 5",
        f"/explain/pledged/?of={pledge.pk}": "RMB 10",
    }


# --- at a glance --------------------------------------------------------------------------------------------------


def glance(user: User, **asked: Any) -> list[tuple[str, str, str, str]]:
    return [(one.label, one.value, str(one.note), one.opens) for one in cards(replace(Query(user=user), **asked))]


def cards(query: Query) -> list[Stat]:
    return money_stats.money(money_stats.read(query))


def test_the_latest_year_stands_beside_the_one_before(manager: User, ruoduo: Division) -> None:
    """Allocated 8.00 after 4.00: + 100 %; disbursed 1.00 after nothing; spent nothing after 2.00: - 100 %."""
    rows: list[tuple[int, EntryKind, str]] = [
        (2018, EntryKind.ALLOCATION, "4.00"),
        (2018, EntryKind.EXPENDITURE, "2.00"),
        (2019, EntryKind.ALLOCATION, "8.00"),
        (2019, EntryKind.DISBURSEMENT, "1.00"),
    ]
    for year, kind, amount in rows:
        LedgerEntryFactory(division=ruoduo, year=year, kind=kind, amount=D(amount))

    assert glance(manager) == [
        ("Pledged", "—", "nothing to compare with in 2018", ""),
        ("Allocated", "RMB 8", "+100.0% against 2018", "/explain/allocated/?year=2019"),
        ("Disbursed", "RMB 1", "nothing to compare with in 2018", "/explain/disbursed/?year=2019"),
        ("Spent", "RMB 0", "-100.0% against 2018", "/explain/spent/?year=2019"),
        (
            "Execution rate",
            "0.0%",
            'from <a class="opens" href="/explain/execution-rate/?year=2018">50.0%</a> in 2018',
            "/explain/execution-rate/?year=2019",
        ),
    ]


def test_a_year_in_which_nothing_was_allocated_has_no_rate_to_open(manager: User, ruoduo: Division) -> None:
    LedgerEntryFactory(division=ruoduo, kind="expenditure", amount=D("2.00"))

    assert glance(manager)[-1] == ("Execution rate", "—", "spent ÷ allocated", "")


def test_what_is_asked_goes_with_the_ways_from_a_card(manager: User, heishui: Division, ruoduo: Division) -> None:
    FundingSourceFactory(code="county")
    LedgerEntryFactory(division=ruoduo, checked_at=datetime(2020, 1, 1, tzinfo=UTC), amount=D("2.00"))
    PledgeFactory(division=ruoduo, first_year=2019)
    LedgerEntryFactory(division=ruoduo, year=2020, checked_at=datetime(2022, 1, 1, tzinfo=UTC))
    asked = {"area_code": heishui.code, "prefixes": ("513228",), "as_of": THEN}

    found = cards(replace(Query(user=manager), **asked))  # type: ignore[arg-type]

    of = "area=513228000000&as_of=2021-06-30&year=2019"
    assert found[1].opens == f"/explain/allocated/?{of}"
    assert {one.url for one in found} == {"/funding/?year=2019&area=513228000000&as_of=2021-06-30"}
    figure, query = question(found[1].opens, manager)
    assert (str(figure.value(query)), found[1].value) == ("2.00", "RMB 2")


def test_where_nothing_is_booked_there_are_no_cards(manager: User, clerk: User, hezhou: Division) -> None:
    LedgerEntryFactory(division=hezhou)

    assert (len(glance(manager)), glance(clerk)) == (5, [])
