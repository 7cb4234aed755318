"""The colours of the charts, read from the stylesheet: seen on both grounds, and told apart by those who see fewer."""

import re
from itertools import combinations, pairwise
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[2] / "static/css/app.css").read_text(encoding="utf-8")
LIGHT, DARK = (
    dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{3,6});", part)) for part in re.findall(r":root \{.*?\}", CSS, re.S)[:2]
)
SCHEMES = {"light": LIGHT, "dark": DARK}
SERIES = [f"--series-{n}" for n in range(1, 7)]
SHADES = [f"--shade-{n}" for n in range(1, 6)]
# How linear light reaches those without one kind of cone (Viénot, Brettel, Mollon 1999).
SEEN = {
    "all": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopia": ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0)),
    "deuteranopia": ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0)),
}


def light(colour: str) -> list[float]:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * one for one in colour[1:])
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def luminance(colour: str) -> float:
    return sum(part * weight for part, weight in zip(light(colour), (0.2126, 0.7152, 0.0722), strict=True))


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def lab(parts: list[float]) -> tuple[float, float, float]:
    r, g, b = (max(part, 0.0) for part in parts)
    xyz = (
        (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505,
        0.2126 * r + 0.7152 * g + 0.0722 * b,
        (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089,
    )
    x, y, z = (one ** (1 / 3) if one > 0.008856 else 7.787 * one + 16 / 116 for one in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def apart(one: str, other: str, sight: str) -> float:
    """How far two colours are apart (CIE 1976); 2.3 can just be told."""
    seen = [
        lab([sum(m * part for m, part in zip(row, light(colour), strict=True)) for row in SEEN[sight]])
        for colour in (one, other)
    ]
    return sum((a - b) ** 2 for a, b in zip(*seen, strict=True)) ** 0.5


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_series_is_seen_on_its_ground(scheme: str) -> None:
    found = SCHEMES[scheme]

    assert [name for name in SERIES if contrast(found[name], found["--surface"]) < 3] == []


@pytest.mark.parametrize("sight", SEEN)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_series_are_told_apart_whatever_one_sees(scheme: str, sight: str) -> None:
    found = SCHEMES[scheme]

    close = {
        (one, other): round(apart(found[one], found[other], sight), 1)
        for one, other in combinations(SERIES, 2)
        if apart(found[one], found[other], sight) < 18
    }

    assert close == {}


@pytest.mark.parametrize("sight", SEEN)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_shades_are_steps_and_their_words_are_read(scheme: str, sight: str) -> None:
    found = SCHEMES[scheme]

    steps = [apart(found[one], found[other], sight) for one, other in pairwise(SHADES)]
    words = ["--ink"] * 3 + ["--surface"] * 2

    assert min(steps) >= 7
    assert [
        shade for shade, word in zip(SHADES, words, strict=True) if contrast(found[shade], found[word]) < 4.5
    ] == []
    assert sorted(SHADES, key=lambda name: luminance(found[name]), reverse=scheme == "light") == SHADES
