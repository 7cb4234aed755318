"""Areas beside each other, shaded by a figure: as tiles in a grid, or within boundaries that an operator supplied."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import pairwise

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from alleviation.common.chart_layout import Axis, axis_of, in_full, named_unit, uid_of
from alleviation.common.charts.boundaries import Outline, outlines
from alleviation.common.charts.parts import WIDE, WIDTH, Key, box, hatched, hatching, legend, picture, square
from alleviation.common.svg import join, num, shorten, tag, text, text_width, wrapped
from alleviation.common.words import grouped

SHADES = 5
COLUMNS, FEW_COLUMNS, FEW = 8, 4, 8
HEIGHT, HIGH, GAP = Decimal(44), Decimal(58), Decimal(4)
MAP_HEIGHT = Decimal(460)
LINE_APART = Decimal(15)


@dataclass(frozen=True)
class Tile:
    """An area: its division code, its name, its figure (None where it is not known or not told), and its page."""

    code: str
    name: str
    value: Decimal | int | None
    url: str = ""


@dataclass(frozen=True)
class _Scale:
    """The lowest values of the classes, whether each class is but one value, and how values are written."""

    lows: Sequence[Decimal]
    is_each: bool
    axis: Axis
    unit: str
    uid: str

    def shade(self, value: Decimal) -> int:
        """From 1 to 5: few classes are as far apart as five."""
        number, last = sum(low <= value for low in self.lows) - 1, len(self.lows) - 1
        return 1 + (number * (SHADES - 1) + last // 2) // last if last else (SHADES + 1) // 2


def tile_map(
    title: str,
    description: str,
    tiles: Sequence[Tile],
    unit: str = "",
    *,
    bounds: Mapping[str, Outline] | None = None,
    uid: str = "",
) -> SafeString:
    """Named areas in at most five shades with their values; what is not known is hatched. Empty if nothing is known.

    Drawn within the boundaries of BOUNDARIES_FILE for the areas that it has (or `bounds`); the others are tiles.
    """
    values = [Decimal(tile.value) for tile in tiles if tile.value is not None]
    if not values:
        return SafeString()
    uid = uid or uid_of(title, description, tiles)
    lows, axis = class_lows(values), axis_of(values, named_unit(unit))
    scale = _Scale(lows, lows == sorted(set(values)), axis, named_unit(unit), uid)
    width = WIDTH if len(tiles) <= FEW else WIDE
    if bounds is None:
        bounds = outlines(tuple(tile.code for tile in tiles), (width, MAP_HEIGHT))
    head, top = legend(scale.axis.caption, _keys(scale, is_all_known=len(values) == len(tiles)), width)
    top += 6
    parts = [hatching(uid), head]
    inside = [tile for tile in tiles if tile.code in bounds]
    if inside:
        lowest = max(outline.box[3] for outline in bounds.values())
        parts.append(tag("g", join(_areas(inside, scale, bounds)), transform=f"translate(0 {num(top)})"))
        top += lowest + 12
    rest = [tile for tile in tiles if tile.code not in bounds]
    columns = FEW_COLUMNS if width == WIDTH else COLUMNS
    wide = (width - GAP * (columns - 1)) / columns
    high = HEIGHT if all(text_width(tile.name) <= wide - 8 for tile in rest) else HIGH
    parts += _grid(rest, scale, top, (columns, wide, high))
    rows = (Decimal(len(rest)) / columns).to_integral_value(ROUND_CEILING)
    role = "group" if any(tile.url for tile in tiles) else "img"
    return picture((uid, title, description), (width, top + rows * (high + GAP)), parts, role=role)


def class_lows(values: Sequence[Decimal]) -> list[Decimal]:
    """Where each class begins, at most five: each value its own where they are so few, else about a fifth of all.

    Bounds are rounded down to a hundredth of what lies between the lowest and the highest value, in powers of ten.
    """
    ordered = sorted(values)
    few = sorted(set(ordered))
    if len(few) <= SHADES:
        return few
    step = Decimal(1).scaleb((ordered[-1] - ordered[0]).adjusted() - 1)
    cuts = [ordered[0], *(ordered[len(ordered) * n // SHADES] for n in range(1, SHADES))]
    return sorted({(cut / step).to_integral_value(ROUND_FLOOR) * step for cut in cuts})


def _keys(scale: _Scale, *, is_all_known: bool) -> list[Key]:
    keys = [
        Key(words, square(f"chart-c{scale.shade(low)}"))
        for words, low in zip(_class_words(scale), scale.lows, strict=True)
    ]
    return keys if is_all_known else [*keys, Key(gettext("not known"), square("chart-hatched", **hatched(scale.uid)))]


def _class_words(scale: _Scale) -> list[str]:
    """The bounds of each class in words, the first in it and the second no more; or its one value."""
    shown = [grouped(low / scale.axis.divisor) for low in scale.lows]
    if scale.is_each:
        short = [scale.axis.value_label(low) for low in scale.lows]
        return short if len(set(short)) == len(short) else shown
    return [*(f"{low} – <{high}" for low, high in pairwise(shown)), f"≥ {shown[-1]}"]


def _tip(tile: Tile, scale: _Scale) -> SafeString:
    told = gettext("not known") if tile.value is None else in_full(Decimal(tile.value), scale.unit)
    return tag("title", f"{tile.name}: {told}")


def _linked(tile: Tile, parts: Sequence[SafeString]) -> SafeString:
    """The parts as a link to the page of the area. Raises ValueError for an address that is not of this site."""
    if not tile.url:
        return tag("g", join(parts))
    if not tile.url.startswith(("/", "?", "#")) or tile.url.startswith("//"):
        raise ValueError(f"{tile.url} is not an address of this site")
    return tag("a", join(parts), href=tile.url)


def _paint(tile: Tile, scale: _Scale) -> tuple[dict[str, str], str]:
    """How an area is filled, and the class of the words on it."""
    if tile.value is None:
        return {"class_": "chart-tile chart-hatched", **hatched(scale.uid)}, "chart-note"
    shade = scale.shade(Decimal(tile.value))
    return {"class_": f"chart-tile chart-c{shade}"}, "chart-on-dark" if shade > 3 else "chart-label"


def _words(tile: Tile, scale: _Scale, place: tuple[Decimal, Decimal], room: Decimal) -> list[SafeString]:
    """Name, in two lines where it takes them, and value around a point."""
    x, y = place
    css = _paint(tile, scale)[1]
    value = "—" if tile.value is None else scale.axis.value_label(Decimal(tile.value))
    first, *rest = wrapped(tile.name, room)
    # The second line takes all the rest, shortened.
    name = [shorten(first, room), *([shorten(tile.name[len(first) :].strip(), room)] if rest else [])]
    top = y + 4 - LINE_APART * len(name) / 2
    return [text(x, top + LINE_APART * number, line, css) for number, line in enumerate([*name, value])]


def _grid(
    tiles: Sequence[Tile], scale: _Scale, top: Decimal, size: tuple[int, Decimal, Decimal]
) -> Iterator[SafeString]:
    columns, wide, high = size
    for number, tile in enumerate(tiles):
        x, y = (wide + GAP) * (number % columns), top + (high + GAP) * (number // columns)
        shape = tag("rect", **_paint(tile, scale)[0], **box(x, y, wide, high))
        words = _words(tile, scale, (x + wide / 2, y + high / 2), wide - 8)
        yield _linked(tile, [_tip(tile, scale), shape, *words])


def _areas(tiles: Sequence[Tile], scale: _Scale, bounds: Mapping[str, Outline]) -> Iterator[SafeString]:
    """The areas within their boundaries; above them the words that fit into their areas and do not touch others."""
    taken: list[tuple[Decimal, Decimal, Decimal, Decimal]] = []
    labels: list[SafeString] = []
    for tile in tiles:
        outline = bounds[tile.code]
        yield _linked(
            tile, [_tip(tile, scale), tag("path", **_paint(tile, scale)[0], fill_rule="evenodd", d=outline.path)]
        )
        left, top, right, bottom = outline.box
        x, y = (left + right) / 2, (top + bottom) / 2
        half = text_width(tile.name) / 2
        place = (x - half, y - LINE_APART, x + half, y + LINE_APART)
        if (
            right - left >= 2 * half
            and bottom - top >= 2 * LINE_APART
            and not any(_touch(place, one) for one in taken)
        ):
            taken.append(place)
            labels += _words(tile, scale, (x, y), 2 * half)
    yield tag("g", join(labels), class_="chart-names")


def _touch(one: tuple[Decimal, ...], other: tuple[Decimal, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
