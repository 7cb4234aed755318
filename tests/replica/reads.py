"""Reads straight after a write, counted: how many showed an older state than what the reader had written."""

import random
import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone

from alleviation.common.replica import middleware
from alleviation.common.replica.places import REPLICA, Place
from tests.replica.clusters import Pair
from tests.replica.office import as_of, as_served, browser, instead, organisation, text_of
from tests.replica.trials import record

# How far the replica is behind: certain, and not by the luck of a busy machine.
BEHIND = "60ms"
# Of what follows a write, the second read comes within so many seconds, so that some of them may be from the replica.
SECOND_READ_WITHIN = 0.2


@dataclass
class Tally:
    """What reads found."""

    reads: int = 0
    stale: int = 0
    from_replica: int = 0

    def add(self, response: Any, name: str) -> None:
        self.reads += 1
        self.stale += name not in text_of(response)
        self.from_replica += bool(as_of(response))


def reads_after_writes(number: int) -> Tally:
    """Rename a record and read it: at once, and once more within a moment."""
    client, address, tally = browser("clerk"), record(), Tally()
    lot = random.Random(9)
    while tally.reads < number:
        name = f"Office {tally.reads + 1} of this run"
        rename_at_once(client, name)
        tally.add(client.get(address), name)
        time.sleep(lot.uniform(0, SECOND_READ_WITHIN))
        tally.add(client.get(address), name)
    return tally


def without_comparing(number: int) -> Tally:
    """The same where every page is read from the replica, whatever it has."""
    with instead(middleware, "place_for", lambda *_asked: Place(REPLICA, timezone.now())):
        client, address, tally = browser("clerk"), record(), Tally()
        while tally.reads < number:
            name = f"Office {tally.reads + 1} of the control"
            rename_at_once(client, name)
            tally.add(client.get(address), name)
    return tally


def rename_at_once(client: Any, name: str) -> None:
    response = client.post(f"/rename/{organisation()}/", {"name": name})
    assert response.status_code == 204, text_of(response)


def with_and_without(two: Pair, number: int) -> dict[str, dict[str, int]]:
    """Both, on a replica that replays each commit a moment late."""
    settings.ROOT_URLCONF = "tests.replica.urls"
    two.replica.ask(f"ALTER SYSTEM SET recovery_min_apply_delay = '{BEHIND}'")
    two.replica.ask("SELECT pg_reload_conf()")
    with as_served():
        found = {"compared": vars(reads_after_writes(number)), "control": vars(without_comparing(number))}
    two.replica.ask("ALTER SYSTEM RESET recovery_min_apply_delay")
    two.replica.ask("SELECT pg_reload_conf()")
    two.catch_up()
    return found
