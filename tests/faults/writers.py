"""The writers that are killed. Each notes what it begins and, once its commit has come back, that it is done."""

import json
import logging
import os
import random
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.db import Error, OperationalError, connections

from alleviation.audit import trail
from alleviation.audit.entry import enter_many
from alleviation.audit.models import ImportBatch
from projects import actions
from projects.models import LedgerEntry
from tests.faults.board import Board, is_gone, watch
from tests.faults.scene import COMMAND, Scene

LOST_DATABASE, BROKEN = 3, 1


class Work(StrEnum):
    """What the writers do."""

    POSTING = "posting"
    IMPORTING = "importing"
    INCOMES = "incomes"


@dataclass
class Journal:
    """A file that outlives its writer: each line is written at once, and by the system even after a kill."""

    path: Path
    _file: int = field(init=False, default=-1)

    def note(self, word: str, act: str, tags: list[str], **facts: Any) -> None:
        if self._file < 0:
            self._file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(self._file, json.dumps([word, act, tags, facts]).encode() + b"\n")

    def lines(self) -> Iterator[tuple[str, str, list[str], dict[str, Any]]]:
        if self.path.exists():
            for line in self.path.read_text().splitlines():
                word, act, tags, facts = json.loads(line)
                yield word, act, tags, facts


@dataclass
class Writer:
    """One session."""

    number: int
    name: str
    scene: Scene
    journal: Journal
    board: Board
    dice: random.Random

    def live(self, work: Work) -> None:
        """Write until told to end, or killed."""
        with self._watched():
            count = 0
            while not self.board.is_over:
                with suppress(GivenUp):
                    getattr(self, work)(f"{self.name}n{count}")
                count += 1

    def post(self, times: int) -> None:
        """Post so many entries, one by one, and end."""
        with self._watched():
            for count in range(times):
                self._post([f"{self.name}n{count}"])

    def posting(self, tag: str) -> None:
        """Draft, submit and post one entry; or three, which are posted together or not at all."""
        self._post([f"{tag}e{one}" for one in range(self.dice.choice((1, 3)))])

    def importing(self, tag: str) -> None:
        """A file of some hundred entries with their batch, in one transaction."""
        size = self.dice.randrange(100, 300)
        with self._noted("import", [tag], size=size), trail.together():
            batch = self._batch(tag)
            enter_many(self.scene.imported(tag, size), by=COMMAND, batch=batch)

    def incomes(self, tag: str) -> None:
        """A file of households and their incomes: two tables, one transaction."""
        size = self.dice.randrange(60, 150)
        with self._noted("incomes", [tag], size=size), trail.together():
            batch = self._batch(tag)
            households = self.scene.households(tag, size)
            enter_many(households, by=COMMAND, batch=batch)
            enter_many([self.scene.income(one) for one in households], by=COMMAND, batch=batch)

    @contextmanager
    def _watched(self) -> Iterator[None]:
        slot = self.board.slots[self.number]
        watch(slot)
        try:
            yield
        except Error as error:
            if not is_gone(slot):
                raise
            raise LostDatabase from error

    def _post(self, tags: list[str]) -> None:
        clerk, reviewer = self.scene.clerks[self.number], self.scene.reviewers[self.number]
        entries: list[LedgerEntry] = []
        for tag in tags:
            entry = self.scene.entry(tag, self.dice.randrange(1, 10_000))
            with self._noted("draft", [tag]):
                actions.draft_entry(entry, by=clerk)
            with self._noted("submit", [tag]):
                actions.submit_entry(entry, by=clerk)
            entries.append(entry)
        with self._noted("post", tags) as told:
            posted = actions.post_entries(entries, by=reviewer)
            told["vouchers"] = [one.voucher for one in sorted(posted, key=lambda one: one.document_number)]

    def _batch(self, title: str) -> ImportBatch:
        return trail.open_batch(kind=ImportBatch.Kind.FILE, title=title, by=COMMAND)

    @contextmanager
    def _noted(self, act: str, tags: list[str], **facts: Any) -> Iterator[dict[str, Any]]:
        """Note what is begun, and what is done. What the database refuses for a while is given up and noted."""
        self.journal.note("try", act, tags, **facts)
        try:
            yield facts
        except OperationalError as error:
            if is_gone(self.board.slots[self.number]):
                raise
            self.journal.note("refused", act, tags, why=str(error).splitlines()[0])
            raise GivenUp from error
        self.journal.note("done", act, tags, **facts)


class LostDatabase(Exception):
    """The database went away under the writer."""


class GivenUp(Exception):
    """The database refused for now: it waited too long, or two writers waited for each other."""


def start(act: Callable[[], None]) -> int:
    """The number of a new process that does this. It shares no connection with ours."""
    connections.close_all()
    sys.stdout.flush()
    number = os.fork()
    if number:
        return number
    code = BROKEN
    # Django tells of each statement that a dying database did not answer.
    logging.disable()
    try:
        act()
        code = 0
    except LostDatabase:
        code = LOST_DATABASE
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)
