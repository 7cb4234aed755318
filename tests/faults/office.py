"""An office that is served as in production, and whose parts can be hit one by one.

gunicorn with two workers of four threads, a worker of imports that is started again when it dies (as systemd and
compose do), a database, and the folders for evidence, imports and logs; where root runs it, each on a disk of its own.
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import quote

import psycopg2

from tests.faults.databases import Server
from tests.faults.places import Place
from tests.faults.proxy import Proxy
from tests.postgres import HELP, serve, server_folder, server_user

ROOT = Path(__file__).resolve().parents[2]
WORKERS, THREADS = 2, 4
# So that a run sees what happens when they are over.
SECONDS_OF_A_STATEMENT = 8
KEYS = {name: f"{name.lower()}-of-an-office-in-trouble" for name in ("SECRET_KEY", "TRAIL_KEY", "PERSONAL_KEYS")}
UNTIL_UP = 120


@dataclass
class Office:
    """What runs, where, and what it runs on."""

    folder: Path
    url: str
    served_url: str
    places: dict[str, Place]
    server: "Cluster | None" = None
    proxy: Proxy | None = None
    port: int = 0
    is_clock_faked: bool = False
    _gunicorn: "subprocess.Popen[bytes] | None" = None
    _worker: "subprocess.Popen[bytes] | None" = None
    _is_open: bool = False
    _keeper: threading.Thread | None = field(default=None)

    @property
    def clock(self) -> Path:
        return self.folder / "clock"

    @property
    def cluster(self) -> "Cluster":
        assert self.server is not None, "this database has no server"
        return self.server

    @property
    def network(self) -> Proxy:
        assert self.proxy is not None, "this database has no network"
        return self.proxy

    def environment(self) -> dict[str, str]:
        ours = {
            "DATABASE_URL": self.served_url,
            "EVIDENCE_ROOT": str(self.places["evidence"].path / "files"),
            "IMPORT_ROOT": str(self.places["imports"].path / "files"),
            "LOG_FOLDER": str(self.places["logs"].path / "files"),
            "ACCESS_LOG": "true",
            "STATEMENT_SECONDS": str(SECONDS_OF_A_STATEMENT),
            "DJANGO_SETTINGS_MODULE": "alleviation.settings",
            "PATH": os.environ["PATH"],
            "PYTHONFAULTHANDLER": "1",
            **KEYS,
        }
        if self.is_clock_faked:
            ours["OFFICE_CLOCK"] = str(self.clock)
        return ours

    def open(self, *, is_clock_faked: bool = False) -> None:
        """Start what people work with, unless it runs already."""
        if self._is_open and self.is_clock_faked == is_clock_faked:
            return
        self.close()
        from tests.browser.serving import free_port

        self.is_clock_faked = is_clock_faked
        self.port, self._is_open = free_port(), True
        self.set_clock(0)
        command = [sys.executable, "-m", "gunicorn", "tests.faults.served", "--config", str(ROOT / "gunicorn.conf.py")]
        words = f"--bind 127.0.0.1:{self.port} --workers {WORKERS} --threads {THREADS} --graceful-timeout 5"
        with (self.folder / "gunicorn.log").open("ab") as log:
            self._gunicorn = subprocess.Popen(
                [*command, *words.split()], cwd=ROOT, env=self.environment(), stdout=log, stderr=log
            )
        self._wait_until_it_answers(self._gunicorn)
        self._keeper = threading.Thread(target=self._keep_a_worker, daemon=True)
        self._keeper.start()

    def close(self) -> None:
        """End it all; what does not end by itself is killed."""
        self._is_open = False
        if self._keeper:
            self._keeper.join()
        for one in (self._gunicorn, self._worker):
            if one is not None:
                one.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    one.wait(20)
                one.kill()
                one.wait()

    def set_clock(self, days: int) -> None:
        """By how much the app's clock is off; in one step, as people set it."""
        beside = self.clock.with_suffix(".new")
        beside.write_text(str(days))
        beside.replace(self.clock)

    def web_workers(self) -> list[int]:
        """The numbers of the processes that answer."""
        assert self._gunicorn is not None
        told = Path(f"/proc/{self._gunicorn.pid}/task/{self._gunicorn.pid}/children").read_text()
        return [int(number) for number in told.split()]

    def import_worker(self) -> int:
        return self._worker.pid if self._worker else 0

    def let_go(self) -> None:
        """Have every process begin anew, one after the other, and with it let go of what it has open."""
        assert self._gunicorn is not None
        self._gunicorn.send_signal(signal.SIGHUP)
        if self._worker:
            self._worker.kill()

    def _wait_until_it_answers(self, server: "subprocess.Popen[bytes]") -> None:
        """Raises TimeoutError, with what it logged and where its workers are, where it does not come."""
        deadline = time.monotonic() + UNTIL_UP
        while time.monotonic() < deadline and server.poll() is None:
            connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
            try:
                connection.request("GET", "/healthz")
                if connection.getresponse().status == 200:
                    return
            except (OSError, HTTPException):
                time.sleep(0.1)
            finally:
                connection.close()
        for number in self.web_workers():
            os.kill(number, signal.SIGABRT)
        time.sleep(1)
        print((self.folder / "gunicorn.log").read_text()[-9000:])
        raise TimeoutError("the office does not open")

    def _keep_a_worker(self) -> None:
        while self._is_open:
            if self._worker is None or self._worker.poll() is not None:
                with (self.folder / "worker.log").open("ab") as log:
                    command = [sys.executable, "-m", "tests.faults.served"]
                    self._worker = subprocess.Popen(command, cwd=ROOT, env=self.environment(), stdout=log, stderr=log)
            time.sleep(0.2)


