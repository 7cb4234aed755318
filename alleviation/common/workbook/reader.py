"""Reads the rows of an XLSX workbook, in a process of its own: a file made to do harm takes it down and no other.

The workbook comes in on the standard input, its limits as JSON in the first argument. Each row goes out as a line of
JSON, [number, [cell, …]], a cell being text or [text, kind]. What is to say of the whole goes to the standard error,
as JSON too: `refused` with a reason, or what was found. No link out of the file is followed.
"""

import contextlib
import json
import sys
from typing import Any, BinaryIO, TextIO

from alleviation.common.workbook.container import Container, Refusal
from alleviation.common.workbook.sheets import Workbook

MEMORY = 320 << 20


def limit_self(seconds: int) -> None:
    """No more time and memory than a workbook within the limits needs, where the system can hold us to that."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


def answer(file: BinaryIO, limits: dict[str, int], out: TextIO) -> dict[str, Any]:
    """Writes the rows out. What is to say of the whole: `refused` with a reason, or what was found."""
    try:
        return Workbook(Container(file, limits), limits, out).read()
    except Refusal as refusal:
        return {"refused": refusal.reason, **refusal.words}
    except MemoryError:
        return {"refused": "exhausted"}
    except Exception:  # a file made to do harm stumbles in ways that no list of errors holds
        return {"refused": "damaged"}


def main() -> None:
    """Read the standard input, as said above."""
    limits = json.loads(sys.argv[1])
    limit_self(limits["seconds"])
    out = open(sys.stdout.fileno(), "w", encoding="utf-8", newline="\n", closefd=False)  # noqa: SIM115
    told = answer(sys.stdin.buffer, limits, out)
    out.flush()
    sys.stderr.write(json.dumps(told))
