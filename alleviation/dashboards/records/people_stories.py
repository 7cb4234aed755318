"""The stories of people in office, organisations, party branches and awards, each in one screen."""

from collections.abc import Iterator, Mapping
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.common.tables import Table
from alleviation.dashboards.records.honours import (
    award_words,
    awards_in_time,
    holders,
    is_former,
    post_words,
    posts_in_time,
)
from alleviation.dashboards.records.parts import (
    Gap,
    Link,
    day_words,
    entry_url,
    organisation_link,
    short_place,
)
from alleviation.dashboards.records.story import (
    PEOPLE,
    Happening,
    Story,
    counted,
    life,
    missing,
    proof,
    sentence,
)
from projects.models import Award, Official, Organisation, PartyBranch, Post


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
    told = {"post": post_words(post), "organisation": organisation.text}
    return Link(gettext("%(post)s of %(organisation)s") % told, organisation.url)


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
            *_awards_wanted(awards, user),
        ]
    )


def _awards_wanted(awards: list[Award], user: User) -> Iterator[tuple[object, str, str]]:
    """What of awards is asked for; each lacking day leads to the first award that lacks it."""
    undated = next((one for one in awards if not one.conferred_on), None)
    unnamed = next((one for one in awards if not one.conferred_by), None)
    if undated:
        yield False, gettext("When an award was conferred is not stated."), entry_url(user, "award", undated.pk)
    if unnamed:
        yield False, gettext("Who conferred an award is not stated."), entry_url(user, "award", unnamed.pk)


def organisation_story(
    organisation: Organisation, posts: list[Post], awards: list[Award], tables: Mapping[str, Table], user: User
) -> Story:
    """What an organisation is, who holds its posts, and what it does."""
    of, today = f"organisation:{organisation.pk}", timezone.localdate()
    counts = (
        (_("Projects"), "projects"),
        (_("Party branches"), "branches"),
        (_("Posts"), "posts"),
        (_("Awards"), "awards"),
        (_("Claims"), "claims"),
    )
    return Story(
        sentence=sentence(*_organisation_clauses(organisation, user)),
        stats=[counted(label, len(list(tables[slug].rows)), slug, of, f"#{slug}") for label, slug in counts],
        people=holders([organisation], user, today) if posts else [],
        proof=proof(tables["claims"]),
        life=life(
            [
                *posts_in_time(posts, today, names_person=True),
                *awards_in_time(awards),
                *_projects_in_time(tables["projects"]),
            ]
        ),
        gaps=_gaps_of_organisation(organisation, posts, awards, user),
    )


def _organisation_clauses(organisation: Organisation, user: User) -> Iterator[Link | str | None]:
    seat = short_place(organisation.division, user)
    yield organisation.get_kind_display()
    if organisation.parent:
        parent = organisation_link(organisation.parent)
        yield Link(gettext("part of %(organisation)s") % {"organisation": parent.text}, parent.url)
    yield Link(gettext("seated in %(place)s") % {"place": seat.text}, seat.url) if seat else None


def _projects_in_time(projects: Table) -> Iterator[Happening]:
    for row in projects.rows:
        if row["_started_on"]:
            told = {"what": gettext("project started"), "url": row["_url"], "kind": gettext("project")}
            yield Happening(row["name"], row["_started_on"], **told)


def _gaps_of_organisation(organisation: Organisation, posts: list[Post], awards: list[Award], user: User) -> list[Gap]:
    change = entry_url(user, "organisation", organisation.pk)
    return missing(
        [
            (organisation.name_zh, gettext("The Chinese name is not recorded."), change),
            (organisation.division_id, gettext("The seat is not recorded."), change),
            (posts, gettext("Nobody is recorded who holds a post in it."), entry_url(user, "official")),
            *_awards_wanted(awards, user),
        ]
    )


def branch_story(branch: PartyBranch, home: tuple[Link, ...], alliances: Table, user: User) -> Story:
    """Whose branch it is, who answers there, and with whom it was joined when."""
    today: date = timezone.localdate()
    change = entry_url(user, "partybranch", branch.pk)
    rows = list(alliances.rows)
    belongs = [Link(gettext("of %(whom)s") % {"whom": one.text}, one.url) for one in home]
    return Story(
        sentence=sentence(gettext("party branch"), *belongs),
        people=holders([branch.organisation], user, today) if branch.organisation else [],
        is_provable=False,
        life=life(Happening(row["title"], *_days(row), url=row["_url"], lasts=any(row["_days"])) for row in rows),
        gaps=missing(
            [
                (branch.name_zh, gettext("The Chinese name is not recorded."), change),
                (rows, gettext("No alliance of it is recorded."), entry_url(user, "alliance")),
            ]
        ),
    )


def _days(row: Mapping[str, object]) -> tuple[date | None, date | None]:
    """The term of an alliance; where none of it is stated, the day of signing."""
    first, last = row["_days"]  # type: ignore[misc]
    signed = row["signed_on"]
    return (first, last) if first or last else (signed, None)  # type: ignore[return-value]


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
