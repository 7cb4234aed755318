"""A real primary and a real replica, and the app on both: python -m tests.replica

--facts          what every trial found, as JSON (tests/replica/test_replica.py)
--pages          a page of each address that is moved, for three people, from both
--reads 2000     so many reads after writes, with the comparison of positions and without
--costs 30       so many pairs of pages, from the replica and from the primary
"""

import argparse
import json
import signal
import sys
import time
from typing import Any

from tests.replica.clusters import Pair, pair
from tests.replica.office import open_on


def main(arguments: list[str]) -> int:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--facts", "--pages"):
        words.add_argument(name, action="store_true")
    for name in ("--reads", "--costs"):
        words.add_argument(name, type=int, default=0)
    asked = words.parse_args(arguments)
    # Whoever ends it leaves no server behind.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    with pair() as two:
        open_on(two)
        two.follow()
        print(json.dumps(found(two, asked), indent=1, default=str, ensure_ascii=False))
    return 0


def found(two: Pair, asked: argparse.Namespace) -> dict[str, Any]:
    """What was asked for; the trials last, as the pair is none after them."""
    # Only now: they read the settings, which name the pair.
    from tests.replica import costs, reads, trials

    facts: dict[str, Any] = {}
    if asked.reads:
        facts["reads"] = reads.with_and_without(two, asked.reads)
    if asked.pages:
        facts["pages"] = trials.pages_on_both(two)
    if asked.costs:
        facts["costs"] = costs.costs(two, asked.costs)
    for trial in trials.TRIALS if asked.facts else ():
        began = time.monotonic()
        facts[trial.__name__] = trial(two)
        print(f"{time.monotonic() - began:6.1f} s  {trial.__name__}", file=sys.stderr)
    return facts


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
