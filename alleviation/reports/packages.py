"""Reports for an audit: each CSV with what it has to add up to, and a script that checks it without this app."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.conf import settings
from django.utils.timezone import localtime
from django.utils.translation import get_language

from alleviation.audit.export import CHUNK, Sink
from alleviation.audit.verification.anchors import anchor_of, last_event
from alleviation.common.csv_out import Block, FileColumn, file_columns, lines_of
from alleviation.common.query import Query
from alleviation.common.replica.places import read_as_of
from alleviation.common.reports import Report
from alleviation.common.snapshots import Snapshot
from alleviation.common.tables import Kind
from alleviation.reports.files import name_for, report_blocks

DESCRIPTION = "datapackage.json"
CHECK = "check.py"
# Quick rather than small: a report is to come as fast as it is read.
LEVEL = 1
TYPES = {Kind.COUNT: "number", Kind.YUAN: "number", Kind.RATIO: "number", Kind.FIGURE: "number", Kind.YEAR: "year"}
SUMMED = {Kind.COUNT, Kind.YUAN}
Asked = Sequence[tuple[Report, Query]]


@dataclass
class Tally:
    """What a CSV adds up to, counted while it is written: its bytes, their SHA-256, its rows, and the sums of each
    column of money or of a number of things, over the rows and without the total."""

    report: Report
    columns: tuple[FileColumn, ...] = ()
    size: int = 0
    rows: int = 0
    sums: dict[int, Decimal] = field(default_factory=dict)
    total: list[str] | None = None
    moments: set[int] = field(default_factory=set)
    digest: Any = field(default_factory=sha256)

    def __post_init__(self) -> None:
        self.columns = file_columns(self.report.columns)
        self.sums = {n: Decimal(0).scaleb(-one.places) for n, one in enumerate(self.columns) if one.kind in SUMMED}

    def counted(self, blocks: Iterator[Block]) -> Iterator[bytes]:
        """The file's bytes, which are counted as they pass."""
        for position, block in enumerate(blocks):
            self.size += len(block.content)
            self.digest.update(block.content)
            if block.rows:
                self._add(block)
            elif position:
                (self.total,) = lines_of(block)
            yield block.content

    def _add(self, block: Block) -> None:
        days = [number for number, one in enumerate(self.columns) if one.kind is Kind.DATE]
        for cells in lines_of(block):
            self.rows += 1
            for number in self.sums:
                if cells[number]:
                    self.sums[number] += Decimal(cells[number])
            self.moments.update(number for number in days if "T" in cells[number])

    def resource(self, path: str, query: Query) -> dict[str, Any]:
        """The file as a resource of a data package."""
        return {
            "name": self.report.slug,
            "title": str(self.report.title),
            "description": str(self.report.description),
            "path": path,
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "header": True},
            "bytes": self.size,
            "hash": f"sha256:{self.digest.hexdigest()}",
            "schema": {"fields": [self._field(number) for number in range(len(self.columns))]},
            "rows": self.rows,
            "control_totals": {self.columns[number].key: f"{told:f}" for number, told in self.sums.items()},
            "total_row": self.total and self._total(),
            "added": list(self.report.added),
            "filter": query.asked(),
            "as_of": query.as_of_words,
        }

    def _field(self, number: int) -> dict[str, str]:
        column = self.columns[number]
        kind = "datetime" if number in self.moments else "date" if column.kind is Kind.DATE else ""
        told = {"name": column.title, "key": column.key, "type": kind or TYPES.get(column.kind, "string")}
        return {**told, "unit": column.unit} if column.unit else told

    def _total(self) -> dict[str, str]:
        pairs = zip(self.columns, self.total or (), strict=True)
        return {column.key: cell for column, cell in pairs if cell and column.kind in Kind.NUMBERS}


def description(resources: list[dict[str, Any]], *, by: str, now: datetime) -> str:
    """The data package: what was asked by whom, when, in which language, and where the trail stood."""
    event, moment = last_event(), read_as_of()
    told = {
        "name": "alleviation-reports",
        "created": localtime(now).isoformat(timespec="seconds"),
        # Of rows that were read from the replica.
        **({"read_as_of": localtime(moment).isoformat(timespec="seconds")} if moment else {}),
        "user": by,
        "language": get_language(),
        "chain": json.loads(anchor_of(event).line) if event else None,
        "resources": resources,
    }
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def described(report: Report, query: Query, snapshot: Snapshot, *, by: str, now: datetime) -> bytes:
    """The package of the CSV as it would be made now: every row is read, and none given out."""
    tally = Tally(report)
    for _content in tally.counted(report_blocks(report, query, snapshot)):
        pass
    resource = tally.resource(name_for(report, query, now), query)
    return snapshot.ask(description, [resource], by=by, now=now).encode()


def description_parts(report: Report, query: Query, *, by: str, now: datetime) -> Iterator[bytes]:
    """The same from a snapshot of its own, as a file of one part."""
    with Snapshot() as snapshot:
        yield described(report, query, snapshot, by=by, now=now)


def link_to_description(csv_address: str) -> str:
    """The header of a CSV that says where it is described (RFC 8288; Model for Tabular Data on the Web, 5.2)."""
    path, mark, asked = csv_address.partition("?")
    return f'<{path.removesuffix("csv")}{DESCRIPTION}{mark}{asked}>; rel="describedby"; type="application/json"'


def check_script() -> str:
    """The script that checks a package without this app."""
    return (Path(settings.BASE_DIR) / "docs" / "check_reports.py").read_text(encoding="utf-8")


def zipped(asked: Asked, *, by: str, now: datetime) -> Iterator[bytes]:
    """Reports of one moment, with what checks them, as a zip in chunks; nothing of it is kept.

    One that breaks off lacks its table of contents, and no program opens it.
    """
    sink, resources = Sink(), []
    with Snapshot() as snapshot, ZipFile(sink, "w", ZIP_DEFLATED, compresslevel=LEVEL) as archive:
        for report, query in asked:
            tally, name = Tally(report), name_for(report, query, now)
            with archive.open(name, "w", force_zip64=True) as out:
                for content in tally.counted(report_blocks(report, query, snapshot)):
                    out.write(content)
                    if len(sink) > CHUNK:
                        yield sink.taken()
            resources.append(tally.resource(name, query))
        archive.writestr(DESCRIPTION, snapshot.ask(description, resources, by=by, now=now))
        archive.writestr(CHECK, check_script())
    yield sink.taken()
