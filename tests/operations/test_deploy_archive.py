"""The archived log on an installed server: who writes, reads and deletes it, and where the documents say it is."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyrage import x25519

from alleviation.operations.backup.store import Store
from deploy.trying.units import environment
from tests.house.ground import ROOT

SEGMENT = "000000010000000000000007"
INSTALLED = re.compile(r"/srv/alleviation/([\w./-]+)")
# Made by install.sh and upgrade.sh beside the releases.
BESIDE = {"releases", "current", "before", "halfway"}


def user_there(name: str) -> bool:
    return subprocess.run(["id", name], capture_output=True, check=False).returncode == 0


@pytest.fixture
def archive() -> Iterator[Path]:
    """A folder as install.sh makes it: PostgreSQL's, and of another group, which stands for the app's."""
    folder = Path(tempfile.mkdtemp(prefix="archive-"))
    folder.chmod(0o755)
    (folder / "wal").mkdir()
    shutil.chown(folder / "wal", "postgres", "nogroup")
    (folder / "wal").chmod(0o2770)
    shutil.copy(ROOT / "deploy" / "archive-wal", folder)
    (folder / SEGMENT).write_bytes(b"of the log" * 1000)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("age") or not user_there("postgres"),
    reason="!!! not root, or no age, or no user postgres: nobody has archived as PostgreSQL's user",
)
def test_postgresql_archives_and_the_apps_user_reads_and_deletes(archive):
    public = str(x25519.Identity.generate().to_public())
    command = ["./archive-wal", SEGMENT, "wal", public]

    done = subprocess.run(
        command, cwd=archive, user="postgres", group="postgres", extra_groups=[], capture_output=True, check=False
    )
    app = {"user": "nobody", "group": "nogroup", "extra_groups": [], "cwd": archive, "check": False}
    read = subprocess.run(["sh", "-c", "cat wal/*"], capture_output=True, **app)
    deleted = subprocess.run(["sh", "-c", "rm -f wal/*"], capture_output=True, **app)

    assert (done.returncode, done.stderr) == (0, b"")
    assert (read.returncode, read.stdout[:20]) == (0, b"age-encryption.org/v")
    assert (deleted.returncode, list((archive / "wal").iterdir())) == (0, [])


def test_the_folder_of_the_log_is_that_of_the_nightly_backups_alone(settings, tmp_path):
    settings.BACKUP_FOLDER, settings.WAL_FOLDER = str(tmp_path / "backups"), str(tmp_path / "log")

    nightly, another = Store(tmp_path / "backups").wal, Store(tmp_path / "usb").wal
    settings.WAL_FOLDER = ""

    assert (nightly, another) == (tmp_path / "log", tmp_path / "usb" / "wal")
    assert Store(tmp_path / "backups").wal == tmp_path / "backups" / "wal"


def test_an_installation_makes_the_folder_that_units_and_documents_name_and_brings_age():
    install, library = ((ROOT / "deploy" / name).read_text(encoding="utf-8") for name in ("install.sh", "lib.sh"))
    folder = environment()["WAL_FOLDER"]

    assert f"\nwal={folder}\n" in library
    assert 'install -d -m 2770 -o postgres -g alleviation "$wal"' in install
    assert re.search(r'packages="\$packages postgresql age"', install)
    told = (ROOT / "docs" / "backup.md").read_text(encoding="utf-8")
    assert set(re.findall(r"archive-wal %p (\S+) age1", told)) == {folder}


def test_every_path_of_an_installed_server_that_is_told_is_there():
    files = [*(ROOT / "docs").glob("*.md"), *(ROOT / "deploy").rglob("*"), ROOT / "README.md"]
    texts = [path.read_text(encoding="utf-8") for path in files if path.is_file() and path.suffix != ".pyc"]
    told = {found.rstrip(".") for text in texts for found in INSTALLED.findall(text)}

    strange = [
        path
        for path in sorted(told)
        if path.split("/")[0] not in BESIDE
        or (
            path.startswith("current/") and ".venv" not in path and not (ROOT / path.removeprefix("current/")).exists()
        )
    ]

    assert (strange, "current/deploy/archive-wal" in told) == ([], True)


@pytest.mark.parametrize("name", ["backup.md", "operate.md"])
def test_commands_stand_there_as_they_are_typed_on_a_server(name):
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)

    bare = [line for block in blocks for line in block.splitlines() if re.match(r"(python )?manage\.py ", line)]

    assert (bare, len(blocks) > 3) == ([], True)
