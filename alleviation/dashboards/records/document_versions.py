"""The versions of a document: which there are, and what of an old one's claims still stands in the newer text."""

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.common.tables import Column, Kind, Row, Table
from alleviation.common.words import listed
from alleviation.dashboards.records.parts import Fact, Link, entry_url, facts_of
from projects.models import Claim, Document
from projects.rollups.documents import QuoteInNewer, quotes_in_newer

SHOWN = 3


def version_facts(document: Document, versions: list[Document]) -> list[Fact]:
    """Which version this is, and the other ones; nothing for a document of one version."""
    if len(versions) == 1:
        return []
    links = [_version_link(number, one, document) for number, one in enumerate(versions, start=1)]
    return [facts_of(_("Versions"), links)]


def _version_link(number: int, one: Document, shown: Document) -> Link:
    day = date_format(one.published_on, "DATE_FORMAT") if one.published_on else gettext("day not stated")
    words = gettext("version %(number)s (%(day)s)") % {"number": number, "day": day}
    if one == shown:
        return Link(gettext("%s: this one") % words)
    return Link(words, one.get_absolute_url(), one.is_made_up)


def standing_table(document: Document, versions: list[Document], claims: list[Claim], user: User) -> Table:
    """Of each claim of an old version, whether its quote stands in the next one, and where."""
    newer = Document.objects.visible_to(user).get(pk=versions[versions.index(document) + 1].pk)
    rows = [_standing_row(one, newer, user) for one in quotes_in_newer(claims, newer.text)]
    return Table(
        slug="newer",
        title=_("Its claims and the next version"),
        columns=(
            Column("code", _("Claim"), Kind.CODE),
            Column("standing", _("In the next version")),
            Column("quote", _("Quote")),
        ),
        rows=rows,
        note=_(
            "A claim stays with the text that it was made of. Word for word: the same words in the same order, "
            "whatever blanks and ends of lines are between them."
        ),
        empty=_("No claim is recorded of this version."),
    )


def _standing_row(one: QuoteInNewer, newer: Document, user: User) -> Row:
    claim = one.claim
    row: Row = {"code": claim.code, "quote": claim.quote, "_url": claim.get_absolute_url()}
    if not one.places:
        return {**row, "standing": gettext("no longer there word for word")}
    start, end = one.places[0]
    form = entry_url(user, "claim", document=newer.pk, start=start, end=end)
    return {**row, "standing": _where(one.places), "_urls": {"standing": form or newer.get_absolute_url()}}


def _where(places: list[tuple[int, int]]) -> str:
    spans = listed(f"{start}-{end}" for start, end in places[:SHOWN])
    more = " …" if len(places) > SHOWN else ""
    return gettext("stands there word for word: characters %(spans)s") % {"spans": spans + more}
