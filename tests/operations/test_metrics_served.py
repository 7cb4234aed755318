"""Measures over gunicorn's workers: what each counts adds up, and one that is killed takes nothing with it."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from time import monotonic, sleep

import pytest
from prometheus_client.parser import text_string_to_metric_families

from alleviation.example.starting import HOST, server_command
from alleviation.operations.metrics import processes
from tests.browser.serving import free_port, wait_until_answers
from tests.house.ground import ROOT
from tests.operations.conftest import TOKEN

WORKERS, ASKED = 2, 12


@contextmanager
def served(folder: Path) -> Iterator[tuple[int, int]]:
    """A server of two workers that counts: its port and its first process."""
    port = free_port()
    settings = {
        "DATABASE_URL": f"sqlite:///{folder}/database.sqlite3",
        "METRICS_TOKEN": TOKEN,
        "METRICS_FOLDER": str(folder / "metrics"),
        "DJANGO_SETTINGS_MODULE": "alleviation.settings",
        "PATH": os.environ["PATH"],
    }
    command = [str(WORKERS) if word == "1" else word for word in server_command(port)]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=settings, stdout=log, stderr=log)
        try:
            wait_until_answers(server, port)
            yield port, server.pid
        finally:
            server.terminate()
            server.wait(30)


def asked(port: int, path: str) -> str:
    connection = HTTPConnection(HOST, port, timeout=30)
    connection.request("GET", path, headers={"Authorization": f"Bearer {TOKEN}"})
    content = connection.getresponse().read().decode()
    connection.close()
    return content


def told(port: int) -> dict[tuple[str, ...], float]:
    families = text_string_to_metric_families(asked(port, "/metrics"))
    samples = [sample for family in families for sample in family.samples]
    return {(one.name, *(value for _name, value in sorted(one.labels.items()))): one.value for one in samples}


def workers_of(server: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{server}/task/{server}/children").read_text().split()]


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux's /proc")
def test_what_workers_count_adds_up_and_outlives_one_that_is_killed(tmp_path):
    page = ("alleviation_requests_total", "GET", "-", "4xx")
    with served(tmp_path) as (port, server):
        already = told(port).get(page, 0)
        for _time in range(ASKED):
            asked(port, "/nowhere/")
        before = told(port)
        gone = workers_of(server)[0]
        os.kill(gone, signal.SIGKILL)
        until = monotonic() + 20
        while (gone in workers_of(server) or told(port)["alleviation_processes",] < WORKERS) and monotonic() < until:
            sleep(0.1)
        after = told(port)

        names = {path.name for path in (tmp_path / "metrics" / "processes").iterdir()}

    assert before[page] - already == ASKED
    assert after[page] == before[page]
    assert (after["alleviation_processes",], after["alleviation_requests_under_way",]) == (WORKERS, 1)
    # What it was doing is gone with it; what it had done stays.
    assert (f"gauge_livesum_{gone}.db" in names, f"counter_{gone}.db" in names) == (False, True)
    assert after["alleviation_memory_bytes", "all"] > after["alleviation_memory_bytes", "largest"] > 2**24


def test_a_new_server_counts_from_nothing_but_for_processes_that_live(tmp_path):
    # No process has this number.
    dead, living = 99_999_999, os.getpid()
    for process in (dead, living):
        for kind in ("counter", "gauge_livesum"):
            (tmp_path / f"{kind}_{process}.db").touch()

    processes.forget_living(tmp_path, living)
    processes.forget_dead(tmp_path)

    assert (processes.processes_in(tmp_path), processes.living_in(tmp_path)) == ({living}, {living})
    assert [path.name for path in tmp_path.iterdir()] == [f"counter_{living}.db"]
