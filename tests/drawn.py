"""Reads a chart back: its elements, its words, and whether they stay where they belong."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from alleviation.common.svg import text_width

NS = "{http://www.w3.org/2000/svg}"
TAGS = frozenset(
    {
        *("svg", "title", "desc", "g", "a", "text", "line", "rect", "polyline", "circle", "path"),
        *("defs", "pattern", "mask", "linearGradient", "stop"),
    }
)
Box = tuple[Decimal, Decimal, Decimal, Decimal]


def drawn(svg: str) -> Element:
    """The chart as a tree; fails where it is no XML."""
    return ElementTree.fromstring(svg)


def marked(svg: str, tag: str, css: str) -> list[Element]:
    """The elements of a name and a class, in the order of the chart."""
    return [node for node in drawn(svg).iter(f"{NS}{tag}") if css in node.get("class", "").split()]


def texts(svg: str, css: str) -> list[str]:
    """The words of a class."""
    return [node.text or "" for node in marked(svg, "text", css)]


def tips(svg: str) -> list[str]:
    """What its marks say when pointed at."""
    found = [node.find(f"{NS}title") for node in list(drawn(svg).iter())[1:]]
    return [node.text or "" for node in found if node is not None]


def number(node: Element, attribute: str) -> Decimal:
    """An attribute that is a number."""
    return Decimal(node.get(attribute, ""))


def outside(svg: str) -> list[str]:
    """What lies outside of the sheet: marks, and words by their reckoned width."""
    root = drawn(svg)
    _x, _y, width, height = map(Decimal, root.get("viewBox", "").split())
    boxes = [*_marks(root), *_words(root)]
    slack = Decimal("0.2")
    return [
        name
        for name, (left, top, right, bottom) in boxes
        if left < -slack or top < -slack or right > width + slack or bottom > height + slack
    ]


def touching(svg: str) -> list[tuple[str, str]]:
    """Words that lie on each other."""
    found = combinations(_words(drawn(svg)), 2)
    return [(one, other) for (one, a), (other, b) in found if _overlap(a, b)]


def foreign(svg: str) -> set[str]:
    """Elements and attributes that a chart must not have."""
    root = drawn(svg)
    tags = {node.tag.removeprefix(NS) for node in root.iter()} - TAGS
    names = {name for node in root.iter() for name in node.attrib}
    return tags | {name for name in names if name == "style" or name.startswith("on")}


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _words(root: Element) -> Iterator[tuple[str, Box]]:
    for node in root.iter(f"{NS}text"):
        if node.get("transform"):
            continue
        wide = text_width(node.text or "")
        start = {"start": Decimal(0), "middle": wide / 2, "end": wide}[node.get("text-anchor", "start")]
        x, y = number(node, "x") - start, number(node, "y")
        yield node.text or "", (x, y - 9, x + wide, y + 2)


def _marks(root: Element) -> Iterator[tuple[str, Box]]:
    within = {node for defs in root.iter(f"{NS}defs") for node in defs.iter()}
    for node in root.iter():
        name = f"{node.tag.removeprefix(NS)} {node.get('class')}"
        if node in within:
            continue
        if node.get("width") and node.tag != f"{NS}svg":
            x, y = number(node, "x"), number(node, "y")
            yield name, (x, y, x + number(node, "width"), y + number(node, "height"))
        if node.get("x1"):
            across = sorted((number(node, "x1"), number(node, "x2")))
            down = sorted((number(node, "y1"), number(node, "y2")))
            yield name, (across[0], down[0], across[1], down[1])
        for point in node.get("points", "").split():
            x, y = map(Decimal, point.split(","))
            yield name, (x, y, x, y)
