"""A figure opened in the browser: the page, its rows a page at a time, its file, and who may open what."""

import re
from decimal import Decimal as D
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alleviation.accounts.models import User
from alleviation.audit.models import AuditEvent, Verb
from projects.choices import EntryKind
from projects.models import Division, LedgerEntry
from tests.conftest import signed_in
from tests.factories import (
    DocumentFactory,
    EvidenceFactory,
    FundingSourceFactory,
    LedgerEntryFactory,
    PledgeFactory,
    ProjectFactory,
)
from tests.golden import golden_money
from tests.opening import openings

SPENT = "/explain/spent/"


@pytest.fixture
def county(heishui: Division, ruoduo: Division, erniunai: Division) -> Division:
    golden_money(heishui, ruoduo, erniunai)
    return heishui


def page(user: User, address: str = SPENT, **asked: Any) -> str:
    response = signed_in(user).get(address, asked)
    assert response.status_code == 200, address
    return " ".join(response.content.decode().split())


def status(user: User, address: str, **asked: Any) -> int:
    code: int = signed_in(user).get(address, asked).status_code
    return code


# --- what the page says -------------------------------------------------------------------------------------------


def test_the_page_says_what_the_figure_is_how_it_is_made_and_what_was_asked(manager: User, county: Division) -> None:
    LedgerEntryFactory(state="draft", voucher="", kind=EntryKind.EXPENDITURE, amount=D("7.50"), division=county)

    said = page(manager, year=2018)

    for words in (
        '<p class="explained-value">300.00 <span class="stat-unit">yuan</span></p>',
        "Money that was spent (支出): the sum of the posted expenditures.",
        "<dd>Σ amount of the posted expenditures</dd>",
        '<dd class="working">Σ of 1 entry = 300.00</dd>',
        "<dt>Asked</dt> <dd> Year: 2018 </dd>",
        "four sums that are never added together. Only posted entries count; docs/ledger.md.",
        'href="http://testserver/explain/spent/?year=2018">http://testserver/explain/spent/?year=2018</a>',
        '<a class="button" href="/explain/spent.csv?year=2018" download>Download CSV</a>',
    ):
        assert words in said, words
    # What waits is of another year.
    assert "in no figure until" not in said


def test_what_waits_is_named_with_a_way_to_it(manager: User, county: Division) -> None:
    LedgerEntryFactory(state="draft", voucher="", kind=EntryKind.EXPENDITURE, amount=D("7.50"), division=county)

    said = page(manager)
    waiting = page(manager, "/explain/pending-spent/", of="draft")

    assert (
        '<li><a href="/explain/pending-spent/?of=draft">expenditure, draft: in no figure until somebody else has '
        "posted it</a>: RMB 7.50</li>" in said
    )
    assert "Spent, waiting to be checked: draft" in waiting


def test_each_row_leads_to_its_record_and_says_who_made_and_checked_it(manager: User, county: Division) -> None:
    entry = LedgerEntry.objects.get(kind=EntryKind.EXPENDITURE, year=2018)
    EvidenceFactory(subject_id=entry.pk)

    said = page(manager, year=2018)
    record = f"/records/projects.ledgerentry/{entry.pk}/"

    assert f'<th scope="row" class="is-code"><a href="{record}">{entry.voucher}</a>' in said
    assert "a-clerk</td>" in said
    assert "a-reviewer</td>" in said
    assert f'<td class="is-count number"><a href="{record}">1</a></td>' in said
    assert "1 of 1 row has evidence." in said
    assert signed_in(manager).get(record).status_code == 200


def test_a_rate_shows_both_sums_and_leads_to_each(manager: User, county: Division) -> None:
    said = page(manager, "/explain/execution-rate/", year=2018)

    assert "300.00 ÷ 1,500.30 = 20.0%" in said
    for figure, amount in (("spent", "300.00"), ("allocated", "1,500.30")):
        assert f'<a class="opens" href="/explain/{figure}/?year=2018">{amount}</a>' in said


def test_a_change_leads_to_both_years(manager: User, county: Division) -> None:
    said = page(manager, "/explain/change/", year=2019, of="spent")

    assert "50.05 ÷ 300.00 − 1 = -83.3%" in said
    for year, amount in ((2019, "50.05"), (2018, "300.00")):
        assert f'<a class="opens" href="/explain/spent/?year={year}">{amount}</a>' in said


