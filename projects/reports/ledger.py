"""The reports of the ledger, entry by entry."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import Any

from django.db.models import Case, CharField, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common.areas import within
from alleviation.common.query import Query
from alleviation.common.reports import Report, Row, RowSets
from alleviation.common.selections import Selection
from alleviation.common.sql_cells import LookedUp, made_up, words_of
from alleviation.common.tables import MADE_UP, Column, Kind, Table
from projects.choices import EntryKind
from projects.models import Division, FundingSource, LedgerEntry, LedgerQuerySet, Project
from projects.reports.cells import MONEY, amount_cells, amounts, marked, project_cells
from projects.reports.money import FILTERS
from projects.rollups import booked, funding_total, handed_on
from projects.rollups.funding import SUMS
from projects.rollups.ledger import without_upstream
from projects.rollups.past import as_they_were, projects_of, records
from projects.rollups.told import own_name, place_name, sentence
from projects.rollups.upstream import missing_of, without_upstream_total

CHUNK = 2000
NAMES = ("project__division", "source", "division")
ENTRY = (
    Column("voucher", _("Voucher"), Kind.CODE),
    Column("date", _("Date"), Kind.DATE),
    Column("year", _("Year"), Kind.YEAR, file_only=True),
    Column("kind", _("Kind"), file_only=True),
    Column("project_code", _("Project code"), Kind.CODE, file_only=True),
    Column("project", _("Project")),
    Column("source", _("Funding source")),
    Column("place_code", _("Division code"), Kind.CODE, file_only=True),
    Column("place", _("Place")),
)


ENTRY_LINKS = (
    Column("allocation", _("Paid out of"), Kind.CODE, file_only=True),
    Column("handed_down_from", _("Handed down from"), Kind.CODE, file_only=True),
    Column("reverses", _("Reverses"), Kind.CODE, file_only=True),
    Column("replaces", _("Replaces"), Kind.CODE, file_only=True),
    Column("note", _("Note"), file_only=True),
)


class FundingLedger(Report):
    """Every entry of the ledger, its amount in the column of its kind."""

    slug = "funding-ledger"
    title = _("Funding ledger")
    description = _(
        "Every posted entry of the ledger, its amount in the column of its kind. The four kinds are different sums "
        "and are never added together. Money that was handed on from one place to another counts once: behind the "
        "entries, a row with a remark takes it off the place that had it before."
    )
    permission = Right.VIEW_RECORDS
    filters = FILTERS
    added = tuple(SUMS)
    columns = (
        *ENTRY,
        *MONEY,
        Column("remark", _("Remark")),
        *ENTRY_LINKS,
        MADE_UP,
    )

    def rows(self, query: Query) -> Iterable[Row]:
        own, above = entry_rows(_booked(query), query), handed_on_rows(_handed_on(query), query)
        return chain(map(opened, own), (opened(row, "handed-on") for row in above))

    def total(self, query: Query) -> Row:
        return {**amounts(funding_total(query)), **sums_opened(query)}

    def table(self, query: Query) -> Table:
        return replace(super().table(query), asked={})

    def row_sets(self, query: Query) -> RowSets:
        return (
            booked(query),
            handed_on(query),
        )

    def first(self, query: Query, number: int) -> list[Row]:
        own = [opened(row) for row in entry_rows(_booked(query)[:number], query)]
        above = handed_on_rows(_handed_on(query)[: number - len(own)], query) if len(own) < number else ()
        return own + [opened(row, "handed-on") for row in above]

    def selections(self, query: Query) -> tuple[Selection, ...]:
        if query.as_of is not None:
            return ()
        return Selection(_booked(query), _entry_cells(query)), Selection(_handed_on(query), _above_cells(query))


class ReceivedWithoutUpstream(Report):
    """Money that does not say where it came from."""

    slug = "received-without-upstream"
    title = _("Received without an upstream source")
    description = _(
        "Posted entries that stand and do not say where their money came from: disbursements that name no "
        "allocation, and money of a government budget, at a place below the one that first receives it, that names no "
        "entry it was handed down from. They are in all figures."
    )
    permission = Right.VIEW_RECORDS
    filters = FILTERS
    added = ("allocated", "disbursed")
    columns = (
        *ENTRY,
        *(column for column in MONEY if column.key in {"allocated", "disbursed"}),
        Column("missing", _("What is missing")),
        MADE_UP,
    )
    empty = _("Every entry says where its money came from.")

    def rows(self, query: Query) -> Iterable[Row]:
        return (opened(row) for row in lacking_rows(without_upstream(query), query))

    def total(self, query: Query) -> Row:
        return {**amounts(without_upstream_total(query)), **sums_opened(query, "without-upstream-")}

    def table(self, query: Query) -> Table:
        return replace(super().table(query), asked={})

    def row_sets(self, query: Query) -> RowSets:
        return (without_upstream(query),)


# What a table may have been asked, and a voucher is not.
OF_ITSELF = dict.fromkeys(("year", "first", "last", "area", "kind", "source", "source_code", "project"), "")


def opened(row: Row, figure: str = "entry") -> Row:
    """A row of one amount, which is explained by its voucher alone, whatever else was asked."""
    return {**row, "_explained": dict.fromkeys(SUMS, figure), "_asked": {**OF_ITSELF, "of": row["voucher"]}}


def sums_opened(query: Query, prefix: str = "") -> Row:
    """What explains the total row: the sums, of all that was asked."""
    return {"_explained": {key: prefix + key for key in SUMS}, "_asked": query.asked()}


def _as_they_were(entries: Iterable[LedgerEntry], query: Query) -> Iterator[LedgerEntry]:
    """Entries whose project and source are those of the moment asked about."""
    if query.as_of is None:
        yield from entries
        return
    projects = projects_of(query, as_they_were(query, Project))
    sources = as_they_were(query, FundingSource)
    for entry in entries:
        entry.project = projects.get(entry.project_id or 0, entry.project)
        entry.source = sources.get(entry.source_id, entry.source)
        yield entry


def entry_rows(entries: LedgerQuerySet, query: Query) -> Iterator[Row]:
    """A row for each of these entries, with who entered and who checked it."""
    found = entries.select_related(*NAMES).iterator(chunk_size=CHUNK)
    for entry in _as_they_were(found, query):
        yield {
            **_cells_of(entry, query.user.area),
            "remark": _remark(entry),
            **{name: getattr(entry, name) for name in ("allocation", "handed_down_from", "reverses", "replaces")},
            "note": entry.note,
            **_people_of(entry),
            **marked(entry.is_made_up),
        }


def handed_on_rows(entries: QuerySet[LedgerEntry], query: Query) -> Iterator[Row]:
    """What was handed on, below zero, at the place and for the project that had it before."""
    found: list[Any] = list(entries.select_related("source", "division"))
    places = Division.objects.in_bulk({one.above_division for one in found})
    projects = projects_of(query, (one.above_project for one in found))
    sources = records(query, FundingSource, (one.source_id for one in found))
    for one in found:
        remark = _counted_where(one)
        one.source, one.division, one.amount = sources[one.source_id], places[one.above_division], -one.amount
        one.project = projects.get(one.above_project)
        told = {"remark": remark, "handed_down_from": one.handed_down_from, **_people_of(one)}
        yield {**_cells_of(one, query.user.area), **told, **marked(one.is_made_up)}


def waiting_rows(entries: LedgerQuerySet, query: Query) -> Iterator[Row]:
    """A row for each of these entries that nobody has checked; they have a number and no voucher yet."""
    for entry in entries.select_related(*NAMES).iterator(chunk_size=CHUNK):
        yield {
            **_cells_of(entry, query.user.area),
            "voucher": entry.draft_name,
            "state": entry.get_state_display(),
            "remark": entry.return_note or _remark(entry),
            **_people_of(entry),
            **marked(entry.is_made_up),
        }


def lacking_rows(entries: LedgerQuerySet, query: Query) -> Iterator[Row]:
    """A row for each of these entries with what it does not say of where its money came from."""
    found = entries.select_related(*NAMES).iterator(chunk_size=CHUNK)
    for entry in _as_they_were(found, query):
        told = {"missing": missing_of(entry), "remark": _remark(entry), **_people_of(entry)}
        yield {**_cells_of(entry, query.user.area), **told, **marked(entry.is_made_up)}


def _counted_where(entry: LedgerEntry) -> str:
    """Where money that was handed on counts."""
    if entry.kind == EntryKind.REFUND:
        return gettext("Counted where it was given back first: %(voucher)s") % {"voucher": entry.handed_down_from}
    return gettext("Handed on to %(place)s, counted there") % {"place": entry.division.local_name}


def _cells_of(entry: LedgerEntry, area: str) -> Row:
    return {
        "voucher": entry.voucher,
        "date": entry.booked_on,
        "year": entry.year,
        **project_cells(entry.project, area),
        "source": entry.source.local_name,
        "place_code": entry.division.code,
        "place": entry.division.local_name,
        **amount_cells(entry.kind, entry.amount),
    }


def _people_of(entry: LedgerEntry) -> Row:
    """Who entered an entry and who checked it, and which record that is, for its evidence and its history."""
    return {"entered_by": entry.drafted_by, "checked_by": entry.checked_by, "_record": (LedgerEntry, entry.pk)}


def _remark(entry: LedgerEntry) -> str:
    if entry.reverses:
        return gettext("Reverses %(voucher)s") % {"voucher": entry.reverses}
    if entry.handed_down_from:
        return gettext("Handed down from %(voucher)s") % {"voucher": entry.handed_down_from}
    return gettext("Replaces %(voucher)s") % {"voucher": entry.replaces} if entry.replaces else ""


def _booked(query: Query) -> LedgerQuerySet:
    """The entries, the last entered first: in the order of their key, so that none is sorted."""
    return booked(query).order_by("-pk")


def _handed_on(query: Query) -> QuerySet[LedgerEntry]:
    return handed_on(query).order_by("-pk")


def _entry_cells(query: Query) -> dict[str, Combinable | str]:
    """A row of `entry_rows` as the database writes it."""
    area = query.user.area
    seen = within(area, "project__division__code")
    code, name = "project__code", own_name("project__")
    return {
        **_own_cells(),
        "project_code": Case(When(seen, then=F(code)), default=Value("")) if area else code,
        "project": Case(When(seen, then=name), default=Value("")) if area else name,
        "place_code": "division__code",
        "place": place_name("division__"),
        **_amounts(F("amount")),
        "remark": _remarks(),
        **{name: name for name in ("allocation", "handed_down_from", "reverses", "replaces", "note")},
    }


def _above_cells(query: Query) -> dict[str, Combinable | str]:
    """A row of `handed_on_rows` as the database writes it."""
    place = Division.objects.filter(pk=OuterRef("above_division")).order_by()
    project = Project.objects.filter(pk=OuterRef("above_project")).order_by()
    project = project.filter(within(query.user.area, "division__code"))
    given_back = gettext("Counted where it was given back first: %(voucher)s")
    handed_down = gettext("Handed on to %(place)s, counted there")
    return {
        **_own_cells(),
        "project_code": LookedUp(project, "code"),
        "project": LookedUp(project, own_name()),
        "place_code": LookedUp(place, "code"),
        "place": LookedUp(place, place_name()),
        **_amounts(F("amount") * -1),
        "remark": Case(
            When(kind=EntryKind.REFUND, then=sentence(given_back, voucher=F("handed_down_from"))),
            default=sentence(handed_down, place=place_name("division__")),
        ),
        "handed_down_from": "handed_down_from",
    }


def _own_cells() -> dict[str, Combinable | str]:
    """What both kinds of rows tell of the entry."""
    return {
        "voucher": "voucher",
        "date": "booked_on",
        "year": "year",
        "kind": words_of("kind", EntryKind),
        "source": own_name("source__"),
        MADE_UP.key: made_up(),
    }


def _amounts(amount: Combinable) -> dict[str, Combinable]:
    """An amount in the column of its kind."""
    return {key: Case(When(kind=kind, then=amount)) for key, kind in SUMS.items()}


def _remarks() -> Combinable:
    """`_remark` as the database writes it."""
    told = {
        "reverses": gettext("Reverses %(voucher)s"),
        "handed_down_from": gettext("Handed down from %(voucher)s"),
        "replaces": gettext("Replaces %(voucher)s"),
    }
    cases = [When(~Q(**{field: ""}), then=sentence(words, voucher=F(field))) for field, words in told.items()]
    return Case(*cases, default=Value(""), output_field=CharField())
