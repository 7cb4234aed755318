"""An office's whole way, by its commands alone: the example, a backup, a drill with every check, on both databases."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from alleviation.operations.servers import server_folder
from tests.house.ground import ROOT
from tests.operations.servers_of_tests import office, pg_basebackup_is_there

pytestmark = pytest.mark.long


def managed(environment: dict[str, str], *words: str | Path) -> str:
    command = [sys.executable, str(ROOT / "manage.py"), *map(str, words)]
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def way_of_an_office(url: str, folder: Path) -> str:
    """What the drill says."""
    environment = {"DATABASE_URL": url, "EVIDENCE_ROOT": str(folder / "evidence"), "IMPORT_ROOT": str(folder / "in")}
    for words in (["migrate", "-v0"], ["load_reference"], ["load_example"]):
        managed(environment, *words)
    environment["BACKUP_RECIPIENTS"] = re.findall(r"age1\w+", managed(environment, "backup_key", folder / "key.txt"))[
        0
    ]
    managed(environment, "backup", "--to", folder / "backups", "--keep", "3")
    return managed(environment, "backup_drill", "--from", folder / "backups", "--identity", folder / "key.txt")


def test_an_office_on_sqlite(tmp_path):
    said = way_of_an_office(f"sqlite:///{tmp_path / 'office.sqlite3'}", tmp_path)

    assert re.search(r"Tables compared: rows, sums, hashes: \d+ tables, 2\d,\d{3} rows", said)
    assert "Everything holds." in said
    assert said.endswith("What was restored is what was backed up.\n")


@pytest.mark.skipif(
    server_folder() is None or not pg_basebackup_is_there(), reason="PostgreSQL's programs are not installed here"
)
def test_an_office_on_postgresql(tmp_path):
    with office(server_folder()) as own:
        said = way_of_an_office(own.url(), tmp_path)

    assert re.search(r"Tables compared: rows, sums, hashes: \d+ tables, 2\d,\d{3} rows", said)
    assert "Everything holds." in said
    assert said.endswith("What was restored is what was backed up.\n")
