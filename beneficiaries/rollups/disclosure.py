"""Which sums of incomes may be told to whoever may not see single households.

What is told is made of whole blocks. A block is a set of villages in a year with at least settings.SMALLEST_CELL
households: a village of enough of them is a block of its own, a smaller one is put together with the smallest beside
it, in its township, else its county, and so on up. A sum that is made of whole blocks, alone or against others like
it, tells of whole blocks and of nothing smaller; every other sum is withheld. docs/disclosure.md.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Count, Q

from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from beneficiaries.models import IncomeRecord
from beneficiaries.rollups.sums import Income, recorded
from projects.choices import Level
from projects.rollups.funding import homes

Found = TypeVar("Found")
# A village as it was recorded, in a year.
Atom = tuple[int, str]
# The way down to a village: its places of today level by level, then its own code.
Path = tuple[str, ...]


def withholds(user: Any) -> bool:
    """Whether this reader is told sums of at least SMALLEST_CELL households alone."""
    return settings.SMALLEST_CELL > 1 and not user.may(Right.VIEW_HOUSEHOLDS)


def is_small(households: int) -> bool:
    """Whether a sum over so many households could tell of one of them; of none there is nothing to tell."""
    return 0 < households < settings.SMALLEST_CELL


def as_public(query: Query) -> Query:
    """The same question, asked by somebody who may not see single households."""
    return replace(query, user=PublicReader(query.user), memory={})


def is_told(query: Query) -> bool:
    """Whether the sums over all that is asked for may be told to whoever asks."""
    return all(not one.withheld for one in guarded(query, [Income(households=1)], lambda _year, _code: None))


def guarded(query: Query, sums: Sequence[Income], key: Callable[[int, str], Hashable]) -> list[Income]:
    """The sums, those withheld that this reader is not told; `key` is that of the sum that a village and year is in.

    In: each sum over rows of the question. A sum is told where its villages and years make whole blocks.
    """
    raise NotImplementedError


@dataclass(frozen=True)
class PublicReader:
    """Whoever asks, less the right to see single households."""

    user: Any

    @property
    def area(self) -> str:
        return str(self.user.area)

    def may(self, right: Right) -> bool:
        return right is not Right.VIEW_HOUSEHOLDS and bool(self.user.may(right))
