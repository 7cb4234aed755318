"""The chain of events: numbers, digests, authentication codes, moments and the head. Memory stays the same."""

import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.audit.chain import COLUMNS, START, digest_of, mac_of, moment
from alleviation.audit.models import AuditEvent, TrailHead
from alleviation.audit.reading import Unreadable, rows_of

Event = dict[str, Any]
EVENT = (*COLUMNS, "digest", "mac")
# Events that may have been moved are compared with each other, so only so many are kept.
SUSPECTS = 20

MISSING = _("missing")
CUT = _("missing, the tail was cut")
TWICE = _("its number was there before")
UNREADABLE = _("it cannot be read")
CONTENT = _("its columns are not those that were bound into the chain")
DIGEST = _("its digest was changed")
CODE = _("its authentication code does not fit: it was changed, or written without the key of the trail")
FORGED = _("neither its columns nor its authentication code fit: it was put in or written over")
ORDER = _("it is of an earlier moment than the event before it")
TAKEN_OUT = _("from here on the numbers are others than were bound: an event before was taken out")
PUT_IN = _("from here on the numbers are others than were bound: an event before was put in")
MOVED = _("this was bound as event %(other)s, and was moved here")


@dataclass(frozen=True)
class Fault:
    """What is wrong with an event, or with all from `first` to `last`."""

    what: Any
    first: int
    last: int

    def __str__(self) -> str:
        if self.first == self.last:
            return gettext("event %(number)s: %(what)s") % {"number": self.first, "what": self.what}
        told = {"first": self.first, "last": self.last, "what": self.what}
        return gettext("events %(first)s to %(last)s: %(what)s") % told


@dataclass
class Walk:
    """Goes along the chain: how far it has come, and what it knows of the event before.

    `digest` is what the last event says of itself, `computed` what its columns give, `genuine` the last that the key
    has confirmed; `shift` is by how much the numbers were changed since they were bound.
    """

    number: int = 0
    digest: str = START
    at: datetime | None = None
    computed: str = START
    genuine: str = START
    shift: int = 0
    is_lost: bool = False
    suspects: list[tuple[Event, str]] = field(default_factory=list)

    def along(self, events: Iterable[Event | Unreadable]) -> Iterator[Fault]:
        """The faults of these events. A fault is told where it is, and the walk goes on behind it."""
        for event in events:
            if isinstance(event, Unreadable):
                yield from self._stumble(event.number)
                continue
            try:
                fits = self._fits(event)
            except (TypeError, ValueError, AttributeError):
                # What SQLite takes into any column: no moment, or bytes for text.
                yield from self._stumble(event["id"])
                continue
            if fits:
                self._go_on(event, event["digest"], is_genuine=True)
            else:
                yield from self._look_closer(event)
        yield from self._moved_or_changed()

    def _fits(self, event: Event) -> bool:
        """Whether there is nothing to look at: the next number, bound to what was before, confirmed by the key."""
        return (
            event["id"] == self.number + 1
            and (self.at is None or event["at"] >= self.at)
            and digest_of(event, self.digest) == event["digest"]
            and is_genuine(event)
        )

    def _stumble(self, number: int) -> Iterator[Fault]:
        yield from self._numbered(number)
        yield Fault(UNREADABLE, number, number)
        self.number, self.is_lost = number, True

    def _numbered(self, number: int) -> Iterator[Fault]:
        if number > self.number + 1:
            yield Fault(MISSING, self.number + 1, number - 1)
            self.is_lost = True
        elif number <= self.number:
            yield Fault(TWICE, number, number)

    def _look_closer(self, event: Event) -> Iterator[Fault]:
        number, genuine = event["id"], is_genuine(event)
        yield from self._numbered(number)
        found = self._bound(event)
        if found is None:
            yield from self._unbound(event, genuine)
        else:
            yield from self._renumbered(number, found)
            if not genuine:
                yield Fault(CODE, number, number)
            if self.at is not None and event["at"] < self.at:
                yield Fault(ORDER, number, number)
        self._go_on(event, event["digest"] if found is not None else self.computed, is_genuine=genuine)

    def _go_on(self, event: Event, computed: str, *, is_genuine: bool) -> None:
        self.number, self.digest, self.at = event["id"], event["digest"], event["at"]
        self.computed, self.is_lost = computed, not is_genuine
        if is_genuine:
            self.genuine = self.digest

    def _bound(self, event: Event) -> int | None:
        """The shift of numbers with which the event follows the one before; None where it does not."""
        for shift in dict.fromkeys((self.shift, self.shift - 1, self.shift + 1, 0)):
            as_bound = {**event, "id": event["id"] + shift}
            for previous in {self.digest, self.computed, self.genuine}:
                if digest_of(as_bound, previous) == event["digest"]:
                    return shift
        return None

    def _renumbered(self, number: int, shift: int) -> Iterator[Fault]:
        if shift != self.shift:
            yield Fault(TAKEN_OUT if shift > self.shift else PUT_IN, number, number)
        self.shift = shift

    def _unbound(self, event: Event, genuine: bool) -> Iterator[Fault]:
        """Its columns are not what was bound, or what it was bound to is not there."""
        number, was_lost = event["id"], self.is_lost
        self.computed = digest_of(event, self.digest)
        if genuine and was_lost:
            # Nobody can tell any more what it was bound to.
            return
        if genuine and len(self.suspects) < SUSPECTS:
            self.suspects.append((event, self.digest))
        elif genuine:
            yield Fault(CONTENT, number, number)
        else:
            yield Fault(DIGEST if mac_of(self.computed) == event["mac"] else FORGED, number, number)

    def _moved_or_changed(self) -> Iterator[Fault]:
        """Of events that the key confirms and the chain does not: which change places, which were changed."""
        pool = {event["digest"] for event, _previous in self.suspects} | {before for _event, before in self.suspects}
        left = [event for event, _previous in self.suspects if not fits_any(event, event["id"], pool)]
        for event in left:
            others = (other["id"] for other in left if other is not event)
            home = next((number for number in others if fits_any(event, number, pool)), None)
            yield Fault(CONTENT if home is None else MOVED % {"other": home}, event["id"], event["id"])
        self.suspects.clear()


