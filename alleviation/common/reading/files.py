"""Opens what a person handed in: says what it is by its content, refuses what is not what its name says."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path
from typing import BinaryIO

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from alleviation.common.reading.base import CSV, XLSX, Opened
from alleviation.common.reading.csv_file import open_csv
from alleviation.common.reading.faults import FileRefused
from alleviation.common.reading.limits import Limits
from alleviation.common.reading.xlsx_file import open_xlsx

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# What a workbook locked by a password holds, as OLE names its parts.
LOCKED = "EncryptedPackage".encode("utf-16-le")
# Files that are no text whatever their name; what is text may still be no table.
BINARIES = (
    ZIP,
    b"PK\x05\x06",
    OLE,
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"%PDF-",
    b"\x1f\x8b",
    b"Rar!",
    b"7z\xbc\xaf",
)
WITH_MACROS = (".xlsm", ".xltm", ".xlsb", ".xlam")


@contextmanager
def opened(path: Path | str, *, name: str, limits: Limits) -> Iterator[Opened]:
    """The file at this path, which its owner calls `name`. Raises FileRefused for what cannot be taken."""
    path = Path(path)
    with path.open("rb") as file:
        size = path.stat().st_size
        _refuse_size(size, limits)
        start = file.read(4096)
        format_ = _format(name, start, file)
        file.seek(0)
        sha256 = file_digest(file, "sha256").hexdigest()
        open_as = open_csv if format_ == CSV else open_xlsx
        with open_as(path, file, limits, sha256, size) as read:
            yield read


def _refuse_size(size: int, limits: Limits) -> None:
    if not size:
        raise FileRefused("empty", _("The file is empty. Choose it again; perhaps it was not saved."))
    if size > limits.max_upload_bytes:
        told = _("The file is larger than %(most)s. Divide it, or ask for a larger limit (IMPORT_MAX_BYTES).")
        raise FileRefused("too_large", told % {"most": filesizeformat(limits.max_upload_bytes)})


def _format(name: str, start: bytes, file: BinaryIO) -> str:
    suffix = Path(name).suffix.casefold()
    if suffix == ".csv":
        _refuse_binary(start)
        return CSV
    if suffix == ".xlsx":
        _refuse_no_zip(start, file)
        return XLSX
    if suffix in WITH_MACROS:
        told = _("Files of this kind may run macros and are not opened. Save the table as XLSX or CSV.")
        raise FileRefused("macro", told)
    told = _("Files called %(suffix)s are not read. Save the table as XLSX or CSV.") % {"suffix": suffix[:10] or "—"}
    raise FileRefused("file_name", told)


def _refuse_binary(start: bytes) -> None:
    if not start.startswith(BINARIES):
        return
    if start.startswith(ZIP):
        told = _("The file is called .csv, but is a workbook or a packed file. Name it .xlsx, or save it as CSV.")
    else:
        told = _("The file is called .csv, but is no text. Export the table as CSV.")
    raise FileRefused("binary", told)


def _refuse_no_zip(start: bytes, file: BinaryIO) -> None:
    if start.startswith(ZIP):
        return
    if start.startswith(OLE) and LOCKED in start + file.read():
        told = _("The workbook is locked with a password. Save it without one.")
    elif start.startswith(OLE):
        told = _("The file is an old workbook (.xls) that was renamed. Open it and save it as XLSX.")
    elif start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        told = _("The file is a web page that was named .xlsx. Open it in a spreadsheet and save it as XLSX.")
    else:
        told = _("The file is no XLSX workbook, whatever its name. Save the table as XLSX or CSV.")
    raise FileRefused("not_xlsx", told)
