"""The story of an alliance in one screen, from the tables of its page."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.common.charts import Progress, progress_bars
from alleviation.common.drawings import Drawing
from alleviation.common.figures import Figure
from alleviation.common.tables import Row, Table
from alleviation.dashboards.figures.stats import Stat
from alleviation.dashboards.records.honours import holders
from alleviation.dashboards.records.parts import (
    Fact,
    Gap,
    Link,
    both_names,
    branch_url,
    day_words,
    entry_url,
    facts_of,
    short_place,
    span_in_words,
)
from alleviation.dashboards.records.story import Happening, Story, counted, life, missing, proof, sentence
from projects.models import Alliance, AllianceParty

# The tables of the page, by slug.
Tables = Mapping[str, Table]


def alliance_story(alliance: Alliance, parties: list[AllianceParty], user: User, tables: Tables) -> Story:
    """Who joined whom for which place, what was undertaken and done, and what is not stated."""
    today = timezone.localdate()
    return Story(
        sentence=sentence(*_clauses(alliance, user)),
        stats=_stats(alliance, tables),
        people=_people(parties, user, today),
        proof=proof(tables["claims"]),
        life=life(_happenings(alliance, tables, today)),
        gaps=_gaps(alliance, user, tables),
    )


def term_in_words(alliance: Alliance) -> str:
    """How long it was agreed for, as far as it is stated."""
    return span_in_words(alliance.term_from, alliance.term_to)


def _clauses(alliance: Alliance, user: User) -> Iterator[Link | str]:
    place = short_place(alliance.division, user)
    yield gettext("alliance of party branches")
    if place:
        yield Link(gettext("for %(place)s") % {"place": place.text}, place.url)
    if alliance.signed_on:
        yield gettext("signed on %(day)s") % {"day": day_words(alliance.signed_on)}
    else:
        yield gettext("day of signing not stated")
    if alliance.term_from or alliance.term_to:
        yield gettext("for the term %(term)s") % {"term": term_in_words(alliance)}
    else:
        yield gettext("term not stated")


def _stats(alliance: Alliance, tables: Tables) -> list[Stat]:
    """What was done of what was undertaken, and how much is known of it."""
    of = f"alliance:{alliance.pk}"
    undertaken = list(tables["undertakings"].rows)
    done = [row for row in undertaken if row["done_on"]]
    return [
        counted(_("Undertakings done"), len(done), "undertakings-done", of, "#undertakings"),
        counted(_("Undertakings open"), len(undertaken) - len(done), "undertakings-open", of, "#undertakings"),
        counted(_("Activities"), len(list(tables["activities"].rows)), "activities", of, "#activities"),
        counted(_("Claims"), len(list(tables["claims"].rows)), "claims", of, "#claims"),
    ]


def _people(parties: list[AllianceParty], user: User, today: date) -> list[Fact]:
    """The branches, and who holds a post in their organisations."""
    links = [Link(both_names(one.branch), branch_url(one.branch.pk), one.branch.is_made_up) for one in parties]
    homes = [one.branch.organisation for one in parties if one.branch.organisation]
    return [*([facts_of(_("Branches"), links)] if links else []), *(holders(homes, user, today) if homes else [])]


def _happenings(alliance: Alliance, tables: Tables, today: date) -> Iterator[Happening]:
    if alliance.signed_on:
        kind = gettext("agreement")
        yield Happening(gettext("Agreement signed"), alliance.signed_on, what=alliance.agreement, kind=kind)
    yield Happening(gettext("Term"), alliance.term_from, alliance.term_to, lasts=True, kind=gettext("agreement"))
    for row in tables["activities"].rows:
        yield Happening(row["title"], row["held_on"], what=row["kind"], kind=gettext("activity"))
    for row in tables["undertakings"].rows:
        day, kind = row["done_on"] or row["due_on"], gettext("undertaking")
        yield Happening(row["undertaking"], day, what=_state(row, today), kind=kind)


def _state(row: Row, today: date) -> str:
    """How far an undertaking has come by a day."""
    if row["done_on"]:
        return gettext("undertaking, done")
    if row["due_on"] and row["due_on"] < today:
        return gettext("undertaking, late")
    return gettext("undertaking, open")


def _gaps(alliance: Alliance, user: User, tables: Tables) -> list[Gap]:
    change = entry_url(user, "alliance", alliance.pk)
    activities = list(tables["activities"].rows)
    return missing(
        [
            (alliance.title_zh, gettext("The Chinese title is not recorded."), change),
            (alliance.signed_on, gettext("The day of signing is not stated."), change),
            (alliance.agreement, gettext("The agreement is not named."), change),
            (alliance.term_from, gettext("When the term begins is not stated."), change),
            (alliance.term_to, gettext("When the term ends is not stated."), change),
            (list(tables["parties"].rows), gettext("No party is recorded."), change),
            (activities, gettext("No activity is recorded."), change),
            (all(row["held_on"] for row in activities), gettext("Activities have no stated day."), change),
            (list(tables["undertakings"].rows), gettext("No undertaking is recorded."), change),
        ]
    )


def progress_drawing(alliance: Alliance, undertakings: Table) -> Drawing:
    """How much of what was undertaken is done, drawn where anything was undertaken."""
    rows = list(undertakings.rows)
    done = sum(1 for row in rows if row["done_on"])
    title = gettext("Undertakings done, of all that are recorded")
    told = [Progress(gettext("Undertakings"), Decimal(done), Figure.exact(len(rows)))]
    svg = progress_bars(title, gettext("The table beneath has each with its days."), told, uid="drawing-undertakings")
    return Drawing("undertakings-done", title, svg if rows else "", undertakings.slug)
