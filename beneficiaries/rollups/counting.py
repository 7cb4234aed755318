"""Households and persons, each counted once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from alleviation.accounts.rights import Right
from alleviation.common.areas import within
from alleviation.common.query import Query

# How many questions are put in one statement.
AT_ONCE = 50


PEOPLE = ("households", "persons", "made_up")


@dataclass(frozen=True)
class People:
    """How many households, and how many persons in them; each counts once. `made_up` are households among them."""

    households: int = 0
    persons: int = 0
    made_up: int = 0

    def __add__(self, other: "People") -> "People":
        """Both together, where nobody is in the one and in the other."""
        return People(*(getattr(self, name) + getattr(other, name) for name in PEOPLE))


def batched(found: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """A limited number at a time: a statement takes no more values, and no more columns."""
    return (found[first : first + AT_ONCE] for first in range(0, len(found), AT_ONCE))


def as_far_as_seen(queries: Sequence[Query], counted: list[People]) -> list[People]:
    """What whoever asks may see: figures need no right to see single households."""
    pairs = zip(queries, counted, strict=True)
    return [one if query.user.may(Right.VIEW_FIGURES) else People() for query, one in pairs]


def registered_in(query: Query, field_: str) -> Q:
    return within(query.user.area, field_) & query.located(field_)
