"""The story of a document in one screen."""

from collections.abc import Sequence

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.dashboards.records.parts import day_words, entry_url
from alleviation.dashboards.records.story import Happening, Story, counted, life, missing, sentence
from projects.models import Claim, Document


def document_story(document: Document, versions: Sequence[Document], claims: Sequence[Claim], user: User) -> Story:
    """Who published what when, how much is claimed of it, and what of it is not known."""
    change, of = entry_url(user, "document", document.pk), f"document:{document.pk}"
    published, told_of = document.published_on, document.event_on
    # What explains the claims of a document has those of all its versions.
    claimed = [counted(_("Claims"), len(claims), "claims", of, "#claims")] if len(versions) == 1 else []
    return Story(
        sentence=sentence(
            gettext("published by %(publisher)s") % {"publisher": document.publisher}
            if document.publisher
            else gettext("document"),
            gettext("on %(day)s") % {"day": day_words(published)} if published else gettext("on a day not stated"),
            gettext("telling of %(day)s") % {"day": day_words(told_of)} if told_of else None,
            gettext("its text is here") if document.text else gettext("its text is not here"),
        ),
        stats=[*claimed, counted(_("Versions"), len(versions), "versions", of)],
        is_provable=False,
        life=life(_days_of(versions, document)),
        gaps=missing(
            [
                (document.publisher, gettext("The publisher is not recorded."), change),
                (published, gettext("The day it was published is not stated."), change),
                (document.text, gettext("Its text is not added."), change),
                (claims, gettext("No claim is made of it yet."), entry_url(user, "claim", document=document.pk)),
                (document.original_id or not document.text_origin, gettext("No original file is kept."), change),
            ]
        ),
    )


def _days_of(versions: Sequence[Document], document: Document) -> list[Happening]:
    """The event that it tells of, and the days on which its versions were published."""
    event = [Happening(gettext("What it tells of"), document.event_on)] if document.event_on else []
    published = [
        Happening(gettext("Published"), one.published_on, url="" if one == document else one.get_absolute_url())
        for one in versions
    ]
    return [*event, *published]
