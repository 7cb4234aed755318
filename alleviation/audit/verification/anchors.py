"""Anchors: what the trail ended with at some moment, kept where the database's administrator does not write.

Whoever may write the tables can cut the tail and put the head right; the anchors then name events that are gone.
"""

import hmac
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext

from alleviation.audit.chain import mac_of, moment
from alleviation.audit.models import AuditEvent


@dataclass(frozen=True)
class Anchor:
    """The last event of the trail at some moment."""

    number: int
    digest: str
    mac: str
    at: str

    @property
    def line(self) -> str:
        """The anchor as a line of its file."""
        return json.dumps(asdict(self))

    @property
    def is_genuine(self) -> bool:
        """Whether it was made with the key of the trail."""
        return hmac.compare_digest(mac_of(self.digest).encode(), self.mac.encode())


class NoAnchor(ValueError):
    """A line that is no anchor."""


def anchor_of(event: AuditEvent) -> Anchor:
    """What is kept of an event elsewhere; nothing of its columns."""
    return Anchor(event.pk, event.digest, event.mac, moment(event.at))


def last_event() -> AuditEvent | None:
    """The event with the highest number; None in an empty trail."""
    return AuditEvent.objects.order_by("-pk").first()


def read_anchor(line: str) -> Anchor:
    """The anchor that a line spells. Raises NoAnchor."""
    try:
        told: Any = json.loads(line)
        anchor = Anchor(told["number"], told["digest"], told["mac"], told["at"])
    except (ValueError, TypeError, KeyError) as error:
        raise NoAnchor(line) from error
    if type(anchor.number) is not int or not all(isinstance(one, str) for one in (anchor.digest, anchor.mac)):
        raise NoAnchor(line)
    return anchor


def anchor_faults(lines: Iterable[str]) -> Iterator[str]:
    """Where the trail does not hold what was anchored."""
    before = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            anchor = read_anchor(line)
        except NoAnchor:
            yield gettext("line %(line)s: this is no anchor") % {"line": number}
            continue
        yield from _faults_of(anchor, number)
        if anchor.number < before:
            yield gettext("line %(line)s: an anchor of an earlier event than the line before") % {"line": number}
        before = max(before, anchor.number)


def _faults_of(anchor: Anchor, line: int) -> Iterator[str]:
    words = {"line": line, "number": anchor.number, "at": anchor.at}
    if not anchor.is_genuine:
        yield gettext("line %(line)s: was not made with the key of the trail") % words
    event = AuditEvent.objects.filter(pk=anchor.number).only("digest", "mac").first()
    if event is None:
        yield gettext("line %(line)s: event %(number)s of %(at)s is not there any more: the trail was cut") % words
    elif (event.digest, event.mac) != (anchor.digest, anchor.mac):
        yield gettext("line %(line)s: event %(number)s is another than was anchored: the trail was rewritten") % words
