"""Today's figures beside the frozen ones, in words: what differs, and the events that explain it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit.history import with_others
from alleviation.audit.models import AuditEvent, FrozenReport, YearClosing
from alleviation.common import words
from alleviation.common.reports import Report
from alleviation.common.tables import Column
from alleviation.reports.catalogue import BY_SLUG
from alleviation.reports.closings.compare import TOTAL, CellChange, Change, Comparison, Key, compare, number
from alleviation.reports.closings.freezing import MACHINE_LANGUAGE, file_of, question
from alleviation.reports.closings.links import Links, frozen_url, today_urls
from alleviation.reports.closings.witnesses import Explained, Unexplained, explain
from alleviation.scrutiny.figures.frozen_files import TOTAL as TOTAL_LINE
from projects.models import LedgerEntry

# More are counted, not shown.
ROWS, EVENTS = 100, 20
CHANGES = {
    Change.ADDED: _("added since"),
    Change.MISSING: _("missing today"),
    Change.CHANGED: _("changed since"),
}


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
class _Links:
    """The cells of one report, each with what explains it."""

    closing: YearClosing
    slug: str
    found: Comparison
    today: Links

    def cell(self, cell: CellChange, key: Key, line: str) -> dict[str, str]:
        difference, is_number = cell.difference, number(cell.today) is not None
        return {
            "what": cell.title,
            "frozen": spelt(cell.frozen, cell.column),
            "frozen_url": frozen_url(self.closing, self.slug, cell, line, self.found.places),
            "today": spelt(cell.today, cell.column),
            "today_url": self.today.get(key, {}).get(cell.column.key, "") if is_number else "",
            "difference": "" if difference is None else _signed(difference),
        }


def report_lines(closing: YearClosing, files: Iterable[FrozenReport], user: User) -> list[ReportLines]:
    """Each frozen report beside what it is today."""
    frozen = {one.slug: bytes(one.content) for one in files if one.language == MACHINE_LANGUAGE}
    return [_report_lines(closing, BY_SLUG[slug], frozen[slug], user) for slug in BY_SLUG if slug in frozen]


def _report_lines(closing: YearClosing, report: Report, frozen: bytes, user: User) -> ReportLines:
    query = question(report, closing)
    today, _rows = file_of(report, query, MACHINE_LANGUAGE)
    found = compare(report.slug, report.columns, frozen, today)
    shown = replace(found, rows=found.rows[-ROWS:])
    links = _Links(closing, report.slug, shown, today_urls(report, query, shown))
    asked = urlencode({"year": str(closing.year), "area": closing.area.ljust(12, "0")})
    return ReportLines(
        report,
        f"{reverse('reports:detail', args=[report.slug])}?{asked}",
        [links.cell(cell, TOTAL, TOTAL_LINE) for cell in found.total if cell.frozen or cell.today],
        [_row_line(one, user, links) for one in explain(report.slug, closing, query, shown)],
        len(found.rows),
        ", ".join(found.columns),
    )


def _row_line(explained: Explained, user: User, links: _Links) -> RowLine:
    row = explained.row
    return RowLine(
        gettext("Total") if row.is_total else " · ".join(part or words.NOTHING for part in row.key),
        CHANGES[row.change],
        [links.cell(cell, row.key, row.line) for cell in row.cells],
        [event_line(event, user) for event in explained.events[:EVENTS]],
        max(0, len(explained.events) - EVENTS),
        [_unexplained_words(one) for one in explained.unexplained],
        explained.is_from_lists,
    )


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
    return f"{value:+,f}" if value else "0"


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
    if others := with_others(event):
        return gettext("%(kind)s: %(verb)s, %(others)s") % {**told, "others": others}
    return gettext("%(kind)s #%(number)s: %(verb)s") % told
