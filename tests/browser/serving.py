"""The app as it is served, on a copy of the example of its own: another process, another database than the tests'."""

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from alleviation.example.starting import HOST, server_command
from tests.house.ground import ROOT

# Seconds; it comes within one or two, unless the machine has much else to do.
PATIENCE = 180
# Nothing of what a test run makes is kept, so these need not be secret; all that shares the files has the same.
KEYS = {name: f"{name.lower()}-of-the-browser-tests-and-of-nothing-else" for name in ("SECRET_KEY", "TRAIL_KEY")}
PERSONAL_KEY = "personal-key-of-the-browser-tests-and-of-nothing-else"


def environment(folder: Path) -> dict[str, str]:
    """What the app is told, so that all its files lie in this folder. The suite's own DATABASE_URL is not asked."""
    ours = {
        "DATABASE_URL": f"sqlite:///{folder / 'example.sqlite3'}",
        "EVIDENCE_ROOT": str(folder / "evidence"),
        "IMPORT_ROOT": str(folder / "imports"),
        "PERSONAL_KEYS": PERSONAL_KEY,
        # The register of the example is so large that it is asked for.
        "BULK_HOUSEHOLDS": "250",
        "DEBUG": "False",
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COV_", "PYTEST_"))}
    return {**kept, **KEYS, **ours}


def made_once(shared: Path) -> Path:
    """A folder with the example, made by the first who asks; others, in other processes, wait for it."""
    folder = shared / "browser-example"
    with (shared / "browser-example.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            command = [sys.executable, "-m", "tests.browser.making"]
            subprocess.run(command, cwd=ROOT, env=environment(folder), check=True)
            (folder / "made").touch()
    return folder


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of the app over the files of this folder, served as `manage.py start` does it."""
    port = free_port()
    server = subprocess.Popen(server_command(port), cwd=ROOT, env=environment(folder))
    try:
        wait_until_answers(server, port)
        yield f"http://{HOST}:{port}"
    finally:
        server.terminate()
        server.wait(PATIENCE)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_answers(server: "subprocess.Popen[bytes]", port: int) -> None:
    """Raises TimeoutError where it does not come."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        connection = HTTPConnection(HOST, port, timeout=PATIENCE)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except (OSError, HTTPException):
            pass
        finally:
            connection.close()
        time.sleep(0.1)
    raise TimeoutError(f"the app does not answer (exit code {server.returncode})")
