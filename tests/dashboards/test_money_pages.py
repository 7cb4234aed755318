"""The pages of figures of money in the browser: who comes in and how, what is marked, and what a page costs."""

from decimal import Decimal as D
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alleviation.accounts.models import User
from alleviation.audit.models import AuditEvent, Verb
from projects.models import Division, LedgerEntry, Pledge
from tests.conftest import signed_in
from tests.factories import EvidenceFactory, FundingSourceFactory, LedgerEntryFactory, PledgeFactory, ProjectFactory
from tests.scrutiny.explained import opened, taken


@pytest.mark.slow
@pytest.mark.parametrize("address", ["/explain/spent/", "/explain/spent.csv", "/explain/entry/?of=V"])
def test_a_figure_is_only_read_and_only_by_who_signed_in(address: str, manager: User) -> None:
    reader = signed_in(manager)

    assert [reader.post(address).status_code, reader.delete(address).status_code] == [405, 405]
    assert Client().get(address).headers["Location"].startswith("/sign-in/?next=/explain/")


def test_the_head_of_a_page_is_that_of_the_page(manager: User, ruoduo: Division) -> None:
    response = signed_in(manager).head("/explain/spent/")

    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("marks", "expected"),
    [([False, False], False), ([True, True], True), ([True, False], "partly")],
)
def test_the_mark_of_a_voucher_and_of_a_sum_is_that_of_their_rows(marks, expected, manager, ruoduo: Division) -> None:
    """Of two allocations; a made-up expenditure beside them marks neither."""
    made = [LedgerEntryFactory(division=ruoduo, is_made_up=mark, amount=D("1.00")) for mark in marks]
    LedgerEntryFactory(division=ruoduo, kind="expenditure", is_made_up=True)

    assert opened(manager, "allocated")["made_up"] == expected
    assert [opened(manager, "entry", of=one.voucher)["made_up"] for one in made] == marks
    rows, total = taken(manager, "allocated")
    assert sorted(row["Made up"] for row in rows) == sorted("made up" if mark else "" for mark in marks)
    assert total["Made up"] == {False: "", True: "made up", "partly": "partly made up"}[expected]


def test_the_file_of_what_waits_adds_up_and_tells_what_was_asked(manager: User, ruoduo: Division) -> None:
    for state, amount in (("draft", "1.25"), ("submitted", "2.50"), ("draft", "4.00")):
        LedgerEntryFactory(division=ruoduo, state=state, amount=D(amount))

    rows, total = taken(manager, "pending-allocated", of="draft", year="2019")

    amounts = [D(row["Allocated (yuan)"]) for row in rows]
    assert (sorted(amounts), total["Allocated (yuan)"]) == ([D("1.25"), D("4.00")], "5.25")
    event = AuditEvent.objects.get(verb=Verb.DOWNLOADED)
    assert (event.subject, event.after) == ("explain-pending-allocated", {"of": "draft", "year": "2019"})


def test_a_page_says_why_there_is_nothing(manager: User, ruoduo: Division) -> None:
    said = {slug: opened(manager, slug, year="2019")["table"].empty for slug in ("spent", "pledged", "pending-spent")}

    assert {slug: str(words) for slug, words in said.items()} == {
        "spent": "No entry of this kind is posted for this filter.",
        "pledged": "Nothing was promised for this filter.",
        "pending-spent": "Nothing waits to be checked.",
    }


@pytest.mark.slow
@pytest.mark.parametrize("figure", ["without-evidence", "money-without-evidence"])
def test_without_evidence_is_what_the_manager_finds_and_a_foreign_reader_does_not(
    figure: str, manager: User, stranger: User, ruoduo: Division
) -> None:
    LedgerEntryFactory(division=ruoduo, kind="expenditure", amount=D("7.00"))

    told = [opened(user, figure, of="entry-expenditure")["words"] for user in (manager, stranger)]

    assert told == {"without-evidence": ["1", "0"], "money-without-evidence": ["7.00", "0.00"]}[figure]


# --- what a page costs --------------------------------------------------------------------------------------------


def handed_down(ruoduo: Division, heishui: Division) -> None:
    """One allocation that was handed down to a project, with a receipt, and a promise for it."""
    source, project = FundingSourceFactory(code="county"), ProjectFactory(division=ruoduo)
    upper = LedgerEntryFactory(division=heishui, source=source, project=ProjectFactory(division=heishui))
    for year in (2018, 2019):
        made = LedgerEntryFactory(
            division=ruoduo,
            source=source,
            project=project,
            year=year,
            handed_down_from=upper.voucher,
            amount=D("1.00"),
        )
        EvidenceFactory(subject_id=made.pk)
    PledgeFactory(division=ruoduo, source=source, project=project, first_year=2019)


@pytest.mark.slow
@pytest.mark.parametrize(
    "address",
    [
        "/explain/allocated/",
        "/explain/allocated/?above=5&tied=1",
        "/explain/allocated/?as_of=2026-01-01",
        "/explain/change/?of=allocated&year=2019",
        "/explain/entry/?of={first}",
        "/explain/handed-on/?of={last}",
        "/explain/needs-evidence/?of=entry-allocation",
        "/explain/pledges-without-evidence/",
        "/explain/pledged/?of={pledge}",
    ],
)
def test_a_page_asks_the_same_however_many_rows_it_has(address, manager: User, heishui, ruoduo) -> None:
    client, counts = signed_in(manager), []
    handed_down(ruoduo, heishui)
    first, last = LedgerEntry.objects.order_by("pk")[:2]
    asked = address.format(first=first.voucher, last=last.voucher, pledge=Pledge.objects.get().pk)
    for more in (0, 2, 12):
        for _n in range(more):
            handed_down(ruoduo, heishui)
        with CaptureQueriesContext(connection) as captured:
            answer: Any = client.get(asked)
        assert answer.status_code == 200
        counts.append(len(captured))

    assert counts == [counts[0]] * 3
