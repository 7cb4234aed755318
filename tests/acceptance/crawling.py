"""Walks the pages as a person would, and collects every number that stands on them and where it leads."""

import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.test import Client

EXPLAIN = "/explain/"
# The page of a single record, which states the number: there is nothing beneath it. A household's is its handbook.
RECORD = re.compile(r"/records/|/households/\d+/$")
VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
# What an element is that holds no figure of the office.
NO_FIGURE = {
    "time": "a moment",
    "svg": "a chart, whose values stand in the table beneath it",
    "form": "what the reader asks or enters",
    "nav": "the way through the pages",
    "code": "an identifier",
    "q": "the words of a source",
    "blockquote": "the words of a source",
    "mark": "the words of a source",
    "h1": "a name",
    "thead": "names of columns",
}
CLASSES = {
    "is-code": "an identifier",
    "is-date": "a day",
    "is-year": "a year",
    "is-link": "a title",
    "chart-finding": "what a chart shows, whose values stand in the table beneath it",
    "document-text": "the words of a source",
    "quote": "the words of a source",
    "history": "what the trail tells of a record",
    "no-rows": "that there are no rows",
}
# A text cell is a name or a remark, unless the whole of it is a number with its unit.
TEXTS = frozenset({"is-text", "prose"})
# What stands beside a value and is not part of it.
ASIDE = frozenset({"badge", "stat-unit"})
HEDGES = "over|about|at least|at most|under|most|not stated|and|超过|约|至少|至多|不到|不少于"
UNITS = (
    "yuan|RMB|CNY|persons?|people|households?|students?|tons?|years?|nameplates?|MW|kW|kWh|km|mu|m2|million|billion"
    "|per|person|a|year|元|万元|亿元|人|户|名|学生|吨|年|块|个|亩|公里|兆瓦|千瓦"
)
QUANTITY = re.compile(rf"(\W|{HEDGES})*[\d,.]+(–[\d,.]+)?(\W|{UNITS})*")
NOT_NUMBERS = re.compile(
    r"""
    (?=[A-Za-z_./-]*[0-9])[A-Za-z0-9_./-]*[A-Za-z_][A-Za-z0-9_./-]*   # a code, a file, a version, 13th
    | \d{4}-\d\d-\d\d | \d{4}年\d{1,2}月(\d{1,2}日)?     # a day
    | \d{1,2}:\d\d(:\d\d)?                              # a time
    | (?<![\d,.])(19|20)\d\d(?![\d,.]\d)                # a year: other numbers of four digits are grouped
    | (?<!\d)\d{12}(?!\d)                               # a division code
    | \#\d+                                             # the number of a record
    """,
    re.VERBOSE | re.ASCII,
)


@dataclass(frozen=True)
class Opened:
    """A link to an explanation, and the words that lead there."""

    href: str
    text: str

    @property
    def slug(self) -> str:
        return urlsplit(self.href).path.removeprefix(EXPLAIN).strip("/")

    @property
    def kind(self) -> tuple[str, ...]:
        """The figure with the names of its filters, and of what kind `of` is: what a sample has to cover.

        Of more than two filters together any will do: what a page asks stands in the address of each of its cells.
        """
        given = dict(parse_qsl(urlsplit(self.href).query))
        of = re.sub(r"[0-9]+", "0", given.get("of", ""))
        names = sorted(given) if len(given) < 3 else ["several"]
        return (self.slug, *names, of if ":" in of else "")


@dataclass
class Element:
    """An open element: its name, its classes, whether it is marked as technical, the link and its words."""

    tag: str
    classes: frozenset[str] = frozenset()
    is_technical: bool = False
    href: str = ""
    words: list[str] = field(default_factory=list)

    def excuse(self, text: str) -> bool:
        """Whether a number in it is no figure of the office."""
        if self.is_technical or self.tag in NO_FIGURE or self.classes & CLASSES.keys():
            return True
        is_text = bool(self.classes & TEXTS) or (self.tag in {"th", "dd"} and not self.classes)
        return is_text and not QUANTITY.fullmatch(text.strip())


