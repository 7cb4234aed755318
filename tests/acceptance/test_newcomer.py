"""A newcomer's first hour: sign in, enter a project and its money, see every total move by just that much."""

import re
from typing import Any

import pytest
from django.test import Client

from alleviation.accounts.models import User
from alleviation.example.people import EXAMPLE_PASSWORD, people
from projects import actions
from projects.models import Division, LedgerEntry
from tests.acceptance.reading import Shown, fen, page, taken
from tests.admin_pages import typed
from tests.factories import FundingSourceFactory, LedgerEntryFactory

AMOUNT = 123450
TITLE = "Allocated (yuan)"


@pytest.fixture
def sign_ins(heishui: Division, ruoduo: Division) -> None:
    for person in people():
        person.set_password(EXAMPLE_PASSWORD)
        person.save()
    LedgerEntryFactory(division=ruoduo, year=2024, source=FundingSourceFactory())


def browser(name: str) -> Client:
    """Someone who signs in through the page, as a browser does it, in one that insists on the token."""
    client = Client(enforce_csrf_checks=True)
    send(client, "/sign-in/", username=name, password=EXAMPLE_PASSWORD)
    return client


def send(client: Client, address: str, **fields: Any) -> Any:
    """Open a form, fill it in and send it with the token that it holds."""
    opened = client.get(address)
    assert opened.status_code == 200, (address, opened.status_code)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', opened.content.decode())
    given = typed(opened) if opened.context and "adminform" in opened.context else {}
    data = {**given, **fields, "csrfmiddlewaretoken": token.group(1) if token else ""}
    sent = client.post(address, {name: "" if value is None else value for name, value in data.items()})
    assert sent.status_code == 302, sent.content.decode()
    return sent


def allocated(client: Client) -> dict[str, int | None]:
    """The total of allocations wherever this person reads it."""
    funding = page(client, "/funding/")
    tables: dict[str, Shown] = {
        "overview": page(client, "/")["annual-funding"],
        "overview, year": page(client, "/", year="2024")["places"],
        "funding": funding["funding-by-project"],
        "funding, kind": funding["funding-by-kind"],
        "file": taken(client, "/reports/annual-funding.csv"),
        "ledger": taken(client, "/reports/funding-ledger.csv", year="2024"),
    }
    return {where: fen(table.total[TITLE]) for where, table in tables.items() if table.total}


def test_a_wrong_token_enters_nothing(sign_ins: None) -> None:
    client = browser("clerk")

    assert client.post("/admin/projects/project/add/", {"code": "NEW-1"}).status_code == 403


@pytest.mark.slow
def test_newcomers_entry_moves_every_total_by_its_amount(sign_ins: None, ruoduo: Division) -> None:
    clerk, others = browser("clerk"), [browser("manager"), browser("auditor")]
    before = {id(client): allocated(client) for client in (clerk, *others)}

    facts = {"code": "NEW-1", "name": "A new road", "kind": "road", "status": "approved", "division": ruoduo.pk}
    send(clerk, "/admin/projects/project/add/", **facts)
    source = FundingSourceFactory()
    entry = {"kind": "allocation", "booked_on": "2024-05-06", "amount": "1234.50", "source": source.pk}
    project = re.search(r"/admin/projects/project/(\d+)/", clerk.get("/admin/projects/project/").content.decode())
    assert project is not None
    send(clerk, "/admin/projects/ledgerentry/add/", **entry, division=ruoduo.pk, project=project.group(1))

    # A draft is shown beside the figures, and in none of them.
    assert {id(client): allocated(client) for client in (clerk, *others)} == before
    waiting = page(clerk, "/funding/")["pending"]
    assert [(row["State"], fen(row[TITLE])) for row in waiting.rows] == [("draft", AMOUNT)]

    drafted = LedgerEntry.objects.get(state="draft")
    actions.submit_entry(drafted, by=User.objects.get(username="clerk"))
    actions.post_entry(drafted, by=User.objects.get(username="reviewer"))

    for client in (clerk, *others):
        was, now = before[id(client)], allocated(client)
        assert {where: total - was[where] for where, total in now.items()} == dict.fromkeys(was, AMOUNT)
        rows = page(client, "/projects/")["projects"].rows
        assert [(row["Code"], fen(row[TITLE])) for row in rows] == [("NEW-1", AMOUNT)]
        file = taken(client, "/reports/funding-ledger.csv")
        assert sum(fen(row[TITLE]) or 0 for row in file.rows) == fen(file.total[TITLE]) == 10000 + AMOUNT


def test_administrator_reads_no_figure(sign_ins: None) -> None:
    client = browser("administrator")

    assert client.get("/funding/").status_code == 403
    assert client.get("/reports/annual-funding.csv").status_code == 403
    assert User.objects.get(username="administrator").is_example is True
