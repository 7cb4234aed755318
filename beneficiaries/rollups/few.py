"""Of few households no sum is told to whoever may not see single ones: it would tell what one of them got."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.conf import settings

from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from beneficiaries.rollups.reach import Reach, among_keys, reach

# The key of what is gathered.
FEW_EACH = None


def withholds(user: Any) -> bool:
    """Whether this reader is told sums of at least SMALLEST_CELL households alone."""
    return settings.SMALLEST_CELL > 1 and not user.may(Right.VIEW_HOUSEHOLDS)


def is_small(households: int) -> bool:
    """Whether a sum over so many households could tell of one of them; of none there is nothing to tell."""
    return 0 < households < settings.SMALLEST_CELL


def hides_counts(query: Query) -> bool:
    """Whether numbers of few households are kept back too: that a village has one on relief names it."""
    is_cut = bool(query.household_status or query.category or query.cause)
    return is_cut and withholds(query.user)


def names_apart(query: Query, households: Mapping[str, int]) -> dict[str, str]:
    """For each village the code it is told under: "" where its number is kept back, and for the next one to them."""
    few = {code for code, number in households.items() if is_small(number)} if hides_counts(query) else set()
    if few and is_small(sum(households[code] for code in few)):
        few |= set(sorted(households.keys() - few, key=lambda code: (households[code], code))[:1])
    return {code: "" if code in few else code for code in households}


def told(query: Query, one: Reach) -> Reach:
    """The same, without its amounts where this reader may not be told them."""
    return replace(one, withheld=withholds(query.user) and is_small(one.households))


def told_apart(query: Query, cells: Sequence[Reach], *names: str) -> list[Reach]:
    """`reach` by these columns, what is of too few households gathered in one cell, the last, with the key FEW_EACH.

    Where what is gathered is of too few households as well, the smallest of the others joins it: else the total less
    the others would tell it. The gathered households and persons count once. Whoever sees households has every cell.
    """
    few = [one for one in cells if is_small(one.households)]
    if not few or not withholds(query.user):
        return list(cells)
    others = sorted((one for one in cells if not is_small(one.households)), key=lambda one: (one.households, one.key))
    gathered = _gathered(query, few, names)
    if is_small(gathered.households) and others:
        few.append(others[0])
        gathered = _gathered(query, few, names)
    hidden = {one.key for one in few}
    return [*(one for one in cells if one.key not in hidden), told(query, gathered)]


def _gathered(query: Query, cells: Sequence[Reach], names: Sequence[str]) -> Reach:
    return replace(reach(query, among_keys(names, [one.key for one in cells])), key=FEW_EACH)
