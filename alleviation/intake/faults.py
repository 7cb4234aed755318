"""What is wrong with a file: kept beside it, shown on its page, and taken away beside the rows as they came."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, islice
from operator import attrgetter
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from alleviation.common.csv_out import BOM, guarded
from alleviation.common.reading import Fault, Opened, limits, opened
from alleviation.intake import files
from alleviation.intake.kinds import ImportKind
from alleviation.intake.models import ImportRun

# How many decoded texts are shown, to be confirmed.
NAMES = 10
# How many lines are written at a time.
PART = 500


def keep(number: int, found: Iterable[Fault], *, is_cut_short: bool) -> None:
    """Keep the faults of a run beside its file, in their order."""
    files.note(number, "faults", ([f.row, f.column, f.value, f.code, f.message] for f in found))
    files.note(number, "cut", [True] if is_cut_short else [])


def of(number: int) -> Iterator[Fault]:
    """The faults of a run, in their order."""
    return (Fault(*values) for values in files.noted(number, "faults"))


def first(number: int, most: int) -> list[Fault]:
    """The first faults of a run."""
    return list(islice(of(number), most))


def is_cut_short(number: int) -> bool:
    """Whether there were more faults than are kept."""
    return any(files.noted(number, "cut"))


def names_to_confirm(file: Opened) -> list[str]:
    """The first texts of a file that an encoding taken by guess could have spoilt."""
    found: dict[str, None] = {}
    for _number, cells in file.rows():
        found |= dict.fromkeys(text for text in map(str.strip, map(str, cells)) if not text.isascii())
        if len(found) >= NAMES:
            break
    return list(found)[:NAMES]


def names(number: int) -> list[str]:
    """The decoded texts of a run that somebody has to confirm."""
    return list(files.noted(number, "names"))


def as_csv(run: ImportRun, kind: ImportKind) -> Iterator[bytes]:
    """Each row with a fault as it came, and the fault beside: file row, column, what is wrong and would be right."""
    language = translation.get_language()
    # It was taken, whatever the limits were.
    most = replace(limits(), max_rows=run.size, max_upload_bytes=run.size)
    with opened(files.file_of(run.pk), name=run.file_name, limits=most) as file:
        lines = _lines(file, run.pk, {column.name: str(column.title) for column in kind.columns})
        yield BOM.encode()
        while True:
            # Between two parts the language of the thread is another request's.
            with translation.override(language):
                part = list(islice(lines, PART))
            if not part:
                return
            text = io.StringIO()
            csv.writer(text, lineterminator="\r\n").writerows(part)
            yield text.getvalue().encode()


def _lines(file: Opened, number: int, titles: dict[str, str]) -> Iterator[list[str]]:
    """The header, each row that is wrong, and the word that there are more where not all were kept."""
    width = len(file.header)
    yield [*map(guarded, file.header), *_headings()]
    rows, at, cells = file.rows(), 0, list[Any]()
    for row, found in groupby(of(number), attrgetter("row")):
        while at < row:
            at, cells = next(rows, (row + 1, []))
        yield [*_fitted(cells if at == row else [], width), str(row), *_told(list(found), titles)]
    if is_cut_short(number):
        yield [
            *_fitted([], width),
            "",
            "",
            _("There are more faults than these: correct them, and hand the file in again."),
        ]


def _headings() -> list[str]:
    return [_("File row"), _("Column"), _("What is wrong, and what would be right")]


def _fitted(cells: Sequence[Any], width: int) -> list[str]:
    """The cells of a row under the header; a longer row's last cells share the last column."""
    texts = [str(cell) for cell in cells]
    if len(texts) > width:
        texts = [*texts[: width - 1], ",".join(texts[width - 1 :])]
    return [guarded(text) for text in texts + [""] * (width - len(texts))]


def _told(found: list[Fault], titles: dict[str, str]) -> list[str]:
    columns = [titles.get(fault.column or "", fault.column or _("the whole row")) for fault in found]
    if len(found) == 1:
        return [guarded(columns[0]), guarded(found[0].message)]
    words = (f"{column}: {fault.message}" for column, fault in zip(columns, found, strict=True))
    return [guarded("; ".join(columns)), guarded(" | ".join(words))]
