"""What binds each event to the one before it.

    digest(n) = SHA-256(canonical(event n, digest(n-1)))      whoever has the trail can check it
    mac(n)    = HMAC-SHA-256(key, digest(n))                  only who has the key can make it

The canonical form holds every column, so a change to any of them, a row taken out, put in or moved breaks the chain.
The key stands outside the database: who may write the tables cannot make the chain fit again. docs/verify_trail.py
does the same with nothing but Python's standard library.
"""

import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from typing import Any

from django.conf import settings

COLUMNS = (
    "id",
    "at",
    "actor",
    "verb",
    "subject_type",
    "subject_id",
    "subject",
    "before",
    "after",
    "batch_id",
    "reason",
    "address",
    "request",
)
# Of an event there is one spelling only.
ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))
# The digest before the first event.
START = "0" * 64


def canonical(event: Mapping[str, Any], previous: str) -> bytes:
    """All columns of an event with the digest before it, in one form that every database gives back the same."""
    values = {name: event[name] for name in COLUMNS} | {"at": moment(event["at"]), "previous": previous}
    return ENCODER.encode(values).encode()


def moment(at: datetime | str) -> str:
    """A moment as the chain spells it: 2026-11-22T08:00:00.000000+00:00."""
    return at if isinstance(at, str) else at.astimezone(UTC).isoformat(timespec="microseconds")


def digest_of(event: Mapping[str, Any], previous: str) -> str:
    """What binds an event to the one before."""
    return sha256(canonical(event, previous)).hexdigest()


def mac_of(digest: str) -> str:
    """What only the holder of the key can make of a digest."""
    return hmac.digest(_key("chain"), digest.encode(), "sha256").hex()


def sealed(value: str, *, of: str) -> str:
    """A value that must not be told, so that it can still be recognised: `of` names the record and field."""
    return hmac.new(_key("value"), f"{of}\n{value}".encode(), sha256).hexdigest()


def address_hash(address: str) -> str:
    """A network address that can be recognised and not read."""
    return hmac.new(_key("address"), address.encode(), sha256).hexdigest()[:32] if address else ""


def _key(use: str) -> bytes:
    """One key for each use, drawn from that of the trail."""
    return _drawn(settings.TRAIL_KEY, use)


@cache
def _drawn(key: str, use: str) -> bytes:
    return hmac.digest(key.encode(), f"alleviation.{use}".encode(), "sha256")
