"""New migrations run while the release before them serves (docs/operate.md): expand now, contract later."""

import re

import pytest
from django.db import migrations, models
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState

from alleviation.operations.upgrading import in_the_way
from tests.house.ground import is_ours, told

# The last migration of each app from before there were upgrades during which an office works on.
BEFORE = {
    "accounts": 3,
    "audit": 6,
    "projects": 7,
    "beneficiaries": 9,
    "intake": 3,
    "evidence": 1,
    "scrutiny": 2,
    "account": 9,
}


@pytest.fixture
def _migrations_are_there(settings) -> None:
    settings.MIGRATION_MODULES = {}


@pytest.mark.usefixtures("_migrations_are_there")
def test_new_migrations_leave_the_release_before_them_at_work():
    loader = MigrationLoader(None, ignore_no_migrations=True)
    new = [
        migration
        for (app, name), migration in loader.disk_migrations.items()
        if is_ours(migration.__module__) and int(re.match(r"\d+", name)[0]) > BEFORE.get(app, 0)
    ]

    offenders = [
        f"{migration}: {words}"
        for migration in new
        for words in in_the_way(migration, loader.project_state((migration.app_label, migration.name), at_end=False))
    ]

    assert offenders == [], told(offenders)


def place() -> ProjectState:
    """A table with a name, as the release before knows it."""
    state = ProjectState()
    fields = [("id", models.BigAutoField(primary_key=True)), ("name", models.CharField(max_length=10))]
    state.add_model(ModelState("town", "Place", fields))
    return state


def judged(*operations: object, **attributes: str) -> list[str]:
    kind = type("Migration", (Migration,), {"operations": list(operations), **attributes})
    return in_the_way(kind("0001_x", "town"), place())


ALTER = {"model_name": "place", "name": "name"}
BORNE = {
    "a table": migrations.CreateModel("Street", [("id", models.BigAutoField(primary_key=True))]),
    "a field that may be empty": migrations.AddField("place", "code", models.CharField(null=True, max_length=2)),
    "a field that the database fills": migrations.AddField("place", "size", models.IntegerField(db_default=0)),
    "a longer text": migrations.AlterField(**ALTER, field=models.CharField(max_length=20)),
    "other words for people": migrations.AlterField(
        **ALTER, field=models.CharField("x", max_length=10, help_text="y")
    ),
    "a column that may be empty": migrations.AlterField(**ALTER, field=models.CharField(max_length=10, null=True)),
    "an index": migrations.AddIndex("place", models.Index(fields=["name"], name="x")),
}
IN_THE_WAY = {
    "a field gone": migrations.RemoveField("place", "name"),
    "a field renamed": migrations.RenameField("place", "name", "title"),
    "a table gone": migrations.DeleteModel("Place"),
    "a table renamed": migrations.RenameModel("Place", "Town"),
    "a field that must be filled": migrations.AddField("place", "size", models.IntegerField(default=0)),
    "a shorter text": migrations.AlterField(**ALTER, field=models.CharField(max_length=5)),
    "another type": migrations.AlterField(**ALTER, field=models.IntegerField()),
    "a value that must be alone": migrations.AlterField(**ALTER, field=models.CharField(max_length=10, unique=True)),
    "statements": migrations.RunSQL("SELECT 1"),
}


@pytest.mark.parametrize("operation", BORNE.values(), ids=BORNE)
def test_what_the_release_before_does_not_notice_is_no_offence(operation):
    assert judged(operation) == []


@pytest.mark.parametrize("operation", IN_THE_WAY.values(), ids=IN_THE_WAY)
def test_what_would_stop_the_release_before_is_told(operation):
    assert judged(operation) == [operation.describe()]


def test_a_migration_that_says_why_it_is_borne_is_believed():
    assert judged(migrations.RunSQL("SELECT 1"), beside="it reads only") == []
