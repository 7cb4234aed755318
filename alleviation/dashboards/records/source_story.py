"""The story of a funding source in one screen."""

from collections.abc import Mapping

from django.utils.translation import gettext

from alleviation.accounts.models import User
from alleviation.common.tables import Table
from alleviation.dashboards.figures.stats import Stat
from alleviation.dashboards.records.parts import Gap, Link, entry_url
from alleviation.dashboards.records.story import Proof, Story, missing, sentence, total_stat
from projects.models import FundingSource

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
