"""Kills writers and their database in the middle of what they do, and looks at what is left."""

import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection

from tests.faults.board import MOST, Board, Where
from tests.faults.databases import Blow, Throwaway
from tests.faults.findings import Findings, Reader
from tests.faults.scene import Scene
from tests.faults.writers import BROKEN, LOST_DATABASE, Journal, Work, Writer, start

# The share of blows that wait until the writer aimed at is inside a transaction; the others fall at any moment.
AIMED = 0.8
# Seconds at most in which the writers get something done first.
WARM_UP = 1.0
PATIENCE = 90.0
WORKS = (Work.POSTING, Work.POSTING, Work.IMPORTING, Work.IMPORTING, Work.INCOMES)


@dataclass
class Tally:
    """The kills of one kind: how many, and where the session aimed at was."""

    kills: int = 0
    inside: int = 0
    committing: int = 0
    sessions: int = 0
    stuck: int = 0
    broken: int = 0
    findings: Findings = field(default_factory=Findings)
    seconds: float = 0.0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(**{name: value + getattr(other, name) for name, value in vars(self).items()})

    @property
    def holds(self) -> bool:
        return self.findings.holds and not (self.stuck or self.broken)


@dataclass
class Runner:
    """One run after the other on the same database."""

    database: Throwaway
    scene: Scene
    folder: Path
    dice: random.Random
    board: Board = field(default_factory=Board)
    reader: Reader = field(default_factory=Reader)
    # How long a transaction of each kind took, in seconds, as the writers tell.
    typical: dict[Work, float] = field(default_factory=lambda: dict.fromkeys(Work, 0.1))

    def run(self, number: int) -> tuple[Blow, Tally]:
        """Start writers, kill, recover, look."""
        began = time.monotonic()
        blow, work = self.dice.choice(self.database.blows), self.dice.choice(WORKS)
        self.board.clear()
        writers = self.writers(f"r{number}", self.dice.randint(1, MOST))
        running = {one.number: start(lambda one=one: one.live(work)) for one in writers}  # type: ignore[misc]
        wait_until(lambda: all(self.board.slots[seat].is_ready for seat in running))
        aim = self.dice.choice(sorted(running))
        self._wait_for_the_moment(aim, work)
        tally = Tally(kills=1, sessions=1 if blow == Blow.PROCESS else len(running))
        where = self._strike(blow, aim, running)
        self.board.end()
        self._gather(running, tally, may_be_lost=where is None)
        # A session that lost its database tells itself where it was then.
        where = Where(self.board.slots[aim].where) if where is None else where
        tally.inside, tally.committing = int(where == Where.INSIDE), int(where == Where.COMMITTING)
        self._learn(work)
        # Opened anew, as whoever comes next would find it.
        connection.close()
        tally.findings = self.reader.look(one.journal for one in writers)
        tally.seconds = time.monotonic() - began
        return blow, tally

    def quiet(self, times: int) -> Tally:
        """Eight writers who post so many entries each, with nobody killed."""
        began, tally = time.monotonic(), Tally()
        self.board.clear()
        writers = self.writers("q", MOST)
        running = {one.number: start(lambda one=one: one.post(times)) for one in writers}  # type: ignore[misc]
        self._gather(running, tally, may_be_lost=False)
        tally.findings = self.reader.look(one.journal for one in writers)
        tally.seconds = time.monotonic() - began
        return tally

    def writers(self, name: str, number: int) -> list[Writer]:
        return [
            Writer(
                number=seat,
                name=f"{name}w{seat}",
                scene=self.scene,
                journal=Journal(self.folder / f"{name}w{seat}"),
                board=self.board,
                dice=random.Random(self.dice.random()),
            )
            for seat in range(number)
        ]

    def _wait_for_the_moment(self, aim: int, work: Work) -> None:
        """Wait until the writer aimed at is somewhere in its transaction, or for any moment."""
        time.sleep(self.dice.uniform(0, WARM_UP))
        if self.dice.random() < AIMED:
            wait_until(lambda: self.board.slots[aim].where == Where.INSIDE, pause=0.0002, patience=20)
            time.sleep(self.dice.uniform(0, self.typical[work]))

    def _strike(self, blow: Blow, aim: int, running: dict[int, int]) -> Where | None:
        """Kill. Gives where the session aimed at was; None where it is yet to tell that itself.

        A process is stopped before it is killed, so that it is where it says.
        """
        if blow in (Blow.BACKEND, Blow.SERVER):
            # 0 would be our own group of processes.
            assert self.board.slots[aim].backend, "a writer has not told its server process"
            self.database.strike(blow, self.board.slots[aim].backend)
            return None
        hit = [aim] if blow == Blow.PROCESS else sorted(running, key=lambda seat: seat != aim)
        for seat in hit:
            os.kill(running[seat], signal.SIGSTOP)
        os.waitpid(running[aim], os.WUNTRACED)
        where = Where(self.board.slots[aim].where)
        for seat in hit:
            os.kill(running[seat], signal.SIGKILL)
        for seat in hit:
            wait_for(running.pop(seat))
        return where

    def _gather(self, running: dict[int, int], tally: Tally, *, may_be_lost: bool) -> None:
        """Wait for the writers that are left: they finish what they do, or have lost their database."""
        self.database.recover()
        deadline = time.monotonic() + PATIENCE
        for number in running.values():
            code = wait_for(number, deadline)
            if code is None:
                os.kill(number, signal.SIGKILL)
                wait_for(number)
            tally.stuck += code is None
            tally.broken += code not in ({None, 0, LOST_DATABASE} if may_be_lost else {None, 0})

    def _learn(self, work: Work) -> None:
        """How long such a transaction takes, from those that ended."""
        told = [slot.seconds for slot in self.board.slots if slot.seconds]
        if told:
            self.typical[work] = (self.typical[work] + sum(told) / len(told)) / 2


def wait_until(is_so: Callable[[], bool], *, pause: float = 0.002, patience: float = 60.0) -> None:
    """Wait for something, but not for ever."""
    deadline = time.monotonic() + patience
    while not is_so() and time.monotonic() < deadline:
        time.sleep(pause)


def wait_for(number: int, deadline: float | None = None) -> int | None:
    """The exit code of a process; None where it has not ended by then."""
    while True:
        try:
            ended, status = os.waitpid(number, 0 if deadline is None else os.WNOHANG)
        except ChildProcessError:
            return BROKEN  # it ended by itself, before it was hit
        if ended:
            return os.waitstatus_to_exitcode(status)
        if deadline is not None and time.monotonic() > deadline:
            return None
        time.sleep(0.005)
