#!/usr/bin/env python3
"""Checks an exported audit trail with nothing but Python's standard library (3.8 or later).

    python verify_trail.py trail.jsonl [--key-file FILE] [--anchor FILE]

It says what is wrong and where, and ends with exit code 1; with 0 where everything holds, with 2 where a file cannot
be read. It needs no network and no database, and is short enough to be read before it is run.

How the trail is bound (n counts from 1):

    canonical(n) = JSON of all columns of event n and "previous": digest(n-1), keys sorted, no blanks, UTF-8;
                   before the first event the digest is 64 zeros
    digest(n)    = SHA-256 of canonical(n), in hex
    mac(n)       = HMAC-SHA-256 of the hex digest(n) under K, in hex
    K            = HMAC-SHA-256 of "alleviation.chain" under the key of the trail (TRAIL_KEY)

Without the key the digests and their order are checked: a trail that was changed and bound anew without the key passes
that, and is found by the macs (--key-file) or by an anchor that was taken away before (--anchor).
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import sys
from typing import Any, Dict, Iterable, Iterator, List, Tuple  # noqa: UP035 - Python 3.8 runs it

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
START = "0" * 64
Event = Dict[str, Any]  # noqa: UP006
Anchors = Dict[int, List[Tuple[int, str, str]]]  # noqa: UP006


def digest_of(event: Event, previous: str) -> str:
    """What binds an event to the one before."""
    columns = {**{name: event.get(name) for name in COLUMNS}, "previous": previous}
    text = json.dumps(columns, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def chain_key(path: str | None) -> bytes | None:
    """The key of the chain, drawn from the key of the trail that a file holds; None without a file."""
    if path is None:
        return None
    with open(path, "rb") as handle:
        return hmac.new(handle.read().strip(), b"alleviation.chain", hashlib.sha256).digest()


def is_genuine(digest: str, mac: str, key: bytes | None) -> bool:
    """Whether the key has confirmed a digest; without a key nobody can tell."""
    if key is None:
        return True
    expected = hmac.new(key, digest.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), mac.encode())


class Trail:
    """Goes along the events and collects what is wrong; it remembers the last event, and no more."""

    def __init__(self, key: bytes | None) -> None:
        self.key = key
        self.anchors: Anchors = {}
        self.faults: list[str] = []
        self.read, self.number, self.digest, self.at = 0, 0, START, ""

    def take_anchors(self, lines: Iterable[str]) -> None:
        """Remember which digest each anchored event must have."""
        for line, text in enumerate(lines, start=1):
            if not text.strip():
                continue
            try:
                anchor = json.loads(text)
                number, digest, mac = int(anchor["number"]), str(anchor["digest"]), str(anchor["mac"])
            except (ValueError, TypeError, KeyError):
                self.faults.append(f"anchor line {line}: this is no anchor")
                continue
            self.anchors.setdefault(number, []).append((line, digest, mac))

    def check(self, lines: Iterable[str]) -> None:
        """Check every event, and that none of the anchored ones is missing."""
        for line, text in enumerate(lines, start=1):
            event = event_in(text)
            if event is None:
                self.faults.append(f"line {line}: this is no event")
                continue
            self.faults.extend(self.faults_of(event))
            self.faults.extend(self.against_anchors(event["id"], event["digest"]))
            # From what the event says of itself, so that one fault is told once.
            self.read += 1
            self.number, self.digest, self.at = event["id"], event["digest"], event["at"]
        for number in sorted(self.anchors):
            self.faults.extend(self.against_anchors(number, None))

    def faults_of(self, event: Event) -> Iterator[str]:
        """What is wrong with one event."""
        name = f"event {event['id']}"
        if event["id"] != self.number + 1:
            yield f"{name}: event {self.number + 1} was expected: one is missing, put in or moved"
        if digest_of(event, self.digest) != event["digest"]:
            yield f"{name}: its columns, or the event before it, are not what was bound"
        if not is_genuine(event["digest"], event["mac"], self.key):
            yield f"{name}: its authentication code does not fit this key"
        if event["at"] < self.at:
            yield f"{name}: it is of an earlier moment than the event before it"

    def against_anchors(self, number: int, digest: str | None) -> Iterator[str]:
        """Where an event is another than was anchored; `digest` None: there is no such event."""
        for line, anchored, mac in self.anchors.pop(number, ()):
            if not is_genuine(anchored, mac, self.key):
                yield f"anchor line {line}: was not made with this key"
            if digest is None:
                yield f"anchor line {line}: event {number} is not in the trail: its tail was cut"
            elif digest != anchored:
                yield f"anchor line {line}: event {number} is another than was anchored"


def event_in(text: str) -> Event | None:
    """The event that a line spells, None where it spells none."""
    try:
        event: Event = json.loads(text)
        is_one = type(event["id"]) is int and all(isinstance(event[name], str) for name in ("digest", "mac", "at"))
    except (ValueError, TypeError, KeyError):
        return None
    return event if is_one else None


def main() -> int:
    parser = argparse.ArgumentParser(description="Checks an exported audit trail.")
    parser.add_argument("trail", help="trail.jsonl of an export")
    parser.add_argument("--key-file", help="the key of the trail (.trail-key), to check the authentication codes")
    parser.add_argument("--anchor", help="anchors that were taken away before, one a line")
    asked = parser.parse_args()
    try:
        trail = Trail(chain_key(asked.key_file))
        if asked.anchor:
            with open(asked.anchor, encoding="utf-8") as lines:
                trail.take_anchors(lines)
        with open(asked.trail, encoding="utf-8", newline="\n") as lines:
            trail.check(lines)
    except (OSError, UnicodeDecodeError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.writelines(f"WRONG: {fault}\n" for fault in trail.faults)
    sys.stdout.write(f"{trail.read} events, the last is {trail.number} with the digest {trail.digest}\n")
    if trail.key is None:
        sys.stdout.write("The authentication codes were not checked: that takes the key (--key-file).\n")
    sys.stdout.write(f"{len(trail.faults)} faults.\n" if trail.faults else "Everything holds.\n")
    return 1 if trail.faults else 0


if __name__ == "__main__":
    sys.exit(main())
