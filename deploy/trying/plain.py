"""The trial without systemd: gunicorn by the words of the unit files, a socket given to it as systemd gives one.

PostgreSQL and nginx are of the trial's own, on free ports and in a folder that goes with it.
"""

import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from deploy.trying.board import Board, expect, said
from deploy.trying.browser import Browser, Place
from deploy.trying.busy import crowd
from deploy.trying.copying import copied
from deploy.trying.people import Person, a_password
from deploy.trying.units import UNITS, command, environment
from deploy.trying.walk import walk

HOST = "alleviation.example.org"
MAIN = """
{user}pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
worker_processes 1;
events {{ worker_connections 512; }}
http {{
    include /etc/nginx/mime.types;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    include {folder}/alleviation.conf;
}}
"""
PATIENCE = 90


class Server:
    """A server's folder: code, settings, and the processes over it."""

    def __init__(self, folder: Path, code: Path, database: str) -> None:
        self.folder, self.code = folder, code
        certificate = folder / "etc" / "tls" / "fullchain.pem"
        self.place = Place(HOST, free_port(), free_port(), str(certificate), free_port())
        self.token = secrets.token_urlsafe(64)
        self.settings = {
            "PATH": os.environ["PATH"],
            **{name: self.moved(value) for name, value in environment().items()},
            **{name: secrets.token_urlsafe(64) for name in ("SECRET_KEY", "TRAIL_KEY", "PERSONAL_KEYS")},
            **{"DATABASE_URL": database, "ALLOWED_HOSTS": HOST, "HTTPS": "true", "BEHIND_PROXY": "true"},
            **{"WEB_CONCURRENCY": "2", "METRICS_TOKEN": self.token},
        }
        for name in ("etc/tls", "run", "lib/metrics", "log"):
            (folder / name).mkdir(parents=True)

    def moved(self, text: str) -> str:
        """A path of an office's server, in this folder; a program, where this Python has it."""
        programs = str(Path(sys.executable).parent)
        for there, here in (
            ("/srv/alleviation/releases/%i/.venv/bin", programs),
            ("/srv/alleviation/releases/%i", str(self.code)),
            ("/etc/alleviation", f"{self.folder}/etc"),
            ("/etc/nginx/alleviation.d", f"{self.folder}/etc/proxy"),
            ("/run/alleviation", f"{self.folder}/run"),
            ("/var/lib/alleviation", f"{self.folder}/lib"),
            ("/var/log/alleviation", f"{self.folder}/log"),
        ):
            text = text.replace(there, here)
        return text

    def manage(self, *words: str, **settings: str) -> None:
        """A command of manage.py. Raises NotSo with what it said where it failed."""
        said([sys.executable, "manage.py", *words], env={**self.settings, **settings}, cwd=self.code)

    def listen(self) -> socket.socket:
        """The socket of alleviation.socket."""
        listener = socket.socket(socket.AF_UNIX)
        path = self.folder / "run" / "web.sock"
        listener.bind(str(path))
        path.chmod(0o666)
        listener.listen(2048)
        return listener

    def start(self, listener: socket.socket) -> "subprocess.Popen[bytes]":
        """gunicorn as its unit starts it, the socket its third file; returns when its workers are there."""
        words = [self.moved(word) for word in command(UNITS / "alleviation-web@.service")]
        given = {**self.settings, "LISTEN_FDS": "1"}
        with (self.folder / "log" / "gunicorn.log").open("ab") as log:
            server = subprocess.Popen(
                ["/bin/sh", "-c", 'export LISTEN_PID=$$; exec "$@"', "sh", *words],
                cwd=self.code,
                env=given,
                stdout=log,
                stderr=log,
                pass_fds=(3,),
                preexec_fn=lambda: os.dup2(listener.fileno(), 3) and None,
            )
        until = time.monotonic() + PATIENCE
        while len(children(server.pid)) < 2 and time.monotonic() < until and server.poll() is None:
            time.sleep(0.1)
        return server

    def start_proxy(self) -> "subprocess.Popen[bytes]":
        """nginx with the office's configuration, ports and paths exchanged."""
        text = self.moved((UNITS.parent / "nginx" / "alleviation.conf").read_text(encoding="utf-8"))
        text = re.sub(r".*listen \[::\].*\n", "", text)
        text = re.sub(
            r"listen (?:127\.0\.0\.1:)?(80|443|9108)\b", lambda found: f"listen 127.0.0.1:{self.port(found[1])}", text
        )
        (self.folder / "alleviation.conf").write_text(text, encoding="utf-8")
        user = "user root;\n" if os.geteuid() == 0 else ""
        (self.folder / "nginx.conf").write_text(MAIN.format(folder=self.folder, user=user))
        words = ["-c", str(self.folder / "nginx.conf"), "-e", str(self.folder / "nginx.log"), "-g", "daemon off;"]
        return subprocess.Popen([program("nginx"), "-p", str(self.folder), *words])

    def port(self, usual: str) -> int:
        return {"80": self.place.plain, "443": self.place.secure, "9108": self.place.measures}[usual]

    def make_certificate(self) -> None:
        names = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
        files = ["-keyout", f"{self.folder}/etc/tls/privkey.pem", "-out", self.place.certificate]
        words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names, *files]
        subprocess.run(words, capture_output=True, check=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def program(name: str) -> str:
    return shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin") or ""


def children(process: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []


@contextmanager
def ended(process: "subprocess.Popen[bytes]") -> Iterator["subprocess.Popen[bytes]"]:
    try:
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE)


def try_plainly(root: Path) -> int:
    """The trial; its exit code. What it takes and is not here, it says, and ends with 0 having tried nothing."""
    from tests.postgres import cluster, server_folder

    programs = server_folder()
    lacking = [name for name in ("nginx", "openssl") if not program(name)] + ["PostgreSQL"] * (programs is None)
    if lacking or programs is None:
        print(f"!!! SKIPPED: the server behind nginx, for there is no {' and no '.join(lacking)} here", flush=True)
        return 0
    board = Board()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="office-")))
        server = Server(folder, copied(root, folder / "code"), stack.enter_context(cluster(programs)))
        administrator = set_up(server, board)
        listener = stack.enter_context(server.listen())
        stack.enter_context(ended(server.start_proxy()))
        running = server.start(listener)
        people = walk(server.place, administrator, board, token=server.token, roles=("clerk", "auditor"))
        replaced(server, running, listener, people["auditor"], board)
    return board.end()


