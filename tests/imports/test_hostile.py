"""Each hostile file through the command, the upload, the preview and the confirmation: the outcome that is stated."""

import json
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import transaction

from alleviation.accounts.models import User
from alleviation.audit.models import ImportBatch
from alleviation.intake import faults
from alleviation.intake.models import ImportRun
from beneficiaries.actions.numbers import numbers_of
from beneficiaries.models import Household, IncomeRecord, Person
from tests.conftest import signed_in
from tests.imports.cases import CASES, FOLDER, MANIFEST, workbooks_read_here

pytestmark = pytest.mark.django_db

# One of each outcome and of each way to it; the slow tests take the others.
QUICK = {"a01_plain_utf8", "b03_gb18030_rare", "c03_duplicate_header", "g18_other_area", "h15_rich_text"}
STATES = {"accept": "ready", "row_errors": "faulty", "refuse": "refused"}
WORDS = {"accept": "accepted", "row_errors": "row_errors", "refuse": "refused"}


@pytest.fixture
def importer(settings) -> User:
    """The clerk and the villages of the manifest."""
    settings.DEBUG = True
    call_command("load_import_fixture", *MANIFEST["existing_villages"], verbosity=0)
    settings.DEBUG = False
    return User.objects.get(username="importer")


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    "number", [pytest.param(one, marks=[pytest.mark.slow] * (one not in QUICK)) for one in sorted(CASES)]
)
def test_a_hostile_file_comes_to_its_outcome_by_command_and_by_page(number, importer, capsys):
    case = CASES[number]
    allowed = [case["expect"], *case["also_ok"]]

    with workbooks_read_here():
        by_command = commanded(case, capsys)
        by_page = uploaded(case, signed_in(importer))

    assert by_command == by_page
    assert by_command in [stated(case, word) for word in allowed]


def commanded(case, capsys):
    """(outcome, code of a refusal, faults, rows written) of the command; what it wrote is taken out again."""
    with transaction.atomic():
        code = 0
        try:
            call_command("import_incomes", FOLDER / case["file"], by="importer", json=True)
        except SystemExit as exit_:
            code = exit_.code
        told, rows = json.loads(capsys.readouterr().out), rows_written()
        transaction.set_rollback(True)
    assert told["rows"] == len(rows)
    word = ["accept", "row_errors", "refuse"][code]
    assert told["outcome"] == WORDS[word]
    refusal = told["errors"][0]["code"] if word == "refuse" else None
    places = [(one["row"], one["column"], one["code"]) for one in told["errors"]] if word == "row_errors" else []
    return word, refusal, places, rows


def uploaded(case, client):
    """The same of the pages: handed in, looked at, and confirmed where that is offered."""
    with (FOLDER / case["file"]).open("rb") as file:
        answer = client.post("/imports/incomes/", {"file": file}, follow=True)
    run = ImportRun.objects.get()
    if run.state == "waiting":
        call_command("run_imports", once=True)
        answer = client.get(f"/imports/runs/{run.pk}/")
        run.refresh_from_db()
    assert answer.status_code == 200
    word = next(word for word, state in STATES.items() if state == run.state)
    assert rows_written() == []
    if word == "accept":
        confirm(client, run, answer)
    elif word == "row_errors":
        assert len(answer.context["faults"].rows) == run.fault_count
    places = [(one.row, one.column, one.code) for one in faults.of(run.pk)] if word == "row_errors" else []
    return word, run.refusal.get("code"), places, rows_written()


def confirm(client, run, page):
    form = {field.html_name: field.value() for field in page.context["form"] if field.name != "names_are_right"}
    if run.is_guessed:
        refused = client.post(f"/imports/runs/{run.pk}/confirm/", form)
        assert (refused.status_code, rows_written()) == (400, [])
        form["names_are_right"] = "on"
    client.post(f"/imports/runs/{run.pk}/confirm/", form)
    run.refresh_from_db()
    assert run.state == "written"


def stated(case, word):
    """What the manifest says of a file, were this its outcome."""
    if word == "refuse":
        return word, case["file_error"], [], []
    if word == "row_errors":
        return word, None, [(one["row"], one["column"], one["code"]) for one in case["errors"] or []], []
    return word, None, [], [with_amounts(row) for row in case["rows"] or case["rows_if_accept"] or []]


def with_amounts(row):
    return row | {name: Decimal(row[name]) for name in MANIFEST["money_columns"]}


def rows_written():
    """The incomes in the tables as rows of a file."""
    rows = []
    for record in IncomeRecord.objects.standing().order_by("id"):
        household = Household.objects.get(pk=record.household_id)
        head = Person.objects.get(household=household)
        found = {
            "village_code": household.village.code,
            "household_no": household.number,
            "head_name": head.name,
            "id_number": numbers_of(head)["resident_id"],
            "size": record.persons,
            "year": record.year,
        }
        rows.append(found | {name: getattr(record, name) for name in MANIFEST["money_columns"]})
    assert bool(rows) == ImportBatch.objects.filter(kind="file").exists()
    return rows
