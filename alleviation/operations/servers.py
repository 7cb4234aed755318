"""PostgreSQL servers of our own for a while: where its programs are, who they run as, one that goes when we go."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, cast

USUAL_PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
# The path of a socket holds about 100 characters on every system; ".s.PGSQL.5432" takes fourteen of them.
LONGEST_FOLDER = 80
# Ends the server when nobody holds our end of the pipe any more, however we went.
WATCHING = (
    'exec 3<&0; "$@" </dev/null & server=$!; (read -r word <&3; kill -INT "$server") 2>/dev/null & wait "$server"'
)
LOOKS_A_SECOND = 10


class ServerFault(Exception):
    """The server did not start, or ended; with what it said."""


def version_of(folder: Path) -> list[int]:
    """The numbers in a folder's path, so that 16 comes after 9."""
    return [int("".join(filter(str.isdigit, part))) for part in folder.parts if any(map(str.isdigit, part))]


def server_folders(places: tuple[str, ...] = USUAL_PLACES) -> list[Path]:
    """Where initdb and pg_ctl live: on PATH first, then the usual places from the newest on."""
    on_path = shutil.which("initdb")
    found = {one for place in places for one in Path("/").glob(place.lstrip("/")) if (one / "initdb").exists()}
    return [*([Path(on_path).resolve().parent] if on_path else []), *sorted(found, key=version_of, reverse=True)]


def server_folder(places: tuple[str, ...] = USUAL_PLACES) -> Path | None:
    """Where initdb and pg_ctl live: on PATH, else the newest in the usual places."""
    return next(iter(server_folders(places)), None)


def folder_of(major: int) -> Path | None:
    """Where the programs of this major version live; None where they are not installed."""
    for folder in server_folders():
        said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False)  # noqa: S603  # nosec B603
        if said.stdout.split()[2:3] and said.stdout.split()[2].split(".")[0] == str(major):
            return folder
    return None


def server_user() -> pwd.struct_passwd | None:
    """Whom the server runs as: ourselves, but never root, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise SystemExit("PostgreSQL does not run as root, and there is neither a user postgres nor a user nobody.")


def hand_over(folder: Path) -> None:
    """Give a folder to whom the server runs as, where that is not ourselves."""
    owner = server_user()
    if owner is None:
        return
    for place, _folders, files in os.walk(folder):
        for path in (place, *(os.path.join(place, name) for name in files)):
            os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)


@contextlib.contextmanager
def own_folder(prefix: str, place: Path | None = None) -> Iterator[Path]:
    """A folder that only the server and we may enter, gone afterwards."""
    base = str(place) if place else tempfile.gettempdir()
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=base))
    try:
        hand_over(folder)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def running(programs: Path, data: Path, settings: Mapping[str, str]) -> Iterator[tuple[Path, Path]]:
    """A server on these files until the end of the block, or of this process: the folder of its socket, and its log.

    It reads no configuration but these settings and what ALTER SYSTEM has left in its files, and listens to nobody but
    us. Raises ServerFault where it does not start, or does not come to the end of its recovery.
    """
    short = Path("/tmp") if len(tempfile.gettempdir()) > LONGEST_FOLDER or server_user() else None  # noqa: S108  # nosec B108  mkdtemp
    with own_folder("pg-", short) as folder:
        log = folder / "log"
        for name, line in {"conf": "", "hba": "local all all trust\n", "ident": ""}.items():
            (folder / name).write_text(line)
        hand_over(folder)
        server = _start(programs, data, {**_arguments(folder), **settings}, log)
        try:
            _wait(server, data, log)
            yield folder, log
        finally:
            cast(IO[bytes], server.stdin).close()
            server.wait()


def _arguments(folder: Path) -> dict[str, str]:
    """What a server of ours needs; what is set here no file can set otherwise."""
    return {
        "config_file": str(folder / "conf"),
        "hba_file": str(folder / "hba"),
        "ident_file": str(folder / "ident"),
        "unix_socket_directories": str(folder),
        "unix_socket_permissions": "0700" if server_user() is None else "0777",
        "listen_addresses": "",
        "port": "5432",
        "ssl": "off",
        "archive_mode": "off",
        "primary_conninfo": "",
        "shared_preload_libraries": "",
        # Not in /dev/shm: where we are the app's user, systemd clears its files away there as often as a job ends.
        "dynamic_shared_memory_type": "mmap",
        "logging_collector": "off",
        "log_destination": "stderr",
        "lc_messages": "C",
    }


def _start(programs: Path, data: Path, settings: Mapping[str, str], log: Path) -> "subprocess.Popen[bytes]":
    owner = server_user()
    who: dict[str, Any] = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    command = ["/bin/sh", "-c", WATCHING, "sh", str(programs / "postgres"), "-D", str(data), *options]
    with log.open("wb") as words:
        return subprocess.Popen(  # noqa: S603  # nosec B603  PostgreSQL's own program under a line of ours
            command,
            stdin=subprocess.PIPE,
            stdout=words,
            stderr=subprocess.STDOUT,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
            cwd="/",
            start_new_session=True,
            **who,
        )


def _wait(server: "subprocess.Popen[bytes]", data: Path, log: Path) -> None:
    """Until its last word is that it is ready, which it says once it is through with its recovery."""
    told = data / "postmaster.pid"
    while True:
        if server.poll() is not None:
            raise ServerFault(log.read_text(errors="replace"))
        with contextlib.suppress(OSError):
            if told.read_text().splitlines()[7:8] == ["ready   "]:
                return
        time.sleep(1 / LOOKS_A_SECOND)