def set_up(server: Server, board: Board) -> Person:
    """A database, packed styles, and the first administrator."""
    server.make_certificate()
    first = Person("first", a_password(), server.place)
    with board.row("settings of production, a database, packed styles and the first administrator"):
        server.manage("check", "--deploy")
        server.manage("collectstatic", "--noinput")
        server.manage("migrate", "--noinput")
        server.manage("load_reference")
        words = ("createsuperuser", "--noinput", "--username", "first", "--email", "first@example.org")
        server.manage(*words, DJANGO_SUPERUSER_PASSWORD=first.password)
    return first


def replaced(
    server: Server, old: "subprocess.Popen[bytes]", listener: socket.socket, person: Person, board: Board
) -> None:
    """The next server beside the one before at one socket, as upgrade.sh does it; then a worker is killed."""
    new = None
    try:
        with board.row("the next server takes over from the one before: nobody's request fails") as tell:
            with crowd(server.place, person.browser.cookies) as people:
                new = server.start(listener)
                old.terminate()
                old.wait(PATIENCE)
            tell(people.told())
            expect((people.failed, old.returncode), ([], 0))
        with board.row("a worker is killed (-9): another takes its place") as tell:
            killed = children(new.pid)[0]
            with crowd(server.place, person.browser.cookies, least=0.5) as people:
                os.kill(killed, 9)
                time.sleep(2)
            tell(f"{people.asked} requests, {len(people.failed)} cut off")
            expect((killed in children(new.pid), len(children(new.pid))), (False, 2))
            expect(Browser(server.place).get("/healthz").status, 200)
    finally:
        for process in (old, new):
            if process is not None and process.poll() is None:
                process.terminate()
                process.wait(PATIENCE)