def test_a_promise_is_told_with_its_qualifier_once(manager: User, ruoduo: Division) -> None:
    PledgeFactory(division=ruoduo, first_year=2019, qualifier="over", low=D("5.25"), high=None)

    said = page(manager, "/explain/pledged/")

    assert '<p class="explained-value">over RMB 5.25</p>' in said


@pytest.mark.parametrize(
    ("made_up", "badge"), [([False], None), ([True], "made up"), ([True, False], "partly made up")]
)
def test_a_figure_of_made_up_rows_has_the_badge(manager, ruoduo, made_up, badge) -> None:
    for mark in made_up:
        LedgerEntryFactory(division=ruoduo, kind=EntryKind.EXPENDITURE, is_made_up=mark)

    value = page(manager).partition('<p class="explained-value">')[2].partition("</p>")[0]

    assert value.partition("badge-made-up")[2].rpartition(">")[0].rpartition(">")[2].removesuffix("</span") == (
        badge or ""
    )


# --- a page at a time -----------------------------------------------------------------------------------------------


@pytest.fixture
def many(ruoduo: Division) -> list[LedgerEntry]:
    """103 entries: three pages."""
    source = FundingSourceFactory()
    facts = {"division": ruoduo, "source": source, "kind": EntryKind.EXPENDITURE, "amount": D("0.01")}
    made = [LedgerEntryFactory.build(**facts, voucher=f"EX-{n:03}", is_made_up=True) for n in range(103)]
    return LedgerEntry.objects.bulk_create(made)


@pytest.mark.slow
def test_rows_come_a_page_at_a_time_and_the_total_is_that_of_all(manager: User, many: list[LedgerEntry]) -> None:
    pages = [signed_in(manager).get(SPENT, {"page": number}) for number in (1, 2, 3)]
    vouchers = [[row["voucher"] for row in one.context["table"].rows] for one in pages]

    assert [len(found) for found in vouchers] == [50, 50, 3]
    assert len({voucher for found in vouchers for voucher in found}) == 103
    assert {str(one.context["table"].total["spent"]) for one in pages} == {"1.03"}
    assert [(one.context["earlier"], one.context["later"]) for one in pages] == [
        ("", "?page=2"),
        ("?page=1", "?page=3"),
        ("?page=2", ""),
    ]


def test_a_deep_page_reads_its_own_rows_alone(manager: User, many: list[LedgerEntry]) -> None:
    client = signed_in(manager)
    with CaptureQueriesContext(connection) as asked:
        client.get(SPENT, {"page": 3})

    reading = [one["sql"] for one in asked if '"projects_ledgerentry"."return_note"' in one["sql"]]

    assert [sql.rpartition(" LIMIT ")[2] for sql in reading] == ["3 OFFSET 100"]


@pytest.mark.parametrize("number", ["0", "-1", "4", "9999", "٣", "three", "1.0", "99999999999999999999", " 1"])
@pytest.mark.slow
def test_a_page_that_there_is_not_is_not_found(manager: User, many: list[LedgerEntry], number: str) -> None:
    assert status(manager, SPENT, page=number) == 404


@pytest.mark.parametrize(
    ("figure", "most"),
    [
        ("spent", 25),  # the reader; the sums, booked and handed on; the rows and their evidence; what is left out
        ("execution-rate", 25),  # the same for two kinds of entries
        ("pledged", 20),  # the promises with their revisions; who entered them, which projects may be named, evidence
        ("pending-entries", 15),
        ("without-upstream-allocated", 15),
    ],
)
@pytest.mark.slow
def test_an_explanation_asks_the_same_for_more_rows(manager: User, ruoduo: Division, figure: str, most: int) -> None:
    client, counts = signed_in(manager), []
    for more in (1, 2, 27):
        for _n in range(more):
            project, source = ProjectFactory(division=ruoduo), FundingSourceFactory(level="county")
            for kind in (EntryKind.EXPENDITURE, EntryKind.ALLOCATION):
                made = LedgerEntryFactory(division=ruoduo, project=project, source=source, kind=kind)
                EvidenceFactory(subject_id=made.pk)
            LedgerEntryFactory(division=ruoduo, project=project, source=source, state="draft", voucher="")
            PledgeFactory(
                division=ruoduo, project=project, source=source, first_year=2019, stated_in=DocumentFactory()
            )
        with CaptureQueriesContext(connection) as asked:
            response = client.get(f"/explain/{figure}/")
        counts.append(len(asked))

    assert response.context["number"] >= 30
    assert counts == [counts[0]] * 3
    assert counts[0] <= most


