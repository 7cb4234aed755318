"""What happened when: one row for each event, a bar over its term, a point for a day; what is not known stays open."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from alleviation.common.chart_layout import uid_of
from alleviation.common.charts.marks import (
    FADE,
    arrow,
    box,
    colour,
    dot,
    fades,
    fading,
    short_name,
    weaves,
    woven,
)
from alleviation.common.charts.parts import LINE, WIDE, Key, legend, picture, square
from alleviation.common.svg import join, num, tag, text, text_width

ROW, THICK = Decimal(24), Decimal(12)
NAMES = Decimal(400)  # for the longest name: a sentence, often


@dataclass(frozen=True)
class Event:
    """A name, its first and its last day, None for one that is not known, and of which kind it is.

    What has the same first and last day is a moment: it is drawn as a point.
    """

    name: str
    first: date | None
    last: date | None
    kind: str = ""

    @property
    def is_moment(self) -> bool:
        """Whether it is of one day."""
        return self.first is not None and self.first == self.last

    @property
    def days(self) -> list[date]:
        """The days that are known."""
        return [day for day in (self.first, self.last) if day]

    @property
    def words(self) -> str:
        """Its term in words."""
        if self.is_moment or not self.days:
            return date_format(self.days[0]) if self.days else gettext("term not stated")
        first = date_format(self.first) if self.first else gettext("start not stated")
        last = date_format(self.last) if self.last else gettext("end not stated")
        return gettext("%(first)s to %(last)s") % {"first": first, "last": last}


@dataclass(frozen=True)
class _Scale:
    """Where days are across the sheet."""

    first: date
    last: date
    left: Decimal
    width: Decimal

    def x(self, day: date) -> Decimal:
        return self.left + self.width * (day - self.first).days / max(1, (self.last - self.first).days)


def timeline(
    title: str,
    description: str,
    events: Sequence[Event],
    *,
    today: date | None = None,
    uid: str = "",
) -> SafeString:
    """Rows of bars and points over a scale of years; open ends fade. An empty string where no day is known."""
    days = [day for event in events for day in event.days]
    if not days:
        return SafeString()
    uid = uid or uid_of(title, description, events)
    kinds = list(dict.fromkeys(event.kind for event in events))
    keys = [Key(kind, square(f"chart-bar {colour(n)}", **woven(uid, n))) for n, kind in enumerate(kinds) if kind]
    head, top = legend("", keys if len(kinds) > 1 else [], WIDE)
    left = min(NAMES, max(text_width(event.name) for event in events)) + 12 + FADE
    first, last = date(min(days).year, 1, 1), date(max(days).year, 12, 31)
    scale = _Scale(first, last, left, WIDE - left - FADE)
    marked = [today] if today and first <= today <= last else []
    top += LINE * len(marked)
    bottom = top + ROW * len(events) + 6
    parts = [weaves(uid, len(kinds)), fades(uid), head, *_ticks(scale, top, bottom)]
    parts += [part for day in marked for part in _today(scale.x(day), top, bottom)]
    for number, event in enumerate(events):
        parts.append(_row(event, scale, top + ROW * number, (uid, kinds.index(event.kind))))
    return picture((uid, title, description), (WIDE, bottom + LINE + 4), parts)


def _ticks(scale: _Scale, top: Decimal, bottom: Decimal) -> Iterator[SafeString]:
    """An upright line where each year begins, each quarter if there are but two; labelled as far as there is room."""
    years = range(scale.first.year, scale.last.year + 1)
    months = (1, 4, 7, 10) if len(years) < 3 else (1,)
    days = [date(year, month, 1) for year in years for month in months]
    labels = [f"{day:%Y-%m}" if len(months) > 1 else str(day.year) for day in days]
    every = int(((text_width(labels[0]) + 6) * len(days) / scale.width).to_integral_value(ROUND_CEILING))
    for number, (day, label) in enumerate(zip(days, labels, strict=True)):
        x = scale.x(day)
        yield tag("line", class_="chart-grid", x1=num(x), x2=num(x), y1=num(top), y2=num(bottom))
        if number % every == 0:
            yield text(x, bottom + 16, label, "chart-tick", anchor="start")


def _today(x: Decimal, top: Decimal, bottom: Decimal) -> Iterator[SafeString]:
    words = gettext("today")
    half = text_width(words) / 2
    yield tag("line", class_="chart-today", x1=num(x), x2=num(x), y1=num(top - 4), y2=num(bottom))
    yield text(min(x, WIDE - half), top - 8, words, "chart-note")


def _row(event: Event, scale: _Scale, top: Decimal, named: tuple[str, int]) -> SafeString:
    uid, number = named
    name = short_name(scale.left - FADE - 8, top + ROW / 2 + 4, event.name, scale.left - FADE - 8, anchor="end")
    tip = " · ".join(filter(None, (event.name, event.kind, event.words)))
    if not event.days:
        return name + text(scale.left, top + ROW / 2 + 4, event.words, "chart-gap", anchor="start")
    if event.is_moment:
        return name + dot(number, scale.x(event.days[0]), top + ROW / 2, tip)
    y = top + (ROW - THICK) / 2
    start, end = scale.x(event.days[0]), scale.x(event.days[-1])
    css, paint = f"chart-bar {colour(number)}", woven(uid, number)
    marks = [tag("title", tip)]
    if event.first and event.last:
        marks.append(tag("rect", class_=css, **box(start, y, max(end - start, Decimal(2)), THICK), **paint))
    for side, is_open, x in (("down", event.first is None, start - FADE), ("up", event.last is None, end)):
        if is_open:
            marks.append(tag("rect", class_=css, **box(x, y, FADE, THICK), **paint, **fading(uid, side)))
            marks.append(arrow(x + (FADE - 1 if side == "up" else 1), y + THICK / 2, side))
    return name + tag("g", join(marks))
