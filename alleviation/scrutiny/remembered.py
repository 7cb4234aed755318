"""Numbers that take longer than a page should, or are many on one page, remembered until something is written.

A number is known by what it was asked of (whose rights and which area, which question, on which day) and by the
versions of everything it may be made of: the same that tell a browser whether a page is another one (unchanged.py).
The versions are read before the number is worked out, so that no number is older than what it is known by. Nothing
personal is kept here: numbers, and the title of the milestone that is longest late, in the memory of this process.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

from django.conf import settings
from django.db import connections
from django.utils.timezone import localdate

from alleviation.common.query import Query
from alleviation.common.replica.places import reading
from alleviation.scrutiny.unchanged import versions

Found = TypeVar("Found")
# How many numbers are kept; beyond that the one that was asked for longest ago is forgotten. None: nothing is kept.
ROOM = 512
EVERYWHERE = [""]
_kept: OrderedDict[Hashable, Any] = OrderedDict()
_lock = Lock()


def remembered(query: Query, name: str, compute: Callable[[], Found]) -> Found:
    """What `compute` gives for a question, worked out anew where anything was written since.

    What it gives is kept as it is, so it must be of values that nobody changes, and the same for everybody with the
    role and area of whoever asks.
    """
    if not ROOM:
        return compute()
    key = (name, *_known_by(query))
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            found: Found = _kept[key]
            return found
    found = compute()
    with _lock:
        _kept[key] = found
        while len(_kept) > ROOM:
            _kept.popitem(last=False)
    return found


def _known_by(query: Query) -> tuple[Hashable, ...]:
    user = query.user
    return (
        # A number of the primary may be newer than its versions, which the replica has yet to reach: each has its own.
        reading(),
        connections[reading()].settings_dict["NAME"],
        (user.role, user.area, user.is_active),
        tuple(query.asked().items()),
        (query.as_of_words, localdate(), settings.SMALLEST_CELL),
        _versions(query),
    )


def _versions(query: Query) -> tuple[tuple[int, ...], ...]:
    """Those of all there is, read once for a question."""
    key = ("remembered", "versions")
    if key not in query.memory:
        query.memory[key] = tuple(versions(EVERYWHERE, incomes=True))
    found: tuple[tuple[int, ...], ...] = query.memory[key]
    return found