def fits_any(event: Event, number: int, pool: Iterable[str]) -> bool:
    """Whether the event was bound under this number to one of these digests."""
    return any(digest_of({**event, "id": number}, previous) == event["digest"] for previous in pool)


def is_genuine(event: Event) -> bool:
    """Whether the key has confirmed the digest that the event says it has."""
    return hmac.compare_digest(mac_of(event["digest"]).encode(), str(event["mac"]).encode())


def merged(faults: Iterable[Fault]) -> Iterator[Fault]:
    """The same fault of event after event as one."""
    held: Fault | None = None
    for fault in faults:
        if held and (held.what, held.last + 1) == (fault.what, fault.first):
            held = Fault(held.what, held.first, fault.last)
            continue
        if held:
            yield held
        held = fault
    if held:
        yield held


def chain_faults(*, after: int = 0) -> Iterator[str]:
    """Where the trail is not what was written; `after`: of the events after this number alone."""
    before = AuditEvent.objects.filter(pk=after).values(*EVENT).first() if after else None
    walk = Walk(after, before["digest"], before["at"], before["digest"], before["digest"]) if before else Walk()
    yield from map(str, merged(walk.along(rows_of(AuditEvent.objects.values(*EVENT), after=after if after else None))))
    yield from head_faults(walk)


def head_faults(walk: Walk) -> Iterator[str]:
    """Where the head of the trail is not its last event: the tail was cut, or events were put behind it."""
    head = TrailHead.objects.filter(pk=1).first() or TrailHead()
    if head.number > walk.number:
        yield str(Fault(CUT, walk.number + 1, head.number))
    elif head.number < walk.number:
        told: dict[str, Any] = {"head": head.number, "last": walk.number}
        yield gettext("the head of the trail says %(head)s, its last event is %(last)s") % told
    elif head.digest != walk.digest and walk.number:
        yield gettext("the head of the trail has another digest than its last event %(last)s") % {"last": walk.number}
    elif head.at != walk.at and walk.number:
        told = {"head": moment(head.at) if head.at else "—", "last": walk.number}
        yield gettext("the head of the trail is of %(head)s, its last event %(last)s is not") % told