# --- the file -------------------------------------------------------------------------------------------------------


def test_the_file_adds_up_to_the_figure_and_leaves_an_event(manager: User, county: Division) -> None:
    response = signed_in(manager).get("/explain/allocated.csv", {"area": county.code, "year": "2018"})
    lines = b"".join(response.streaming_content).decode("utf-8-sig").split("\r\n")  # type: ignore[attr-defined]
    place = lines[0].split(",").index("Allocated (yuan)")
    amounts = [line.split(",")[place] for line in lines[1:] if line]
    event = AuditEvent.objects.get(verb=Verb.DOWNLOADED)

    assert sum(map(D, amounts[:-1])) == D(amounts[-1]) == D("1500.30")
    assert response["Content-Disposition"].startswith('attachment; filename="explain-allocated_513228000000_2018_')
    assert (event.actor, event.subject, event.after) == (
        "manager",
        "explain-allocated",
        {"area": "513228000000", "year": "2018"},
    )


def test_the_head_of_a_file_takes_nothing_away(manager: User, county: Division) -> None:
    response = signed_in(manager).head("/explain/allocated.csv")

    assert response.status_code == 405
    assert not AuditEvent.objects.filter(verb=Verb.DOWNLOADED).exists()


# --- who may open what ----------------------------------------------------------------------------------------------


def test_a_colleague_of_a_smaller_area_sees_their_own_part_and_is_told(clerk: User, county: Division) -> None:
    said = page(clerk, "/explain/allocated/")

    assert '<p class="explained-value">1,500.30 <' in said
    assert "You see the part that lies in Zhawo Countryside, your area; somebody else may see more." in said
    assert "<li>What lies outside your area, Zhawo Countryside</li>" in said
    assert "<dd> Area: Zhawo Countryside 513228212000 </dd>" in said


def test_whoever_asks_for_their_area_is_told_of_no_part(clerk: User, manager: User, county: Division) -> None:
    asked = {"area": "513228212000"}

    assert "The link names no area." not in page(clerk, "/explain/allocated/", **asked)
    assert "The link names no area." not in page(manager, "/explain/allocated/")


def foreign(ruoduo: Division) -> dict[str, str]:
    """What is asked of each sort of record of Ruoduo, and what there is not."""
    project = ProjectFactory(code="OTHERS", division=ruoduo)
    entry = LedgerEntryFactory(division=ruoduo, project=project, voucher="OTHERS-1")
    pledge = PledgeFactory(division=ruoduo, first_year=2019)
    return {
        f"/explain/spent/?area={ruoduo.code}": "/explain/spent/?area=519999999999",
        f"/explain/spent/?at={ruoduo.code}": "/explain/spent/?at=519999999999",
        f"/explain/spent/?inside={ruoduo.code}": "/explain/spent/?inside=519999999999",
        "/explain/spent/?project=OTHERS": "/explain/spent/?project=NONE",
        f"/explain/spent/?project_id={project.pk}": "/explain/spent/?project_id=999999",
        f"/explain/entry/?of={entry.voucher}": "/explain/entry/?of=NONE",
        f"/explain/pledge/?of={pledge.pk}": "/explain/pledge/?of=999999",
        f"/explain/pledged.csv?of={pledge.pk}": "/explain/pledged.csv?of=999999",
    }


@pytest.mark.slow
def test_what_is_foreign_answers_as_what_is_not_there(manager: User, stranger: User, ruoduo: Division) -> None:
    asked = foreign(ruoduo)

    assert {address: status(manager, address) for address in asked} == dict.fromkeys(asked, 200)
    assert {address: status(stranger, address) for address in asked} == dict.fromkeys(asked, 404)
    assert {address: status(manager, address) for address in asked.values()} == dict.fromkeys(asked.values(), 404)


