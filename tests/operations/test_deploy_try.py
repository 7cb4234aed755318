"""A server behind nginx with production's settings, by the words of the units; and in full, under systemd."""

import subprocess
import sys

import pytest

from tests.house.ground import ROOT


def tried(*words: str) -> tuple[int, str]:
    command = [sys.executable, str(ROOT / "deploy" / "try_server.py"), *words]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout


@pytest.mark.slow
def test_a_server_behind_the_proxy_serves_people_and_is_replaced_under_them():
    code, said = tried("--quick")

    if "!!! SKIPPED" in said:
        pytest.skip(said.strip().splitlines()[-1])
    assert code == 0, said
    assert "BROKEN" not in said


@pytest.mark.slow
@pytest.mark.long
def test_a_plain_machine_becomes_an_offices_server_and_takes_the_next_release():
    code, said = tried()

    if "!!! NOT TRIED" in said:
        pytest.skip(said.strip().splitlines()[0])
    assert code == 0, said
    assert "BROKEN" not in said
