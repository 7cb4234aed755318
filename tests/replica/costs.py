"""What a page costs from the replica and from the primary, in pairs one after the other."""

import time
from statistics import median
from typing import Any

from alleviation.common.replica import middleware
from tests.replica.clusters import Pair
from tests.replica.office import as_of, as_served, browser, counted, instead

PAGES = ("/", "/funding/", "/income/", "/households/", "/projects/", "/help/figures/")
Taken = tuple[float, float]


def costs(two: Pair, pairs: int) -> dict[str, dict[str, Any]]:
    """Of each page the middle of its pairs, in milliseconds, and the middle of their ratios, replica by primary.

    Both by the clock, which others on this machine disturb, and by the time that the app's processor was busy; beside
    them how many questions each of the two was asked. No browser has kept a page, so that each is made.
    """
    two.catch_up()
    with as_served():
        client = browser("auditor")
        return {address: {**_questions(client, address), **_of(client, address, pairs)} for address in PAGES}


def _questions(client: Any, address: str) -> dict[str, Any]:
    """How many questions each is asked for a page, the second time."""
    told = {}
    for name, is_replica in (("from_primary", False), ("from_replica", True)):
        _timed(client, address, is_replica)
        with counted() as asked:
            _timed(client, address, is_replica)
        told[name] = {alias: len(statements) for alias, statements in asked.items()}
    return {"questions": told}


def _of(client: Any, address: str, pairs: int) -> dict[str, float]:
    here, there = list[Taken](), list[Taken]()
    for number in range(pairs):
        turns = [(there, True), (here, False)]
        for kept, is_replica in turns if number % 2 else turns[::-1]:
            kept.append(_timed(client, address, is_replica))
    told = {}
    for place, name in enumerate(("clock", "busy")):
        told[f"{name}_primary_ms"] = median(one[place] for one in here) * 1000
        told[f"{name}_replica_ms"] = median(one[place] for one in there) * 1000
        told[f"{name}_ratio"] = median(one[place] / other[place] for one, other in zip(there, here, strict=True))
    return {name: round(number, 2) for name, number in told.items()}


def _timed(client: Any, address: str, is_replica: bool) -> Taken:
    choose = middleware.place_for if is_replica else lambda *_asked: None
    with instead(middleware, "place_for", choose):
        clock, busy = time.perf_counter(), time.process_time()
        response = client.get(address)
        took = time.perf_counter() - clock, time.process_time() - busy
    assert bool(as_of(response)) is is_replica, address
    return took
