"""The network of the fault runs: it takes apart what PostgreSQL says, and loses what it is told to lose."""

import contextlib
import socket
import threading

import pytest

from tests.faults.proxy import COMMITTED, Proxy, messages, rest_and_whole


def message(letter: bytes, body: bytes) -> bytes:
    return letter + (len(body) + 4).to_bytes(4, "big") + body


COMMIT, SELECT, READY = message(b"C", COMMITTED), message(b"C", b"SELECT 1\0"), message(b"Z", b"I")


@pytest.mark.parametrize("cut", range(len(SELECT + COMMIT) + 1))
def test_what_is_begun_of_a_message_waits_for_its_rest(cut):
    said = SELECT + COMMIT

    rest, whole = rest_and_whole(said[:cut])

    assert whole + rest == said[:cut]
    assert b"".join(message(*one) for one in messages(whole)) == whole
    assert rest_and_whole(rest + said[cut:])[0] == b""


@pytest.fixture
def server(tmp_path):
    """A door at which every line is answered as by a server that has carried it out, until nobody is there."""
    path = tmp_path / "door"
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(path))
        door.listen()

        def serve() -> None:
            while True:
                try:
                    end, _address = door.accept()
                except OSError:
                    return
                # Whoever asked may be gone by then.
                with end, contextlib.suppress(OSError):
                    while said := end.recv(100):
                        end.sendall((COMMIT if said == b"COMMIT" else SELECT) + READY)

        serving = threading.Thread(target=serve, daemon=True)
        serving.start()
        yield path
        # To close it does not wake who waits at it.
        door.shutdown(socket.SHUT_RDWR)
        serving.join(5)


@pytest.fixture
def proxy(server):
    proxy = Proxy(server)
    yield proxy
    proxy.close()


def linked(proxy: Proxy) -> socket.socket:
    end = socket.create_connection(("127.0.0.1", proxy.port))
    end.settimeout(5)
    end.sendall(b"SELECT")
    assert end.recv(100) == SELECT + READY
    return end


def test_a_reply_to_commit_is_lost_and_the_line_with_it(proxy):
    proxy.lose_commits(1)

    with linked(proxy) as end:
        end.sendall(b"COMMIT")

        assert (end.recv(100), proxy.lost) == (b"", 1)
    with linked(proxy) as end:
        end.sendall(b"COMMIT")

        assert end.recv(100) == COMMIT + READY


@pytest.mark.parametrize("befalls", ["lost in silence", "half-open", "answers dropped", "held up"])
def test_a_line_can_be_silent(befalls, proxy):
    with linked(proxy) as end:
        if befalls == "lost in silence":
            proxy.lose_commits(1, in_silence=True)
        elif befalls == "held up":
            proxy.is_held = True
        else:
            proxy.kill_in_silence(replies_alone=befalls == "answers dropped")
        end.settimeout(0.1)
        end.sendall(b"COMMIT")

        with pytest.raises(TimeoutError):
            end.recv(100)
        proxy.is_held = False


def test_a_line_that_is_cut_is_told(proxy):
    with linked(proxy) as end:
        proxy.cut()

        assert end.recv(100) == b""
