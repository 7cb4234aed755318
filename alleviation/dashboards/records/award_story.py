"""The story of an award in one screen."""

from django.utils.translation import gettext

from alleviation.accounts.models import User
from alleviation.dashboards.records.honours import (
    award_words,
)
from alleviation.dashboards.records.parts import (
    Link,
    day_words,
    entry_url,
)
from alleviation.dashboards.records.story import (
    Story,
    missing,
    sentence,
)
from projects.models import Award


def award_story(award: Award, winner: Link, user: User) -> Story:
    """What was conferred on whom, by whom and when."""
    change = entry_url(user, "award", award.pk)
    return Story(
        sentence=sentence(
            award_words(award),
            Link(gettext("conferred on %(winner)s") % {"winner": winner.text}, winner.url),
            gettext("by %(giver)s") % {"giver": award.conferred_by} if award.conferred_by else None,
            gettext("on %(day)s") % {"day": day_words(award.conferred_on)} if award.conferred_on else None,
        ),
        is_provable=False,
        gaps=missing(
            [
                (award.conferred_by, gettext("Who conferred it is not stated."), change),
                (award.conferred_on, gettext("The day it was conferred on is not stated."), change),
                (award.occasion, gettext("The occasion is not stated."), change),
            ]
        ),
    )
