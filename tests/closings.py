"""Closing a year in tests: the two people and what they need."""

from alleviation.accounts.models import User
from alleviation.audit import closings
from alleviation.audit.models import FrozenReport, YearClosing


def none_open(closing: YearClosing) -> list[object]:
    return []


def nothing_frozen(closing: YearClosing) -> list[FrozenReport]:
    return []


def one_file(closing: YearClosing) -> list[FrozenReport]:
    return [
        FrozenReport(slug="a-report", language="en", file_name="a.csv", content=b"a", sha256="0" * 64, rows=1),
    ]


def close(closing: YearClosing, by: User, *, open_entries=none_open, freeze=nothing_frozen) -> YearClosing:
    return closings.close_year(closing, by=by, open_entries=open_entries, freeze=freeze)


def closed(by: User, *, area: str = "513228", year: int = 2019) -> YearClosing:
    """A year that one person proposed and `by` closed."""
    return close(closings.propose_closing(area, year, by="a-clerk"), by)
