"""How many incomes a question is about, told by the kept sums: what asks each of them is not for every page."""

from dataclasses import replace

from alleviation.common.query import Query
from beneficiaries.rollups import stored
from beneficiaries.rollups.disclosure import Everybody, withholds

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


def are_cuts_worked_out_at_once(query: Query) -> bool:
    """Whether incomes are cut by how households stood for a page, of a place that is small enough itself.

    To whom sums of few are withheld a cut is told by regions, and these are of the whole nation, however small the
    place: in each request anew. In: the incomes of all places in the years asked for.
    """
    if not withholds(query.user):
        return True
    nation = Query(user=Everybody(query.user), first_year=query.first_year, last_year=query.last_year)
    return is_worked_out_at_once(nation)
