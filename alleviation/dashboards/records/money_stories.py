"""The stories of a funding source and of a promise, each in one screen."""

from collections.abc import Mapping

from django.utils.translation import gettext

from alleviation.accounts.models import User
from alleviation.common.tables import Table
from alleviation.dashboards.figures.stats import Stat
from alleviation.dashboards.records.parts import Gap, Link, both_names, entry_url, short_place, source_url
from alleviation.dashboards.records.story import Proof, Story, missing, sentence, total_stat
from projects.choices import PledgeBasis
from projects.models import FundingSource, Pledge

# The tables of the page, by slug; none where the filter is wrong.
Tables = Mapping[str, Table]


def source_story(source: FundingSource, user: User, tables: Tables) -> Story:
    """Who pays, what was promised and what came of it, and which documents say so."""
    level = gettext("funding source of the level: %(level)s") % {"level": source.get_level_display()}
    return Story(
        sentence=sentence(level),
        stats=_stats(tables),
        proof=_stated_in(tables),
        gaps=_gaps_of_source(source, user, tables),
    )


def _stats(tables: Tables) -> list[Stat]:
    if not tables:
        return []
    money = tables["annual-funding"]
    booked = ("allocated", "disbursed", "spent", "execution_rate")
    return [
        total_stat(money, "pledged", gettext("nothing promised")),
        *(total_stat(money, name, gettext("nothing booked")) for name in booked),
    ]


def _stated_in(tables: Tables) -> Proof:
    """The documents that state its promises."""
    rows = list(tables["pledges"].rows) if tables else []
    found = {row["_urls"]["document"]: row["document"] for row in rows if row["document"]}
    return Proof(documents=[Link(title, url) for url, title in found.items()])


def _gaps_of_source(source: FundingSource, user: User, tables: Tables) -> list[Gap]:
    if not tables:
        return []
    return missing(
        [
            (
                source.name_zh,
                gettext("The Chinese name is not recorded."),
                entry_url(user, "fundingsource", source.pk),
            ),
            (
                list(tables["annual-funding"].rows),
                gettext("Nothing of it is promised or booked."),
                entry_url(user, "ledgerentry", source=source.pk),
            ),
            (
                list(tables["pledges"].rows),
                gettext("No promise of it is recorded."),
                entry_url(user, "pledge", source=source.pk),
            ),
        ]
    )


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
