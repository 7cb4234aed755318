"""Where money goes: bands from stage to stage, such as from source over kind to village, as wide as what flows."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from alleviation.common.chart_layout import Axis, axis_of, in_full, named_unit, uid_of
from alleviation.common.charts.marks import COLOURS, box, colour
from alleviation.common.charts.parts import WIDE, legend, picture
from alleviation.common.svg import ZERO, in_lines, num, shorten, tag, text, text_width

MOST_LINES = 3  # of a name
MOST_NODES = 10  # of a stage; the smallest beyond them are gathered
NODE = Decimal(10)
SIDE = Decimal(220)  # for the names of the first and of the last stage
TALL = Decimal(300)  # the bands of the fullest stage together
APART = Decimal(4)
HEAD = Decimal(22)
LABEL = Decimal(15)
THINNEST = Decimal("0.3")

Name = tuple[int, str]
Bands = dict[tuple[Name, Name], Decimal]


@dataclass(frozen=True)
class Flow:
    """So much from a name in one stage to a name in a later one. Stages are named; they come in their order."""

    stage_from: str
    name_from: str
    stage_to: str
    name_to: str
    value: Decimal | int


@dataclass(frozen=True)
class _Node:
    """A name in a stage: where it stands, how high, how much flows through it, its colour, and what is beside it."""

    x: Decimal
    y: Decimal
    height: Decimal
    value: Decimal
    colour: str
    words: Sequence[str]


@dataclass(frozen=True)
class _Sheet:
    """Where everything is: `scale` is how high a unit of what flows is, `step` how far the stages are apart."""

    stages: Sequence[str]
    nodes: dict[Name, _Node]
    scale: Decimal
    step: Decimal
    bottom: Decimal


def flow(title: str, description: str, links: Sequence[Flow], unit: str = "", *, uid: str = "") -> SafeString:
    """Bands between the stages, to one scale; the names with what flows through each beside them.

    In each stage the smallest beyond ten are gathered as "others", with their sum. What is zero or below cannot
    flow and is left out. An empty string where nothing flows. Raises ValueError where a flow leads backwards.
    """
    stages = _stages(links)
    bands, others = _gathered(links, stages)
    if not bands:
        return SafeString()
    axis = axis_of(list(_through(bands).values()), named_unit(unit))
    caption, top = legend(axis.caption, [], WIDE)
    sheet = _placed(bands, others, stages, top + HEAD, axis)
    parts = [
        caption,
        *_headings(sheet, top + 12),
        *_drawn_bands(sheet, bands, named_unit(unit)),
        *(part for name in sheet.nodes for part in _drawn_node(sheet, name, named_unit(unit))),
    ]
    uid = uid or uid_of(title, description, links)
    return picture((uid, title, description), (WIDE, sheet.bottom + 6), parts)


def _stages(links: Sequence[Flow]) -> list[str]:
    """The names of the stages, each after those that lead to it. Raises ValueError where they lead in a circle."""
    pairs = {(link.stage_from, link.stage_to) for link in links}
    waiting = list(dict.fromkeys(name for link in links for name in (link.stage_from, link.stage_to)))
    ordered: list[str] = []
    while waiting:
        free = [one for one in waiting if not any(end == one and start in waiting for start, end in pairs)]
        if not free:
            raise ValueError("a flow leads backwards")
        ordered += free
        waiting = [one for one in waiting if one not in free]
    return ordered


def _gathered(links: Sequence[Flow], stages: Sequence[str]) -> tuple[Bands, frozenset[Name]]:
    """What flows from name to name, those of one pair added up, the smallest names of a stage gathered as others.

    And the names that stand for others.
    """
    found: defaultdict[tuple[Name, Name], Decimal] = defaultdict(Decimal)
    for link in links:
        if link.value > 0:
            start, end = stages.index(link.stage_from), stages.index(link.stage_to)
            found[(start, link.name_from), (end, link.name_to)] += link.value
    small = _small(_through(found))
    gathered: defaultdict[tuple[Name, Name], Decimal] = defaultdict(Decimal)
    for (start_name, end_name), value in found.items():
        gathered[small.get(start_name, start_name), small.get(end_name, end_name)] += value
    return dict(gathered), frozenset(small.values())


def _through(bands: Bands) -> dict[Name, Decimal]:
    """How much flows through each name: what comes in or what goes out, whichever is more."""
    comes: defaultdict[Name, Decimal] = defaultdict(Decimal)
    goes: defaultdict[Name, Decimal] = defaultdict(Decimal)
    for (start, end), value in bands.items():
        goes[start] += value
        comes[end] += value
    return {name: max(comes[name], goes[name]) for name in {**goes, **comes}}


def _small(through: dict[Name, Decimal]) -> dict[Name, Name]:
    """The names that are gathered, and the name that stands for them."""
    small: dict[Name, Name] = {}
    for stage in {name[0] for name in through}:
        names = sorted((name for name in through if name[0] == stage), key=lambda name: -through[name])
        rest = names[MOST_NODES - 1 :] if len(names) > MOST_NODES else []
        words = gettext("others (%(count)d)") % {"count": len(rest)}
        small |= dict.fromkeys(rest, (stage, words))
    return small


def _placed(bands: Bands, others: frozenset[Name], stages: Sequence[str], top: Decimal, axis: Axis) -> _Sheet:
    """The largest name of a stage first and the others last, each at least as high as its words: no two touch."""
    through = _through(bands)
    columns = [[name for name in through if name[0] == stage] for stage in range(len(stages))]
    scale = TALL / max(sum((through[name] for name in column), ZERO) for column in columns)
    step = (WIDE - 2 * SIDE - NODE) / max(1, len(stages) - 1)
    nodes, bottom = dict[Name, _Node](), top
    for stage, column in enumerate(columns):
        y = top
        beside = SIDE - 8 if stage in (0, len(stages) - 1) else step - NODE - 12
        for number, name in enumerate(sorted(column, key=lambda name: (name in others, -through[name]))):
            height = through[name] * scale
            words = _words(name[1], axis.value_label(through[name]), height, beside)
            room = max(height, LABEL * len(words) + 1)
            css = "chart-s6" if name in others else colour(number % (COLOURS - 1))
            nodes[name] = _Node(SIDE + step * stage, y + (room - height) / 2, height, through[name], css, words)
            y += room + APART
        bottom = max(bottom, y)
    return _Sheet(stages, nodes, scale, step, bottom)


def _words(name: str, value: str, height: Decimal, room: Decimal) -> list[str]:
    """A name and what flows through it in lines: the value on one of its own where the bar is high enough for it."""
    lines = in_lines(name, room, MOST_LINES)
    if LABEL * (len(lines) + 1) <= height:
        return [*lines, value]
    if text_width(f"{lines[-1]} {value}") <= room:
        return [*lines[:-1], f"{lines[-1]} {value}"]
    return [*lines, value]


def _headings(sheet: _Sheet, y: Decimal) -> Iterator[SafeString]:
    for stage, name in enumerate(sheet.stages):
        x = SIDE + sheet.step * stage + (ZERO if stage else NODE)
        yield text(x, y, shorten(name, SIDE), "chart-unit", anchor="start" if stage else "end")


def _drawn_bands(sheet: _Sheet, bands: Bands, unit: str) -> Iterator[SafeString]:
    """Each band from the side of its start to the side of its end; at both they lie in the order of what they join."""
    starts, ends = _offsets(sheet, bands, side=0), _offsets(sheet, bands, side=1)
    for (start, end), value in bands.items():
        one, other = sheet.nodes[start], sheet.nodes[end]
        x, y = one.x + NODE, one.y + starts[start, end]
        to_x, to_y = other.x, other.y + ends[start, end]
        middle = num((x + to_x) / 2)
        curve = f"M{num(x)},{num(y)}C{middle},{num(y)} {middle},{num(to_y)} {num(to_x)},{num(to_y)}"
        tip = tag("title", f"{start[1]} → {end[1]}: {in_full(value, unit)}")
        width = num(max(value * sheet.scale, THINNEST))
        yield tag("path", tip, class_=f"chart-band {one.colour}", d=curve, stroke_width=width)


def _offsets(sheet: _Sheet, bands: Bands, *, side: int) -> dict[tuple[Name, Name], Decimal]:
    """How far below the top of its name the middle of each band lies, at its start (0) or its end (1)."""
    taken: defaultdict[Name, Decimal] = defaultdict(Decimal)
    found = {}
    for pair in sorted(bands, key=lambda pair: (sheet.nodes[pair[1 - side]].y, pair)):
        height = bands[pair] * sheet.scale
        found[pair] = taken[pair[side]] + height / 2
        taken[pair[side]] += height
    return found


def _drawn_node(sheet: _Sheet, name: Name, unit: str) -> Iterator[SafeString]:
    """The bar of a name, and beside it the name with what flows through it: outside, but between stages over bands."""
    is_first, node = name[0] == 0, sheet.nodes[name]
    tip = tag("title", f"{name[1]}: {in_full(node.value, unit)}")
    yield tag("rect", tip, class_="chart-node", **box(node.x, node.y, NODE, max(node.height, Decimal(1))))
    x, anchor = (node.x - 6, "end") if is_first else (node.x + NODE + 6, "start")
    y = node.y + (node.height - LABEL * (len(node.words) - 1)) / 2 + 4
    for number, line in enumerate(node.words):
        yield text(
            x, y + LABEL * number, line if number else format_html("{}{}", line, tip), "chart-note", anchor=anchor
        )
