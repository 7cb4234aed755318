"""The households that are watched since 2020 (监测对象): which, for what risk, and what was done."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db.models import Count, Q

from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from beneficiaries.models import Monitoring, PartOfHouseholdQuerySet
from beneficiaries.rollups.done import Done, chunks, done_for

IS_OPEN = Q(cleared_on__isnull=True, household__ended_on__isnull=True)


@dataclass(frozen=True)
class Watched:
    """One household under watch, or once so, with what was done since it was identified, until it was cleared."""

    monitoring: Monitoring
    done: Done


@dataclass(frozen=True)
class Watches:
    """How many monitorings are open and how many are cleared; `*_up` are those of the made-up example among them."""

    watched: int = 0
    cleared: int = 0
    watched_up: int = 0
    cleared_up: int = 0
    key: tuple[str, str] = field(default=("", ""), compare=False)


def monitorings(query: Query) -> PartOfHouseholdQuerySet:
    """Every monitoring of the households that are in the area today, open or not, whose number this person may see."""
    found = Monitoring.objects.in_area(query.user.area).filter(query.located("household__village__code"))
    return found if query.user.may(Right.VIEW_FIGURES) else found.none()


def watched(query: Query) -> Iterator[Watched]:
    """Each monitoring by village, household and day, for those who may see households; three queries for every 500."""
    found = monitorings(query).visible_to(query.user).select_related("household__village")
    order = ("household__village__code", "household__number", "household", "identified_on", "pk")
    return _with_done(found.order_by(*order).iterator(chunk_size=500))


def watches_by_village(query: Query) -> list[Watches]:
    """Monitorings by village of today and kind; `key` is (code, kind), in the order of the codes.

    Watched: those not cleared, of households that have not ended; a household is in one of them at most. Cleared:
    those that were cleared. Out: those not cleared of a household that ended. Unit: monitorings.
    """
    counted = monitorings(query).order_by().values("household__village__code", "kind")
    is_cleared, is_made_up = Q(cleared_on__isnull=False), Q(household__is_made_up=True)
    rows = counted.annotate(
        watched=Count("pk", filter=IS_OPEN),
        cleared=Count("pk", filter=is_cleared),
        watched_up=Count("pk", filter=IS_OPEN & is_made_up),
        cleared_up=Count("pk", filter=is_cleared & is_made_up),
    )
    found = rows.order_by("household__village__code", "kind")
    return [Watches(key=(row.pop("household__village__code"), row.pop("kind")), **row) for row in found]


def _with_done(found: Iterable[Monitoring]) -> Iterator[Watched]:
    for some in chunks(found):
        doings = done_for(one.household_id for one in some)
        for one in some:
            yield Watched(one, doings.since(one.household_id, one.identified_on, one.cleared_on))
