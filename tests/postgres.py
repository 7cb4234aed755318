"""Runs a command against a PostgreSQL of its own: python -m tests.postgres pytest

A new cluster is made in a temporary folder, listens on a Unix socket in there and nowhere else, and is gone
afterwards, whether the command ended well, failed or was stopped. The command finds it by DATABASE_URL. Its exit
code is ours. With ROW_SECURITY=true it signs in as a plain role, whom row-level security binds.
"""

import contextlib
import os
import pwd
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import quote

from alleviation.operations.servers import LONGEST_FOLDER
from alleviation.operations.servers import server_folder as server_folder
from alleviation.operations.servers import server_user as server_user

NO_POSTGRESQL = 2
NO_SUCH_COMMAND = 127
HELP = """No PostgreSQL server was found: initdb is neither on PATH nor in the usual places.
  Debian, Ubuntu:  apt-get install postgresql
  Fedora, RHEL:    dnf install postgresql-server
  macOS:           brew install postgresql
Or set DATABASE_URL to a database of yours and run the command without this helper."""

# Durability is what a throw-away cluster need not have.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=50")
SUPERUSER, PLAIN = "postgres", "alleviation"
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """A signal asks us to end."""

    def __init__(self, number: int) -> None:
        self.number = number


@contextlib.contextmanager
def temporary_folder(owner: pwd.struct_passwd | None) -> Iterator[Path]:
    """A folder that the server may enter, with a path short enough for its socket."""
    base = tempfile.gettempdir()
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir=base if len(base) < LONGEST_FOLDER and not owner else "/tmp"))
    try:
        if owner:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def serve(*command: str | Path, owner: pwd.struct_passwd | None) -> None:
    """Run one of the server's tools quietly, out of reach of our terminal's Ctrl-C; show its words if it fails."""
    who: dict[str, Any] = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
    with tempfile.TemporaryFile("w+") as words:
        done = subprocess.run(
            [*map(str, command)],
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd="/",
            start_new_session=True,
            check=False,
            **who,
        )
        if done.returncode:
            words.seek(0)
            raise SystemExit(f"{Path(command[0]).name} failed:\n{words.read()}")


@contextlib.contextmanager
def cluster(programs: Path, name: str = SUPERUSER) -> Iterator[str]:
    """A running cluster's DATABASE_URL, for the role of this name."""
    owner = server_user()
    with temporary_folder(owner) as folder:
        data = folder / "data"
        control = (programs / "pg_ctl", "-D", data, "-w")
        access = ("-U", SUPERUSER, "-A", "trust")
        serve(programs / "initdb", "-D", data, *access, "-E", "UTF8", "--no-locale", "-N", owner=owner)
        options = ["-k", str(folder), "-c", "listen_addresses=", *(word for fast in FAST for word in ("-c", fast))]
        try:
            serve(*control, "-l", folder / "log", "-o", shlex.join(options), "start", owner=owner)
            if name != SUPERUSER:
                as_superuser = ("-h", str(folder), "-U", SUPERUSER)
                serve(programs / "createuser", *as_superuser, "--createdb", name, owner=owner)
                serve(programs / "createdb", *as_superuser, "--owner", name, name, owner=owner)
            yield f"postgresql://{name}@/{name}?host={quote(str(folder), safe='')}"
        finally:
            with contextlib.suppress(SystemExit):
                serve(*control, "-m", "immediate", "stop", owner=owner)


def wait_for(child: "subprocess.Popen[bytes]") -> int:
    """The command's exit code; a signal to us is handed on, and a command that will not go is killed."""
    try:
        return child.wait()
    except Stopped as stopped:
        # A terminal's Ctrl-C has reached the command already; a second one would cut its own tidying short.
        if stopped.number != signal.SIGINT:
            child.send_signal(stopped.number)
        try:
            child.wait(timeout=10)
        except (subprocess.TimeoutExpired, Stopped):
            child.kill()
            child.wait()
        return 128 + stopped.number


def run(command: list[str], url: str) -> int:
    """Run the command with its DATABASE_URL and return its exit code, as a shell would count it."""
    try:
        child = subprocess.Popen(command, env={**os.environ, "DATABASE_URL": url})
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", file=sys.stderr)
        return NO_SUCH_COMMAND
    code = wait_for(child)
    return code if code >= 0 else 128 - code


def stop(number: int, frame: FrameType | None) -> None:
    """End at the first signal; what follows is tidying, which no second signal interrupts."""
    for each in STOPPING:
        signal.signal(each, signal.SIG_IGN)
    raise Stopped(number)


def main(arguments: list[str]) -> int:
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    if not command:
        print(__doc__, file=sys.stderr)
        return NO_POSTGRESQL
    programs = server_folder()
    if programs is None:
        print(HELP, file=sys.stderr)
        return NO_POSTGRESQL
    for each in STOPPING:
        signal.signal(each, stop)
    try:
        # A superuser sees through every policy: where those are tried, the app signs in as it does in production.
        name = PLAIN if os.environ.get("ROW_SECURITY", "").lower() in ("1", "on", "true", "yes") else SUPERUSER
        with cluster(programs, name) as url:
            return run(command, url)
    except Stopped as stopped:
        return 128 + stopped.number


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
