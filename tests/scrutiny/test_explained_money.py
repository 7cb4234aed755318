"""Whatever the ledger: each figure of money opens to what equals it, to the fen, by the lines of its file."""

import random
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal as D
from typing import Any

import pytest
from django.http import Http404

from alleviation.accounts.models import User
from alleviation.audit import trail
from alleviation.common.figures import Figure
from alleviation.common.query import Query
from alleviation.common.tables import Table
from alleviation.dashboards.figures import area_tables, funding_tables, ledger_tables, pledge_tables
from alleviation.dashboards.records import project_tables, sources
from alleviation.reports.catalogue import BY_SLUG as REPORTS
from alleviation.scrutiny.asked import asked_words
from alleviation.scrutiny.figures import money, outside, pledges, vouchers, waiting
from alleviation.scrutiny.figures.changes import grown
from projects.choices import EntryKind, PledgeBasis
from projects.filters import QueryForm
from projects.models import Division, FundingSource, LedgerEntry, Pledge, Project, Succession
from projects.rollups import beside_total
from projects.rollups.projects import projects_with_funding
from tests.factories import (
    DocumentFactory,
    EvidenceFactory,
    FundingSourceFactory,
    LedgerEntryFactory,
    PledgeFactory,
    ProjectFactory,
    place,
)
from tests.ledgers import random_ledger
from tests.opening import added_up, closed, comparable, openings, question

ASKED: tuple[tuple[str, dict[str, str]], ...] = (
    ("manager", {}),
    ("manager", {"area": "513228000000", "plan": "13"}),
    ("reviewer", {}),
    ("clerk", {"year": "2018"}),
    ("manager", {"area": "513228212000", "source": "county"}),
    ("manager", {"year": "2005"}),
    ("reviewer", {"kind": "road"}),
)
# How many cells of each table are opened.
OPENED = 12


@pytest.fixture
def ledger(request, heishui, zhawo, ruoduo, xili, erniunai, hezhou) -> int:
    """Money of two provinces, over and outside the plans, handed down over three levels, given back and reversed."""
    rng = random.Random(seed := request.param)
    levels = ("county", "provincial", "enterprise")
    paying = [FundingSourceFactory(code=f"S-{level}", level=level) for level in levels]
    homes = ((ruoduo, "road"), (zhawo, "water"), (hezhou, "road"), (None, "education"))
    projects = [ProjectFactory(division=one, kind=kind) for one, kind in homes]
    former = place("513228212203", "former village")
    Succession.objects.create(predecessor=former, successor=ruoduo, kind="merged", source="a list")
    places = [heishui, zhawo, ruoduo, xili, erniunai, hezhou, former]
    years = [2005, 2018, 2018, 2019, 2022]
    random_ledger(rng, places=places, sources=paying, projects=projects, years=years, number=60)
    for state in ("draft", "submitted", "returned"):
        for kind in rng.sample(list(EntryKind), 2):
            LedgerEntryFactory(
                state=state,
                voucher="",
                kind=kind,
                division=rng.choice(places),
                source=rng.choice(paying),
                project=None,
            )
    promised(rng, places, paying, projects)
    return seed


def promised(rng: random.Random, places: list[Division], paying: list[Any], projects: list[Any]) -> None:
    """Promises of every sort of figure, some revised, some of which no year is known."""
    figures = [("exact", 5, 5), ("over", 7, None), ("about", 3, 3), ("range", 2, 9), ("unstated", None, None)]
    for count in range(10):
        qualifier, low, high = rng.choice(figures)
        first = PledgeFactory(
            source=rng.choice(paying),
            division=rng.choice(places),
            project=rng.choice([None, *projects]),
            basis=rng.choice(PledgeBasis.values),
            qualifier=qualifier,
            low=low and D(low),
            high=high and D(high),
            first_year=rng.choice([2005, 2018, None]),
            stated_in=DocumentFactory() if count % 2 else None,
        )
        if count % 3 == 0:
            PledgeFactory(
                revises=first, source=first.source, division=first.division, first_year=2019, reason="less", low=D("1")
            )


def every_table(query: Query, form: QueryForm) -> dict[str, Table]:
    """The tables of money of all pages, and the reports."""
    whole = beside_total(query)
    found = [
        funding_tables.by_year(query, whole),
        *ledger_tables.pending(query),
        funding_tables.by_plan(query, whole),
        funding_tables.by_source(query, whole),
        funding_tables.by_kind(query, whole),
        funding_tables.by_project(query, whole),
        funding_tables.by_area(query, whole, form.place),
        pledge_tables.pledges_table(query),
        ledger_tables.without_upstream(query),
        replace(sources._list_table(query), slug="list of sources"),
        replace(project_tables.list_table(projects_with_funding(query), query), slug="list of projects"),
        replace(area_tables.children(query, form.place), slug="places below"),
    ]
    reports = ("annual-funding", "pledges-and-funding", "funding-ledger", "received-without-upstream")
    tables = [replace(REPORTS[slug].table(query), slug=f"report {slug}") for slug in reports]
    return {one.slug: replace(one, rows=list(one.rows)) for one in [*found, *tables]}


