"""What is not in a figure of money, and why: what a reader might look for among its rows and not find."""

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext

from alleviation.common.figures import Figure
from alleviation.common.query import Query
from alleviation.common.tables import explain_url
from alleviation.scrutiny.figures.base import LeftOut
from projects.choices import EntryKind, EntryState
from projects.models import Division
from projects.rollups import due_years, handed_on, pending_funding
from projects.rollups.funding import SUMS, funding_of_entries
from projects.rollups.ledger import posted_since, withdrawn
from projects.rollups.pledges import pledged


def of_booked(query: Query, key: str) -> Iterator[LeftOut]:
    """What the sum of one kind of posted entries does not hold."""
    yield from waiting(query, key)
    yield from _withdrawn(query, SUMS[key])
    yield from _since(query, key)
    yield from _handed_on(query, key)
    yield from _promised(query)
    yield from elsewhere(query)


def waiting(query: Query, key: str) -> Iterator[LeftOut]:
    """What waits to be checked, state by state; as of a past date nothing does."""
    for one in pending_funding(query):
        if amount := getattr(one, key):
            state = EntryState(one.key)
            reason = gettext("%(kind)s, %(state)s: in no figure until somebody else has posted it")
            told = {"kind": SUMS[key].label, "state": state.label}
            url = explain_url(f"pending-{key}", {**query.asked(), "of": state.value})
            yield LeftOut(reason % told, figure=rmb(amount), url=url)


def elsewhere(query: Query) -> Iterator[LeftOut]:
    """For a reader of one area: that there may be more, which is not theirs to see."""
    if area := query.user.area:
        place = Division.objects.latest_of(area.ljust(12, "0"))
        name = place.local_name if place else area
        yield LeftOut(gettext("What lies outside your area, %(area)s") % {"area": name})


def rmb(amount: Decimal) -> str:
    """An amount with its unit, as a sentence has it."""
    return Figure.exact(amount).words("CNY")


def _withdrawn(query: Query, kind: EntryKind) -> Iterator[LeftOut]:
    if query.as_of is None and (number := withdrawn(query).filter(kind=kind).count()):
        yield LeftOut(gettext("Entries that were withdrawn before anybody posted them"), number=number)


def _since(query: Query, key: str) -> Iterator[LeftOut]:
    found = posted_since(query).filter(kind=SUMS[key])
    if query.as_of is not None and (sums := funding_of_entries(found)).entries:
        reason = gettext("Entries posted after %(day)s") % {"day": query.as_of_words}
        yield LeftOut(reason, number=sums.entries, figure=rmb(getattr(sums, key)))


def _handed_on(query: Query, key: str) -> Iterator[LeftOut]:
    sums = funding_of_entries(handed_on(query).filter(kind=SUMS[key]))
    if sums.entries:
        reason = gettext(
            "Money that these places or projects handed on: it is counted once, where it arrived, and taken off here "
            "by a row of its own"
        )
        yield LeftOut(reason, number=sums.entries, figure=rmb(getattr(sums, key)))


def _promised(query: Query) -> Iterator[LeftOut]:
    if due := due_years(query):
        reason = gettext("Promised money: it stands beside what is booked and is never added to it")
        yield LeftOut(reason, figure=pledged(due).words("CNY"), url=explain_url("pledged", query.asked()))
