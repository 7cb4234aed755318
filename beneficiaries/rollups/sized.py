"""How many incomes a question is about, told by the kept sums: what asks each of them is not for every page."""

from dataclasses import replace

from alleviation.common.query import Query
from beneficiaries.rollups import stored

# Twenty thousand households over five years: about a second.
MOST_AT_ONCE = 100_000
# On a page that says many things of many kinds: some fifty milliseconds for each.
MOST_AT_A_GLANCE = 15_000


def is_worked_out_at_once(query: Query, most: int | None = None) -> bool:
    """Whether what asks every income (ranks, cuts, the same households of two years) is worked out for a page.

    In: the incomes of all years and places asked for, whatever the households stood as and whenever they were known.
    """
    whole = replace(query, household_status="", category="", cause="", boundaries="", as_of=None)
    return bool(stored.added_up(whole, ["households"])[()]["households"] <= (MOST_AT_ONCE if most is None else most))
