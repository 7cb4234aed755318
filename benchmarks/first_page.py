"""How soon the first page of the morning is there: the overview of the example beside a file that is only sent.

    python -m benchmarks.first_page [--rounds 9] [--requests 20]

Served as in production; one client asks in turns for the page, packed as a browser gets it, and for our stylesheet.
The processor time of the server beside it tells how much of that is work, and how much a busy machine.
"""

import argparse
import sys
from collections.abc import Callable
from statistics import median

from benchmarks.machine import machine
from benchmarks.pairs import in_turns, processor_time, ratio_of
from benchmarks.people import session_of
from benchmarks.servers import Answer, Server, get, serving
from benchmarks.sheets import Sheet
from benchmarks.worlds import KINDS, with_example

PAGE, FILE = "/", "/static/css/app.css"
PACKED = ("Accept-Encoding: gzip",)
# Of the page, in milliseconds.
MOST = 50
ROLE = "manager"


def main() -> int:
    parser = argparse.ArgumentParser(description="The overview against a static file, milliseconds of the server.")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--requests", type=int, default=20)
    parser.add_argument("--database", choices=KINDS, default="postgresql")
    given = parser.parse_args()
    sheet = Sheet()
    with KINDS[given.database]() as base:
        sheet.fact(f"{machine()}; {given.database}")
        url = with_example(base)
        session = session_of(url, ROLE)
        with serving(url) as server:
            measure(sheet, server, session, given.rounds, given.requests)
    return sheet.code


def measure(sheet: Sheet, server: Server, session: str, rounds: int, requests: int) -> None:
    """The page is made anew each time, and the file is the same each time."""
    page = get(server, PAGE, session=session, headers=PACKED, keep=True)
    file = get(server, FILE, headers=PACKED, keep=True)
    sheet.check("the page is there, packed", (page.status, page.header("Content-Encoding")), (200, "gzip"))
    sheet.check("the file is there", (file.status, bool(file.body)), (200, True))
    works: dict[str, Callable[[], float]] = {
        "page": lambda: _one_of(requests, lambda: get(server, PAGE, session=session, headers=PACKED)),
        "file": lambda: _one_of(requests, lambda: get(server, FILE, headers=PACKED)),
    }
    times = in_turns(rounds, works)
    sheet.figure(f"{PAGE} of the example, median", 1000 * median(times["page"]), "ms", most=MOST)
    sheet.figure(f"{FILE} from the same server, median", 1000 * median(times["file"]), "ms")
    sheet.figure("  page / file", ratio_of(times["page"], times["file"]))
    before = processor_time(server.worker)
    works["page"]()
    sheet.figure("  of the page, processor time", 1000 * (processor_time(server.worker) - before) / requests, "ms")
    sheet.figure("  the page, packed", page.size, "bytes")


def _one_of(requests: int, ask: Callable[[], Answer]) -> float:
    """The seconds of one request: the median of so many."""
    return median(ask().seconds for _ in range(requests))


if __name__ == "__main__":
    sys.exit(main())
