"""A connection on which nothing comes for too long is given up, and no other."""

import socket
from types import SimpleNamespace

import pytest

from alleviation.common import unheard


@pytest.fixture
def line():
    """Both ends of a connection over a network."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        near = socket.create_connection(door.getsockname())
        far, _address = door.accept()
    with near, far:
        far.settimeout(5)
        yield near, far


def as_driver(near, *, status: int = unheard.ACTIVE, closed: int = 0):
    return SimpleNamespace(fileno=near.fileno, closed=closed, info=SimpleNamespace(transaction_status=status))


@pytest.mark.skipif(not hasattr(socket, "TCP_INFO"), reason="this system does not tell what TCP knows")
@pytest.mark.parametrize(
    ("status", "closed", "silent", "expected"),
    [(1, 0, 76, True), (1, 0, 75, False), (0, 0, 76, False), (2, 0, 76, False), (1, 1, 76, False)],
    ids=["waits for long", "waits", "idle", "in a transaction", "closed"],
)
def test_who_waits_beyond_the_time_of_a_statement_is_given_up(status, closed, silent, expected, line, monkeypatch):
    monkeypatch.setattr(unheard, "silence", lambda _raw: silent)

    assert unheard._is_given_up(as_driver(line[0], status=status, closed=closed), 60) == expected


@pytest.mark.skipif(not hasattr(socket, "TCP_INFO"), reason="this system does not tell what TCP knows")
def test_a_line_that_was_just_used_is_not_silent(line):
    near, far = line
    near.sendall(b"SELECT 1")
    far.recv(8)

    assert unheard.silence(as_driver(near)) == 0


def test_of_a_socket_on_one_machine_nobody_knows_how_silent_it_is():
    near, far = socket.socketpair()
    with near, far:
        assert unheard.silence(as_driver(near)) is None


def test_whoever_waits_on_a_line_that_is_given_up_is_told(line):
    near, far = line

    unheard._cut(as_driver(near))

    assert (near.recv(1), far.recv(1)) == (b"", b"")