@pytest.mark.parametrize(
    "ledger",
    [pytest.param(1, marks=pytest.mark.slow), *(pytest.param(n, marks=pytest.mark.long) for n in (2, 3))],
    indirect=True,
)
def test_each_figure_of_any_ledger_opens_to_what_equals_it(ledger, manager, reviewer, clerk) -> None:
    rng, people = random.Random(ledger), {"manager": manager, "reviewer": reviewer, "clerk": clerk}
    opened = 0
    for name, asked in ASKED:
        user = people[name]
        form = QueryForm(asked, user=user, fields=("year", "plan", "area", "kind", "source"))
        query = form.query()
        assert query is not None
        for slug, table in every_table(query, form).items():
            cells = list(openings(table))
            assert closed(table) == [], slug
            for cell in rng.sample(cells, min(OPENED, len(cells))):
                assert_equal(cell, user, f"{slug}: {cell.url}")
                opened += 1

    assert opened > 30


def assert_equal(cell: Any, user: User, where: str) -> None:
    """The figure equals the cell, and the lines of its file make it."""
    figure, query = question(cell.url, user)
    value = comparable(figure.value(query))
    assert value == comparable(cell.value), where
    assert figure.words(query) == cell.text, where
    if figure.number(query):
        assert added_up(figure, query) == value, where


# --- what the sums are of, by hand --------------------------------------------------------------------------------


def test_a_sum_tells_its_entries_and_what_was_handed_on(
    everything: Query, heishui: Division, ruoduo: Division
) -> None:
    source = FundingSourceFactory()
    LedgerEntryFactory(voucher="UP", amount=D("10.00"), division=heishui, source=source)
    LedgerEntryFactory(voucher="DOWN", amount=D("3.00"), division=ruoduo, source=source, handed_down_from="UP")

    told = money.ALLOCATED.working(replace(everything, place_code=heishui.code))
    rows = list(money.ALLOCATED.rows(everything))

    assert told == "10.00 booked − 3.00 handed on and counted where it arrived = 7.00"
    assert [(row["voucher"], str(row["allocated"]), row["entered_by"], row["checked_by"]) for row in rows] == [
        ("DOWN", "3.00", "a-clerk", "a-reviewer"),
        ("UP", "10.00", "a-clerk", "a-reviewer"),
        ("DOWN", "-3.00", "a-clerk", "a-reviewer"),
    ]


def test_a_page_of_rows_is_cut_across_what_was_booked_and_handed_on(everything, heishui, ruoduo) -> None:
    for number in range(3):
        up = LedgerEntryFactory(amount=D("10.00"), division=heishui)
        LedgerEntryFactory(amount=D(number + 1), division=ruoduo, source=up.source, handed_down_from=up.voucher)
    every = list(money.ALLOCATED.rows(everything))

    parts = [money.ALLOCATED.part(everything, first, first + 4) for first in (0, 4, 8, 12)]

    assert [len(part) for part in parts] == [4, 4, 1, 0]
    assert [row["allocated"] for part in parts for row in part] == [row["allocated"] for row in every]


def test_what_waits_what_was_withdrawn_and_what_is_promised_is_left_out_by_name(everything, ruoduo) -> None:
    facts = {"division": ruoduo, "voucher": ""}
    LedgerEntryFactory(**facts, state="draft", amount=D("1.00"))
    LedgerEntryFactory(**facts, state="returned", amount=D("2.00"), return_note="why?")
    LedgerEntryFactory(**facts, state="draft", kind=EntryKind.REFUND, amount=D("4.00"))
    given_up = LedgerEntryFactory(**facts, state="draft")
    LedgerEntry.objects.filter(pk=given_up.pk).update(state="withdrawn")
    PledgeFactory(division=ruoduo, first_year=2019, low=D("5.00"))

    found = outside.of_booked(everything, "allocated")

    assert [(str(one.reason), one.number, one.figure, one.url) for one in found] == [
        told("allocation, draft", "RMB 1", "draft"),
        told("allocation, returned", "RMB 2", "returned"),
        ("Entries that were withdrawn before anybody posted them", 1, "", ""),
        (
            "Promised money: it stands beside what is booked and is never added to it",
            None,
            "RMB 5",
            "/explain/pledged/",
        ),
    ]


def told(state: str, amount: str, of: str) -> tuple[Any, ...]:
    reason = f"{state}: in no figure until somebody else has posted it"
    return (reason, None, amount, f"/explain/pending-allocated/?of={of}")


