"""The units of systemd: whether systemd understands them, what they may still do, and that they fit together."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from deploy.trying.units import COMMON, UNITS, command, directives, environment, values
from tests.house.ground import ROOT

SERVICES = sorted(path for path in UNITS.glob("alleviation-*.service"))
# What no unit may lack, wherever it says so.
HARDENED = {
    "User": "alleviation",
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "CapabilityBoundingSet": "",
    "SystemCallArchitectures": "native",
    "MemoryDenyWriteExecute": "yes",
    "LimitCORE": "0",
    "IPAddressDeny": "any",
}
# Not written to by the app.
POSTGRESQLS = ("WAL_FOLDER", "DATABASE_FOLDER")
# In tenths, as --threshold has it; systemd calls less than 20 "OK".
EXPOSED = "16"

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="!!! systemd-analyze is not here: nobody has read the units"
)


def analyzed(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, check=False)


@needs_systemd
def test_systemd_finds_nothing_wrong_in_the_units_but_that_they_are_not_installed(tmp_path):
    shutil.copytree(UNITS, tmp_path / "units")
    files = [str(path) for path in sorted((tmp_path / "units").glob("alleviation*.*")) if path.is_file()]

    said = analyzed("verify", "--man=no", *files).stderr.splitlines()

    ours = [line for line in said if "alleviation" in line]
    assert [line for line in ours if not line.endswith("is not executable: No such file or directory")] == []


@needs_systemd
def test_systemd_finds_little_that_a_unit_could_do_beyond_its_work(tmp_path):
    shutil.copytree(UNITS, tmp_path / "units")
    (tmp_path / "units" / "alleviation-web@.service").rename(tmp_path / "units" / "alleviation-web@x.service")
    files = [str(path) for path in sorted((tmp_path / "units").glob("alleviation-*.service"))]

    found = analyzed("security", "--offline=true", f"--threshold={EXPOSED}", "--no-pager", *files)

    assert (found.returncode, len(files)) == (0, len(SERVICES)), found.stdout[-300:]


def test_what_no_unit_may_lack_is_said_for_all_and_taken_back_by_none():
    said = dict(directives(COMMON))
    taken_back = [(path.name, name) for path in SERVICES for name, _value in directives(path) if name in HARDENED]

    assert {name: said.get(name) for name in HARDENED} == HARDENED
    assert taken_back == []


def test_each_release_runs_in_its_own_folder():
    """A folder said for all of them would be that of the release before: a drop-in is read last."""
    assert values("WorkingDirectory", COMMON) == []
    assert values("WorkingDirectory", UNITS / "alleviation-web@.service") == ["/srv/alleviation/releases/%i"]
    assert [len(values("WorkingDirectory", path)) for path in SERVICES] == [1] * len(SERVICES)


def test_the_app_image_and_unit_start_the_server_in_the_same_words():
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", "")
    last = dockerfile[dockerfile.rindex("CMD [") :]

    words = re.findall(r'"([^"]+)"', last)

    assert words[0] == "gunicorn"
    assert words[1:] == command(UNITS / "alleviation-web@.service")[1:]


def test_each_timer_starts_a_unit_that_is_there_and_each_job_has_a_timer():
    jobs = {path.stem for path in SERVICES if ("Type", "oneshot") in directives(path)}

    assert {path.stem for path in UNITS.glob("*.timer")} == jobs
    assert jobs == {f"alleviation-{name}" for name in ("anchor", "backup", "forget", "verify")}


def test_what_units_write_to_lies_where_they_may_write():
    named = {value for name, value in environment().items() if value.startswith("/") and name not in POSTGRESQLS}
    folders = [f"/var/lib/{name}/" for name in values("StateDirectory", COMMON)[0].split()]
    folders += [f"/var/log/{name}" for name in values("LogsDirectory", COMMON)]

    assert [path for path in sorted(named) if not any(f"{path}/".startswith(folder) for folder in folders)] == []
    assert {"BACKUP_FOLDER", "ANCHOR_FILE"} <= set(environment())
    # The archived log is PostgreSQL's; the backup alone deletes there.
    assert values("ReadWritePaths", UNITS / "alleviation-backup.service") == [f"-{environment()['WAL_FOLDER']}"]
    assert [path.name for path in SERVICES if values("ReadWritePaths", path)] == ["alleviation-backup.service"]


def test_nothing_that_belongs_on_another_machine_is_written_while_that_is_not_mounted():
    folders = {"backup": environment()["BACKUP_FOLDER"], "anchor": str(Path(environment()["ANCHOR_FILE"]).parent)}

    asked = {name: values("RequiresMountsFor", UNITS / f"alleviation-{name}.service") for name in folders}

    assert asked == {name: [folder] for name, folder in folders.items()}


@needs_systemd
def test_a_share_that_fstab_names_is_required_and_waited_for(tmp_path):
    """As systemd itself reads the units, beside the mount that it makes of a line of fstab."""
    shutil.copytree(UNITS, tmp_path / "units")
    mount = tmp_path / "units" / "var-lib-alleviation-backups.mount"
    mount.write_text("[Mount]\nWhat=tmpfs\nWhere=/var/lib/alleviation/backups\nType=tmpfs\nNoSuchWord=1\n")

    said = analyzed("verify", "--man=no", str(tmp_path / "units" / "alleviation-backup.service")).stderr

    # It is read only where something asks for it.
    assert "NoSuchWord" in said
