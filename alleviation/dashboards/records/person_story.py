"""The story of a person in office in one screen."""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.common.tables import Table
from alleviation.dashboards.records.honours import (
    awards_in_time,
    is_former,
    is_only_seen,
    posts_in_time,
)
from alleviation.dashboards.records.parts import (
    Gap,
    Link,
    day_words,
    entry_url,
    organisation_link,
)
from alleviation.dashboards.records.story import (
    PEOPLE,
    Story,
    counted,
    life,
    missing,
    proof,
    sentence,
)
from projects.models import Award, Official, Post


def person_story(official: Official, posts: list[Post], awards: list[Award], claims: Table, user: User) -> Story:
    """Which posts a person in office holds and held, and how they were honoured."""
    of, today = f"official:{official.pk}", timezone.localdate()
    held = [post for post in posts if not is_former(post, today)]
    return Story(
        sentence=sentence(*(_post_clause(post) for post in held[:PEOPLE]))
        or sentence(gettext("no post is recorded as held today")),
        stats=[
            counted(_("Posts"), len(posts), "posts", of, "#posts"),
            counted(_("Awards"), len(awards), "awards", of, "#awards"),
            counted(_("Claims"), len(list(claims.rows)), "claims", of, "#claims"),
        ],
        proof=proof(claims),
        life=life([*posts_in_time(posts, today, names_person=False), *awards_in_time(awards)]),
        gaps=_gaps_of_person(official, posts, awards, user),
    )


def _post_clause(post: Post) -> Link:
    organisation = organisation_link(post.organisation)
    told = gettext("%(post)s of %(organisation)s") % {"post": post.title, "organisation": organisation.text}
    if is_only_seen(post):
        told = gettext("%(post)s (known on %(day)s)") % {"post": told, "day": day_words(post.known_on)}
    return Link(told, organisation.url)


def _gaps_of_person(official: Official, posts: list[Post], awards: list[Award], user: User) -> list[Gap]:
    change = entry_url(user, "official", official.pk)
    return missing(
        [
            (official.name_zh, gettext("The Chinese name is not recorded."), change),
            (posts, gettext("No post is recorded."), change),
            (
                all(post.held_from for post in posts),
                gettext("Since when a post was held is not stated of every post."),
                change,
            ),
            (
                all(post.known_on or post.held_from or post.held_to for post in posts),
                gettext("Of some posts no day at all is known."),
                change,
            ),
            *awards_wanted(awards, user),
        ]
    )


def awards_wanted(awards: list[Award], user: User) -> Iterator[tuple[object, str, str]]:
    """What of awards is asked for; each lacking day leads to the first award that lacks it."""
    undated = next((one for one in awards if not one.conferred_on), None)
    unnamed = next((one for one in awards if not one.conferred_by), None)
    if undated:
        yield False, gettext("When an award was conferred is not stated."), entry_url(user, "award", undated.pk)
    if unnamed:
        yield False, gettext("Who conferred an award is not stated."), entry_url(user, "award", unnamed.pk)
