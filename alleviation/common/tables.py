"""What a table is, for pages and files alike: columns of a kind, rows as dicts, a total that a roll-up computed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum, nonmember
from functools import lru_cache
from typing import Any, Literal

from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.text import Truncator
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from alleviation.common import words

TITLE = 48
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
    """A column: the key of its values in a row, and how they are shown. `unit` stands in the header.

    Where each row has a unit of its own, `unit_key` names the row's key that holds it. A column that is `file_only`
    is left out on a page, where another cell tells the same. `explained` names the figure that a number of the column
    is, so that it can be opened (/explain/…).
    """

    key: str
    title: Text
    kind: Kind = Kind.TEXT
    unit: Text = ""
    places: int = 1
    unit_key: str = ""
    file_only: bool = False
    explained: str = ""

    @property
    def is_number(self) -> bool:
        """Whether it is aligned to the right; years and codes are not."""
        return self.kind in Kind.NUMBERS

    @property
    def unit_words(self) -> str:
        """The unit of its own, else yuan for yuan and % for a ratio."""
        if self.unit in words.MONEY_UNITS or (self.kind is Kind.YUAN and not self.unit):
            return pgettext("unit", "yuan")
        return str(self.unit) or ("%" if self.kind is Kind.RATIO else "")

    @property
    def header(self) -> str:
        """The heading on a page: "title (unit)", or the title where there is no unit or each figure tells its own."""
        return str(self.title) if self.kind is Kind.FIGURE else self.file_header

    @property
    def file_header(self) -> str:
        """The heading in a file, where cells are bare numbers: "title (unit)"."""
        if not self.unit_words:
            return str(self.title)
        return gettext("%(title)s (%(unit)s)") % {"title": self.title, "unit": self.unit_words}


# A sum of rows of which some are made up and some are not.
PARTLY: Literal["partly"] = "partly"
Mark = bool | Literal["partly"]


def mark_of(made_up: int, of: int) -> Mark:
    """The mark of a sum over `of` rows, `made_up` of which belong to the made-up example."""
    return PARTLY if 0 < made_up < of else made_up > 0


def mark_in_words(mark: Mark) -> str:
    """The mark as a file tells it; empty for a row that is not made up."""
    return gettext("partly made up") if mark == PARTLY else gettext("made up") if mark else ""


@dataclass(frozen=True)
class Cell:
    """What a page shows of one value; `aside` is the same name in the other language."""

    text: str
    url: str
    column: Column
    is_explained: bool = False
    aside: str = ""

    @property
    def is_number(self) -> bool:
        """Whether it is aligned to the right."""
        return self.column.is_number


@dataclass(frozen=True)
class Line:
    """A row as a page shows it."""

    cells: list[Cell]
    made_up: Mark = False
    is_struck: bool = False

    @property
    def is_partly_made_up(self) -> bool:
        """Whether real rows are in the sum as well."""
        return self.made_up == PARTLY


# Which rows of a file belong to the made-up example; a page has a badge for it.
MADE_UP = Column("made_up", _("Made up"), file_only=True)
# Which rows of a file lack figures that their reader is not told; a page has the word in the cells themselves.
WITHHELD = Column("withheld", _("Withheld"), file_only=True)


@dataclass(frozen=True)
class More:
    """That a table has more rows than a page shows: how many in all, and where they stand."""

    rows: int
    url: str


@dataclass(frozen=True)
class Table:
    """A table of a page or a file.

    A row is a dict of column keys; beside them `_url` (link of the first column), `_urls` (key to link) and
    `_made_up` (the badge of the example county: True, or PARTLY for a sum that holds other rows too); `_struck` is a
    row that holds no more, and is shown struck through. `_asked` is
    what the row asks besides what the table asks: numbers lead to the explanation of that, where `asked` is given.
    A row that knows better names in `_explained` the figure of a column, or "" for none, and in `_asked_of` what one
    column asks besides. Its `_withheld` are the columns whose figures there are, but not for this reader.

    `_narrows` is what the filter of a page asks besides where it is narrowed to the row, `_narrows_by` the same for
    other columns than the first: a page that asks by it leads there, another to `_url`. `_aside` is the name of the
    first column in the other language. Of a long table a page shows the `first` rows, with the way to them all.
    """

    slug: str
    title: Text
    columns: tuple[Column, ...]
    rows: Iterable[Row]
    total: Row | None = None
    note: Text = ""
    empty: Text = NOTHING_YET
    asked: Mapping[str, str] | None = None
    first: int = 0
    more: "More | None" = None

    @property
    def shown_columns(self) -> tuple[Column, ...]:
        """The columns of a page."""
        return tuple(column for column in self.columns if not column.file_only)

    def body(self) -> Iterator[Line]:
        """The rows, ready for a template, which cannot look a key up by a variable."""
        for row in self.rows:
            yield Line(self._cells(row), row.get("_made_up") or False, bool(row.get("_struck")))

    def foot(self) -> Line | None:
        """The total row, named so in its first cell as in the CSV; words that no total has stay empty."""
        if self.total is None:
            return None
        first, *others = self._cells(self.total)
        lacking = [cell for cell in others if not cell.is_number and self.total.get(cell.column.key) is None]
        rest = [replace(cell, text="") if cell in lacking else cell for cell in others]
        return Line([replace(first, text=gettext("Total")), *rest], self.total.get("_made_up") or False)

    def opens(self, row: Row, column: Column) -> str:
        """The address that explains a cell, of a column that a page leaves out as well; "" where nothing does."""
        cell = self._cell(row, column, "")
        return cell.url if cell.is_explained else ""

    def _cells(self, row: Row) -> list[Cell]:
        urls = {self.columns[0].key: row.get("_url", ""), **row.get("_urls", {})}
        first, *others = [self._cell(row, column, urls.get(column.key) or "") for column in self.shown_columns]
        return [replace(first, aside=row.get("_aside") or ""), *others]

    def _cell(self, row: Row, column: Column, url: str) -> Cell:
        if column.key in row.get("_withheld", ()):
            return Cell(gettext("withheld"), url, column)
        text = shown(row.get(column.key), column, unit=str(row.get(column.unit_key) or column.unit))
        figure = row.get("_explained", {}).get(column.key, column.explained)
        if self.asked is None or not figure or text == words.NOTHING:
            return Cell(text, url, column)
        own = row.get("_asked_of", {}).get(column.key, {})
        asked = {**self.asked, **row.get("_asked", {}), **own}
        return Cell(text, explain_url(figure, asked), column, is_explained=True)


def explain_url(figure: str, asked: Mapping[str, Any]) -> str:
    """The address that explains a figure for what is asked; the same question has the same address."""
    given = {name: str(value) for name, value in asked.items() if value not in ("", None)}
    if "year" in given:
        given = {name: value for name, value in given.items() if name not in ("first", "last")}
    address = _explained_at(figure, get_script_prefix())
    return f"{address}?{urlencode(sorted(given.items()))}" if given else address


@lru_cache(maxsize=512)
def _explained_at(figure: str, _prefix: str) -> str:
    """A page has hundreds of numbers, and each of them leads to its explanation."""
    return reverse("dashboards:explain", args=[figure])


def shown(value: Any, column: Column, *, unit: str = "") -> str:
    """A cell in words for a page; a dash for None and empty text. A figure tells its unit."""
    if value is None or value == "":
        return words.NOTHING
    if column.kind is Kind.YUAN:
        return words.yuan(value)
    if column.kind is Kind.RATIO:
        # The header says %, as it says yuan.
        return words.percent(value, column.places).removesuffix("%")
    if column.kind is Kind.COUNT:
        return words.count(value)
    if column.kind is Kind.FIGURE:
        return str(value.words(unit or str(column.unit)))
    if isinstance(value, (date, datetime)):
        return _day(value)
    # A title that leads to its own page need not stand in full in every row.
    return Truncator(str(value)).chars(TITLE) if column.kind is Kind.LINK else str(value)


def _day(value: date | datetime) -> str:
    if isinstance(value, datetime):
        moment = timezone.localtime(value) if timezone.is_aware(value) else value
        return date_format(moment, "DATETIME_FORMAT")
    return date_format(value, "DATE_FORMAT")
