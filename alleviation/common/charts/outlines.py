"""Boundaries of areas laid on a sheet: projected, to one scale, without points that would lie on each other."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from alleviation.common.charts.boundaries import Ring, Shapes, boundaries
from alleviation.common.svg import num

# What the outlines of one chart may take on a page.
LONGEST = 36_000
HALF_TURN = Decimal("3.14159265358979323846") / 180


@dataclass(frozen=True)
class Outline:
    """An area on the sheet: its path, and the box around its largest part as left, top, right and bottom."""

    path: str
    box: tuple[Decimal, Decimal, Decimal, Decimal]


@lru_cache(maxsize=32)
def outlines(codes: tuple[str, ...], size: tuple[Decimal, Decimal]) -> Mapping[str, Outline]:
    """The operator's outlines of these areas, those there are."""
    return laid(boundaries(), codes, size)


def laid(shapes: Shapes, codes: Iterable[str], size: tuple[Decimal, Decimal]) -> dict[str, Outline]:
    """The outlines of these areas within a sheet of this size, all to one scale and in the middle.

    Equirectangular: a degree of longitude is as wide as it is in the middle latitude. Points that would lie on each
    other are left out, the more the longer the whole is.
    """
    chosen = {code: shapes[code] for code in codes if code in shapes}
    points = [point for rings in chosen.values() for ring in rings for point in ring]
    if not points:
        return {}
    squeeze = cosine((max(y for _x, y in points) + min(y for _x, y in points)) / 2)
    left, right = min(x for x, _y in points) * squeeze, max(x for x, _y in points) * squeeze
    top, bottom = max(y for _x, y in points), min(y for _x, y in points)
    tiny = Decimal("0.000001")
    scale = min(size[0] / max(right - left, tiny), size[1] / max(top - bottom, tiny))
    aside = (size[0] - (right - left) * scale) / 2
    placed = {
        code: [tuple((aside + (x * squeeze - left) * scale, (top - y) * scale) for x, y in ring) for ring in rings]
        for code, rings in chosen.items()
    }
    least = Decimal("0.5")
    while True:
        found = {code: _outline(rings, least) for code, rings in placed.items()}
        if sum(len(one.path) for one in found.values()) <= LONGEST or least > 20:
            return found
        least *= 2


def _outline(rings: Sequence[Ring], least: Decimal) -> Outline:
    """The path of the rings without points that are nearer than `least`; of its parts, the largest always stays."""
    largest = max(rings, key=_size)
    drawn = [_thinned(ring, least) for ring in rings if ring is largest or _size(ring) > 4 * least]
    path = "".join(f"M{' '.join(f'{num(x)},{num(y)}' for x, y in ring)}Z" for ring in drawn)
    return Outline(path, _box(largest))


def _thinned(ring: Ring, least: Decimal) -> Ring:
    kept = [ring[0]]
    for point in ring[1:-1]:
        if max(abs(point[0] - kept[-1][0]), abs(point[1] - kept[-1][1])) >= least:
            kept.append(point)
    return tuple(kept)


def _box(ring: Ring) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    across, down = [x for x, _y in ring], [y for _x, y in ring]
    return min(across), min(down), max(across), max(down)


def _size(ring: Ring) -> Decimal:
    left, top, right, bottom = _box(ring)
    return (right - left) * (bottom - top)


def cosine(degrees: Decimal) -> Decimal:
    """The cosine of an angle of at most 90°, by its series."""
    square = (degrees * HALF_TURN) ** 2
    term = total = Decimal(1)
    for n in range(1, 16):
        term *= -square / ((2 * n - 1) * (2 * n))
        total += term
    return total
