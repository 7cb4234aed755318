"""What a program's request asks the database, whatever number of rows it is given."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.programs import program_of
from tests.api.programs import said as read_out
from tests.factories import LedgerEntryFactory

# The token with its owner; its tally, found and locked at once, put up by one within a savepoint.
BY_TOKEN = 5
# By token; the tag; the event in five; the trail's end; the rows in two parts; their total. COPY is not counted.
ROWS = {"sqlite": 15, "postgresql": 13}


def queries_of(client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        read_out(client.get(address))
    return len(asked)


def test_who_asks_costs_the_same_few_questions(manager):
    program = program_of(manager)
    program.get("/api/v1/")

    assert [queries_of(program, f"/api/v1/{page}") for page in ("", "reports/", "reports/incomes/")] == [BY_TOKEN] * 3


@pytest.mark.parametrize("form", ["json", "csv"])
def test_rows_cost_the_same_questions_however_many_they_are(form, manager, ruoduo):
    program, counts = program_of(manager), []
    # The head of the trail is made with its first event.
    read_out(program.get(f"/api/v1/reports/awards.{form}"))
    for number in (1, 2, 27):
        LedgerEntryFactory.create_batch(number, division=ruoduo)
        counts.append(queries_of(program, f"/api/v1/reports/funding-ledger.{form}"))

    assert counts == [ROWS[connection.vendor]] * 3
