"""What all charts are put together from: the picture with its names, and the legend."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from django.utils.safestring import SafeString

from alleviation.common.charts.marks import colour, dot
from alleviation.common.svg import FONT, ZERO, join, num, shorten, tag, text, text_width

LINE = Decimal(20)
WIDTH, WIDE = Decimal(420), Decimal(900)
LABEL_LIMIT = Decimal(150)
# What draws the mark of a key, 14 wide and 11 high, at a point.
Mark = Callable[[Decimal, Decimal], SafeString]


def picture(
    names: tuple[str, str, str], size: tuple[Decimal, Decimal], parts: Iterable[SafeString], *, role: str = "img"
) -> SafeString:
    """The SVG element of this uid, title and description, named and described for those who do not see it.

    One with links in it is a group: those within an image nobody could open.
    """
    uid, title, description = names
    width, height = size
    head = [tag("title", title, id=f"{uid}-title"), tag("desc", description, id=f"{uid}-desc")]
    return tag(
        "svg",
        join([*head, *parts]),
        xmlns="http://www.w3.org/2000/svg",
        class_="chart" if width == WIDTH else "chart chart-wide",
        viewBox=f"0 0 {num(width)} {num(height)}",
        role=role,
        aria_labelledby=f"{uid}-title {uid}-desc",
    )


@dataclass(frozen=True)
class Key:
    """An entry of the legend: a name and its mark."""

    name: str
    mark: Mark


def legend(caption: str, keys: Sequence[Key], width: Decimal) -> tuple[SafeString, Decimal]:
    """The unit and the keys below it, in as many lines as they need; and the height of all."""
    parts = [text(ZERO, FONT, caption, "chart-unit", anchor="start")] if caption else []
    y = LINE if parts else ZERO
    if keys:
        room = [text_width(shorten(key.name, width - 30)) + 34 for key in keys]
        ends = list(accumulate(room))
        line, start = 0, ZERO
        for number, (key, end) in enumerate(zip(keys, ends, strict=True)):
            if end - start > width + 14 and end - room[number] > start:
                line, start = line + 1, end - room[number]
            x, top = end - room[number] - start, y + LINE * line
            parts += [
                key.mark(x, top + 4),
                text(x + 18, top + FONT, shorten(key.name, width - 30), "chart-key", anchor="start"),
            ]
        y += LINE * (line + 1)
    return join(parts), y


def square(css: str, **attributes: str) -> Mark:
    """A key that is a square."""
    return lambda x, y: tag("rect", class_=css, x=num(x), y=num(y), width="11", height="11", **attributes)


def dashes(x: Decimal, y: Decimal) -> SafeString:
    """The key of a reference line."""
    middle = num(y + 5)
    return tag("line", class_="chart-reference", x1=num(x), x2=num(x + 14), y1=middle, y2=middle)


def line_key(number: int) -> Mark:
    """A key that is a stretch of the series' line with a point."""

    def mark(x: Decimal, y: Decimal) -> SafeString:
        ends = f"{num(x)},{num(y + 5)} {num(x + 14)},{num(y + 5)}"
        css = f"chart-line {colour(number)}"
        return tag("polyline", class_=css, points=ends) + dot(number, x + 7, y + 5)

    return mark
