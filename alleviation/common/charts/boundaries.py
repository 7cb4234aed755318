"""Boundaries of areas that an operator supplies: read from GeoJSON, refused where they make no sense, laid on a sheet.

The project ships no borders. BOUNDARIES_FILE names a FeatureCollection of polygons in degrees (WGS 84), each with a
property `code`: the first 2 to 12 digits of its division code.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from alleviation.common.svg import num

LARGEST = 8 * 1024 * 1024
MOST_POINTS = 100_000
# What the outlines of one chart may take on a page.
LONGEST = 36_000
CODE = re.compile(r"[0-9]{2,12}")
HALF_TURN = Decimal("3.14159265358979323846") / 180

Point = tuple[Decimal, Decimal]
Ring = tuple[Point, ...]
Shapes = Mapping[str, tuple[Ring, ...]]


@dataclass(frozen=True)
class Outline:
    """An area on the sheet: its path, and the box around its largest part as left, top, right and bottom."""

    path: str
    box: tuple[Decimal, Decimal, Decimal, Decimal]


@lru_cache(maxsize=1)
def boundaries() -> Shapes:
    """The rings of each area of the operator's file by 12-digit code; nothing without a file.

    Raises ImproperlyConfigured for a file that is missing, too large or not what it should be.
    """
    return read(Path(settings.BOUNDARIES_FILE)) if settings.BOUNDARIES_FILE else {}


def read(path: Path) -> Shapes:
    """The rings of each area of a file, by code. Raises ImproperlyConfigured, saying what is wrong with it."""
    try:
        if path.stat().st_size > LARGEST:
            raise _refused(path, f"is larger than {LARGEST // 1024 // 1024} MiB. Simplify its outlines.")
        said = json.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal, parse_int=Decimal)
    except OSError as error:
        raise _refused(path, f"cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise _refused(path, f"is no JSON: {error}.") from error
    features = said.get("features") if isinstance(said, dict) else None
    if not isinstance(features, list) or said.get("type") != "FeatureCollection":
        raise _refused(path, "is no FeatureCollection.")
    shapes: dict[str, tuple[Ring, ...]] = {}
    for number, feature in enumerate(features, start=1):
        try:
            code, rings = _area(feature)
        except ValueError as error:
            raise _refused(path, f"feature {number}: {error}.") from error
        if code in shapes:
            raise _refused(path, f"feature {number}: code {code} is there twice.")
        shapes[code] = rings
    if sum(len(ring) for rings in shapes.values() for ring in rings) > MOST_POINTS:
        raise _refused(path, f"has more than {MOST_POINTS:,} points. Simplify its outlines.")
    return shapes


def _refused(path: Path, reason: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"BOUNDARIES_FILE {path} {reason}")


def _area(feature: Any) -> tuple[str, tuple[Ring, ...]]:
    """The code of a feature, filled up to 12 digits, and its rings. Raises ValueError."""
    properties = feature.get("properties") if isinstance(feature, dict) else None
    code = properties.get("code") if isinstance(properties, dict) else None
    if not CODE.fullmatch(str(code)):
        raise ValueError("its property code is not 2 to 12 digits")
    geometry = feature.get("geometry")
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        raise ValueError(f"its geometry is {kind}, not Polygon or MultiPolygon")
    polygons = [geometry.get("coordinates")] if kind == "Polygon" else geometry.get("coordinates")
    return str(code).ljust(12, "0"), tuple(_ring(ring) for polygon in _list(polygons) for ring in _list(polygon))


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise ValueError("its coordinates are not lists of rings")
    return value


def _ring(points: Any) -> Ring:
    ring = tuple(_point(point) for point in _list(points))
    if len(ring) < 4 or ring[0] != ring[-1]:
        raise ValueError("a ring does not end where it begins")
    return ring


def _point(point: Any) -> Point:
    if not isinstance(point, list) or len(point) < 2 or not all(isinstance(part, Decimal) for part in point[:2]):
        raise ValueError("a point is not two numbers")
    longitude, latitude = point[:2]
    if not (abs(longitude) <= 180 and abs(latitude) <= 85):
        raise ValueError("a point is not in degrees, longitude first")
    return longitude, latitude


# --- on the sheet -----------------------------------------------------------------------------------------------
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