def test_a_reader_of_one_area_is_told_that_there_may_be_more(clerk: User, ruoduo: Division) -> None:
    found = list(outside.elsewhere(Query(user=clerk)))

    assert [str(one.reason) for one in found] == ["What lies outside your area, Zhawo Countryside"]


def test_rows_say_how_many_of_them_have_evidence(everything: Query, ruoduo: Division) -> None:
    proven, _bare = (LedgerEntryFactory(division=ruoduo) for _n in range(2))
    for _n in range(2):
        EvidenceFactory(subject_id=proven.pk)

    rows = {row["voucher"]: row["evidence"] for row in money.ALLOCATED.rows(everything)}

    assert (money.ALLOCATED.proven(everything), rows[proven.voucher], sorted(rows.values())) == (1, 2, [0, 2])


def test_what_waits_is_nothing_as_of_a_past_day(everything: Query, ruoduo: Division) -> None:
    LedgerEntryFactory(state="draft", voucher="", division=ruoduo, amount=D("1.00"))
    figure = waiting.PendingAllocated()
    then = replace(everything, as_of=datetime(2020, 1, 1, tzinfo=UTC))

    assert [figure.value(query) for query in (everything, then)] == [D("1.00"), D("0.00")]
    assert [row["voucher"] for row in figure.rows(everything)] == [f"#{LedgerEntry.objects.get().pk}"]


@pytest.mark.slow
def test_of_a_past_day_what_was_posted_since_is_left_out_by_name(manager, ruoduo, monkeypatch) -> None:
    """10.00 posted in 2020 and 5.00 in 2022, for a road of 2020 that became waterworks in 2022."""
    firm, road = FundingSource(code="firm", name="F", level="enterprise"), Project(code="R", name="R", kind="road")
    early, late = datetime(2020, 5, 1, tzinfo=UTC), datetime(2022, 5, 1, tzinfo=UTC)
    written(monkeypatch, early, firm, road)
    for amount, at in ((D("10.00"), early), (D("5.00"), late)):
        LedgerEntryFactory(source=firm, project=road, division=ruoduo, amount=amount, checked_at=at)
    road.kind = "water"
    written(monkeypatch, late, road)
    form = QueryForm({"as_of": "2021-06-30"}, user=manager)
    query = form.query()
    assert query is not None

    whole = beside_total(query)
    tables = (funding_tables.by_kind(query, whole), funding_tables.by_source(query, whole))
    cells = [cell for table in tables for cell in openings(table)]

    assert {str(cell.value) for cell in cells} == {"10.00", "0.00", "0"}
    for cell in cells:
        assert_equal(cell, manager, cell.url)
    assert [(one.number, one.figure) for one in money.ALLOCATED.left_out(query)] == [(1, "RMB 5")]


def written(monkeypatch: pytest.MonkeyPatch, moment: datetime, *records: Any) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(trail.timezone, "now", lambda: moment)
        for record in records:
            trail.write(record, by="x")


# --- one voucher, one promise, one change -------------------------------------------------------------------------


def test_an_entry_tells_what_names_it(everything: Query, heishui: Division, ruoduo: Division) -> None:
    LedgerEntryFactory(voucher="UP", amount=D("10.00"), division=heishui)
    LedgerEntryFactory(voucher="DOWN", amount=D("3.00"), division=ruoduo, handed_down_from="UP")
    LedgerEntryFactory(voucher="BACK", amount=D("-10.00"), division=heishui, reverses="UP", reason="wrong")
    query = replace(everything, of="UP")
    entry = vouchers.Entry()

    assert (entry.names_it(query), str(entry.value(query))) == ("UP allocation", "10.00")
    assert [(str(one.reason), one.figure, one.url) for one in entry.left_out(query)] == [
        ("The entry that takes it back, BACK", "RMB -10", "/explain/entry/?of=BACK"),
        ("What was handed on of it, DOWN", "RMB 3", "/explain/entry/?of=DOWN"),
    ]


@pytest.mark.parametrize("figure", [vouchers.Entry(), vouchers.HandedOn(), pledges.Pledged(), pledges.OnePledge()])
def test_what_is_foreign_is_as_unknown_as_what_is_not_there(figure, stranger, heishui, ruoduo) -> None:
    LedgerEntryFactory(voucher="UP", division=heishui)
    LedgerEntryFactory(voucher="DOWN", division=ruoduo, handed_down_from="UP")
    pledge = PledgeFactory(division=ruoduo, first_year=2019)

    for of in ("UP", "DOWN", str(pledge.pk), "NONE", "999999", "٣", "-1"):
        with pytest.raises(Http404):
            figure.names_it(Query(user=stranger, of=of))