def test_whoever_sees_no_records_opens_no_figure(administrator: User, county: Division) -> None:
    addresses = (SPENT, "/explain/spent.csv", "/explain/entry/?of=NONE", "/explain/spent/?year=nonsense")

    assert [status(administrator, address) for address in addresses] == [403] * 4


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("year=9999", 400),
        ("year=٢٠١٩x", 400),
        ("year=2019&first=2018", 400),
        ("plan=13&last=2018", 400),
        ("first=2019&last=2018", 400),
        ("area=51", 400),
        ("of=٣", 400),
        ("above=9", 400),
        ("tied=yes", 400),
        ("outside_plans=2", 400),
        ("project_id=-1", 400),
        ("project_id=" + "9" * 40, 400),
        ("source_code=%27%20OR%201", 400),
        ("as_of=2999-01-01", 400),
        ("kind=nonsense", 400),
        ("of=%3Cb%3E", 400),
        ("source_code=NONE", 404),
        ("of=something", 404),
        ("first=2018&last=2019", 200),
        ("no-such-field=1", 200),
    ],
)
@pytest.mark.slow
def test_an_address_that_asks_nonsense_gets_its_error_and_no_figure(manager, county, asked, expected) -> None:
    client = signed_in(manager)
    found = [client.get(f"/explain/spent{end}?{asked}") for end in ("/", ".csv")]

    assert [one.status_code for one in found] == [expected] * 2
    if asked == "year=9999":
        assert "<li>Year: Ensure this value is less than or equal to 2100.</li>" in found[0].content.decode()
    if expected == 400:
        assert {"This address asks for no figure" in one.content.decode() for one in found} == {True}
        assert {"explained-value" in one.content.decode() for one in found} == {False}
    assert AuditEvent.objects.filter(verb=Verb.DOWNLOADED).count() == (expected == 200)


@pytest.mark.parametrize(
    "address",
    [
        "/explain/no-such-figure/",
        "/explain/no-such-figure.csv",
        "/explain/entry/",
        "/explain/pledge/?of=three",
        "/explain/pending-spent/?of=posted",
        "/explain/change/?of=spent",
        "/explain/change/?of=entry&year=2019",
    ],
)
def test_a_figure_that_there_is_not_is_not_found(manager: User, county: Division, address: str) -> None:
    assert status(manager, address) == 404


# --- the ways in ----------------------------------------------------------------------------------------------------


def linked(client: Any, address: str) -> set[str]:
    """The explanations that a page leads to."""
    tables = client.get(address).context["tables"].values()
    return {cell.url for panel in tables for cell in openings(panel.table)}


@pytest.mark.slow
def test_every_way_in_of_a_reader_of_one_area_leads_somewhere(clerk: User, county: Division, ruoduo: Division) -> None:
    """Money of the area for a foreign project is opened by the project's number, since its name is not told."""
    elsewhere = ProjectFactory(division=None)
    LedgerEntryFactory(division=ruoduo, project=elsewhere, amount=D("3.00"))
    PledgeFactory(division=ruoduo, first_year=2018)
    client = signed_in(clerk)
    pages = ("/funding/", "/projects/", "/sources/county/")

    found = set().union(*(linked(client, address) for address in pages))
    # One of each sort: what differs in nothing but the values that are asked, or the kind of money, is asked once.
    told = r"=[^&]*|allocated|disbursed|spent|refunded|execution-rate"
    sorts = {re.sub(told, "", url): url for url in sorted(found)}
    answers = {url: client.get(url).status_code for url in sorts.values()}

    assert f"/explain/allocated/?area=513228212000&project_id={elsewhere.pk}" in found
    assert answers == dict.fromkeys(answers, 200)


def test_the_figures_at_a_glance_open_beside_the_way_to_their_page(manager: User, county: Division) -> None:
    stats = signed_in(manager).get("/").context["money"]

    assert [(one.opens, one.note_opens) for one in stats] == [
        ("", ""),
        ("/explain/allocated/?year=2019", "/explain/change/?of=allocated&year=2019"),
        ("/explain/disbursed/?year=2019", "/explain/change/?of=disbursed&year=2019"),
        ("/explain/spent/?year=2019", "/explain/change/?of=spent&year=2019"),
        ("/explain/execution-rate/?year=2019", ""),
    ]
    assert {one.beside.opens for one in stats} == {
        "",
        *(f"/explain/{figure}/?first=2016&last=2019" for figure in ("allocated", "disbursed", "spent")),
        "/explain/execution-rate/?first=2016&last=2019",
    }
    assert {one.url for one in stats} == {"/funding/?year=2019"}


def test_the_amount_on_the_page_of_a_pledge_opens(manager: User, ruoduo: Division) -> None:
    pledge = PledgeFactory(division=ruoduo, first_year=2019, low=D("5.25"))

    said = page(manager, f"/pledges/{pledge.pk}/")

    assert f'<dd><a class="opens" href="/explain/pledge/?of={pledge.pk}">RMB 5.25</a></dd>' in said
