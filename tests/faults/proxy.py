"""A network between the app and PostgreSQL that can be cut, held up, made deaf, and that can lose a reply.

It listens on loopback and hands everything on to the server's socket. What the server says is taken apart into its
messages (a letter, a length, the rest), so that the one that says COMMIT can be the one that is lost.
"""

import contextlib
import socket
import threading
import time
from pathlib import Path

HOST = "127.0.0.1"
# The server says so when a COMMIT was carried out: CommandComplete with its tag.
COMMITTED = b"COMMIT\0"
LETTER, HEAD = 1, 5
PAUSE = 0.01


class Link:
    """One connection of the app with the server."""

    def __init__(self, app: socket.socket, server: socket.socket) -> None:
        self.app, self.server = app, server
        # Nothing is handed on any more, and nobody is told.
        self.is_dead_up = self.is_dead_down = False

    def cut(self) -> None:
        """As when a machine between the two refuses to go on: both are told."""
        for end in (self.app, self.server):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


class Proxy:
    """All links, and what befalls them."""

    def __init__(self, target: Path) -> None:
        self.target = str(target)
        self.links: list[Link] = []
        self.is_held = self.is_refusing = False
        self.delay = 0.0
        self.lost = 0
        self._to_lose = 0
        self._is_lost_in_silence = False
        self._lock = threading.Lock()
        self._door = socket.create_server((HOST, 0), backlog=128)
        self.port: int = self._door.getsockname()[1]
        self._threads = [threading.Thread(target=self._welcome, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        """Let nobody in any more, cut all that are there, and wait until they are gone."""
        self.is_held = False
        # To close it does not wake who waits at it.
        self._door.shutdown(socket.SHUT_RDWR)
        self._threads[0].join(5)
        self._door.close()
        self.cut()
        for thread in self._threads[1:]:
            thread.join(5)

    def cut(self) -> None:
        """Cut all that are there."""
        for link in self._present():
            link.cut()

    def kill_in_silence(self, *, replies_alone: bool = False) -> None:
        """Those that are there lead nowhere from now on, or bring no answer back; neither end is told."""
        for link in self._present():
            link.is_dead_up, link.is_dead_down = not replies_alone, True

    def lose_commits(self, number: int, *, in_silence: bool = False) -> None:
        """Carry the next COMMITs out and lose what the server says of them; then the link is cut, or silent."""
        with self._lock:
            self._to_lose, self._is_lost_in_silence = number, in_silence

    def _present(self) -> list[Link]:
        with self._lock:
            return list(self.links)

    def _welcome(self) -> None:
        while True:
            try:
                app, _address = self._door.accept()
            except OSError:
                return
            # Those that have ended need not be waited for.
            self._threads = [self._threads[0], *(one for one in self._threads[1:] if one.is_alive())]
            self._threads.append(threading.Thread(target=self._join, args=[app], daemon=True))
            self._threads[-1].start()

    def _join(self, app: socket.socket) -> None:
        server = socket.socket(socket.AF_UNIX)
        try:
            while self.is_held:
                time.sleep(PAUSE)
            if self.is_refusing:
                raise ConnectionRefusedError
            server.connect(self.target)
        except OSError:
            app.close()
            server.close()
            return
        link = Link(app, server)
        with self._lock:
            self.links.append(link)
        up = threading.Thread(target=self._bring_up, args=[link], daemon=True)
        up.start()
        self._bring_down(link)
        up.join()
        app.close()
        server.close()
        with self._lock:
            self.links.remove(link)

    def _bring_up(self, link: Link) -> None:
        """What the app says. Once it is gone the server is told, whatever else is silent."""
        with contextlib.suppress(OSError):
            while said := link.app.recv(1 << 16):
                self._wait()
                if not link.is_dead_up:
                    link.server.sendall(said)
        link.cut()

    def _bring_down(self, link: Link) -> None:
        """What the server says, message by message."""
        waiting = b""
        with contextlib.suppress(OSError):
            while said := link.server.recv(1 << 16):
                waiting, whole = rest_and_whole(waiting + said)
                self._wait()
                if self._is_to_be_lost(whole):
                    if not self._is_lost_in_silence:
                        break
                    link.is_dead_up = link.is_dead_down = True
                if not link.is_dead_down:
                    link.app.sendall(whole)
        if not link.is_dead_down:
            link.cut()

    def _wait(self) -> None:
        time.sleep(self.delay)
        while self.is_held:
            time.sleep(PAUSE)

    def _is_to_be_lost(self, whole: bytes) -> bool:
        if not self._to_lose or not any(kind == b"C" and body == COMMITTED for kind, body in messages(whole)):
            return False
        with self._lock:
            if not self._to_lose:
                return False
            self._to_lose -= 1
            self.lost += 1
        return True


def rest_and_whole(said: bytes) -> tuple[bytes, bytes]:
    """What is begun of a message, and the whole ones before it."""
    at = 0
    while at + HEAD <= len(said) and (end := at + LETTER + length(said, at)) <= len(said):
        at = end
    return said[at:], said[:at]


def messages(said: bytes) -> list[tuple[bytes, bytes]]:
    """The letter and the body of each message."""
    found, at = [], 0
    while at < len(said):
        end = at + LETTER + length(said, at)
        found.append((said[at : at + LETTER], said[at + HEAD : end]))
        at = end
    return found


def length(said: bytes, at: int) -> int:
    return int.from_bytes(said[at + LETTER : at + HEAD], "big")
