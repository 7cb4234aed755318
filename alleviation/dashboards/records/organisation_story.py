"""The story of an organisation in one screen."""

from collections.abc import Iterator, Mapping

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.common.tables import Table
from alleviation.dashboards.records.honours import (
    awards_in_time,
    holders,
    posts_in_time,
)
from alleviation.dashboards.records.parts import (
    Gap,
    Link,
    entry_url,
    organisation_link,
    short_place,
)
from alleviation.dashboards.records.person_story import awards_wanted
from alleviation.dashboards.records.story import (
    Happening,
    Story,
    counted,
    life,
    missing,
    proof,
    sentence,
)
from projects.models import Award, Organisation, Post


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
            what, kind = gettext("project started"), gettext("project")
            yield Happening(row["name"], row["_started_on"], what=what, url=row["_url"], kind=kind)


def _gaps_of_organisation(organisation: Organisation, posts: list[Post], awards: list[Award], user: User) -> list[Gap]:
    change = entry_url(user, "organisation", organisation.pk)
    return missing(
        [
            (organisation.name_zh, gettext("The Chinese name is not recorded."), change),
            (organisation.division_id, gettext("The seat is not recorded."), change),
            (posts, gettext("Nobody is recorded who holds a post in it."), entry_url(user, "official")),
            *awards_wanted(awards, user),
        ]
    )