def test_a_promise_has_a_row_for_each_year_as_the_version_that_holds_has_it(everything, ruoduo) -> None:
    facts = {"division": ruoduo, "basis": PledgeBasis.PER_YEAR}
    first = PledgeFactory(**facts, first_year=2018, last_year=2019, low=D("5.00"))
    later = {"first_year": 2019, "last_year": 2019, "reason": "more"}
    PledgeFactory(**facts, source=first.source, revises=first, **later, qualifier="over", low=D("7.00"), high=None)
    trail.record(verb="created", subject=first, by="a-clerk")
    figure, query = pledges.Pledged(), replace(everything, of=str(first.pk))

    rows = list(figure.rows(query))

    assert [(row["year"], str(row["pledged"]), row["version"], row.get("entered_by")) for row in rows] == [
        (2018, "5", "First version", "a-clerk"),
        (2019, "over 7", "Revision 1", None),
    ]
    assert figure.words(query) == "over RMB 12"
    assert figure.working(query) == ("Σ of 2 amounts, a promise counting once in each of its years = over RMB 12")


def test_an_unstated_promise_is_counted_beside_the_sum_and_said(everything: Query, ruoduo: Division) -> None:
    PledgeFactory(division=ruoduo, first_year=2019, low=D("5.00"))
    PledgeFactory(division=ruoduo, first_year=2019, qualifier="unstated", low=None, high=None)
    PledgeFactory(division=ruoduo)

    figure = pledges.Pledged()

    assert figure.words(everything) == "RMB 5 and 1 not stated"
    assert [one.number for one in figure.left_out(everything)] == [None, 1, 1]


def test_a_version_of_a_promise_names_the_others(everything: Query, ruoduo: Division) -> None:
    first = PledgeFactory(division=ruoduo, first_year=2018, low=D("5.00"))
    other = PledgeFactory(division=ruoduo, revises=first, source=first.source, reason="more", low=D("7.00"))
    figure, query = pledges.OnePledge(), replace(everything, of=str(first.pk))

    assert figure.words(query) == Figure.exact("5.00").words("CNY")
    assert [(str(one.reason), one.figure, one.url) for one in figure.left_out(query)] == [
        ("Revision 1", "RMB 7", f"/explain/pledge/?of={other.pk}")
    ]
    assert Pledge.objects.count() == 2


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [("12", "10", "0.2"), ("5", "10", "-0.5"), ("5", "0", None), ("5", "-1", None), (None, "1", None)],
)
def test_a_change_is_the_ratio_less_one_and_of_nothing_none(now: Any, before: str, expected: Any) -> None:
    assert grown(now and D(now), D(before)) == (expected and D(expected))


# --- the question in words ----------------------------------------------------------------------------------------


def test_every_filter_is_told_by_name(manager: User, heishui: Division, ruoduo: Division) -> None:
    project = ProjectFactory(code="PV", name="Station", division=ruoduo)
    FundingSourceFactory(code="S", name="Firm", level="county")
    url = (
        f"/explain/allocated/?area={heishui.code}&inside=513228212000&at={ruoduo.code}&above=4&kind=road&source=county"
        f"&source_code=S&project_id={project.pk}&tied=1&outside_plans=1&first=2001&last=2003"
    )

    told = asked_words(question(url, manager)[1])

    assert [(str(label), value) for label, value in told] == [
        ("Years", "2001 to 2003"),
        ("Five-year plan", "none: the years outside all of them"),
        ("Area", "Heishui County 513228000000"),
        ("Counted under", "Zhawo Countryside 513228212000"),
        ("This very place, without those below", "Ruoduo Village 513228212205"),
        ("Not tied to a smaller place", "what is booked above the level: township"),
        ("Kind of project", "road"),
        ("Sources of the level", "county government"),
        ("Funding source", "Firm"),
        ("Project", "any that you may see"),
        ("Project", "PV Station"),
    ]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("", []),
        ("?year=2019", [("Year", "2019")]),
        ("?plan=13", [("Five-year plan", "13th Five-Year Plan (2016-2020)")]),
        ("?project_id=0", [("Project", "Not tied to a project")]),
    ],
)
def test_what_is_not_asked_is_not_told(asked: str, expected: list, manager: User) -> None:
    told = asked_words(question(f"/explain/allocated/{asked}", manager)[1])

    assert [(str(label), value) for label, value in told] == expected


def test_a_foreign_project_with_money_here_is_opened_and_not_named(clerk: User, ruoduo, erniunai) -> None:
    project = ProjectFactory(name="Secret", division=erniunai)
    LedgerEntryFactory(division=ruoduo, project=project, amount=D("3.00"))

    figure, query = question(f"/explain/allocated/?project_id={project.pk}", clerk)

    assert str(figure.value(query)) == "3.00"
    assert [value for label, value in asked_words(query) if label == "Project"] == ["A project outside your area"]
    assert [row["project"] for row in figure.rows(query)] == [""]
