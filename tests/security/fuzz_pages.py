"""The forms and links of the pages that somebody is shown: what honest requests look like, before they are spoiled."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

BUTTONS = ("submit", "button", "image", "reset")


@dataclass(frozen=True)
class Field:
    """A field of a form: of which kind, and what a browser would send for it untouched (None: nothing)."""

    name: str
    kind: str
    value: str | None = None
    options: tuple[str, ...] = ()


@dataclass
class Form:
    """A form of a page, with the address it is sent to."""

    page: str
    action: str
    method: str
    is_multipart: bool = False
    fields: list[Field] = field(default_factory=list)

    @property
    def shape(self) -> tuple[object, ...]:
        """The same for forms that are alike but for the record they are about."""
        names = sorted({re.sub(r"\d+", "0", one.name) for one in self.fields})
        return re.sub(r"\d+", "0", self.action), self.method, *names


class Reader(HTMLParser):
    """Reads the forms and the links of a page."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.page, self.forms, self.links = page, list[Form](), list[str]()
        self.form: Form | None = None
        self.select: tuple[str, list[tuple[str, bool]], bool] | None = None
        self.area: tuple[str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and (link := given.get("href")):
            self.links.append(link)
        elif tag == "form":
            action = given.get("action") or self.page
            method = given.get("method", "get").upper()
            self.form = Form(self.page, urljoin(self.page, action), method, "multipart" in given.get("enctype", ""))
            self.forms.append(self.form)
        elif self.form is not None:
            self._part(tag, given)

    def _part(self, tag: str, given: dict[str, str]) -> None:
        name = given.get("name", "")
        if tag == "input" and name:
            self._input(name, given)
        elif tag == "button" and name:
            self._add(Field(name, "hidden", given.get("value", "")))
        elif tag == "select" and name:
            self.select = name, [], "autocomplete" in given.get("class", "")
        elif tag == "option" and self.select is not None:
            self.select[1].append((given.get("value", ""), "selected" in given))
        elif tag == "textarea" and name:
            self.area = name, []

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.area[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "select" and self.select is not None:
            name, options, is_key = self.select
            self.select = None
            chosen = [value for value, is_selected in options if is_selected] or [value for value, _ in options[:1]]
            offered = tuple(value for value, _is_selected in options)
            is_key = is_key or any(value.isdigit() for value in offered)
            self._add(Field(name, "key" if is_key else "select", chosen[0] if chosen else "", offered))
        elif tag == "textarea" and self.area is not None:
            name, parts = self.area
            self.area = None
            self._add(Field(name, "text", "".join(parts).removeprefix("\n")))

    def _input(self, name: str, given: dict[str, str]) -> None:
        kind, value = given.get("type", "text"), given.get("value", "")
        if kind in ("checkbox", "radio"):
            self._add(Field(name, "checkbox", (value or "on") if "checked" in given else None, (value or "on",)))
        elif kind == "file":
            self._add(Field(name, "file"))
        elif kind not in BUTTONS or name:
            self._add(Field(name, kind_of(name, kind), value))

    def _add(self, one: Field) -> None:
        if self.form is not None:
            self.form.fields.append(one)


def kind_of(name: str, kind: str) -> str:
    """Which values spoil a field, by its name and what the page says it takes."""
    last = name.rpartition("-")[2]
    ways = (
        (name == "csrfmiddlewaretoken", "csrf"),
        (last.endswith("_FORMS"), "total"),
        (last in ("id", "version", "entry", "household", "token"), "key"),
        (name == "next", "address"),
        ("year" in last, "year"),
        (kind == "date" or last.endswith("_on") or last in ("as_of", "born"), "date"),
        (kind == "number" or last in ("amount", "low", "high", "capacity", "persons"), "number"),
        (kind == "hidden", "hidden"),
    )
    return next((told for is_it, told in ways if is_it), "text")


def read(page: str, content: bytes) -> Reader:
    """What a page holds. `page` is its address."""
    reader = Reader(page)
    reader.feed(content.decode(errors="replace"))
    return reader


def links_of(reader: Reader) -> Iterator[str]:
    """The addresses of ours that a page leads to."""
    for link in reader.links:
        parts = urlsplit(urljoin(reader.page, unescape(link)))
        if not parts.netloc and parts.scheme in ("", "http") and parts.path.startswith("/"):
            yield f"{parts.path}?{parts.query}" if parts.query else parts.path
