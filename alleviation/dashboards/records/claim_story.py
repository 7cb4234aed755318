"""The story of a claim in one screen."""

from django.utils.text import capfirst
from django.utils.translation import gettext

from alleviation.accounts.models import User
from alleviation.common.tables import explain_url
from alleviation.common.words import labelled
from alleviation.dashboards.figures.stats import Stat
from alleviation.dashboards.records.parts import entry_url
from alleviation.dashboards.records.story import Story, missing, sentence
from projects.models import Claim


def claim_story(claim: Claim, user: User) -> Story:
    """What a claim states, and what is not known of it."""
    tied = (claim.project_id, claim.alliance_id, claim.organisation_id, claim.official_id, claim.division_id)
    change = entry_url(user, "claim", claim.pk)
    return Story(
        sentence=sentence(labelled(claim.local_subject, claim.local_attribute)),
        stats=_figure(claim),
        gaps=missing(
            [
                (any(tied), gettext("It is tied to no record of ours."), change),
                (claim.period or not claim.figure, gettext("The period of the figure is not stated."), change),
                (
                    claim.document.event_or_publication_on,
                    gettext("The document has no day."),
                    entry_url(user, "document", claim.document_id),
                ),
            ]
        ),
    )


def _figure(claim: Claim) -> list[Stat]:
    if claim.figure is None:
        return []
    notes = [claim.get_basis_display(), claim.period, claim.get_status_display()]
    return [
        Stat(
            capfirst(claim.get_measure_display()),
            claim.figure.words(claim.unit),
            " · ".join(str(one) for one in notes if one),
            made_up=claim.document.is_made_up,
            opens=explain_url("claim", {"of": claim.code}),
        )
    ]
