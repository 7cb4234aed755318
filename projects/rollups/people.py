"""Officials and organisations with how much is recorded of them."""

from dataclasses import dataclass

from alleviation.accounts.models import User
from projects.models import Award, Claim, Official, Organisation, PartyBranch, Post, Project
from projects.rollups.counts import count_by


@dataclass(frozen=True)
class OfficialSummary:
    """A person with how many posts, awards and claims are recorded."""

    official: Official
    posts: int
    awards: int
    claims: int


@dataclass(frozen=True)
class OrganisationSummary:
    """An organisation with how many branches, projects, awards and claims are recorded."""

    organisation: Organisation
    branches: int
    projects: int
    awards: int
    claims: int


def official_summaries(user: User) -> list[OfficialSummary]:
    """Every official this person may see, with counts."""
    rows = (Post.objects, Award.objects, Claim.objects)
    counts = [count_by(manager.visible_to(user), "official") for manager in rows]
    return [OfficialSummary(one, *(c.get(one.pk, 0) for c in counts)) for one in Official.objects.visible_to(user)]


def organisation_summaries(user: User) -> list[OrganisationSummary]:
    """Every organisation this person may see, with counts of what they may see."""
    counts = [
        count_by(PartyBranch.objects.visible_to(user), "organisation"),
        count_by(Project.objects.visible_to(user), "operator"),
        count_by(Award.objects.visible_to(user), "organisation"),
        count_by(Claim.objects.visible_to(user), "organisation"),
    ]
    found = Organisation.objects.select_related("parent", "division").visible_to(user)
    return [OrganisationSummary(one, *(c.get(one.pk, 0) for c in counts)) for one in found]
