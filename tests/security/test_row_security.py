"""The second wall: what PostgreSQL itself keeps back (docs/access.md). On SQLite there is none to try."""

import re
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import Error, connection, transaction

from alleviation.accounts.asking import asked_by, beyond_scope
from alleviation.accounts.models import User
from alleviation.accounts.walls import policies, telling
from alleviation.common.guard import writing
from beneficiaries.models import Household, Person
from projects.models import LedgerEntry
from tests.conftest import signed_in
from tests.security import walls
from tests.security.conftest import World, body

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL has row-level security")
# What the world of these tests has none of.
EMPTY = {
    f"beneficiaries_{name}"
    for name in (
        *("responsibility", "supportmeasure", "visit", "monitoring", "largeexpense"),
        *("statuschange", "householdmove", "householdlink", "personnumber"),
    )
} | {"scrutiny_waiver"}
PAGES = ("/", "/funding/", "/income/", "/projects/", "/alliances/", "/households/", "/red-flags/", "/closings/")
TAKEN = ("funding-ledger", "household-register", "incomes", "per-capita-income", "reach-by-project")


@pytest.fixture
def wall(db: None) -> Iterator[None]:
    """The wall stands before the first row is written: a table that awaits its keys is not altered."""
    with walls.standing():
        yield


@pytest.fixture
def walled(wall: None, request: pytest.FixtureRequest) -> World:
    """Both areas behind the wall."""
    return request.getfixturevalue("world")


def numbers(rows: Any) -> set[int]:
    return set(rows.values_list("pk", flat=True))


def rows_of(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("model", [Household, Person, LedgerEntry], ids=lambda model: model.__name__)
def test_a_question_that_forgets_the_area_gets_no_foreign_row(walled: World, clerk: User, model: Any):
    name = model.__name__.lower()
    own, foreign = walled.own.records[name].pk, walled.foreign.records[name].pk

    with asked_by(clerk):
        found = numbers(model._base_manager.all())

    assert (own in found, foreign in found) == (True, False)


def test_nobody_gets_a_row_of_any_table(walled: World):
    held = {table for table in policies.conditions() if rows_of(table)}

    with asked_by(AnonymousUser()):
        found = {table for table in held if rows_of(table)}

    assert (found, EMPTY & held) == (set(), set())
    assert held == policies.conditions().keys() - EMPTY


def test_administrators_get_no_record(walled: World, administrator: User):
    with asked_by(administrator):
        found = [rows_of(table) for table in ("beneficiaries_person", "projects_ledgerentry", "projects_placemoney")]

    assert found == [0, 0, 0]


def test_commands_look_everywhere_and_a_server_outside_of_requests_nowhere(
    walled: World, monkeypatch: pytest.MonkeyPatch
):
    everywhere = rows_of("beneficiaries_person")
    monkeypatch.setattr(telling.Outside, "area", telling.NOTHING)

    assert (everywhere, rows_of("beneficiaries_person")) == (2, 0)


def test_what_a_savepoint_took_back_is_told_again(walled: World, clerk: User):
    """A session that was told within a savepoint has forgotten it when that is rolled back."""
    with asked_by(clerk):
        own = rows_of("beneficiaries_person")
        with transaction.atomic(), beyond_scope("a test"):
            assert rows_of("beneficiaries_person") == 2
            transaction.set_rollback(True)

        assert (own, rows_of("beneficiaries_person")) == (1, 1)


def test_a_failed_statement_leaves_the_session_as_it_was(walled: World, clerk: User):
    with beyond_scope("a test"), pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")

    with asked_by(clerk):
        assert rows_of("beneficiaries_person") == 1


def test_no_row_is_put_into_another_area_past_the_actions(walled: World, clerk: User):
    village = walled.foreign.village
    moved = Household._base_manager.filter(pk=walled.own.records["household"].pk)

    with pytest.raises(Error, match="row-level security"), asked_by(clerk), writing(), transaction.atomic():
        moved.update(village=village)


@pytest.mark.parametrize("address", PAGES)
def test_pages_show_what_they_show_without_the_wall(
    walled: World, clerk: User, address: str, monkeypatch: pytest.MonkeyPatch
):
    client = signed_in(clerk)
    behind = client.get(address)
    monkeypatch.setattr(telling, "area_to_tell", lambda: telling.EVERYWHERE)
    without = client.get(address)

    assert (behind.status_code, plain(behind)) == (200, plain(without))


def plain(response: Any) -> str:
    """The text of a page less what is another each time."""
    return re.sub(r'(value|content|nonce)="[^"]*"|\d\d:\d\d(:\d\d)?', "", body(response))


@pytest.mark.parametrize("slug", TAKEN)
def test_files_are_taken_away_behind_the_wall(walled: World, clerk: User, slug: str):
    said = body(signed_in(clerk).get(f"/reports/{slug}.csv"))

    assert "FOREIGN" not in said
    assert len(said.splitlines()) > 1


def test_the_wall_is_put_up_twice_checked_and_taken_down(wall: None):
    said = StringIO()

    call_command("row_security", "--check", stdout=said)
    walls.as_owner()
    for what in ("--on", "--on", "--off"):
        call_command("row_security", what, stdout=said)

    number = len(policies.conditions())
    assert said.getvalue().splitlines() == [
        f"Row-level security holds on {number} tables.",
        *[f"Tables behind the wall: {number}."] * 2,
        "Tables behind the wall: 0.",
    ]
    with pytest.raises(CommandError, match="beneficiaries_person: no policy is in force"):
        call_command("row_security", "--check")


def test_a_dry_run_only_says_what_it_would_do(wall: None):
    said = StringIO()

    call_command("row_security", "--off", "--dry-run", stdout=said)

    assert said.getvalue().count("DROP POLICY IF EXISTS keep_area") == len(policies.conditions())
    assert len(policies.standing(connection)) == len(policies.conditions())
