"""Laws of who sees what: whoever could go past the walls is known, and each address is closed unless opened."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.db.models import Model

from alleviation.accounts import models as accounts
from alleviation.accounts.rights import RIGHTS_OF, Right, Role
from alleviation.accounts.scope import RightfulQuerySet
from alleviation.accounts.walls import policies
from tests.security.test_access import matrix

__all__ = ["matrix"]

ROOT = Path(settings.BASE_DIR)
APPS = ("alleviation", "projects", "beneficiaries")
ASKS_SQL = re.compile(r"\.cursor\(\)|copy_expert|\.raw\(|RawSQL|\.extra\(")
# Those who write past `trail.write`, and what holds their rows in their area.
WRITERS = {
    "alleviation/accounts/tokens.py": "that a token of somebody's own was used",
    "alleviation/audit/trail.py": "reads again what it wrote",
    "alleviation/audit/triggers.py": "installs rules, and writes no row",
    "alleviation/audit/sign_ins.py": "the day of somebody's own sign-in",
    "alleviation/audit/management/accounts.py": "a command",
    "alleviation/entrance/factors.py": "somebody's own second factor",
    "alleviation/example/load/loading.py": "a command",
    "alleviation/example/load/steps.py": "a command",
    "alleviation/example/people.py": "a command",
    "alleviation/operations/management/commands/distribute.py": "a command, which changes no row",
    "beneficiaries/actions/cells.py": "sums, which nobody enters",
    "beneficiaries/actions/income_files.py": "holds every village against the area before",
}
# Who reads as somebody who sees everything.
TRUSTED = {
    "alleviation/accounts/trusted.py": "makes them",
    "alleviation/reports/closings/freezing.py": "a year is frozen as a whole, within its area",
    "alleviation/scrutiny/flags/spending.py": "parts of a sum would accuse; cases are told to who sees all of one",
}
# Rooms that look further: never a page, never a template.
FURTHER = re.compile(
    r"/(actions|rollups|imports|forms|filters|flags|models)/|/(forms|filters|benefits|unchanged)\.py$"
)
FURTHER_TOO = {
    "alleviation/accounts/scope.py": "is it",
    "alleviation/audit/closings.py": "actions",
    "alleviation/audit/trail.py": "what every action runs in",
    "alleviation/reports/closings/witnesses/booked.py": "whether a project lies elsewhere; nothing of it is told",
    "alleviation/dashboards/households/handbook.py": "who leads to a household; named only where seen",
    "alleviation/operations/metrics/readiness.py": "whether a key opens a number; neither it nor whose it is is told",
}
# What names a place or an area and has no wall of its own, and why.
UNWALLED = {
    "accounts.ApiToken": "one's own, and how far it reaches",
    "accounts.User": "whose area it is",
    "audit.AuditEvent": "for auditors, who see everything",
    "audit.FrozenReport": "files, given out with their closing",
    "audit.ImportBatch": "title and sums of a file; no row",
    "beneficiaries.CountyYear": "sums; whether few may be told is asked of all of them",
    "beneficiaries.MergedYear": "sums; whether few may be told is asked of all of them",
    "beneficiaries.VillageYear": "sums; whether few may be told is asked of all of them",
    "beneficiaries.PovertyLine": "reference",
    "evidence.Evidence": "a title and a digest; the record it proves is asked for first",
    "intake.ImportRun": "one's own",
    "projects.Claim": "published",
    "projects.Division": "reference",
    "projects.FundingSource": "reference",
    "projects.Organisation": "public",
    "projects.PartyBranch": "public",
    "projects.VoucherSeries": "the last number of a series",
}
PLACES = {"area", "county", "code", "division", "village", "village_number", "household_number", "subject_id"}


def sources() -> Iterator[tuple[str, str]]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(ROOT)), path.read_text()


def calling(name: str) -> set[str]:
    """The modules that call something of this name."""
    return {path for path, text in sources() if name in _called(text)}


def _called(text: str) -> set[str]:
    calls = (node.func for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
    return {getattr(func, "attr", getattr(func, "id", "")) for func in calls}


def is_command(path: str) -> bool:
    return "/management/" in path or "/verification/" in path


def test_each_module_that_asks_in_sql_is_told_with_its_reason():
    told = set(re.findall(r"^\| `([\w/]+\.py)` \|", (ROOT / "docs/access.md").read_text(), re.MULTILINE))

    assert {path for path, text in sources() if ASKS_SQL.search(text)} == told


def test_whoever_writes_past_the_trail_is_known():
    assert calling("writing") - {"alleviation/common/guard.py"} == WRITERS.keys()


def test_whoever_reads_as_somebody_who_sees_everything_is_known():
    assert {path for path in calling("trusted_reader") if not is_command(path)} == TRUSTED.keys() - {
        "alleviation/accounts/trusted.py"
    }


def test_no_page_looks_further():
    further = {path for path in calling("beyond_scope") | calling("beyond") if not is_command(path)}

    assert {path for path in further if not FURTHER.search(path)} == FURTHER_TOO.keys()


def test_a_transaction_of_a_page_or_a_file_looks_no_further():
    """Actions look further within `together`; whoever holds a page or a row in one says `in_scope`."""
    holders = {path for path, text in sources() if re.search(r"with .*\btogether\(\)", text)}
    rooms = re.compile(r"/(actions|management|imports|example)/|/actions\.py$")
    known = {
        "alleviation/audit/admin_base.py", "alleviation/intake/rows.py",
        # These hold actions alone, on records that were read in scope before.
        "alleviation/audit/closings.py", "alleviation/audit/entry.py", "alleviation/audit/handing.py",
        "alleviation/audit/people.py", "alleviation/audit/sign_ins.py", "alleviation/audit/trail.py",
        "alleviation/entrance/factors.py", "alleviation/entrance/tokens.py", "alleviation/evidence/store.py",
        "alleviation/intake/batches.py", "alleviation/intake/running.py", "alleviation/scrutiny/bulk_downloads.py",
        "beneficiaries/admin/moves.py", "beneficiaries/admin/steps.py",
    }  # fmt: skip

    assert {path for path in holders if not rooms.search(path)} - known == set()
    assert {"alleviation/audit/admin_base.py", "alleviation/intake/rows.py"} <= calling("in_scope")


def names_a_place(model: type[Model]) -> bool:
    walled = set(policies.walled_models())
    return any(field.name in PLACES or field.related_model in walled for field in model._meta.concrete_fields)


def test_each_table_whose_rows_belong_to_an_area_is_behind_the_wall():
    walled = set(policies.walled_models())
    left_out = {model._meta.label for model in apps.get_models() if names_a_place(model) and model not in walled}

    assert left_out == UNWALLED.keys()


def test_no_form_takes_a_number_as_it_comes():
    """A raw id, or a lookup that a page does not list, would take a foreign row's number."""
    assert [page for page in admin.site._registry.values() if page.raw_id_fields] == []


