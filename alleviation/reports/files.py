"""A report as a file: its name, and what the trail keeps of it."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext

from alleviation.audit import trail
from alleviation.audit.trail import Actor, name_of
from alleviation.common.csv_out import Block, csv_blocks, file_columns, file_name, row_blocks, span_of
from alleviation.common.query import Query
from alleviation.common.replica.places import read_as_of
from alleviation.common.reports import Report
from alleviation.common.snapshots import Snapshot
from alleviation.common.xlsx_out import write_xlsx
from alleviation.common.years import FIRST_YEAR, LAST_YEAR
from alleviation.scrutiny.models import BulkDownload

CHUNK = 256 * 1024


def name_for(report: Report, query: Query, now: datetime, ending: str = "csv") -> str:
    """slug_area_year_YYYYMMDD-HHMM.csv; a span of years is 2016-2020, without any it is "all".

    As of a past day it is slug_area_year-as-of-2024-03-01_YYYYMMDD-HHMM.csv.
    """
    span = (query.first_year, query.last_year)
    years = "" if span == (FIRST_YEAR, LAST_YEAR) else f"{span[0]}-{span[1]}"
    name = file_name(report.slug, query.area_code, span_of(str(query.year or years), query.as_of_words), now)
    return name.removesuffix("csv") + ending


def record_taken(
    report: Report, query: Query, *, by: Actor, form: str = "", leave: BulkDownload | None = None, token: str = ""
) -> None:
    """Tell the trail who took the report away, with which filter, with whose leave and, if no CSV, in which form.

    `token`: how the token begins by which a program took it.
    """
    asked = {**query.words(), "measure": query.measure, "status": query.status}
    details: dict[str, Any] = {**asked, "format": form, "token": token}
    if leave is not None:
        details |= {"leave": leave.pk, "approved_by": leave.decided_by}
    trail.record_download(what=report.slug, by=by, details={name: value for name, value in details.items() if value})


def report_blocks(report: Report, query: Query, snapshot: Snapshot) -> Iterator[Block]:
    """A report as CSV: its rows, then its total, which the roll-up computes from the same snapshot.

    A failure midway ends it with a line that says so, and is raised again.
    """
    body = body_blocks(report, query, snapshot)
    return csv_blocks(report.slug, report.columns, body, lambda: snapshot.ask(report.total, query))


def body_blocks(report: Report, query: Query, snapshot: Snapshot) -> Iterator[Block]:
    """The rows alone: written by the database where the report is made for that, else one by one."""
    if selections := snapshot.ask(report.selections, query):
        for one in selections:
            yield from one.blocks(report.columns, snapshot)
    else:
        yield from snapshot.each(row_blocks(report.columns, snapshot.ask(report.rows, query)))


def report_parts(report: Report, query: Query) -> Iterator[bytes]:
    """A report as CSV, in a snapshot of its own."""
    with Snapshot() as snapshot:
        for block in report_blocks(report, query, snapshot):
            yield block.content


def workbook_parts(report: Report, query: Query, *, by: Actor, now: datetime) -> Iterator[bytes]:
    """A report as a workbook, made on disk before its first byte is given. Raises TooManyRows."""
    with TemporaryDirectory(prefix="report-") as folder:
        path = Path(folder, "report.xlsx")
        write_workbook(path, report, query, by=by, now=now)
        with path.open("rb") as file:
            yield from iter(lambda: file.read(CHUNK), b"")


def write_workbook(path: Path, report: Report, query: Query, *, by: Actor, now: datetime) -> None:
    """A report as a workbook, from the same lines as its CSV. Raises TooManyRows."""
    with Snapshot() as snapshot:
        blocks = report_blocks(report, query, snapshot)
        write_xlsx(path, file_columns(report.columns), blocks, lambda: _about(report, query, by=by, now=now))


def _about(report: Report, query: Query, *, by: Actor, now: datetime) -> Iterator[tuple[str, str]]:
    """What a workbook tells of itself."""
    yield gettext("Report"), str(report.title)
    yield gettext("What it tells"), str(report.description)
    for name, value in query.asked().items():
        yield gettext("Filter: %(name)s") % {"name": name}, value
    yield gettext("As of"), query.as_of_words or gettext("now")
    yield gettext("Made at"), localtime(now).isoformat(timespec="seconds")
    if moment := read_as_of():
        yield gettext("Read as of"), localtime(moment).isoformat(timespec="seconds")
    yield gettext("Made for"), name_of(by)
    yield gettext("Language"), get_language() or ""
