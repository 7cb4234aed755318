"""Tables of posts and awards, for the pages of people and of organisations."""

from collections.abc import Iterable, Iterator
from datetime import date

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.common.tables import Column, Kind, Row, Table
from alleviation.dashboards.records.parts import (
    Fact,
    award_url,
    both_names,
    day_words,
    organisation_link,
    organisation_url,
    person_link,
)
from alleviation.dashboards.records.story import Happening
from projects.choices import AwardLevel
from projects.models import Award, Organisation, Post

# As many as answer for something at a glance; the page of the organisation has all of them.
HOLDERS = 4

PERSON = Column("person", _("Person"))
ORGANISATION = Column("organisation", _("Organisation"))
IN_TIME = (
    Column("held_from", _("From"), Kind.DATE),
    Column("held_to", _("Until"), Kind.DATE),
    Column("known_on", _("Known on"), Kind.DATE),
    Column("state", _("State")),
)
AWARD = (
    Column("title", _("Award")),
    Column("level", _("Level")),
    Column("conferred_by", _("Conferred by")),
    Column("conferred_on", _("Conferred on"), Kind.DATE),
    Column("occasion", _("Occasion")),
)


def posts_table(posts: Iterable[Post], *subjects: Column, on: date) -> Table:
    """Who held which post when, as of a day; `subjects` are the columns that tell the posts apart."""
    return Table(
        slug="posts",
        title=_("Posts"),
        columns=(Column("title", _("Post")), *subjects, *IN_TIME),
        rows=[_post_row(post, on) for post in posts],
        note=_("Known on: a day on which a document shows the person in the post. Empty dates are not known."),
        empty=_("No post is recorded. Posts are entered with the person in the admin."),
    )


def awards_table(awards: Iterable[Award], *subjects: Column) -> Table:
    """What was conferred on whom; dates and givers that no source states stay open."""
    return Table(
        slug="awards",
        title=_("Awards"),
        columns=(*AWARD, *subjects),
        rows=[_award_row(award) for award in awards],
        note=_("Dates and givers of which nothing is shown are not stated."),
        empty=_("No award is recorded. Awards are entered in the admin."),
    )


def is_former(post: Post, on: date) -> bool:
    """Whether a post was over by a day: marked as held earlier, or ended before it."""
    return post.is_former or (post.held_to is not None and post.held_to < on)


def holders(organisations: Iterable[Organisation], user: User, on: date) -> list[Fact]:
    """Who holds a post in any of these organisations, as far as is known: the post, and the person."""
    posts = Post.objects.filter(organisation__in=[one.pk for one in organisations], is_former=False)
    held = posts.exclude(held_to__lt=on).select_related("official").order_by("organisation", "pk").visible_to(user)
    return [Fact(post_words(post), (person_link(post.official),)) for post in held[:HOLDERS]]


def post_words(post: Post) -> str:
    """A post by its title, with the day on which it was seen held where no other day is known."""
    if not is_only_seen(post):
        return post.title
    return gettext("%(post)s (known on %(day)s)") % {"post": post.title, "day": day_words(post.known_on)}


def is_only_seen(post: Post) -> bool:
    """Whether all that is known of its days is one on which it was seen held."""
    return bool(post.known_on) and not (post.held_from or post.held_to)


def posts_in_time(posts: Iterable[Post], on: date, *, names_person: bool) -> Iterator[Happening]:
    """Posts as they were taken up and left; of one whose days are not known, the day on which it was seen held."""
    kind = gettext("post")
    for post in posts:
        who = person_link(post.official) if names_person else organisation_link(post.organisation)
        if post.held_from or post.held_to:
            yield Happening(post.title, post.held_from, post.held_to, who.text, who.url, lasts=True, kind=kind)
        elif post.known_on and not is_former(post, on):
            seen = gettext("%(who)s, known to hold it on this day") % {"who": who.text}
            yield Happening(post.title, post.known_on, what=seen, url=who.url, kind=kind)
        else:
            yield Happening(post.title, None, what=who.text, url=who.url, kind=kind)


def awards_in_time(awards: Iterable[Award]) -> Iterator[Happening]:
    """Awards on the days they were conferred on."""
    for award in awards:
        url, kind = award_url(award.pk), gettext("award")
        yield Happening(award.title, award.conferred_on, what=award_words(award), url=url, kind=kind)


def award_words(award: Award) -> str:
    """That it is an award, and of which level where one is stated."""
    is_known = award.level != AwardLevel.UNKNOWN
    return gettext("award, %(level)s") % {"level": award.get_level_display()} if is_known else gettext("award")


def _state(post: Post, on: date) -> str:
    """A post that a document once showed may be over by now: only a stated end tells."""
    if is_former(post, on):
        return gettext("former")
    return gettext("held") if post.held_to else gettext("end not known")


def _post_row(post: Post, on: date) -> Row:
    return {
        "title": post.title,
        "person": both_names(post.official),
        "organisation": both_names(post.organisation),
        "held_from": post.held_from,
        "held_to": post.held_to,
        "known_on": post.known_on,
        "state": _state(post, on),
        "_urls": {
            "person": post.official.get_absolute_url(),
            "organisation": organisation_url(post.organisation.pk),
        },
        "_made_up": post.official.is_made_up,
    }


def _award_row(award: Award) -> Row:
    if award.official:
        person, person_url = both_names(award.official), award.official.get_absolute_url()
    else:
        person, person_url = "", ""
    organisation = award.organisation
    return {
        "title": award.title,
        "level": award.get_level_display(),
        "conferred_by": award.conferred_by,
        "conferred_on": award.conferred_on,
        "occasion": award.occasion,
        "person": person,
        "organisation": both_names(organisation) if organisation else "",
        "_url": award_url(award.pk),
        "_urls": {
            "person": person_url,
            "organisation": organisation_url(organisation.pk) if organisation else "",
        },
        "_made_up": award.is_made_up,
    }
