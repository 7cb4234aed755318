"""The reports of projects, money and claims."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.common.reports import Report, Row
from alleviation.common.tables import MADE_UP, Column, Kind, Mark, mark_in_words, mark_of
from alleviation.common.words import local
from projects.choices import SourceLevel
from projects.models import AllianceActivity, AlliancePledge, Award, Claim, FundingSource, LedgerEntry
from projects.rollups import Funding, PledgedYear, funding_by_year_and_source, funding_total, pledged_years
from projects.rollups.alliances import AllianceSummary, alliance_summaries
from projects.rollups.claims import claims
from projects.rollups.funding import SUMS, booked
from projects.rollups.pledges import pledged

MONEY = (
    Column("allocated", _("Allocated"), Kind.YUAN),
    Column("disbursed", _("Disbursed"), Kind.YUAN),
    Column("spent", _("Spent"), Kind.YUAN),
    Column("refunded", _("Refunded"), Kind.YUAN),
)
KEY_OF: dict[str, str] = {kind: key for key, kind in SUMS.items()}
NAMES = ("project__division", "source", "division")


class FundingLedger(Report):
    """Every entry of the ledger, its amount in the column of its kind."""

    slug = "funding-ledger"
    title = _("Funding ledger")
    description = _(
        "Every entry of the ledger, its amount in the column of its kind. The four kinds are different sums and are "
        "never added together."
    )
    permission = Right.VIEW_RECORDS
    filters = ("year", "plan", "area", "kind", "source")
    columns = (
        Column("voucher", _("Voucher"), Kind.CODE),
        Column("date", _("Date"), Kind.DATE),
        Column("year", _("Year"), Kind.YEAR, file_only=True),
        Column("kind", _("Kind"), file_only=True),
        Column("project_code", _("Project code"), Kind.CODE, file_only=True),
        Column("project", _("Project")),
        Column("source", _("Funding source")),
        Column("place_code", _("Division code"), Kind.CODE, file_only=True),
        Column("place", _("Place")),
        *MONEY,
        Column("note", _("Note"), file_only=True),
        MADE_UP,
    )

    def rows(self, query: Query) -> Iterable[Row]:
        entries = booked(query).select_related(*NAMES).iterator(chunk_size=2000)
        return (_entry_row(entry, query.user.area) for entry in entries)

    def total(self, query: Query) -> Row:
        total = funding_total(query)
        return {**_sums(total), **_marked(_mark(total, []))}

    def number(self, query: Query) -> int:
        return booked(query).count()


class AnnualFunding(Report):
    """Booked money by year and source, with what was promised beside it."""

    slug = "annual-funding"
    title = _("Annual funding")
    description = _(
        "Booked money by year and funding source; execution rate: spent ÷ allocated. Pledged money stands beside what "
        "is booked and is never added to it; a pledge whose start is not stated counts from the year of its document."
    )
    permission = Right.VIEW_FIGURES
    filters = ("year", "plan", "area", "kind", "source")
    columns = (
        Column("year", _("Year"), Kind.YEAR),
        Column("source_code", _("Source code"), Kind.CODE, file_only=True),
        Column("source", _("Funding source")),
        Column("level", _("Level"), file_only=True),
        *MONEY,
        Column("execution_rate", _("Execution rate"), Kind.RATIO),
        Column("pledged", _("Pledged"), Kind.FIGURE, unit="CNY"),
        Column("pledged_not_stated", _("Pledges without an amount"), Kind.COUNT, file_only=True),
        MADE_UP,
    )

    def rows(self, query: Query) -> Iterable[Row]:
        sums = {(one.key[0], one.key[1]): one for one in funding_by_year_and_source(query)}
        promised: dict[tuple[int, str], list[PledgedYear]] = {}
        for one in _promised(query):
            promised.setdefault((one.year, one.pledge.source.code), []).append(one)
        sources = {source.code: source for source in FundingSource.objects.visible_to(query.user)}
        for year, code in sorted({*sums, *promised}):
            yield _year_row(year, sources[code], sums.get((year, code)), promised.get((year, code), []))

    def total(self, query: Query) -> Row:
        total, promised = funding_total(query), _promised(query)
        return {**_sums(total), **_pledged_cells(promised), **_marked(_mark(total, promised))}


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
        Column("figure", _("Figure"), Kind.FIGURE, unit_key="unit_code"),
        Column("unit", _("Unit"), file_only=True),
        Column("basis", _("Basis")),
        Column("period", _("Period")),
        Column("status", _("Status")),
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
        Column("activities", _("Activities"), Kind.COUNT),
        Column("done", _("Undertakings done"), Kind.COUNT),
        Column("open", _("Undertakings open"), Kind.COUNT),
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


def _promised(query: Query) -> list[PledgedYear]:
    # A pledge without a stated end runs up to the year in which the report is made.
    return pledged_years(query, until=timezone.localdate().year)


def _local(record: Any) -> str:
    """The name in the reader's language where it is known."""
    return local(record.name, record.name_zh)


