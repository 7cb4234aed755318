"""The app served as `manage.py start` serves it, and a client that adds nothing to what it measures."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from time import monotonic, perf_counter, sleep

from benchmarks.inside import environment, inside
from benchmarks.pairs import peak_memory

HOST = "127.0.0.1"
PATIENCE = 60
BLOCK = 1 << 18
END_OF_HEAD = b"\r\n\r\n"
# Stands for the port in the command until there is one.
ANY_PORT = 65_535


@dataclass(frozen=True)
class Server:
    """A server, on a port of its own: its first worker, and the process that started it."""

    port: int
    worker: int
    process: int = 0

    @property
    def memory(self) -> float:
        """The most memory its worker has had, in MiB."""
        return peak_memory(self.worker)


@dataclass
class Answer:
    """What came back: the head, how much and how fast; the body itself is kept where it was asked for."""

    status: int = 0
    head: bytes = b""
    size: int = 0
    lines: int = 0
    seconds: float = 0
    # Until the second line of the body was there: the first row of data.
    first_row: float | None = None
    body: bytearray = field(default_factory=bytearray)

    def header(self, name: str) -> str:
        """A line of the head; "" where it has none."""
        lines = (line.decode().partition(":") for line in self.head.split(b"\r\n")[1:])
        return next((value.strip() for key, _, value in lines if key.lower() == name.lower()), "")


@contextmanager
def serving(url: str, workers: int = 1) -> Iterator[Server]:
    """A server over a database, warm, gone afterwards; with more workers than one it tells of the first."""
    port = _free_port()
    command = [*_command(url, port), "--workers", str(workers)]
    process = subprocess.Popen(command, env=environment(url, DEBUG="False"))
    try:
        _wait_for(port, process)
        get(Server(port, 0, process.pid), "/healthz")
        yield Server(port, _worker_of(process.pid), process.pid)
    finally:
        process.terminate()
        process.wait()


def get(
    server: Server,
    path: str,
    *,
    session: str = "",
    headers: tuple[str, ...] = (),
    keep: bool = False,
    is_enough: bool = False,
) -> Answer:
    """Ask for an address and read all of the answer; `keep` its body. The first row `is_enough`: leave then."""
    lines = [f"GET {path} HTTP/1.0", f"Host: {HOST}:{server.port}", *headers]
    if session:
        lines.append(f"Cookie: sessionid={session}")
    with socket.create_connection((HOST, server.port)) as connection:
        start = perf_counter()
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        answer = _read(connection, start, keep=keep, is_enough=is_enough)
        answer.seconds = perf_counter() - start
    answer.status = int(answer.head.split(None, 2)[1])
    return answer


def _read(connection: socket.socket, start: float, *, keep: bool, is_enough: bool) -> Answer:
    answer, begun = Answer(), b""
    while block := connection.recv(BLOCK):
        if not answer.head:
            begun += block
            if END_OF_HEAD not in begun:
                continue
            answer.head, _, block = begun.partition(END_OF_HEAD)
        answer.size += len(block)
        answer.lines += block.count(b"\n")
        if answer.first_row is None and answer.lines > 1:
            answer.first_row = perf_counter() - start
            if is_enough:
                break
        if keep:
            answer.body += block
    return answer


def _command(url: str, port: int) -> list[str]:
    return [word.replace(str(ANY_PORT), str(port)) for word in _told(url)]


@cache
def _told(url: str) -> list[str]:
    found: list[str] = inside(url, started_as, port=ANY_PORT)
    return found


def started_as(port: int) -> list[str]:
    """Runs inside: the command of the server, as `manage.py start` has it."""
    from alleviation.example.starting import server_command

    return server_command(port)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = monotonic() + PATIENCE
    while monotonic() < until:
        if process.poll() is not None:
            raise SystemExit("the server ended as soon as it was started")
        with suppress(OSError), socket.create_connection((HOST, port)):
            return
        sleep(0.05)
    raise SystemExit(f"the server did not answer within {PATIENCE} seconds")


def _worker_of(parent: int) -> int:
    """The one child of the server's first process."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return int(children[0])
