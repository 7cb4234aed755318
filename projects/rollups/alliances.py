"""Alliances with what they did and what they undertook."""

from dataclasses import dataclass

from alleviation.common.query import Query
from projects.models import Alliance, AllianceActivity, AlliancePledge, Claim
from projects.rollups.counts import count_by


@dataclass(frozen=True)
class AllianceSummary:
    """An alliance with how many activities, undertakings done and open, and claims it has."""

    alliance: Alliance
    activities: int
    done: int
    open: int
    claims: int


@dataclass(frozen=True)
class Deeds:
    """How many activities, and undertakings done and open, some alliances have."""

    activities: int
    done: int
    open: int


def deeds_of(found: list[AllianceSummary]) -> Deeds:
    """Σ of the counts over the alliances of a list; each deed belongs to one alliance, so none counts twice."""
    return Deeds(*(sum(getattr(one, name) for one in found) for name in ("activities", "done", "open")))


def alliance_summaries(query: Query) -> list[AllianceSummary]:
    """The alliances that a question is about, and this person may see, each with its counts."""
    found = Alliance.objects.with_parties()
    if query.prefixes is not None:
        found = found.in_any_area(list(query.prefixes))
    activities = count_by(AllianceActivity.objects.visible_to(query.user), "alliance")
    undertakings = AlliancePledge.objects.visible_to(query.user)
    done = count_by(undertakings.filter(done_on__isnull=False), "alliance")
    still_open = count_by(undertakings.filter(done_on__isnull=True), "alliance")
    claims = count_by(Claim.objects.visible_to(query.user), "alliance")
    return [
        AllianceSummary(one, *(counts.get(one.pk, 0) for counts in (activities, done, still_open, claims)))
        for one in found.visible_to(query.user)
    ]
