"""A server that counts, for one test; an office's machine on SQLite with its backups."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from prometheus_client import values

from alleviation.operations.backup import making
from alleviation.operations.backup.keys import make_pair
from alleviation.operations.backup.restoring import choose
from alleviation.operations.backup.store import Kept
from alleviation.operations.metrics.measures import Measures, measures
from alleviation.operations.metrics.sign_ins import OUTCOMES
from tests.operations.houses import SECRET, attach, backed_up, living_in, write

TOKEN = "gH2vXq0pTz7LmB4sYw9KcR1nJd6FaUe3WoIi5VbQxZt8MyCk-of-tests"


@pytest.fixture
def counting(settings, tmp_path, monkeypatch) -> Measures:
    """With a token, and measures that are this test's own."""
    settings.METRICS_TOKEN, settings.METRICS_FOLDER = TOKEN, tmp_path / "metrics"
    settings.EVIDENCE_ROOT, settings.IMPORT_ROOT = tmp_path / "evidence", tmp_path / "imports"
    monkeypatch.setattr(values, "ValueClass", values.ValueClass)
    monkeypatch.setitem(os.environ, "PROMETHEUS_MULTIPROC_DIR", "")
    measures.cache_clear()
    yield measures()
    measures.cache_clear()
    values.close_all_multiprocess_files()
    for signal in OUTCOMES.values():
        signal.disconnect(dispatch_uid="metrics")


@pytest.fixture(scope="session")
def tables(django_db_setup, django_db_blocker, tmp_path_factory) -> Path:
    """A file with the tables and rules of the tests' database."""
    path = tmp_path_factory.mktemp("tables") / "empty.sqlite3"
    with django_db_blocker.unblock():
        connection.ensure_connection()
        with sqlite3.connect(path) as target:
            connection.connection.backup(target)
        target.close()
    return path


@pytest.fixture
def house(db, tables, tmp_path, settings) -> Iterator[Path]:
    """An office's machine: a database with a row, a file of evidence, a key."""
    shutil.copy(tables, tmp_path / "office.sqlite3")
    settings.EVIDENCE_ROOT = tmp_path / "evidence"
    settings.BACKUP_RECIPIENTS = [make_pair(tmp_path / "key.txt")]
    with living_in(f"sqlite:///{tmp_path / 'office.sqlite3'}"):
        write("FIRST")
        attach(SECRET)
        yield tmp_path


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> dict[str, Path]:
    """Backups that were made once, for tests that only read or harm a copy."""
    return {}


@pytest.fixture
def kept(house, made, tmp_path_factory) -> Kept:
    """A backup of the house, in its folder of backups, which the private key opens."""
    if not made:
        made["folder"] = tmp_path_factory.mktemp("made")
        shutil.copytree(backed_up(house).folder.parent, made["folder"] / "backups")
        shutil.copy(house / "key.txt", made["folder"] / "key.txt")
        shutil.rmtree(house / "backups")
    shutil.copytree(made["folder"] / "backups", house / "backups")
    shutil.copy(made["folder"] / "key.txt", house / "key.txt")
    return choose(house / "backups")


@pytest.fixture
def moments(monkeypatch) -> Callable[[], None]:
    """Each backup is a day after the one before, the last of them now."""
    real, ahead = making.now, iter(range(-9, 1))

    def later():
        days = next(ahead)
        monkeypatch.setattr("alleviation.operations.backup.store.now", lambda: real() + timedelta(days=days))
        monkeypatch.setattr("alleviation.operations.backup.sqlite.now", lambda: real() + timedelta(days=days))

    return later
