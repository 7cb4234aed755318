"""Areas beside each other, shaded by a figure: as tiles in a grid, or within boundaries that an operator supplied."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from alleviation.common.chart_layout import in_full, named_unit, uid_of
from alleviation.common.charts.marks import LINE_APART, box, hatched, hatching
from alleviation.common.charts.outlines import Outline, outlines
from alleviation.common.charts.parts import WIDE, WIDTH, Key, legend, picture, square
from alleviation.common.charts.shades import Shades, shades_of
from alleviation.common.svg import in_lines, join, num, tag, text, text_width

COLUMNS, FEW_COLUMNS, FEW = 8, 4, 8
MOST_LINES = 3  # of a name
MARGIN, GAP = Decimal(6), Decimal(4)
MAP_HEIGHT = Decimal(460)


@dataclass(frozen=True)
class Tile:
    """An area: its division code, its name, its figure (None where it is not known or not told), and its page."""

    code: str
    name: str
    value: Decimal | int | None
    url: str = ""


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
    shades = shades_of(values, named_unit(unit), uid)
    width = WIDTH if len(tiles) <= FEW else WIDE
    if bounds is None:
        bounds = outlines(tuple(tile.code for tile in tiles), (width, MAP_HEIGHT))
    head, top = legend(shades.axis.caption, _keys(shades, is_all_known=len(values) == len(tiles)), width)
    top += 6
    parts = [hatching(uid), head]
    inside = [tile for tile in tiles if tile.code in bounds]
    if inside:
        lowest = max(outline.box[3] for outline in bounds.values())
        parts.append(tag("g", join(_areas(inside, shades, bounds)), transform=f"translate(0 {num(top)})"))
        top += lowest + 12
    rest = [tile for tile in tiles if tile.code not in bounds]
    columns = FEW_COLUMNS if width == WIDTH else COLUMNS
    wide = (width - GAP * (columns - 1)) / columns
    lines = max((len(in_lines(tile.name, wide - MARGIN, MOST_LINES)) for tile in rest), default=0)
    high = LINE_APART * (lines + 1) + 14
    parts += _grid(rest, shades, top, (columns, wide, high))
    rows = (Decimal(len(rest)) / columns).to_integral_value(ROUND_CEILING)
    role = "group" if any(tile.url for tile in tiles) else "img"
    return picture((uid, title, description), (width, top + rows * (high + GAP)), parts, role=role)


def _keys(shades: Shades, *, is_all_known: bool) -> list[Key]:
    keys = [
        Key(words, square(f"chart-c{shades.shade(low)}")) for words, low in zip(shades.words, shades.lows, strict=True)
    ]
    return keys if is_all_known else [*keys, Key(gettext("not known"), square("chart-hatched", **hatched(shades.uid)))]


def _tip(tile: Tile, shades: Shades) -> SafeString:
    told = gettext("not known") if tile.value is None else in_full(Decimal(tile.value), shades.unit)
    return tag("title", f"{tile.name}: {told}")


def _linked(tile: Tile, parts: Sequence[SafeString]) -> SafeString:
    """The parts as a link to the page of the area. Raises ValueError for an address that is not of this site."""
    if not tile.url:
        return tag("g", join(parts))
    if not tile.url.startswith(("/", "?", "#")) or tile.url.startswith("//"):
        raise ValueError(f"{tile.url} is not an address of this site")
    return tag("a", join(parts), href=tile.url)


def _paint(tile: Tile, shades: Shades) -> tuple[dict[str, str], str]:
    """How an area is filled, and the class of the words on it."""
    if tile.value is None:
        return {"class_": "chart-tile chart-hatched", **hatched(shades.uid)}, "chart-note"
    shade = shades.shade(Decimal(tile.value))
    return {"class_": f"chart-tile chart-c{shade}"}, "chart-on-dark" if shade > 3 else "chart-label"


def _words(tile: Tile, shades: Shades, place: tuple[Decimal, Decimal], room: Decimal) -> list[SafeString]:
    """Name, in as many lines as it takes, and value around a point."""
    x, y = place
    css = _paint(tile, shades)[1]
    value = "—" if tile.value is None else shades.axis.value_label(Decimal(tile.value))
    name = in_lines(tile.name, room, MOST_LINES)
    top = y + 4 - LINE_APART * len(name) / 2
    return [text(x, top + LINE_APART * number, line, css) for number, line in enumerate([*name, value])]


def _grid(
    tiles: Sequence[Tile], shades: Shades, top: Decimal, size: tuple[int, Decimal, Decimal]
) -> Iterator[SafeString]:
    columns, wide, high = size
    for number, tile in enumerate(tiles):
        x, y = (wide + GAP) * (number % columns), top + (high + GAP) * (number // columns)
        shape = tag("rect", **_paint(tile, shades)[0], **box(x, y, wide, high))
        words = _words(tile, shades, (x + wide / 2, y + high / 2), wide - MARGIN)
        yield _linked(tile, [_tip(tile, shades), shape, *words])


def _areas(tiles: Sequence[Tile], shades: Shades, bounds: Mapping[str, Outline]) -> Iterator[SafeString]:
    """The areas within their boundaries; above them the words that fit into their areas and do not touch others."""
    taken: list[tuple[Decimal, Decimal, Decimal, Decimal]] = []
    labels: list[SafeString] = []
    for tile in tiles:
        outline = bounds[tile.code]
        yield _linked(
            tile, [_tip(tile, shades), tag("path", **_paint(tile, shades)[0], fill_rule="evenodd", d=outline.path)]
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
            labels += _words(tile, shades, (x, y), 2 * half)
    yield tag("g", join(labels), class_="chart-names")


def _touch(one: tuple[Decimal, ...], other: tuple[Decimal, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
