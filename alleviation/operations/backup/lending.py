"""Hands a recovering server the segments of its log that it asks for, opened by us: the private key stays with us.

The server's restore_command writes its question into a pipe and waits for the answer in another; a thread of ours
opens the segment and puts it where the server wants it. Its user needs neither our Python nor the private key.
"""

import os
import select
import shlex
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pyrage import x25519

from alleviation.operations.backup.archiving import ABSENT, Refused, fetch
from alleviation.operations.backup.segments import SEGMENT
from alleviation.operations.backup.timelines import HISTORY, Line
from alleviation.operations.servers import hand_over, own_folder, server_user

# From 126 on PostgreSQL gives up its recovery, below it takes the segment for one that was never archived.
BROKEN = 200
ASKING = """#!/bin/sh
cd "$(dirname "$0")" || exit 200
printf '%s %s\\n' "$1" "$2" > question
read -r code < answer
exit "$code"
"""
LOOKS_A_SECOND = 5


class Lender:
    """Answers the server's questions for files of its log until it is closed; `fault` is why one could not be used.

    It gives out what lies on the line alone: a server that finds no segment of its timeline takes an older one's.
    """

    def __init__(
        self, folder: Path, archive: Path | None, line: Line, data: Path, identities: Sequence[x25519.Identity]
    ) -> None:
        self.folder, self.archive, self.line, self.data, self.identities = folder, archive, line, data, identities
        self.fault, self.is_closed = "", threading.Event()
        (folder / "ask").write_text(ASKING)
        for name in ("question", "answer"):
            os.mkfifo(folder / name, 0o600)
        hand_over(folder)

    @property
    def command(self) -> str:
        """The restore_command; a % of our own means nothing to the server."""
        return f"sh {shlex.quote(str(self.folder / 'ask')).replace('%', '%%')} %f %p"

    def serve(self) -> None:
        """Answer one question after the other."""
        # Open for both ways, a pipe never ends, and never has us wait for the other side.
        question, answer = (os.open(self.folder / name, os.O_RDWR) for name in ("question", "answer"))
        try:
            while not self.is_closed.is_set():
                if select.select([question], [], [], 1 / LOOKS_A_SECOND)[0]:
                    name, _blank, path = os.read(question, 4096).decode().strip().partition(" ")
                    os.write(answer, f"{self._answered(name, self.data / path)}\n".encode())
        finally:
            os.close(question)
            os.close(answer)

    def _answered(self, name: str, path: Path) -> int:
        """Put the file there, and answer with the exit code of the command."""
        try:
            if not self._is_given(name, path):
                return ABSENT
            if owner := server_user():
                os.chown(path, owner.pw_uid, owner.pw_gid)
        except (Refused, OSError) as error:
            self.fault = str(error)
            return BROKEN
        return 0

    def _is_given(self, name: str, path: Path) -> bool:
        history = HISTORY.fullmatch(name)
        if history and self.line.is_taken(int(history[1], 16)):
            # The server only asks whether this number is free for the timeline that it begins.
            path.touch()
            return True
        if self.archive is None or (SEGMENT.fullmatch(name) and not self.line.holds(name)):
            return False
        return fetch(name, path, self.archive, self.identities)


@contextmanager
def lending(archive: Path | None, line: Line, data: Path, identities: Sequence[x25519.Identity]) -> Iterator[Lender]:
    """A lender at work for as long as the block; without an archive it has nothing to give."""
    with own_folder("lend-") as folder:
        lender = Lender(folder, archive, line, data, identities)
        thread = threading.Thread(target=lender.serve, daemon=True)
        thread.start()
        try:
            yield lender
        finally:
            lender.is_closed.set()
            thread.join()
