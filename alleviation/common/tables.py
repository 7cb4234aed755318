"""What a table is, for pages and files alike: columns of a kind, rows as dicts, a total that a roll-up computed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum, nonmember
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from alleviation.common import words

Text = str | Promise
Row = Mapping[str, Any]
NOTHING_YET = _("Nothing has been entered yet.")


class Kind(StrEnum):
    """What a column holds; alignment, words and CSV form follow from it."""

    TEXT = "text"
    CODE = "code"
    COUNT = "count"
    YEAR = "year"
    YUAN = "yuan"
    RATIO = "ratio"
    DATE = "date"
    FIGURE = "figure"
    LINK = "link"

    NUMBERS = nonmember(frozenset({"count", "yuan", "ratio", "figure"}))
    WORDS = nonmember(frozenset({"text", "code", "link"}))


@dataclass(frozen=True)
class Column:
    """A column: the key of its values in a row, and how they are shown. `unit` stands in the header."""

    key: str
    title: Text
    kind: Kind = Kind.TEXT
    unit: Text = ""
    places: int = 1

    @property
    def is_number(self) -> bool:
        """Whether it is aligned to the right; years and codes are not."""
        return self.kind in Kind.NUMBERS

    @property
    def unit_words(self) -> str:
        """The unit of its own, else yuan for yuan and % for a ratio."""
        default = {Kind.YUAN: pgettext("unit", "yuan"), Kind.RATIO: "%"}.get(self.kind, "")
        return str(self.unit) or default

    @property
    def header(self) -> str:
        """ "title (unit)", or the title where there is no unit."""
        if not self.unit_words:
            return str(self.title)
        return gettext("%(title)s (%(unit)s)") % {"title": self.title, "unit": self.unit_words}


@dataclass(frozen=True)
class Table:
    """A table of a page or a file.

    A row is a dict of column keys; beside them `_url` (link of the first column), `_urls` (key to link) and
    `_made_up` (the badge of the example county).
    """

    slug: str
    title: Text
    columns: tuple[Column, ...]
    rows: Iterable[Row]
    total: Row | None = None
    note: Text = ""
    empty: Text = NOTHING_YET


def shown(value: Any, column: Column) -> str:
    """A cell in words for a page; a dash for None and empty text."""
    if value is None or value == "":
        return words.NOTHING
    if column.kind is Kind.YUAN:
        return words.yuan(value)
    if column.kind is Kind.RATIO:
        return words.percent(value, column.places)
    if column.kind is Kind.COUNT:
        return words.count(value)
    if column.kind is Kind.FIGURE:
        return str(value.words(str(column.unit)))
    if isinstance(value, (date, datetime)):
        return _day(value)
    return str(value)


def _day(value: date | datetime) -> str:
    if isinstance(value, datetime):
        moment = timezone.localtime(value) if timezone.is_aware(value) else value
        return date_format(moment, "DATETIME_FORMAT")
    return date_format(value, "DATE_FORMAT")
