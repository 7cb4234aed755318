"""What the page of a closing shows: its people, its frozen files, and today's figures beside the frozen ones."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.apps import apps
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit.history import events_of
from alleviation.audit.models import AuditEvent, ClosingState, FrozenReport, YearClosing
from alleviation.common import words
from alleviation.common.reports import Report
from alleviation.common.tables import Column, Kind, Table
from alleviation.reports.catalogue import BY_SLUG
from alleviation.reports.closings.compare import CellChange, Change, Comparison, compare, number
from alleviation.reports.closings.freezing import MACHINE_LANGUAGE, file_of, open_entries, question
from alleviation.reports.closings.witnesses import Explained, Unexplained, explain
from projects.models import LedgerEntry

# More are counted, not shown.
ROWS, EVENTS = 100, 20
CHANGES = {
    Change.ADDED: _("added since"),
    Change.MISSING: _("missing today"),
    Change.CHANGED: _("changed since"),
}


@dataclass(frozen=True)
class FileLine:
    """A frozen file as the page lists it."""

    report: FrozenReport
    title: Any
    size: int
    is_intact: bool
    url: str


@dataclass(frozen=True)
class EventLine:
    """An event in words; the way to it for those who may read the trail."""

    at: datetime
    actor: str
    what: str
    reason: str
    url: str


@dataclass(frozen=True)
class RowLine:
    """A row that differs, cell by cell, with what explains it and what does not."""

    name: str
    change: Any
    cells: list[dict[str, str]]
    events: list[EventLine]
    more_events: int
    unexplained: list[str]
    is_from_lists: bool


@dataclass(frozen=True)
class ReportLines:
    """A report of the year: its total then and now, and every row that differs."""

    report: Report
    url: str
    total: list[dict[str, str]]
    rows: list[RowLine]
    number: int
    columns: str

    @property
    def more(self) -> int:
        """How many rows that differ are not shown."""
        return self.number - len(self.rows)


@dataclass(frozen=True)
class Step:
    """A line of the closing's own history."""

    at: datetime
    actor: str
    state: Any
    note: str


def files_of(closing: YearClosing, user: User) -> list[FrozenReport]:
    """The frozen files whose reports this person may read."""
    return [one for one in closing.reports.all() if user.may(right_for(one.slug))]


def right_for(slug: str) -> Right:
    """The right that a report's readers need; of one that is in the catalogue no more, that of records."""
    return Right(BY_SLUG[slug].permission) if slug in BY_SLUG else Right.VIEW_RECORDS


def file_lines(files: Iterable[FrozenReport], user: User) -> list[FileLine]:
    """The files with their size, and whether each still is what its SHA-256 says."""
    return [_file_line(one, is_to_take=user.may(Right.EXPORT_REPORTS)) for one in files]


def _file_line(file: FrozenReport, *, is_to_take: bool) -> FileLine:
    content = bytes(file.content)
    address = reverse("closings:csv", args=[file.closing_id, file.slug]) + f"?{urlencode({'language': file.language})}"
    title = BY_SLUG[file.slug].title if file.slug in BY_SLUG else file.slug
    is_intact = sha256(content).hexdigest() == file.sha256
    return FileLine(file, title, len(content), is_intact, address if is_to_take else "")


def report_lines(closing: YearClosing, files: Iterable[FrozenReport], user: User) -> list[ReportLines]:
    """Each frozen report beside what it is today."""
    frozen = {one.slug: bytes(one.content) for one in files if one.language == MACHINE_LANGUAGE}
    return [_report_lines(closing, BY_SLUG[slug], frozen[slug], user) for slug in BY_SLUG if slug in frozen]


def _report_lines(closing: YearClosing, report: Report, frozen: bytes, user: User) -> ReportLines:
    query = question(report, closing)
    today, _rows = file_of(report, query, MACHINE_LANGUAGE)
    found = compare(report.slug, report.columns, frozen, today)
    shown = Comparison(found.rows[-ROWS:], found.total, found.columns)
    asked = urlencode({"year": str(closing.year), "area": closing.area.ljust(12, "0")})
    return ReportLines(
        report,
        f"{reverse('reports:detail', args=[report.slug])}?{asked}",
        [_cell(cell) for cell in found.total if cell.frozen or cell.today],
        [_row_line(one, user) for one in explain(report.slug, closing, query, shown)],
        len(found.rows),
        ", ".join(found.columns),
    )


