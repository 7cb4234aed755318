"""Elements of SVG, escaped, with geometry and class names alone: the strict policy lets no style attribute pass."""

import re
import unicodedata
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from html import escape
from itertools import accumulate

from django.utils.safestring import SafeString

FONT = Decimal(13)  # the size app.css gives the text on a narrow screen; on a wide one it is smaller
NARROW = FONT * Decimal("0.56")
TENTH = Decimal("0.1")
ZERO = Decimal(0)


def text_width(words: str) -> Decimal:
    """Roughly how wide a text is drawn: a Chinese character takes a full square, others a good half."""
    wide = 0 if words.isascii() else sum(unicodedata.east_asian_width(c) in "WF" for c in words)
    return FONT * wide + NARROW * (len(words) - wide)


def shorten(words: str, limit: Decimal) -> str:
    """The text, or as much of its beginning as fits within the limit, with an ellipsis."""
    if text_width(words) <= limit:
        return words
    ends = accumulate(text_width(character) for character in words)
    return "".join(c for c, end in zip(words, ends, strict=True) if end <= limit - FONT).rstrip() + "…"


def wrapped(words: str, limit: Decimal) -> list[str]:
    """The words in lines no wider than the limit; between Chinese characters a line may end anywhere."""
    lines: list[str] = []
    for part in re.findall(r"[\u2e80-\uffef][，。、；：！？）》”]*|[^\s\u2e80-\uffef]+\s*|\s+", words):
        if lines and text_width((lines[-1] + part).rstrip()) <= limit:
            lines[-1] += part
        else:
            lines.append(part)
    return [line.strip() for line in lines if line.strip()]


def in_lines(words: str, limit: Decimal, most: int) -> list[str]:
    """The words in so many lines at most, none wider than the limit; only what even these cannot hold is shortened."""
    lines = wrapped(str(words), limit)
    if len(lines) > most:
        rest = str(words)
        for line in lines[: most - 1]:
            rest = rest[rest.index(line) + len(line) :].strip()
        lines = [*lines[: most - 1], rest]
    return [shorten(line, limit) for line in lines]


def text(x: Decimal, y: Decimal, words: str, css: str, *, anchor: str = "middle") -> SafeString:
    """Words that start, end or, by default, have their middle at a point."""
    return tag("text", words, class_=css, x=num(x), y=num(y), text_anchor=anchor)


def tag(name: str, content: str = "", **attributes: str) -> SafeString:
    """An element with its content and attributes escaped; class_ and text_anchor stand for class and text-anchor."""
    told = "".join([f' {_spelt(key)}="{_escaped(value)}"' for key, value in attributes.items()])
    return SafeString(f"<{name}{told}>{_escaped(content)}</{name}>")  # its names are ours, the rest escaped


def join(parts: Iterable[SafeString]) -> SafeString:
    """Elements one after the other."""
    return SafeString("".join(parts))  # each part was made by tag(), which escapes


def num(number: Decimal) -> str:
    """A coordinate, to a tenth of a unit."""
    return str(number.quantize(TENTH, ROUND_HALF_UP))


def _escaped(words: str) -> str:
    """As Django's format_html does, which takes four times as long; a page of charts has a thousand words."""
    return words if isinstance(words, SafeString) else escape(str(words))


@cache
def _spelt(attribute: str) -> str:
    """The name of an attribute as SVG has it. Attributes are words of the code: there are few."""
    return attribute.rstrip("_").replace("_", "-")