def test_every_list_of_the_admin_is_narrowed_by_right():
    bare = {
        model._meta.label
        for model in admin.site._registry
        if not isinstance(model._default_manager.all(), RightfulQuerySet)
    }

    # Each of these says itself who opens it: accounts, the trail, reference data.
    assert bare == {"accounts.User", "audit.AuditEvent", "projects.Division", "projects.Succession"}


def test_each_role_has_its_rights_as_data():
    assert set(RIGHTS_OF) == set(Role)
    assert set().union(*RIGHTS_OF.values()) == set(Right)


# For everybody who is signed in, whatever their role: help, the language, one's own account, the way out.
OPENED = re.compile(
    r"/(healthz|sign-in/|sign-out/|language/.*|help/.*"
    r"|account/|account/password/|account/second-factor/.*|account/sessions/end-others/"
    r"|admin/(login|logout|password_change|password_change/done|jsi18n)/)"
)


@pytest.mark.slow
def test_what_asks_for_no_right_is_closed(client_of, matrix, monkeypatch):
    """Each address, opened by somebody whose role has no right at all."""
    monkeypatch.setitem(RIGHTS_OF, Role.AUDITOR, frozenset())
    client = client_of("auditor")

    opened = {address for address in matrix if client.get(address).status_code == 200}

    assert accounts.User(role=Role.AUDITOR, is_active=True).may(Right.VIEW_FIGURES) is False
    assert {address for address in opened if not OPENED.fullmatch(address)} == set()