class Page(HTMLParser):
    """What stands in <main>: links, explained numbers, and numbers that lead nowhere."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.opened: list[Opened] = []
        self.unexplained: list[str] = []
        self.technical: set[str] = set()
        self.value = ""
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        # What the menu leads to with the filter, it leads to without it too.
        is_way = "?" in given.get("href", "") and any(one.tag == "nav" for one in self._open)
        if tag == "a" and "download" not in given and given.get("href") and not is_way:
            self.links.append(given["href"])
        if tag not in VOID:
            classes = frozenset(given.get("class", "").split())
            self._open.append(Element(tag, classes, "data-technical" in given, given.get("href", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID or all(one.tag != tag for one in self._open):
            return
        while (one := self._open.pop()).tag != tag:
            pass
        if one.href.startswith(EXPLAIN) and ".csv" not in one.href and self._in_main:
            self.opened.append(Opened(one.href, " ".join("".join(one.words).split())))
        if "explained-value" in one.classes:
            self.value = " ".join("".join(one.words).split())

    def handle_data(self, data: str) -> None:
        if not any(one.classes & ASIDE for one in self._open):
            for one in self._open:
                one.words.append(data)
        if not self._in_main or not self._open or any(leads_down(one.href) for one in self._open):
            return
        told = NOT_NUMBERS.sub("", data)
        if not re.search(r"\d", told):
            return
        if any(one.is_technical for one in self._open):
            self.technical.add(
                " ".join(re.sub(r"\d[\d,.]*|\.", lambda n: "0" if n[0][0] != "." else "", told).split())
            )
        if not any(one.excuse(told) for one in self._open):
            self.unexplained.append(f"{self._open[-1].tag}: {' '.join(data.split())}")

    @property
    def _in_main(self) -> bool:
        return any(one.tag == "main" for one in self._open)


def leads_down(href: str) -> bool:
    """Whether a link leads to what a number is made of, or to the record that states it."""
    return href.startswith(EXPLAIN) or RECORD.match(href) is not None


def read(content: bytes) -> Page:
    """A page as a person sees it."""
    page = Page()
    page.feed(content.decode())
    return page


@dataclass
class Walk:
    """What a walk found: pages by address, what is wrong, and each explanation that some page leads to."""

    pages: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    opened: dict[Opened, str] = field(default_factory=dict)
    technical: set[str] = field(default_factory=set)

    @property
    def kinds(self) -> Counter[tuple[str, ...]]:
        return Counter(one.kind for one in self.opened)


def walk(client: Client, *, most: int, each: int) -> Walk:
    """Every page within the site that links lead to from the first one, at most `each` of a kind and `most` in all.

    Of a page that is asked for something there are few: each row of a table asks for something else, and whatever is
    asked goes along to all other pages.
    """
    found, kinds = Walk(), Counter[str]()
    coming, known = deque(["/"]), {"/"}
    while coming and len(found.pages) < most:
        address = coming.popleft()
        kinds[_kind(address)] += 1
        if kinds[_kind(address)] > (1 if "?" in address else each):
            continue
        page = _visit(client, address, found)
        for link in _within(page, address):
            if link not in known:
                known.add(link)
                coming.append(link)
    return found


def _visit(client: Client, address: str, found: Walk) -> Page:
    response: Any = client.get(address, follow=True)
    found.pages[address] = response.status_code
    if response.status_code != 200:
        found.wrong.append(f"{address} answers {response.status_code}")
    if response.status_code != 200 or not response.headers["Content-Type"].startswith("text/html"):
        return Page()
    page = read(response.content)
    if not RECORD.match(address):
        found.wrong += [f"{address} · {text}" for text in page.unexplained]
    found.technical |= page.technical
    for one in page.opened:
        found.opened.setdefault(one, address)
    return page


def _within(page: Page, address: str) -> Iterator[str]:
    """The pages that a page leads to, in its order; no file, no form of the admin, nothing that is elsewhere."""
    for href in page.links:
        parts = urlsplit(urljoin(address, href))
        is_elsewhere = parts.netloc or not parts.path.startswith("/")
        is_file = parts.path.endswith((".csv", ".zip")) or "csv" in dict(parse_qsl(parts.query))
        if not (is_elsewhere or is_file or parts.path.startswith((EXPLAIN, "/admin/", "/accounts/"))):
            yield f"{parts.path}?{parts.query}" if parts.query else parts.path


def _kind(address: str) -> str:
    """Pages that differ in what they are about, and not in what they are."""
    parts = urlsplit(address)
    path = re.sub(r"(?<=/)[^/]*\d[^/]*(?=/)", "0", parts.path)
    asked = sorted(name for name, _value in parse_qsl(parts.query))
    return f"{path}?{asked[0] if len(asked) == 1 else 'several' if asked else ''}"
