"""Opens an explanation as a colleague would who was sent its link, and adds its rows up."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from django.test import Client
from django.utils import translation

from alleviation.common import words
from alleviation.common.figures import Figure, FigureSum, Qualifier, total
from alleviation.common.query import Query
from alleviation.common.tables import Column, Kind
from alleviation.scrutiny.figures.base import Explained
from projects.choices import Unit
from tests.acceptance.crawling import Opened, read

# What the CSV of a figure holds beside its rows cannot be told from these: they are checked by tests of their own.
OTHERWISE: dict[str, str] = {}


@dataclass(frozen=True)
class File:
    """The rows of an explanation as they are taken away, by the keys of the columns; and its total row."""

    rows: list[dict[str, Any]]
    total: dict[str, Any]


def faults_of(client: Client, opened: Opened) -> list[str]:
    """What does not hold of an explanation: its page, its words, its rows against the figure."""
    page, taken = client.get(opened.href), client.get(_file_address(opened.href))
    if (page.status_code, taken.status_code) != (200, 200):
        return [f"answers {page.status_code}, its file {taken.status_code}"]
    # What the page asked, as it understood the address.
    figure, query = page.context["figure"], page.context["query"]
    value = figure.value(query)
    return [*_words_faults(read(page.content).value, opened.text, value), *_sum_faults(figure, query, value, taken)]


def _words_faults(shown: str, text: str, value: Any) -> list[str]:
    """The page says what the link said: the same words, but for a unit of a heading, or rounded for a glance."""
    told = {shown, shown.removesuffix("%")}
    if isinstance(value, (Decimal, int)):
        told |= {words.yuan_short(value), words.yuan(value)}
        told |= {" ".join(words.quantity(Decimal(value), unit)).strip() for unit in Unit.values}
        told.add(Figure.exact(value).words("CNY"))
    if isinstance(value, (Figure, FigureSum)):
        told.add(value.short_words("CNY"))
    is_change = shown.lstrip("+") in text and ("%" in text)
    return [] if text in told or is_change else [f"the link says {text!r}, the page {shown!r}"]


def _sum_faults(figure: Explained, query: Query, value: Any, taken: Any) -> list[str]:
    columns = figure.columns_of(query)
    with translation.override("en"):
        file = _file_of(taken.getvalue(), columns)
    if not figure.adds_up:
        return [] if len(file.rows) == value else [f"{len(file.rows)} rows for {value}"]
    kinds = {column.key: column.kind for column in columns}
    sums = [_added([row.get(key) for row in file.rows], kinds[key]) for key in figure.adds_up]
    faults = [
        f"{key}: the rows make {made}, the total row says {file.total.get(key)}"
        for key, made in zip(figure.adds_up, sums, strict=True)
        if not _same(made, file.total.get(key))
    ]
    made = _told(figure, figure.made_of(sums))
    return faults if _same(made, _told(figure, value)) else [*faults, f"the rows make {made}, the figure is {value}"]


def _told(figure: Explained, value: Any) -> Any:
    """A ratio as it is shown: of what a file has rounded, none can be exact."""
    if len(figure.adds_up) < 2 or not isinstance(value, Decimal):
        return value
    column = figure.value_column
    return _rounded(value, column.places + 2 if column.kind is Kind.RATIO else 2)


def _added(cells: Sequence[Any], kind: Kind) -> Any:
    """The sum of a column; of figures with a qualifier by the rule of Figure, the not stated beside it."""
    stated = [cell for cell in cells if cell is not None]
    if kind is Kind.FIGURE:
        return total(stated) if stated else None
    return sum(stated, Decimal(0))


def _same(made: Any, told: Any) -> bool:
    """Whether two say the same. What a file has rounded, a ratio above all, is rounded alike."""
    if isinstance(made, Figure) and isinstance(told, Figure):
        return told in (made, _whole(made))
    if isinstance(made, FigureSum):
        figure, not_stated = (told.figure, told.not_stated) if isinstance(told, FigureSum) else (told, 0)
        is_stated = figure is not None and figure.is_summable
        return (made.figure, made.not_stated) in ((figure, not_stated), (None if not is_stated else figure, 1))
    if isinstance(made, Decimal) and isinstance(told, (Decimal, int)):
        places = min(words.decimals(made), words.decimals(Decimal(told)))
        return _rounded(made, places) == _rounded(Decimal(told), places)
    # The sum of nothing is zero; whether nothing is known to be zero is the figure's to say.
    return made == told or (not made and not told)


def _whole(figure: Figure) -> Figure:
    """Bounds of things counted one by one, no narrower than what was computed."""
    low = None if figure.low is None else figure.low.to_integral_value(ROUND_FLOOR)
    high = None if figure.high is None else figure.high.to_integral_value(ROUND_CEILING)
    return Figure(low, high, figure.qualifier, is_sum=True)


def _rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _file_of(content: bytes, columns: Sequence[Column]) -> File:
    """The file read back: money and counts as Decimal, figures from their three cells."""
    header, *lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    rows = [_row(line, columns) for line in lines]
    is_total = bool(lines) and lines[-1][0] in {"Total", "合计", "总计"}
    assert len(header) == sum(3 if column.kind is Kind.FIGURE else 1 for column in columns), header
    return File(rows[:-1], rows[-1]) if is_total else File(rows, {})


def _row(line: Sequence[str], columns: Sequence[Column]) -> dict[str, Any]:
    cells = iter(line)
    return {column.key: _cell(cells, column.kind) for column in columns}


def _cell(cells: Any, kind: Kind) -> Any:
    text = next(cells)
    if kind is Kind.FIGURE:
        low, high = next(cells), next(cells)
        bounds = (Decimal(bound) if bound else None for bound in (low, high))
        return Figure(*bounds, Qualifier(text), is_sum=True) if text else None
    if kind not in Kind.NUMBERS:
        return text
    return Decimal(text) if text else None


def _file_address(href: str) -> str:
    """/explain/spent/?year=2019 → /explain/spent.csv?year=2019"""
    path, mark, query = href.partition("?")
    return f"{path.rstrip('/')}.csv{mark}{query}"
