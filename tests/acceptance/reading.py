"""Reads what a person reads: the tables of a page, and those of a file."""

import csv
import io
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from html.parser import HTMLParser
from typing import Any

from django.test import Client

CENT = Decimal("0.01")
Row = dict[str, str]


@dataclass
class Shown:
    """A table as it is shown: its heads, its rows by head, its total; `links` are where the first cells lead."""

    head: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    total: Row | None = None
    links: list[str] = field(default_factory=list)
    marked: list[bool] = field(default_factory=list)

    def column(self, title: str) -> list[str]:
        return [row[title] for row in self.rows]


class Reader(HTMLParser):
    """Collects each table by the slug of its section; a badge is a mark and no text."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: dict[str, Shown] = {}
        self.table = Shown()
        self.part, self.cells, self.link = "", [], ""
        self.in_cell = self.in_badge = self.is_marked = self.is_empty = False

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        given = dict(attrs)
        if tag == "section" and given.get("class") == "table-block":
            self.table = self.tables.setdefault(given["id"], Shown())
        elif tag in {"thead", "tbody", "tfoot"}:
            self.part = tag
        elif tag == "tr":
            self.cells, self.link, self.is_marked = [], "", False
            self.is_empty = given.get("class") in {"no-rows", "more"}
        elif tag in {"th", "td"}:
            self.in_cell = True
            self.cells.append("")
        elif tag == "a" and len(self.cells) == 1:
            self.link = given.get("href", "")
        elif "badge" in given.get("class", ""):
            self.in_badge = self.is_marked = True
        elif given.get("class") == "other-name":
            # The same name in the other language: a file has one of them.
            self.in_badge = True

    def handle_data(self, data: str) -> None:
        if self.in_cell and not self.in_badge:
            self.cells[-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag in {"th", "td"}:
            self.in_cell = False
        elif tag == "span":
            self.in_badge = False
        elif tag == "tr" and not self.is_empty:
            self._take([" ".join(cell.split()) for cell in self.cells])

    def _take(self, cells: list[str]) -> None:
        if self.part == "thead":
            self.table.head = cells
        elif self.part == "tfoot":
            self.table.total = dict(zip(self.table.head, cells, strict=True))
        else:
            self.table.rows.append(dict(zip(self.table.head, cells, strict=True)))
            self.table.links.append(self.link)
            self.table.marked.append(self.is_marked)


def page(client: Client, address: str, **asked: Any) -> dict[str, Shown]:
    """The tables of a page, by slug."""
    response = client.get(address, asked)
    assert response.status_code == 200, (address, asked)
    reader = Reader()
    reader.feed(response.content.decode())
    return reader.tables


def taken(client: Client, address: str, **asked: Any) -> Shown:
    """A file that was downloaded: a report, or a table of a page (`csv="its-slug"`)."""
    response = client.get(address, asked)
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8", (address, asked)
    head, *lines = csv.reader(io.StringIO(response.getvalue().decode("utf-8-sig"), newline=""))
    rows = [dict(zip(head, line, strict=True)) for line in lines]
    total = rows.pop() if rows and rows[-1][head[0]] == "Total" else None
    return Shown(head, rows, total)


def fen(text: str) -> int | None:
    """ "1,234.50" → 123450; None for a dash or an empty cell, which tell that nothing is known."""
    if text in {"", "—"}:
        return None
    amount = Decimal(text.replace(",", "")) * 100
    assert amount == int(amount), f"{text} has parts of a fen"
    return int(amount)


def divided(amount: int, number: int) -> str:
    """Fen by persons, in yuan to two decimals, as a file has it."""
    return str((Decimal(amount) / 100 / number).quantize(CENT, ROUND_HALF_UP)) if number else ""


def bare(text: str) -> str:
    """A page's number as a file has it."""
    return "" if text == "—" else text.replace(",", "").removesuffix("%")
