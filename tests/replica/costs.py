"""What a page costs from the replica and from the primary, in pairs one after the other."""

import time
from statistics import median
from typing import Any

from alleviation.common.replica import middleware
from tests.replica.clusters import Pair
from tests.replica.office import as_of, as_served, browser, instead

PAGES = ("/", "/funding/", "/income/", "/households/", "/projects/", "/help/figures/")


def costs(two: Pair, pairs: int) -> dict[str, dict[str, float]]:
    """Milliseconds of the middle page of each kind, and the middle of the pairs' ratios.

    No browser has kept a page, so that each is made. What a process remembers it remembers for each of the two.
    """
    two.catch_up()
    with as_served():
        client = browser("auditor")
        return {address: _of(client, address, pairs) for address in PAGES}


def _of(client: Any, address: str, pairs: int) -> dict[str, float]:
    here, there = [], []
    for number in range(-2, pairs):
        turns = [(there, True), (here, False)]
        for kept, is_replica in turns if number % 2 else turns[::-1]:
            took = _timed(client, address, is_replica)
            if number >= 0:
                kept.append(took)
    ratios = [one / other for one, other in zip(there, here, strict=True)]
    told = {"primary_ms": median(here) * 1000, "replica_ms": median(there) * 1000, "ratio": median(ratios)}
    return {name: round(number, 2) for name, number in told.items()}


def _timed(client: Any, address: str, is_replica: bool) -> float:
    choose = middleware.place_for if is_replica else lambda *_asked: None
    with instead(middleware, "place_for", choose):
        began = time.perf_counter()
        response = client.get(address)
        took = time.perf_counter() - began
    assert bool(as_of(response)) is is_replica, address
    return took
