"""The story of a promise in one screen."""

from django.utils.translation import gettext

from alleviation.accounts.models import User
from alleviation.dashboards.records.parts import Link, both_names, entry_url, short_place, source_url
from alleviation.dashboards.records.story import Proof, Story, missing, sentence
from projects.choices import PledgeBasis
from projects.models import Pledge


def pledge_story(pledge: Pledge, amount: Link, user: User) -> Story:
    """What was promised by whom for which place, and what of it no document states."""
    source, document, change = pledge.source, pledge.stated_in, entry_url(user, "pledge", pledge.pk)
    place = short_place(pledge.division, user)
    return Story(
        sentence=sentence(
            Link(gettext("promised by %(source)s") % {"source": both_names(source)}, source_url(source.code)),
            amount,
            pledge.get_basis_display(),
            Link(gettext("for %(place)s") % {"place": place.text}, place.url) if place else None,
        ),
        proof=Proof(documents=[Link(document.title, document.get_absolute_url())] if document else []),
        gaps=missing(
            [
                (document, gettext("No document is named that states it."), change),
                (pledge.first_year, gettext("The first year is not stated."), change),
                (
                    pledge.last_year or pledge.basis == PledgeBasis.ONCE,
                    gettext("The last year is not stated."),
                    change,
                ),
                (pledge.project_id, gettext("It is not tied to a project."), change),
            ]
        ),
    )