def _row_line(explained: Explained, user: User) -> RowLine:
    row = explained.row
    return RowLine(
        gettext("Total") if row.is_total else " · ".join(part or words.NOTHING for part in row.key),
        CHANGES[row.change],
        [_cell(cell) for cell in row.cells],
        [event_line(event, user) for event in explained.events[:EVENTS]],
        max(0, len(explained.events) - EVENTS),
        [_unexplained_words(one) for one in explained.unexplained],
        explained.is_from_lists,
    )


def _cell(cell: CellChange) -> dict[str, str]:
    difference = cell.difference
    return {
        "what": cell.title,
        "frozen": spelt(cell.frozen, cell.column),
        "today": spelt(cell.today, cell.column),
        "difference": "" if difference is None else f"{difference:+,f}" if difference else "0",
    }


def spelt(text: str, column: Column) -> str:
    """A cell of a file for a page: numbers in groups of three, a dash for what is not known."""
    value = number(text) if column.is_number else None
    return f"{value:,f}" if value is not None else text or words.NOTHING


def _unexplained_words(one: Unexplained) -> str:
    if one.explained is None:
        told: dict[str, Any] = {"column": one.cell.title}
        return gettext("%(column)s: No event explains this: run manage.py verify.") % told
    told = {"column": one.cell.title, "all": _signed(one.cell.moved), "explained": _signed(one.explained)}
    return (
        gettext(
            "%(column)s: It changed by %(all)s, and the events below add up to %(explained)s. No event explains the "
            "rest: run manage.py verify."
        )
        % told
    )


def _signed(value: Decimal) -> str:
    return f"{value:+,f}"


def event_line(event: AuditEvent, user: User) -> EventLine:
    """An event without what it says of single households to those who may not see them."""
    is_told = not event.subject_type.startswith("beneficiaries.") or user.may(Right.VIEW_HOUSEHOLDS)
    reason = event.reason or str(event.after.get("reason") or "")
    url = reverse("admin:audit_auditevent_change", args=[event.pk]) if user.may(Right.VIEW_TRAIL) else ""
    return EventLine(event.at, event.actor, _subject_words(event), reason if is_told else "", url)


def _subject_words(event: AuditEvent) -> str:
    try:
        kind = str(apps.get_model(event.subject_type)._meta.verbose_name)
    except (LookupError, ValueError):
        kind = event.subject_type
    told = {"kind": kind, "number": event.subject_id, "verb": event.get_verb_display()}
    state = event.after.get("state")
    if event.subject_type == LedgerEntry._meta.label_lower and state:
        told["verb"] = dict(LedgerEntry._meta.get_field("state").flatchoices).get(state, state)
    return gettext("%(kind)s #%(number)s: %(verb)s") % told


def history_of(closing: YearClosing) -> list[Step]:
    """Who took which step of the closing and why, from the trail, the first at the top."""
    labels = dict(ClosingState.choices)
    events = [event for event in events_of(closing) if "state" in event.after]
    return [
        Step(
            event.at,
            event.actor,
            labels.get(event.after["state"], event.after["state"]),
            str(event.after.get("note") or event.after.get("reason") or ""),
        )
        for event in reversed(events)
    ]


def waiting_table(closing: YearClosing, user: User) -> Table | None:
    """The entries that stand in the way of closing the year, each with the way to it; None where there are none."""
    entries = open_entries(closing)
    if not entries:
        return None
    return Table(
        slug="open-entries",
        title=_("Entries that are not decided yet"),
        note=_("The year can be closed when each of them is posted or withdrawn."),
        columns=(
            Column("entry", _("Entry"), Kind.LINK),
            Column("date", _("Date"), Kind.DATE),
            Column("place", _("Place")),
            Column("amount", _("Amount"), Kind.YUAN),
            Column("state", _("State")),
            Column("by", _("Drafted by")),
        ),
        rows=_waiting_rows(entries, user),
    )


def _waiting_rows(entries: Sequence[LedgerEntry], user: User) -> list[dict[str, Any]]:
    may_open = user.can_open_records
    return [
        {
            "entry": str(entry),
            "_url": reverse("admin:projects_ledgerentry_change", args=[entry.pk]) if may_open else "",
            "_made_up": entry.is_made_up,
            "date": entry.booked_on,
            "place": entry.division.local_name,
            "amount": entry.amount,
            "state": entry.get_state_display(),
            "by": entry.drafted_by,
        }
        for entry in entries
    ]
