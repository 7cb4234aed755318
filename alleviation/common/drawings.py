"""Drawings: charts with the words they stand under, as pages show them and as files that stand alone.

A file has its styles inside, taken from the stylesheet of the pages, so that a drawing looks the same wherever it is
put. It is always drawn on white ground: it ends in letters and slides, not on a screen of its own.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from alleviation.common.svg import ZERO, join, num, text, wrapped

HEAD = re.compile(r'<svg (?P<rest>[^>]*?)viewBox="0 0 (?P<width>[\d.]+) (?P<height>[\d.]+)"(?P<more>[^>]*)>')
# A page may hold these, a file of XML may not: no program would open it.
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LINK = re.compile(r'<a href="[^"]*">')
MARGIN = Decimal(12)
LINE = Decimal(18)
# Rules about what is around a chart, on a page.
PAGES = re.compile(r"\.chart-(figure|scroll|name|finding|tools)|\.charts|\.chart-wide|/\*")
# What a file needs besides: the size that a page takes from its columns, and the ground that a page has anyway.
ALONE = """
svg.chart { width: auto; max-width: none; min-width: 0; }
.chart text { font-size: 12px; }
.chart .chart-title { fill: var(--ink); font-size: 14px; font-weight: 600; }
.chart-ground { fill: var(--surface); }
"""


@dataclass(frozen=True)
class Drawing:
    """A chart of a page: a title, the chart, the table beneath that has its figures, and what is seen in it."""

    slug: str
    title: str
    svg: str
    table: str = ""
    finding: str = ""


def standing_alone(drawing: Drawing, origin: str = "") -> str:
    """The drawing as the text of an SVG file: title and finding above it, its origin below, its styles inside.

    Raises ValueError where the drawing is empty.
    """
    found = HEAD.match(drawing.svg)
    if found is None:
        raise ValueError(f"{drawing.slug} is not drawn")
    width, height = Decimal(found["width"]), Decimal(found["height"])
    above, top = _above(drawing, width)
    lines = wrapped(origin, width)
    below = join(
        text(ZERO, height + LINE * number, line, "chart-tick", anchor="start") for number, line in enumerate(lines, 1)
    )
    full = (width + 2 * MARGIN, height + top + MARGIN + LINE * len(lines))
    place = (num(-MARGIN), num(-top), num(full[0]), num(full[1]))
    opened = format_html(
        '<svg {}viewBox="{} {} {} {}" width="{}" height="{}"{}><style>{}</style>'
        '<rect class="chart-ground" x="{}" y="{}" width="{}" height="{}"></rect>',
        mark_safe(found["rest"]),  # noqa: S308  # nosec B308 # made by tag(), which escapes
        *(*place, num(full[0]), num(full[1])),
        mark_safe(found["more"]),  # noqa: S308  # nosec B308 # as above
        mark_safe(styles()),  # noqa: S308  # nosec B308 # our own stylesheet
        *place,
    )
    # Pages that an area leads to are not where the file will be.
    inside = LINK.sub("<g>", drawing.svg[found.end() : -len("</svg>")]).replace("</a>", "</g>")
    rest = mark_safe(inside)  # noqa: S308  # nosec B308 # as above
    return NOT_XML.sub("\N{REPLACEMENT CHARACTER}", opened + join([above, rest, below]) + "</svg>\n")


def _above(drawing: Drawing, width: Decimal) -> tuple[SafeString, Decimal]:
    """Title and finding, in as many lines as they need; and the height they take, with the margin."""
    lines = [(line, "chart-title") for line in wrapped(drawing.title, width * Decimal("0.9"))]
    lines += [(line, "chart-key") for line in wrapped(drawing.finding, width)]
    top = LINE * len(lines) + MARGIN
    parts = [text(ZERO, LINE * n + LINE - top, line, css, anchor="start") for n, (line, css) in enumerate(lines)]
    return join(parts), top + MARGIN / 2


@lru_cache(maxsize=1)
def styles() -> str:
    """The rules of the charts out of the stylesheet of the pages, in the colours of its light ground.

    With each colour spelt out: what opens files of drawings often knows no custom properties.
    """
    found = finders.find("css/app.css")
    sheet = Path(str(found)).read_text(encoding="utf-8") if found else ""
    tokens = re.search(r":root \{.*?\n\}", sheet, re.DOTALL)
    named = dict(re.findall(r"(--[\w-]+):\s*([^;]+);", tokens[0])) if tokens else {}
    rules = re.search(r"/\* --- charts -+ \*/\n(.*?)\n/\* --- ", sheet, re.DOTALL)
    said = "\n".join(line for line in f"{rules[1] if rules else ''}{ALONE}".splitlines() if PAGES.match(line) is None)
    return re.sub(r"var\((--[\w-]+)\)", lambda found: " ".join(named[found[1]].split()), said)
