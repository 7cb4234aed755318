"""How many lie where: a histogram with lines, such as the poverty line, at their values."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from alleviation.common.chart_layout import Axis, axis_of, named_unit, uid_of
from alleviation.common.charts.marks import box, unknown
from alleviation.common.charts.parts import WIDTH, picture
from alleviation.common.svg import ZERO, num, shorten, tag, text, text_width
from alleviation.common.words import grouped

HEIGHT = Decimal(170)
LEFT, RIGHT = Decimal(8), Decimal(12)
MARK_LINE = Decimal(16)
GAP = Decimal("0.75")


@dataclass(frozen=True)
class Bin:
    """From a value to below another, None for an open side; how many are there, None where that is not told."""

    low: Decimal | None
    high: Decimal | None
    count: Decimal | int | None

    @property
    def words(self) -> str:
        """Its bounds in words."""
        if self.low is None and self.high is None:
            return gettext("all")
        if self.low is None:
            return gettext("below %(high)s") % {"high": grouped(self.high or 0)}
        if self.high is None:
            return gettext("%(low)s and more") % {"low": grouped(self.low)}
        return gettext("%(low)s to below %(high)s") % {"low": grouped(self.low), "high": grouped(self.high)}


@dataclass(frozen=True)
class Mark:
    """A value that is marked with a line, its name, and what stands before a value that is not exact: "≈ "."""

    name: str
    value: Decimal | int
    sign: str = ""


@dataclass(frozen=True)
class _Scale:
    """Where values are across the sheet: as far apart as they differ."""

    low: Decimal
    high: Decimal
    left: Decimal
    width: Decimal

    def x(self, value: Decimal) -> Decimal:
        return self.left + self.width * (value - self.low) / (self.high - self.low)


def histogram(
    title: str, description: str, bins: Sequence[Bin], lines: Sequence[Mark] = (), unit: str = "", *, uid: str = ""
) -> SafeString:
    """Bars over a scale of values, as wide as their bins; lines stand at their values, named above.

    `unit` is that of the values. The area of a bar is its count, which is written above it, so that a wide bin does
    not look fuller than it is; a bin that is open on a side is drawn as wide as the narrowest. An empty string where
    no count is known. Raises ValueError where bins are not in order.
    """
    if not any(one.count is not None for one in bins):
        return SafeString()
    edges = _edges(bins)
    axis = axis_of([edges[0], edges[-1]], named_unit(unit))
    scale = _Scale(edges[0], edges[-1], LEFT, WIDTH - LEFT - RIGHT)
    within = [line for line in lines if edges[0] <= line.value <= edges[-1]]
    top = MARK_LINE * len(within) + 20
    bottom = top + HEIGHT
    ends = {"x1": num(LEFT), "x2": num(WIDTH - RIGHT), "y1": num(bottom), "y2": num(bottom)}
    parts = [
        *_bars(bins, edges, scale, (top, bottom), named_unit(unit)),
        tag("line", class_="chart-zero", **ends),
        *_edge_labels(bins, edges, axis, scale, bottom + 16),
        *_lines(within, scale, (top, bottom), named_unit(unit)),
        text(WIDTH - RIGHT, bottom + 34, axis.caption, "chart-unit", anchor="end"),
    ]
    uid = uid or uid_of(title, description, bins, lines)
    return picture((uid, title, description), (WIDTH, bottom + 40), parts)


def _edges(bins: Sequence[Bin]) -> list[Decimal]:
    """Where the bins begin and the last one ends; an open one is as wide as the narrowest."""
    inner = [one.high for one in bins[:-1]]
    if None in inner or inner != [one.low for one in bins[1:]]:
        raise ValueError("each bin must begin where the one before it ends")
    known = [edge for edge in (bins[0].low, *inner, bins[-1].high) if edge is not None] or [ZERO]
    widths = [high - low for low, high in pairwise(known)]
    if any(width <= 0 for width in widths):
        raise ValueError("a bin must end above where it begins")
    narrowest = min(widths, default=abs(known[0]) or Decimal(1))
    before = [known[0] - narrowest] if bins[0].low is None else []
    return [*before, *known, *([known[-1] + narrowest] if bins[-1].high is None else [])]


def _bars(
    bins: Sequence[Bin], edges: Sequence[Decimal], scale: _Scale, down: tuple[Decimal, Decimal], unit: str
) -> Iterator[SafeString]:
    top, bottom = down
    widths = [high - low for low, high in pairwise(edges)]
    densities = [None if one.count is None else one.count / width for one, width in zip(bins, widths, strict=True)]
    highest = max(density for density in densities if density is not None) or Decimal(1)
    for one, density, (low, high) in zip(bins, densities, pairwise(edges), strict=True):
        x, end = scale.x(low), scale.x(high)
        name = f"{one.words} {unit}".strip()
        if one.count is None or density is None:
            if text_width("—") + 2 <= end - x:
                yield unknown((x + end) / 2, bottom - 6, gettext("%(bin)s: not told") % {"bin": name})
            continue
        y = bottom - (bottom - top) * density / highest
        bar = {"class_": "chart-bar chart-s1", **box(x + GAP, y, end - x - 2 * GAP, bottom - y)}
        yield tag("rect", tag("title", f"{name}: {grouped(one.count)}"), **bar)
        if text_width(grouped(one.count)) <= end - x:
            yield text((x + end) / 2, y - 5, grouped(one.count), "chart-value")


def _edge_labels(
    bins: Sequence[Bin], edges: Sequence[Decimal], axis: Axis, scale: _Scale, y: Decimal
) -> Iterator[SafeString]:
    """The values between the bins, each or every second or third as they fit; an arrow where a bin is open."""
    labels = [axis.value_label(edge) for edge in edges]
    if bins[0].low is None:
        labels[0] = "←"
    if bins[-1].high is None:
        labels[-1] = "→"
    halves = [text_width(label) / 2 for label in labels]
    middles = [min(max(scale.x(edge), half), WIDTH - half) for edge, half in zip(edges, halves, strict=True)]
    places = list(zip(middles, halves, labels, strict=True))
    first = int(bins[0].low is None)
    shown = next(kept for n in range(1, len(places) + 1) if _are_apart(kept := places[first::n]))
    # Both ends are named where they fit, and arrows are narrow.
    ends = [place for place in (places[0], places[-1]) if _are_apart(sorted({*shown, place}))]
    for middle, _half, label in sorted({*shown, *ends}):
        yield text(middle, y, label, "chart-tick")


def _are_apart(places: Sequence[tuple[Decimal, Decimal, str]]) -> bool:
    return all(one[0] + one[1] + 3 <= other[0] - other[1] for one, other in pairwise(places))


def _lines(lines: Sequence[Mark], scale: _Scale, down: tuple[Decimal, Decimal], unit: str) -> Iterator[SafeString]:
    """Each line with its name and value above it, on a row of its own."""
    for number, line in enumerate(lines):
        x, y = scale.x(Decimal(line.value)), MARK_LINE * number + 13
        words = shorten(f"{line.name} {line.sign}{grouped(line.value)} {unit}".strip(), WIDTH)
        half = text_width(words) / 2
        ends = {"x1": num(x), "x2": num(x), "y1": num(y + 4), "y2": num(down[1])}
        yield tag("line", tag("title", words), class_="chart-reference", **ends)
        yield text(min(max(x, half), WIDTH - half), y, words, "chart-note")
