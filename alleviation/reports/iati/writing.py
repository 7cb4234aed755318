"""XML written as it goes: elements in and out, texts in both languages, and nothing kept of what was taken."""

import io
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import XMLGenerator  # nosec B406: it writes, and reads nothing
from xml.sax.xmlreader import AttributesImpl  # nosec B406

from django.utils import translation

from alleviation.common.words import decimals

# What Django calls a language, and what the file does.
LANGUAGES = (("en", "en"), ("zh-hans", "zh"))
CHINESE = re.compile("[\u3400-\u9fff]")
# What no XML 1.0 may hold, however it is written.
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# No comment may hold two of these side by side.
HYPHENS = re.compile("-(?=-|$)")
Texts = list[tuple[str, str]]
INDENT = "  "


def language_of(text: str) -> str:
    """The language of a text that somebody typed."""
    return "zh" if CHINESE.search(text) else "en"


def named(name: str, name_zh: str = "") -> Texts:
    """A name in each language in which it is known, each under its own, the English one first."""
    told = {language_of(name): name} if name else {}
    return sorted((told | ({"zh": name_zh} if name_zh else {})).items())


def in_both(words: Callable[[], object]) -> Texts:
    """What a function says in English and in Chinese."""
    told = []
    for language, called in LANGUAGES:
        with translation.override(language):
            told.append((called, str(words())))
    return told


class Writer:
    """An XML file in the making; `taken` gives what was written since it was last asked."""

    def __init__(self) -> None:
        self._buffer = io.StringIO()
        self._xml = XMLGenerator(self._buffer, "UTF-8", short_empty_elements=True)
        self._depth = 0
        self._xml.startDocument()

    def end(self) -> None:
        """The end of the file."""
        self._xml.ignorableWhitespace("\n")
        self._xml.endDocument()

    def __len__(self) -> int:
        return self._buffer.tell()

    def taken(self) -> bytes:
        """What was written since it was last asked, as UTF-8."""
        text = self._buffer.getvalue()
        self._buffer.seek(0)
        self._buffer.truncate()
        return text.encode()

    @contextmanager
    def element(self, name: str, **attributes: str) -> Iterator[None]:
        """An element with others in it; an attribute's "_" is a "-", and one that is "" is left out."""
        self._new_line()
        self._xml.startElement(name, _attributes(attributes))
        self._depth += 1
        yield
        self._depth -= 1
        self._new_line()
        self._xml.endElement(name)

    def leaf(self, name: str, text: str = "", **attributes: str) -> None:
        """An element with nothing in it but text, or nothing at all."""
        self._new_line()
        self._xml.startElement(name, _attributes(attributes))
        if text:
            self._xml.characters(NO_XML.sub("", text))
        self._xml.endElement(name)

    def texts(self, name: str, texts: Iterable[tuple[str, str]], **attributes: str) -> None:
        """An element of narratives, one for each language."""
        with self.element(name, **attributes):
            self.narratives(texts)

    def narratives(self, texts: Iterable[tuple[str, str]]) -> None:
        """What is told, once for each language."""
        for language, text in texts:
            self.leaf("narrative", text, **{"xml:lang": language})

    def comment(self, text: str) -> None:
        """A remark for whoever reads the file, which no program does."""
        self._new_line()
        self._xml.ignorableWhitespace(f"<!-- {HYPHENS.sub('- ', NO_XML.sub('', text))} -->")

    def _new_line(self) -> None:
        self._xml.ignorableWhitespace("\n" + INDENT * self._depth)


def _attributes(given: dict[str, str]) -> "AttributesImpl[str]":
    return AttributesImpl({name.replace("_", "-"): NO_XML.sub("", value) for name, value in given.items() if value})


def day(moment: date) -> str:
    """A day as the standard writes it."""
    return moment.isoformat()


def amount(value: Decimal) -> str:
    """Yuan with both decimals."""
    return f"{value:.2f}"


def plain(value: Decimal) -> str:
    """A number with the decimals that it needs."""
    return f"{value:.{decimals(value)}f}"
