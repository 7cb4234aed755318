"""Which entries of the ledger a question is about, and where each of them counts.

Money that a place above received and handed down is booked twice, once on each level. It counts once, at the lowest
place that had it: an entry that was handed down counts at its own place, and is taken off the place above. Of what is
given back, the entry of the place above is the one that repeats, so it is taken off there as well.
"""

from typing import Any

from django.db.models import Case, F, IntegerField, OuterRef, Q, QuerySet, Subquery, When

from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.common.years import FIRST_YEAR, LAST_YEAR
from projects.choices import EntryKind, EntryState, SourceLevel
from projects.models import Filled, LedgerEntry
from projects.models.ledger import LedgerQuerySet
from projects.rollups.past import narrowed, source_ids

# The columns by which a handed-on amount is told apart, and what they are called for an entry of its own.
HANDED_ON = {"division__code": "above_code", "division_id": "above_division", "project_id": "above_project"}
# The level of place that first receives money of a government's budget. No place of ours lies above a province.
RECEIVED_AT = {SourceLevel.CENTRAL: 1, SourceLevel.PROVINCIAL: 1, SourceLevel.MUNICIPAL: 2, SourceLevel.COUNTY: 3}


def booked(query: Query) -> LedgerQuerySet:
    """The posted entries that a question is about, and this person may see."""
    return _asked(LedgerEntry.objects.posted(query.as_of), query)


def waiting(query: Query) -> LedgerQuerySet:
    """Drafts, submissions and what was returned, of today: what waited on a past date is in no figure of that date."""
    return _asked(LedgerEntry.objects.pending(), query)


def withdrawn(query: Query) -> LedgerQuerySet:
    """What was withdrawn before anybody posted it, as of today."""
    return _asked(LedgerEntry.objects.filter(state=EntryState.WITHDRAWN), query)


def posted_since(query: Query) -> LedgerQuerySet:
    """The entries that were posted after the moment asked about; none where none is."""
    if query.as_of is None:
        return LedgerEntry.objects.none()
    return _asked(LedgerEntry.objects.posted().filter(checked_at__gt=query.as_of), query)


def handed_on(query: Query) -> QuerySet[LedgerEntry]:
    """The posted entries whose money a place asked about had before, to be taken off there.

    `above_code`, `above_division` and `above_project` are of the entry above: for what is handed down the one that it
    names, for what is given back itself. Year, kind and source are its own. The filters ask for these.
    """
    entries: Any = LedgerEntry.objects.posted(query.as_of).filter(Filled("handed_down_from"))
    if (query.first_year, query.last_year) != (FIRST_YEAR, LAST_YEAR):
        # Left out where it leaves nothing out, since an index on years would be taken for the one on what is asked.
        entries = entries.of_years(query.first_year, query.last_year)
    entries = entries.annotate(
        above_code=_above("division__code"),
        above_division=_above("division_id", IntegerField()),
        above_project=_above("project_id", IntegerField()),
    )
    if not query.user.may(Right.VIEW_RECORDS):
        return entries.none()
    entries = entries.in_area_at("above_code", query.user.area)
    narrower = narrowed(query, project="above_project")
    return entries.filter(query.located("above_code"), narrower, query.beside_plans())


def without_upstream(query: Query) -> LedgerQuerySet:
    """Standing entries that do not say where their money came from.

    Disbursements that name no allocation; allocations and disbursements of a government's budget, at a place below
    the one that first receives it, that name no entry they were handed down from. Out: reversals and what they took
    back.
    """
    posted = LedgerEntry.objects.posted(query.as_of)
    taken_back = posted.filter(Filled("reverses")).order_by().values("reverses")
    standing = booked(query).filter(reverses="").exclude(voucher__in=taken_back)
    return standing.filter(lacks_allocation() | _lacks_upstream(query))


def lacks_allocation() -> Q:
    """Disbursements that name no allocation."""
    return Q(kind=EntryKind.DISBURSEMENT, allocation="")


def is_passed_on(level: str, place_level: int, kind: str) -> bool:
    """Whether money of a budget of this level, at a place of that level, must have come through a place above."""
    first = RECEIVED_AT.get(SourceLevel(level))
    return first is not None and place_level > first and kind in {EntryKind.ALLOCATION, EntryKind.DISBURSEMENT}


def _lacks_upstream(query: Query) -> Q:
    received = Q(handed_down_from="", kind__in=[EntryKind.ALLOCATION, EntryKind.DISBURSEMENT])
    below = Q(pk__in=[])
    for level, first in RECEIVED_AT.items():
        below |= Q(source__in=source_ids(query.of_source(level)), division__level__gt=first)
    return received & below


def _asked(entries: LedgerQuerySet, query: Query) -> LedgerQuerySet:
    found = entries.visible_to(query.user).of_years(query.first_year, query.last_year)
    return found.filter(query.located("division__code"), narrowed(query), query.beside_plans())


def _above(name: str, output_field: Any = None) -> Case:
    """A column of the entry above; only posted entries have a voucher, each its own, so there is one."""
    named = LedgerEntry.objects.filter(Filled("voucher"), voucher=OuterRef("handed_down_from")).order_by()
    return Case(
        When(kind=EntryKind.REFUND, then=F(name)),
        default=Subquery(named.values(name)[:1]),
        **({"output_field": output_field} if output_field else {}),
    )
