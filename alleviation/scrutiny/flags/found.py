"""The cases that the rules find, each with what became of it: open, waiting for a decision, or explained."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.scrutiny.flags.base import Case, Flag, day_of, is_asked
from alleviation.scrutiny.flags.catalogue import FLAGS
from alleviation.scrutiny.models import RequestState, Waiver

Waivers = dict[tuple[str, str], Waiver]
# Of a question: who asks, which its memory is about anyway, the memory, and what a figure narrows afterwards.
APART = frozenset({"user", "memory", "of"})


class State(StrEnum):
    """What became of a case. Whatever is not explained stands in the way of closing its year."""

    OPEN = "open"
    WAITING = "waiting"
    EXPLAINED = "explained"

    @property
    def label(self) -> Any:
        return LABELS[self]


LABELS = {
    State.OPEN: pgettext_lazy("red flag", "open"),
    State.WAITING: _("waiting for a decision"),
    State.EXPLAINED: _("explained"),
}


@dataclass(frozen=True)
class Found:
    """A case of a rule, with the waiver that explains it or waits to do so."""

    flag: Flag
    case: Case
    waiver: Waiver | None = None

    @property
    def state(self) -> State:
        """Explained while an approved waiver holds, open again after its last day."""
        if self.waiver is None:
            return State.OPEN
        return State.WAITING if self.waiver.state == RequestState.ASKED else State.EXPLAINED


def is_told(flag: Flag, user: Any) -> bool:
    """Whether this person is told the cases of a rule: of single households not even how many, as a small number in a
    village, or the difference of two numbers, tells of one of them."""
    return user.may(Right.VIEW_RECORDS) and (not flag.of_households or user.may(Right.VIEW_HOUSEHOLDS))


def found_by(flag: Flag, query: Query) -> list[Found]:
    """The cases of one rule that this person may see, the latest year first; each rule is run once.

    A page that asks for several figures asks with one question, whose memory keeps what was found.
    """
    asked = tuple(getattr(query, one.name) for one in fields(query) if one.name not in APART)
    key = ("red flags", flag.slug, asked)
    if key not in query.memory:
        query.memory[key] = _found(flag, query) if is_told(flag, query.user) else []
    found: list[Found] = query.memory[key]
    return found


def all_found(query: Query, flags: Iterable[Flag] = FLAGS) -> list[Found]:
    """The cases of several rules, rule by rule."""
    return [one for flag in flags for one in found_by(flag, query)]


def unexplained(query: Query) -> list[Found]:
    """What stands in the way of closing the year and area asked for."""
    return [one for one in all_found(query) if one.state != State.EXPLAINED]


def numbers(found: Iterable[Found]) -> Counter[State]:
    """How many of the cases are in which state."""
    return Counter(one.state for one in found)


def find(flag: Flag, key: str, query: Query) -> Found | None:
    """The single case of this key, where this person may see it."""
    return next((one for one in found_by(flag, query) if one.case.key == key), None)


def _found(flag: Flag, query: Query) -> list[Found]:
    waivers = _waivers(query)
    cases = [case for case in flag.cases(query) if is_asked(case, query)]
    cases.sort(key=lambda case: (-(case.year or 0), case.area, case.key))
    return [Found(flag, case, waivers.get((flag.slug, case.key))) for case in cases]


def _waivers(query: Query) -> Waivers:
    """By rule and case: the waiver in force, else the one that waits; read once for a question."""
    key = ("red flags", "waivers")
    if key not in query.memory:
        query.memory[key] = _waivers_on(query, day_of(query))
    waivers: Waivers = query.memory[key]
    return waivers


def _waivers_on(query: Query, day: date) -> Waivers:
    seen = Waiver.objects.visible_to(query.user)
    found = [*seen.asked().order_by("id"), *seen.in_force(day).order_by("id")]
    return {(waiver.flag, waiver.case_key): waiver for waiver in found}