class Cluster(Server):
    """A PostgreSQL whose first process can be killed, and that is started again by whoever watches over services."""

    def first_process(self) -> int:
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    def kill(self) -> None:
        os.kill(self.first_process(), signal.SIGKILL)

    def ask(self, *statements: str, is_writing: bool = False) -> None:
        """Say something to the server past the network; whether it answers is no matter."""
        with contextlib.suppress(psycopg2.Error):
            connection = psycopg2.connect(host=str(self.folder), user="postgres", dbname="postgres")
            connection.autocommit = True
            with connection.cursor() as cursor:
                if is_writing:
                    cursor.execute("SET default_transaction_read_only = off")
                for statement in statements:
                    cursor.execute(statement)
            connection.close()

    def is_up(self) -> bool:
        try:
            told = Path(f"/proc/{self.first_process()}/stat").read_text()
        except (OSError, ValueError, IndexError):
            return False
        # What is dead and not yet buried (Z) is there by its number alone.
        return told.rpartition(")")[2].split()[0] != "Z"

    def see_that_it_runs(self) -> None:
        """As `Restart=on-failure` does: try again until it comes. Raises SystemExit where it does not come at all."""
        deadline = time.monotonic() + UNTIL_UP
        while not self.is_up():
            try:
                self.start()
            except SystemExit:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.5)


@contextlib.contextmanager
def office(database: str) -> Iterator[Office]:
    """An office that is gone afterwards. Its tables are made by whoever needs them."""
    owner = server_user()
    with tempfile.TemporaryDirectory(prefix="office-", dir="/tmp" if owner else None) as name:
        folder = Path(name)
        folder.chmod(0o755)
        uid = owner.pw_uid if owner else 0
        places = {one: Place(folder / one, megabytes=16) for one in ("evidence", "imports", "logs")}
        places |= {"data": Place(folder / "pg", megabytes=400, owner=uid)}
        try:
            if database == "sqlite":
                url = f"sqlite:///{folder / 'pg' / 'office.sqlite3'}"
                with contextlib.closing(Office(folder, url, url, places)) as made:
                    yield made
            else:
                places["wal"] = Place(folder / "wal", megabytes=256, owner=uid)
                with _postgresql(folder, places) as made:
                    yield made
        finally:
            for place in places.values():
                place.close()


@contextlib.contextmanager
def _postgresql(folder: Path, places: dict[str, Place]) -> Iterator[Office]:
    """With a server whose data and whose log of changes lie on disks of their own, behind a network of ours."""
    programs, owner = server_folder(), server_user()
    if programs is None:
        raise SystemExit(HELP)
    access = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale")
    wal = places["wal"].path / "log"
    serve(programs / "initdb", "-D", folder / "pg" / "data", "-X", wal, *access, owner=owner)
    with (folder / "pg" / "data" / "postgresql.conf").open("a") as conf:
        # A small disk holds the log of changes.
        conf.write("min_wal_size = 32MB\nmax_wal_size = 64MB\n")
    url = f"postgresql://postgres@/postgres?host={quote(str(folder / 'pg'), safe='')}"
    server = Cluster(url, (), programs, folder / "pg")
    server.start()
    proxy = Proxy(folder / "pg" / ".s.PGSQL.5432")
    served = f"postgresql://postgres@127.0.0.1:{proxy.port}/postgres?sslmode=disable&gssencmode=disable"
    made = Office(folder, url, served, places, server, proxy)
    try:
        yield made
    finally:
        made.close()
        proxy.close()
        with contextlib.suppress(SystemExit):
            server.stop()
