"""How much cheaper it is to say that a page has not changed than to make it again.

    python -m benchmarks.not_modified [--households 15000] [--rounds 5] [--requests 40]

Served as in production; one client asks in turns for the whole page and, by its ETag, whether it is still the same.
"""

import argparse
import sys

from benchmarks.machine import machine
from benchmarks.pairs import in_turns, ratio_of, seconds_of
from benchmarks.people import session_of
from benchmarks.servers import Server, get, serving
from benchmarks.sheets import Sheet
from benchmarks.worlds import KINDS, SMALL, loaded

PAGES = ("/", "/income/", "/funding/")
LEAST = 5
# Whoever may see single households is given each page anew.
ROLE = "manager"


def main() -> int:
    parser = argparse.ArgumentParser(description="304 against a rendered page, requests per second.")
    parser.add_argument("--households", type=int, default=SMALL)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=40)
    parser.add_argument("--database", choices=KINDS, default="postgresql")
    given = parser.parse_args()
    sheet = Sheet()
    with KINDS[given.database]() as base:
        sheet.fact(f"{machine()}; {given.database}")
        url = loaded(base, given.households)
        session = session_of(url, ROLE)
        with serving(url) as server:
            for page in PAGES:
                measure(sheet, server, page, session, given.rounds, given.requests)
    return sheet.code


def measure(sheet: Sheet, server: Server, page: str, session: str, rounds: int, requests: int) -> None:
    """One page: it has an ETag, says 304 to it, and does so quickly."""
    whole = get(server, page, session=session)
    etag = whole.header("ETag")
    sheet.check(f"{page}: the page is there and has an ETag", (whole.status, bool(etag)), (200, True))
    if not etag:
        return
    asking = (f"If-None-Match: {etag}",)
    again = get(server, page, session=session, headers=asking)
    sheet.check(f"{page}: the same page is not sent again", (again.status, again.size), (304, 0))
    works = {
        "rendered": lambda: seconds_of(lambda: [get(server, page, session=session) for _ in range(requests)]),
        "not modified": lambda: seconds_of(
            lambda: [get(server, page, session=session, headers=asking) for _ in range(requests)]
        ),
    }
    times = in_turns(rounds, works)
    ratio = ratio_of(times["rendered"], times["not modified"])
    sheet.figure(f"{page}: requests per second, 304 / rendered", ratio, least=LEAST)
    for name, seconds in times.items():
        sheet.figure(f"  {name}", requests * rounds / sum(seconds), "a second")


if __name__ == "__main__":
    sys.exit(main())
