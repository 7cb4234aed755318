"""The migrations say what the models say."""

import pytest
from django.apps import apps
from django.db import models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState

from tests.house.ground import files, is_ours, label, told


@pytest.fixture(autouse=True)
def _migrations_are_there(settings) -> None:
    """The tests' database is made without them; here they are what is looked at."""
    settings.MIGRATION_MODULES = {}


def missing(models_now: ProjectState) -> list[str]:
    """The changes of our models that no migration makes yet."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    changes = MigrationAutodetector(loader.project_state(), models_now).changes(graph=loader.graph)
    ours = {config.label for config in apps.get_app_configs() if is_ours(config.name)}
    return [
        f"{label}: {operation.describe()}"
        for label, migrations in changes.items()
        if label in ours
        for migration in migrations
        for operation in migration.operations
    ]


def test_no_migration_is_missing():
    changes = missing(ProjectState.from_apps(apps))

    assert changes == [], told(changes)


def test_a_missing_migration_is_found():
    state = ProjectState.from_apps(apps)
    state.add_model(ModelState("projects", "Novelty", [("id", models.BigAutoField(primary_key=True))]))

    assert missing(state) == ["projects: Create model Novelty"]


def test_each_migration_is_named_for_what_it_does():
    unnamed = [label(path) for path in files(suffix=".py") if "migrations" in path.parts and "_auto_" in path.stem]

    assert unnamed == [], told(unnamed)


@pytest.mark.django_db
def test_migrations_lead_to_one_end():
    assert MigrationLoader(None).detect_conflicts() == {}
