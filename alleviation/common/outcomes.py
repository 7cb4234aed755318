"""How commands that run by themselves ended, for whoever watches: a small file for each in METRICS_FOLDER.

A file and no table: `verify` only reads, and must be able to say that a database is gone.
"""

import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from time import time

from django.conf import settings

log = logging.getLogger(__name__)

# What runs by the clock; a measure's label is one of these and nothing else.
JOBS = ("verify", "verify_quick", "rollup_check", "anchor", "backup", "restore_drill")


@dataclass(frozen=True)
class Outcome:
    """The last run of a command: when it ended and when one last ended well (seconds since 1970), and how long."""

    ended_at: float
    is_good: bool
    good_at: float
    seconds: float


@contextmanager
def outcome(job: str) -> Iterator[None]:
    """Keep how what is done within ends; a failure goes on its way. Without METRICS_TOKEN nothing is kept."""
    began = time()
    try:
        yield
    except BaseException:
        _keep(job, began, is_good=False)
        raise
    _keep(job, began, is_good=True)


def last_outcome(job: str) -> Outcome | None:
    """How a command ended when it last ran; None where it never did, or nobody can read it."""
    try:
        return Outcome(**json.loads(_path(job).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def _keep(job: str, began: float, *, is_good: bool) -> None:
    if not settings.METRICS_TOKEN:
        return
    now = time()
    before = last_outcome(job)
    good_at = now if is_good else before.good_at if before else 0.0
    path = _path(job)
    new = path.with_suffix(f".{os.getpid()}.new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new.write_text(json.dumps(asdict(Outcome(now, is_good, good_at, now - began))))
        new.replace(path)
    except OSError as error:
        # A command that did its work does not fail for this.
        log.warning("How %s ended could not be kept: %s.", job, type(error).__name__)


def _path(job: str) -> Path:
    return Path(settings.METRICS_FOLDER) / "outcomes" / f"{job}.json"
