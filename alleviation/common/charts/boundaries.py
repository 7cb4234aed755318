"""Boundaries of areas that an operator supplies: read from GeoJSON, refused where they make no sense.

The project ships no borders. BOUNDARIES_FILE names a FeatureCollection of polygons in degrees (WGS 84), each with a
property `code`: the first 2 to 12 digits of its division code.
"""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

LARGEST = 8 * 1024 * 1024
MOST_POINTS = 100_000
CODE = re.compile(r"[0-9]{2,12}")

Point = tuple[Decimal, Decimal]
Ring = tuple[Point, ...]
Shapes = Mapping[str, tuple[Ring, ...]]


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
