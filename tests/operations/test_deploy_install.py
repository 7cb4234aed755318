"""install.sh up to the release, the machine acted by a few lines of shell: where a database's address comes from."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.house.ground import ROOT

ADDRESS = "postgresql://office:of-the-trial@192.0.2.9/office"
# Instead of what lib.sh does with a machine; it ends where the release is checked, before nginx is touched.
ACTED = """
home={place}/home settings={place}/settings units={place}/units wal={place}/wal
copy_release() {{ :; }}
install_units() {{ mkdir -p "$units/alleviation-.service.d"; }}
furnish_release() {{ :; }}
manage() {{ exit 7; }}
"""
NOTHING = ("apt-get", "useradd", "install", "systemctl", "nginx", "runuser")


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    (tmp_path / "programs").mkdir()
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy", ignore=shutil.ignore_patterns("trying"))
    with (tmp_path / "deploy" / "lib.sh").open("a") as library:
        library.write(ACTED.format(place=tmp_path))
    acted = dict.fromkeys(NOTHING, "") | {"id": "echo 0", "dpkg-query": "echo installed"}
    for name, line in acted.items():
        (tmp_path / "programs" / name).write_text(f"#!/bin/sh\n{line}\n")
        (tmp_path / "programs" / name).chmod(0o755)
    return tmp_path


def installed(machine: Path, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    command = ["/bin/sh", str(machine / "deploy" / "install.sh"), "--host", "office.example.org", *words]
    settings = {"PATH": f"{machine}/programs:{os.environ['PATH']}"}
    return subprocess.run(command, env=settings, input=typed, capture_output=True, text=True, check=False)


def address(machine: Path) -> str:
    lines = (machine / "settings").read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if line.startswith("DATABASE_URL=")).partition("=")[2].strip("'")


@pytest.mark.parametrize("end", ["\n", ""], ids=["typed", "of a file without an end of line"])
def test_an_address_is_read_and_not_shown(machine, end):
    done = installed(machine, "--database", "-", typed=ADDRESS + end)

    assert (done.returncode, address(machine)) == (7, ADDRESS), done.stderr
    assert "of-the-trial" not in done.stdout + done.stderr
    assert (machine / "settings").stat().st_mode & 0o777 == 0o600


def test_an_address_with_a_password_on_the_command_line_works_and_is_warned_of(machine):
    done = installed(machine, "--database", ADDRESS)

    assert (done.returncode, address(machine)) == (7, ADDRESS)
    assert ("--database -" in done.stderr, "of-the-trial" in done.stderr) == (True, False)


def test_an_address_without_a_password_is_nothing_to_warn_of(machine):
    done = installed(machine, "--database", "postgresql://office@192.0.2.9/office")

    assert (done.returncode, done.stderr) == (7, "")


def test_nothing_on_the_standard_input_is_refused(machine):
    done = installed(machine, "--database", "-")

    assert (done.returncode, (machine / "settings").exists()) == (1, False)


def test_run_again_it_needs_no_address(machine):
    installed(machine, "--database", "-", typed=ADDRESS)
    before = (machine / "settings").read_text(encoding="utf-8")

    done = installed(machine)

    assert (done.returncode, (machine / "settings").read_text(encoding="utf-8")) == (7, before)
    assert (machine / "units" / "alleviation-.service.d" / "20-database.conf").exists()
