"""What it costs a page that it is counted, and what a scrape costs.

    python -m benchmarks.metrics_cost [--rounds 30] [--requests 20]

The same pages from one process with the counting middleware and without it, in turns, by the processor's time alone.
What it costs is read off a page that does next to nothing, where a busy machine hides it least, and held against the
first page. Then a scrape, and one of a server whose every page was asked for.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

from benchmarks.inside import inside
from benchmarks.machine import machine
from benchmarks.pairs import in_turns, ratio_of
from benchmarks.people import session_of
from benchmarks.sheets import Sheet
from benchmarks.worlds import sqlite, with_example

FIRST, LEAST = "/", "/healthz"
TOKEN = "of-a-benchmark-and-no-secret" * 3
# Of the first page, in per cent.
MOST = 1
SCRAPES = 20


def main() -> int:
    parser = argparse.ArgumentParser(description="Pages that are counted, against pages that are not.")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--requests", type=int, default=20)
    given = parser.parse_args()
    sheet = Sheet()
    with sqlite() as base, tempfile.TemporaryDirectory(prefix="measures-") as folder:
        url = with_example(base)
        words = {"session": session_of(url, "manager"), "rounds": given.rounds, "requests": given.requests}
        found = inside(url, compared, folder=folder, **words)
        sheet.fact(machine())
        tell(sheet, found["pages"], given.requests)
        for name, (seconds, size) in found["scrapes"].items():
            sheet.figure(f"a scrape, {name}", seconds * 1000, "ms")
            sheet.figure("  of so many bytes", size)
    return sheet.code


def tell(sheet: Sheet, pages: dict[str, dict[str, list[float]]], requests: int) -> None:
    """The cost of counting, and the pages in pairs."""
    least, first = pages[LEAST], pages[FIRST]
    more = median(one - other for one, other in zip(least["with"], least["without"], strict=True)) / requests
    page = median(first["without"]) / requests
    sheet.figure("counting one request", more * 1_000_000, "µs")
    sheet.figure("  of the first page", more / page * 100, "%", most=MOST)
    sheet.figure("  the first page, not counted", page * 1000, "ms")
    sheet.figure("the first page, counted / not counted, in pairs", ratio_of(first["with"], first["without"]))


def compared(folder: str, session: str, rounds: int, requests: int) -> dict[str, Any]:
    """Runs inside: seconds of the processor with and without, by page; and of counting alone, and of scrapes."""
    from django.conf import settings

    from alleviation.operations.metrics.measures import measures

    settings.METRICS_FOLDER = Path(folder)
    without, counted = _client(session, ""), _client(session, TOKEN)
    found: dict[str, Any] = {"pages": {}, "scrapes": {}}
    for path in (FIRST, LEAST):
        works: dict[str, Callable[[], float]] = {
            "with": partial(_spent, partial(counted.get, path), requests),
            "without": partial(_spent, partial(without.get, path), requests),
        }
        for work in works.values():
            work()
        found["pages"][path] = in_turns(rounds, works)
    found["scrapes"]["few pages asked for"] = _scraped(counted)
    _all_pages(measures())
    found["scrapes"]["every page asked for"] = _scraped(counted)
    return found


def _client(session: str, token: str) -> Any:
    from django.conf import settings
    from django.test import Client

    settings.METRICS_TOKEN = token
    client = Client(HTTP_HOST="localhost")
    client.cookies[settings.SESSION_COOKIE_NAME] = session
    # Its middleware is put together with the first request.
    client.get("/healthz")
    return client


def _spent(work: Callable[[], object], times: int) -> float:
    start = process_time()
    for _time in range(times):
        work()
    return process_time() - start


def _scraped(client: Any) -> tuple[float, int]:
    """Seconds of a scrape, and how many bytes it has."""
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {TOKEN}"}
    answer = client.get("/metrics", **bearer)
    return _spent(lambda: client.get("/metrics", **bearer), SCRAPES) / SCRAPES, len(answer.content)


def _all_pages(kept: Any) -> None:
    """As if each named page had been asked for, and sent a form."""
    from django.urls import get_resolver

    names = [str(name) for name in get_resolver().reverse_dict if isinstance(name, str)]
    for space, (_path, resolver) in get_resolver().namespace_dict.items():
        names += [f"{space}:{name}" for name in resolver.reverse_dict if isinstance(name, str)]
    for name in names:
        kept.seconds.labels(name).observe(0.1)
        for method, status in (("GET", "2xx"), ("GET", "4xx"), ("POST", "3xx")):
            kept.requests.labels(name, method, status).inc()


if __name__ == "__main__":
    sys.exit(main())
