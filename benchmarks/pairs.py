"""Work done in turns, medians of pairs, peak memory.

Two things are compared by doing them in turns, again and again: the ratio is the median over the pairs, so that a busy
minute of the machine falls upon both.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from os import sysconf
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TypeVar

Result = TypeVar("Result")


def in_turns(rounds: int, works: Mapping[str, Callable[[], Result]]) -> dict[str, list[Result]]:
    """Do each of the works once a round, and begin each round with another of them."""
    found: dict[str, list[Result]] = {name: [] for name in works}
    names = list(works)
    for number in range(rounds):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            found[name].append(works[name]())
            say(f"round {number + 1} of {rounds}: {name}")
    return found


def ratio_of(ones: Sequence[float], others: Sequence[float]) -> float:
    """The median of the pairs' ratios."""
    return median(one / other for one, other in zip(ones, others, strict=True))


def seconds_of(work: Callable[[], object]) -> float:
    """How long it takes."""
    start = perf_counter()
    work()
    return perf_counter() - start


def peak_memory(process: int) -> float:
    """The most memory that a process has had so far, in MiB (VmHWM)."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise ProcessLookupError(f"{process} has ended")


def processor_time(process: int) -> float:
    """The seconds of processor that a process has used so far, its own and the system's for it."""
    # After the name in brackets, which may hold anything; there utime and stime are the 12th and 13th.
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / sysconf("SC_CLK_TCK")


def processor_time_of_all(process: int) -> float:
    """The same of a process with all its children, and of those it has waited for."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    own = sum(map(int, fields[11:15])) / sysconf("SC_CLK_TCK")
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return own + sum(map(processor_time_of_all, map(int, children)))


def say(words: str) -> None:
    """How far it has come, for whoever watches."""
    sys.stderr.write(f"  {words}\n")
    sys.stderr.flush()
