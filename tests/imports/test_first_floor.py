"""Projects, ledger entries, alliances and places from files; and back again."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import OperationalError

from alleviation.accounts.models import User
from alleviation.accounts.rights import Role
from alleviation.audit import trail
from alleviation.audit.models import ImportBatch
from alleviation.intake.kinds import ImportKind
from projects.actions import post_entry
from projects.imports.alliances import AllianceImport
from projects.imports.ledger import LedgerImport
from projects.imports.places import PlaceImport
from projects.imports.projects import ProjectImport
from projects.models import Alliance, Division, LedgerEntry, Project
from tests.factories import FundingSourceFactory, PartyBranchFactory, ProjectFactory, UserFactory, place
from tests.imports.files import csv_of
from tests.imports.sheets import checked, written
from tests.security.test_database_trouble import of_sqlite

PROJECT = {
    "project_code": "ROAD-1",
    "name": "Road to the village",
    "kind": "道路",
    "status": "under_way",
    "village_code": "110101001001",
    "capacity": "3.5",
    "capacity_unit": "km",
    "started_on": "2019年5月1日",
}
ENTRY = {
    "project_code": "PV",
    "kind": "allocation",
    "year": "2019",
    "date": "2019/3/1",
    "amount": "￥1,200.50",
    "source_code": "CR",
    "village_code": "110101001001",
    "voucher_no": "A-1",
}
ALLIANCE = {"title": "Two branches", "village_code": "110101001001", "branches": "Office; Village", "note": "n"}
VILLAGE = {"division_code": "110101001009", "vintage": "2019", "name": "九村"}
# (kind, a plain row, what a second file changes)
KINDS: list[tuple[ImportKind, dict[str, str], dict[str, str]]] = [
    (ProjectImport(), PROJECT, {"name": "Another name"}),
    (LedgerImport(), ENTRY, {"note": "Paid late."}),
    (AllianceImport(), ALLIANCE, {"note": "other"}),
    (PlaceImport(), VILLAGE, {"name_en": "Nine"}),
]
MODELS = {"projects": Project, "ledger": LedgerEntry, "alliances": Alliance, "divisions": Division}


@pytest.fixture
def county(db: None) -> Division:
    """A village with all above it, a project, a source, two branches."""
    for code in ("11", "1101", "110101", "110101001"):
        above = Division.objects.order_by("-level").first()
        place(code).parent = above
    village = place("110101001001")
    ProjectFactory(code="PV", division=village)
    ProjectFactory(code="FAR", division=place("220202002002"))
    FundingSourceFactory(code="CR")
    PartyBranchFactory(name="Office")
    PartyBranchFactory(name="Village")
    return village


@pytest.fixture
def by(county: Division) -> Callable[[ImportKind], User]:
    """Who may import a kind."""
    clerk = UserFactory(username="importer", role=Role.CLERK, area="110101")
    administrator = UserFactory(username="administrator", role=Role.ADMINISTRATOR)
    return lambda kind: administrator if kind.slug == "divisions" else clerk


def test_a_disk_that_is_full_is_no_fault_of_a_row(by, tmp_path, monkeypatch):
    kind = ProjectImport()

    def refuse(*_row, **_rest):
        raise of_sqlite("SQLITE_FULL")

    monkeypatch.setattr(kind, "enter", refuse)

    with pytest.raises(OperationalError):
        checked(kind, csv_of(kind, tmp_path, PROJECT), by(kind))


def fates(findings: Any) -> tuple[int, int, int]:
    return findings.new, findings.changed, findings.same


@pytest.mark.sampled(2)
@pytest.mark.parametrize(("kind", "row", "change"), KINDS, ids=lambda one: getattr(one, "slug", ""))
def test_a_row_is_entered_left_alone_and_changed(kind, row, change, by, tmp_path):
    user, model = by(kind), MODELS[kind.slug]
    before = model.objects.count()
    path = csv_of(kind, tmp_path, row)

    findings, faults = checked(kind, path, user)
    assert (faults, fates(findings), model.objects.count()) == ([], (1, 0, 0), before)
    written(kind, path, user, findings.fingerprint)
    again = checked(kind, path, user)
    other = csv_of(kind, tmp_path, {**row, **change}, name="other.csv")
    changed = checked(kind, other, user)
    written(kind, other, user, changed[0].fingerprint)

    assert (again[1], fates(again[0])) == ([], (0, 0, 1))
    assert (changed[1], fates(changed[0])) == ([], (0, 1, 0))
    assert model.objects.count() == before + 1


@pytest.mark.sampled(2)
@pytest.mark.parametrize(("kind", "row", "change"), KINDS, ids=lambda one: getattr(one, "slug", ""))
def test_a_file_is_taken_back(kind, row, change, by, tmp_path):
    user, model = by(kind), MODELS[kind.slug]
    before = model.objects.count()
    batch = written(kind, csv_of(kind, tmp_path, row), user)
    reversal = trail.open_batch(kind=ImportBatch.Kind.FILE, title="back", by=user)

    kind.undo(batch, reversal, by=user, reason="The wrong file.")

    left = model.objects.exclude(state="withdrawn") if model is LedgerEntry else model.objects
    assert left.count() == before


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("kind", "row"), [(kind, row) for kind, row, _change in KINDS], ids=lambda one: getattr(one, "slug", "")
)
def test_what_is_recorded_comes_back_as_the_same(kind, row, by, tmp_path):
    user = by(kind)
    written(kind, csv_of(kind, tmp_path, row), user)
    told = [
        {name: "" if value is None else str(value) for name, value in values.items()}
        for values in kind.recorded(by=user)
    ]

    findings, faults = checked(kind, csv_of(kind, tmp_path, *told, name="recorded.csv"), user)

    assert (faults, fates(findings)) == ([], (0, 0, len(told)))


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    ("slug", "cells", "fault"),
    [
        ("projects", {"village_code": "220202002002"}, (2, "village_code", "out_of_scope")),
        ("projects", {"project_code": "FAR"}, (2, "project_code", "taken")),
        ("projects", {"capacity": "1.23456"}, (2, "capacity", "bad_number")),
        ("projects", {"kind": "castle"}, (2, "kind", "bad_choice")),
        ("ledger", {"village_code": "220202002002"}, (2, "village_code", "out_of_scope")),
        ("ledger", {"project_code": "FAR"}, (2, "project_code", "no_such_project")),
        ("ledger", {"source_code": "NOBODY"}, (2, "source_code", "no_such_source")),
        ("ledger", {"date": "2018-03-01"}, (2, "date", "invalid")),
        ("ledger", {"amount": "0"}, (2, "amount", "invalid")),
        ("alliances", {"branches": "Office; Nobody"}, (2, "branches", "no_such_branch")),
        ("divisions", {"vintage": "2018"}, (2, "division_code", "no_place_above")),
    ],
)
def test_what_a_form_refuses_a_file_does_too(slug, cells, fault, by, tmp_path):
    kind, row = next((kind, row) for kind, row, _change in KINDS if kind.slug == slug)
    path = csv_of(kind, tmp_path, {**row, **cells})

    assert [(one[0], one[1]) for one in checked(kind, path, by(kind))[1]] == [fault[:2]]
    with pytest.raises(AssertionError):
        written(kind, path, by(kind))


def test_entries_are_submissions_of_the_importer_which_somebody_else_posts(by, tmp_path):
    kind = LedgerImport()
    written(kind, csv_of(kind, tmp_path, ENTRY), by(kind))

    entry = LedgerEntry.objects.get()
    assert (entry.state, entry.imported_by, entry.submitted_by) == ("submitted", "importer", "importer")
    assert (entry.amount, entry.document_number) == (Decimal("1200.50"), "A-1")


def test_what_is_posted_is_neither_changed_nor_taken_back_by_a_file(by, tmp_path):
    kind = LedgerImport()
    batch = written(kind, csv_of(kind, tmp_path, ENTRY), by(kind))
    post_entry(LedgerEntry.objects.get(), by=UserFactory(role=Role.REVIEWER, area="110101"))
    reversal = trail.open_batch(kind=ImportBatch.Kind.FILE, title="back", by="x")

    told = checked(kind, csv_of(kind, tmp_path, {**ENTRY, "note": "n"}, name="other.csv"), by(kind))[1]
    with pytest.raises(ValidationError, match="is posted by now"):
        kind.undo(batch, reversal, by=by(kind), reason="The wrong file.")

    assert told == [(2, "voucher_no", "posted")]


def test_totals_of_the_ledger_are_shown_before_and_after(by, tmp_path):
    kind = LedgerImport()
    written(kind, csv_of(kind, tmp_path, ENTRY), by(kind))
    rows = [{**ENTRY, "amount": "1000"}, {**ENTRY, "voucher_no": "A-2", "amount": "5"}]

    findings, _faults = checked(kind, csv_of(kind, tmp_path, *rows, name="other.csv"), by(kind))

    assert [(one.year, one.before, one.after) for one in findings.years] == [
        (2019, Decimal("1200.50"), Decimal("1005.00"))
    ]
    assert findings.controls == {"amount": Decimal("1005.00")}


def test_a_village_may_come_with_its_township(by, tmp_path):
    kind = PlaceImport()
    township = {**VILLAGE, "division_code": "110101002000", "name": "二乡"}
    path: Path = csv_of(kind, tmp_path, township, {**VILLAGE, "division_code": "110101002001"})

    written(kind, path, by(kind))

    village = Division.objects.get(code="110101002001")
    assert village.parent == Division.objects.get(code="110101002000")