def _marked(mark: Mark) -> Row:
    return {"_made_up": mark, "made_up": mark_in_words(mark)}


def _mark(funding: Funding, promised: list[PledgedYear]) -> Mark:
    """The mark of sums of booked and promised money side by side."""
    made_up = sum(one.pledge.is_made_up for one in promised)
    return mark_of(funding.made_up + made_up, funding.entries + len(promised))


def _sums(funding: Funding) -> Row:
    """The cells of the four sums; empty where nothing is booked, which is not known to be zero."""
    if not funding.entries:
        return {}
    return {key: getattr(funding, key) for key in (*SUMS, "execution_rate")}


def _pledged_cells(promised: list[PledgedYear]) -> Row:
    figures = pledged(promised)
    return {"pledged": figures.figure, "pledged_not_stated": figures.not_stated if promised else None}


def _source_cells(source: FundingSource) -> Row:
    return {
        "source_code": source.code,
        "source": source.local_name,
        "level": SourceLevel(source.level).label,
    }


def _year_row(year: int, source: FundingSource, funding: Funding | None, promised: list[PledgedYear]) -> Row:
    return {
        "year": year,
        **_source_cells(source),
        # Where nothing is booked, nothing is known to be zero.
        **(_sums(funding) if funding else {}),
        **_pledged_cells(promised),
        **_marked(_mark(funding or Funding(), promised)),
    }


def _entry_row(entry: LedgerEntry, area: str) -> Row:
    # Money of one's own area may be booked for a project of another, which is not one's own to know.
    project = entry.project if entry.project and entry.project.lies_in(area) else None
    return {
        "voucher": entry.voucher,
        "date": entry.booked_on,
        "year": entry.year,
        "kind": entry.get_kind_display(),
        "project_code": project.code if project else "",
        "project": project.local_name if project else "",
        "source": entry.source.local_name,
        "place_code": entry.division.code,
        "place": entry.division.local_name,
        KEY_OF[entry.kind]: entry.amount,
        "note": entry.note,
        **_marked(entry.is_made_up),
    }


def _claim_row(claim: Claim) -> Row:
    return {
        "code": claim.code,
        "_url": claim.get_absolute_url(),
        "subject": claim.subject,
        "fact": claim.attribute,
        "measure": claim.get_measure_display(),
        "figure": claim.figure,
        "unit": claim.get_unit_display() if claim.unit else "",
        "unit_code": claim.unit,
        "basis": claim.get_basis_display() if claim.basis else "",
        "period": claim.period,
        "status": claim.get_status_display() if claim.status else "",
        "document": claim.document.title,
        "published_on": claim.document.published_on,
        "start": claim.start,
        "end": claim.end,
        "quote": claim.quote,
        **_marked(claim.document.is_made_up),
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
        **_marked(alliance.is_made_up),
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
        **_marked(award.is_made_up),
    }
