"""How full disks are is told of every folder that fills up, and a share that is away holds nobody up."""

import time
from collections import namedtuple
from pathlib import Path
from threading import Event

import pytest
from django.db import connection

from alleviation.operations.metrics import places
from alleviation.operations.metrics.places import disks, full_disks, room_of, shares
from alleviation.operations.metrics.told import disk_measures

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def office(settings, tmp_path: Path) -> Path:
    """A folder for each that an office has."""
    named = {"EVIDENCE_ROOT": "evidence", "IMPORT_ROOT": "imports", "LOG_FOLDER": "logs"}
    named |= {"BACKUP_FOLDER": "backups", "WAL_FOLDER": "wal", "DATABASE_FOLDER": "database"}
    for name, folder in named.items():
        (tmp_path / folder).mkdir()
        setattr(settings, name, tmp_path / folder)
    return tmp_path


def told() -> list[str]:
    """The folders whose free bytes are told."""
    free = next(iter(disk_measures()))
    return sorted(sample.labels["folder"] for sample in free.samples)


@pytest.mark.django_db
def test_every_folder_that_fills_up_is_told(office):
    assert told() == ["archived_log", "backups", "database", "evidence", "imports", "logs"]
    if connection.vendor == "postgresql":
        assert disks()["database"] == office / "database"


@pytest.mark.django_db
def test_a_folder_that_is_on_another_machine_or_not_set_is_not_told(office, settings):
    settings.BACKUP_FOLDER, settings.WAL_FOLDER = "", str(office / "nowhere")
    settings.DATABASE_FOLDER = str(office / "nowhere")

    here = ["database"] if connection.vendor == "sqlite" else []
    assert told() == [*here, "evidence", "imports", "logs"]


@pytest.mark.django_db
def test_a_full_disk_of_backups_keeps_no_server_from_its_work(office, monkeypatch):
    free = {office / "backups": 0, office / "wal": 0}
    monkeypatch.setattr(places, "disk_usage", lambda folder: Usage(10**12, 0, free.get(folder, 10**12)))

    assert (full_disks(), [room_of(folder).free for folder in shares().values()]) == ([], [0, 0])


def test_a_share_that_does_not_answer_is_asked_by_one_thread_and_holds_nobody_up(monkeypatch, tmp_path):
    answered, asked = Event(), []

    def hangs(folder: Path) -> Usage:
        asked.append(folder)
        answered.wait(30)
        return Usage(2, 1, 1)

    monkeypatch.setattr(places, "disk_usage", hangs)
    monkeypatch.setattr(places, "PATIENCE", 0.05)
    began = time.monotonic()

    found = [room_of(tmp_path) for _scrape in range(20)]

    assert (found, asked, time.monotonic() - began < 5) == ([None] * 20, [tmp_path], True)
    answered.set()
    places._asking[tmp_path].join(5)
    assert room_of(tmp_path) == (1, 2)
