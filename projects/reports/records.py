"""The reports of what documents say, of alliances and of awards."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.common.reports import Report, Row
from alleviation.common.tables import MADE_UP, Column, Kind
from alleviation.common.words import local
from projects.models import AllianceActivity, AlliancePledge, Award, Claim
from projects.reports.cells import marked
from projects.rollups.alliances import AllianceSummary, alliance_summaries
from projects.rollups.claims import claims


class Claims(Report):
    """What documents say, each claim with its figure as stated and the words it comes from."""

    slug = "claims"
    title = _("Claims")
    description = _(
        "What documents say, with the bounds of each figure and the quoted words. Claims are not added up: they "
        "differ in measure, unit, basis and status, and may overlap. A quote is empty while the document's text is "
        "missing."
    )
    permission = Right.VIEW_RECORDS
    filters = ("area", "measure", "status")
    columns = (
        Column("code", _("Claim"), Kind.CODE),
        Column("subject", _("Subject")),
        Column("fact", _("Fact")),
        Column("measure", _("Measure")),
        Column("figure", _("Figure"), Kind.FIGURE, unit_key="unit_code", explained="claim"),
        Column("unit", _("Unit"), file_only=True),
        Column("basis", _("Basis")),
        Column("period", _("Period")),
        Column("status", _("Status")),
        Column("adopted_by", _("Adopted by")),
        Column("adoption_reason", _("Why it is adopted"), file_only=True),
        Column("document", _("Document")),
        Column("published_on", _("Published on"), Kind.DATE),
        Column("start", _("First character"), Kind.COUNT, file_only=True),
        Column("end", _("Last character"), Kind.COUNT, file_only=True),
        Column("quote", _("Quote")),
        MADE_UP,
    )

    def rows(self, query: Query) -> Iterable[Row]:
        return (_claim_row(claim) for claim in claims(query).with_texts())

    def total(self, query: Query) -> None:
        return None


class Alliances(Report):
    """Party-branch alliances, what they did and what they undertook."""

    slug = "alliances"
    title = _("Alliances")
    description = _("Party-branch alliances with their parties, term, activities and undertakings.")
    permission = Right.VIEW_RECORDS
    filters = ("area",)
    columns = (
        Column("title", _("Alliance")),
        Column("agreement", _("Agreement")),
        Column("place_code", _("Division code"), Kind.CODE),
        Column("place", _("Place")),
        Column("parties", _("Parties")),
        Column("signed_on", _("Signed on"), Kind.DATE),
        Column("term_from", _("Term from"), Kind.DATE),
        Column("term_to", _("Term until"), Kind.DATE),
        Column("activities", _("Activities"), Kind.COUNT, explained="activities"),
        Column("done", _("Undertakings done"), Kind.COUNT, explained="undertakings-done"),
        Column("open", _("Undertakings open"), Kind.COUNT, explained="undertakings-open"),
        MADE_UP,
    )

    def rows(self, query: Query) -> Iterable[Row]:
        return (_alliance_row(one) for one in alliance_summaries(query))

    def total(self, query: Query) -> Row:
        undertakings = _in_area(AlliancePledge.objects.visible_to(query.user), query)
        return {
            "activities": _in_area(AllianceActivity.objects.visible_to(query.user), query).count(),
            "done": undertakings.filter(done_on__isnull=False).count(),
            "open": undertakings.filter(done_on__isnull=True).count(),
        }


class Awards(Report):
    """Honours of persons and organisations."""

    slug = "awards"
    title = _("Awards")
    description = _("Honours given to persons and organisations. What a document does not state is left empty.")
    permission = Right.VIEW_RECORDS
    columns = (
        Column("title", _("Award")),
        Column("level", _("Level")),
        Column("winner", _("Given to")),
        Column("conferred_by", _("Conferred by")),
        Column("conferred_on", _("Conferred on"), Kind.DATE),
        Column("occasion", _("Occasion")),
        MADE_UP,
    )

    def rows(self, query: Query) -> Iterable[Row]:
        found = Award.objects.visible_to(query.user).select_related("official", "organisation")
        return (_award_row(award) for award in found)

    def total(self, query: Query) -> None:
        return None


def _in_area(found: Any, query: Query) -> Any:
    return found if query.prefixes is None else found.in_any_area(list(query.prefixes))


def _local(record: Any) -> str:
    """The name in the reader's language where it is known."""
    return local(record.name, record.name_zh)


def _claim_row(claim: Claim) -> Row:
    return {
        "code": claim.code,
        "_url": claim.get_absolute_url(),
        "subject": claim.local_subject,
        "fact": claim.local_attribute,
        "measure": claim.get_measure_display(),
        "figure": claim.figure,
        "unit": claim.get_unit_display() if claim.unit else "",
        "unit_code": claim.unit,
        "basis": claim.get_basis_display() if claim.basis else "",
        "period": claim.period,
        "status": claim.get_status_display() if claim.status else "",
        "adopted_by": claim.adopted_by,
        "adoption_reason": claim.adoption_reason,
        "document": claim.document.title,
        "published_on": claim.document.published_on,
        "start": claim.start,
        "end": claim.end,
        "quote": claim.quote,
        "_asked": {"of": claim.code},
        **marked(claim.document.is_made_up),
    }


def _alliance_row(summary: AllianceSummary) -> Row:
    alliance = summary.alliance
    return {
        "title": local(alliance.title, alliance.title_zh),
        "_url": alliance.get_absolute_url(),
        "agreement": alliance.agreement,
        "place_code": alliance.division.code,
        "place": alliance.division.local_name,
        "parties": "; ".join(_local(party.branch) for party in alliance.parties.all()),
        "signed_on": alliance.signed_on,
        "term_from": alliance.term_from,
        "term_to": alliance.term_to,
        "activities": summary.activities,
        "done": summary.done,
        "open": summary.open,
        "_asked": {"of": f"alliance:{alliance.pk}"},
        **marked(alliance.is_made_up),
    }


def _award_row(award: Award) -> Row:
    winner = award.official or award.organisation
    return {
        "title": award.title,
        "level": award.get_level_display(),
        "winner": _local(winner) if winner else "",
        "conferred_by": award.conferred_by,
        "conferred_on": award.conferred_on,
        "occasion": award.occasion,
        **marked(award.is_made_up),
    }
