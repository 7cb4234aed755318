"""The marks of all charts: colours, patterns, what fades or is hatched, points, and values that are not known."""

from decimal import Decimal

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from alleviation.common.svg import in_lines, join, num, shorten, tag, text

COLOURS = 6
LINE_APART = Decimal(15)  # the lines of a name
FADE = Decimal(30)  # how long an open end goes on
# Lines within a square of 5 by 5, turned: what tells the second to the sixth series apart on grey paper.
WEAVES = (
    ("45", "M0,2.5H5"),
    ("0", "M1,1h.5M3.5,3.5h.5"),
    ("0", "M0,2.5H5"),
    ("-45", "M0,2.5H5"),
    ("45", "M0,2.5H5M2.5,0V5"),
)
# Drawn about a point: a square, a diamond, a triangle. The first series has circles.
DOTS = ("m-3.2,-3.2h6.4v6.4h-6.4z", "m0,-4.4l4.4,4.4l-4.4,4.4l-4.4,-4.4z", "m0,-4.2l4.2,7h-8.4z")


def colour(number: int) -> str:
    """The class of a series' colour."""
    return f"chart-s{number % COLOURS + 1}"


def box(x: Decimal, y: Decimal, width: Decimal, height: Decimal) -> dict[str, str]:
    """The attributes of a rectangle."""
    return {"x": num(x), "y": num(y), "width": num(width), "height": num(height)}


def woven(uid: str, number: int) -> dict[str, str]:
    """What a mark of a series is filled with where the stylesheet fills it with nothing: its pattern, on paper."""
    return {"fill": f"url(#{uid}-s{number % COLOURS + 1})"} if number % COLOURS else {}


def weaves(uid: str, count: int) -> SafeString:
    """The patterns of so many series; the first is plain."""
    numbers = range(1, min(count, COLOURS))
    return tag("defs", join([_weave(uid, number) for number in numbers])) if numbers else SafeString()


def _weave(uid: str, number: int) -> SafeString:
    turn, lines = WEAVES[number - 1]
    ground = tag("rect", class_=f"chart-fill {colour(number)}", width="5", height="5")
    size = {"width": "5", "height": "5", "patternUnits": "userSpaceOnUse", "patternTransform": f"rotate({turn})"}
    return tag("pattern", ground + tag("path", class_="chart-weave", d=lines), id=f"{uid}-s{number + 1}", **size)


def hatching(uid: str) -> SafeString:
    """The pattern of what may be and is not certain; filled with by `hatched`."""
    size = {"width": "6", "height": "6", "patternUnits": "userSpaceOnUse", "patternTransform": "rotate(45)"}
    ground = tag("rect", class_="chart-hatch-ground", width="6", height="6")
    lines = tag("path", class_="chart-hatch-line", d="M0,1.5H6M0,4.5H6")
    return tag("defs", tag("pattern", ground + lines, id=f"{uid}-hatch", **size))


def fades(uid: str) -> SafeString:
    """What makes a mark fade out: to the right ("up") or to the left ("down"); used by `fading`."""
    parts = []
    for side, ends in (("up", ("1", "0")), ("down", ("0", "1"))):
        stops = [
            tag("stop", offset=at, stop_color="#fff", stop_opacity=opacity)
            for at, opacity in zip(("0", "1"), ends, strict=True)
        ]
        parts.append(tag("linearGradient", join(stops), id=f"{uid}-{side}-shade"))
        shade = tag("rect", width="1", height="1", fill=f"url(#{uid}-{side}-shade)")
        parts.append(tag("mask", shade, id=f"{uid}-{side}", maskContentUnits="objectBoundingBox"))
    return tag("defs", join(parts))


def fading(uid: str, side: str) -> dict[str, str]:
    """The attribute of a mark that fades out to a side."""
    return {"mask": f"url(#{uid}-{side})"}


def arrow(x: Decimal, y: Decimal, side: str) -> SafeString:
    """A small arrow whose tip is at a point."""
    back = "-5" if side == "up" else "5"
    return tag("path", class_="chart-arrow", d=f"M{num(x)},{num(y)}m{back},-4L{num(x)},{num(y)}l{back},4")


def hatched(uid: str) -> dict[str, str]:
    """The attribute that fills a mark with the hatching."""
    return {"fill": f"url(#{uid}-hatch)"}


def unknown(x: Decimal, y: Decimal, tip: str) -> SafeString:
    """The mark of a value that is not known."""
    return text(x, y, format_html("—{}", tag("title", tip)), "chart-gap")


def not_known(category: str, series: str) -> str:
    """What the mark of an unknown value says when pointed at."""
    return gettext("{category} · {series}: not known").format(category=category, series=series)


def short_name(x: Decimal, y: Decimal, name: str, limit: Decimal, *, anchor: str = "start") -> SafeString:
    """A name, shortened to the limit, with the whole of it as its tip where it was."""
    shown = shorten(name, limit)
    label = format_html("{}{}", shown, tag("title", name)) if shown != name else shown
    return text(x, y, label, "chart-label", anchor=anchor)


def long_name(x: Decimal, y: Decimal, name: str, limit: Decimal, *, anchor: str = "end") -> SafeString:
    """A name in two lines at most with its middle at y; the whole of it as its tip where it is shortened even so."""
    lines = in_lines(name, limit, 2)
    top = y - LINE_APART * (len(lines) - 1) / 2
    tip = tag("title", name) if any(line.endswith("…") for line in lines) else SafeString()
    return join(
        text(x, top + LINE_APART * number, format_html("{}{}", line, tip), "chart-label", anchor=anchor)
        for number, line in enumerate(lines)
    )


def dot(number: int, x: Decimal, y: Decimal, tip: str = "") -> SafeString:
    """A point of a line; its shape tells the series where colours do not."""
    content = tag("title", tip) if tip else SafeString()
    css = f"chart-dot {colour(number)}"
    shape = number % (len(DOTS) + 1)
    if not shape:
        return tag("circle", content, class_=css, cx=num(x), cy=num(y), r="3.5")
    return tag("path", content, class_=css, d=f"M{num(x)},{num(y)}{DOTS[shape - 1]}")
