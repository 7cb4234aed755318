"""What was done against what was pledged, in percent of each pledge: bounds stay bounds, more than all is shown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from alleviation.common.chart_layout import Axis, axis_of, in_full, named_unit, uid_of
from alleviation.common.charts.bounds import Bounded
from alleviation.common.charts.marks import arrow, box, hatched, hatching, short_name
from alleviation.common.charts.parts import WIDTH, Key, legend, picture, square
from alleviation.common.figures import Figure, Qualifier
from alleviation.common.svg import ZERO, join, num, tag, text, text_width

ROW, THICK, BAR_TOP = Decimal(44), Decimal(12), Decimal(20)
MOST = Decimal(2)  # twice a pledge is as far as a bar goes; its words tell how much more
ALL = Decimal(1)
MANY = Decimal(100)
ROOM = Decimal(16)  # beyond the longest bar, for the arrow of one that goes on


@dataclass(frozen=True)
class Progress:
    """A name, what was done of it so far (None where not known), and what was pledged."""

    name: str
    done: Decimal | int | None
    of: Figure

    @property
    def numbers(self) -> list[Decimal]:
        """All numbers that are known of it."""
        known = (self.done, self.of.low, self.of.high)
        return [Decimal(number) for number in known if number is not None]

    @property
    def base(self) -> Decimal | None:
        """The number that is 100%: the high bound, else the low one; None where nothing above 0 is stated."""
        bound = self.of.low if self.of.high is None else self.of.high
        return bound if bound is not None and bound > 0 else None

    @property
    def share(self) -> Decimal | None:
        """How much of the base is done."""
        return None if self.base is None or self.done is None else Decimal(self.done) / self.base

    @property
    def words(self) -> str:
        """How much of the pledge is done, saying no more than its bounds do: "41–62%", "at most 30%", "≈ 12%"."""
        share = self.share
        if share is None or self.done is None:
            return "—"
        if self.of.qualifier == Qualifier.ABOUT:
            return f"≈ {_percent(share)}"
        if self.of.high is None:
            return gettext("at most %(share)s") % {"share": _percent(share)}
        if not self.of.low or self.of.low <= 0:
            return gettext("at least %(share)s") % {"share": _percent(share)}
        most = Decimal(self.done) / self.of.low
        return _percent(share) if most == share else f"{_percent(share)}–{_percent(most)}"


def progress_bars(
    title: str, description: str, rows: Sequence[Progress], unit: str = "", *, uid: str = ""
) -> SafeString:
    """One bar for each pledge, filled as far as it was kept; past the line of 100% where more was done.

    Between the bounds of a pledge the ground is hatched: if it was the low one, it is kept where the hatching
    begins. An empty string where neither anything done nor anything pledged is known.
    """
    if not any(row.base is not None and row.done is not None for row in rows):
        return SafeString()
    uid = uid or uid_of(title, description, rows)
    keys = [Key(gettext("done"), square("chart-bar chart-s1")), Key(gettext("pledged"), square("chart-track"))]
    if any(_from(row) < ALL for row in rows):
        keys.append(Key(gettext("pledged, not certain"), square("chart-hatched", **hatched(uid))))
    caption = axis_of([number for row in rows for number in row.numbers], named_unit(unit)).caption
    head, top = legend(caption, keys, WIDTH)
    longest = min(MOST, max(ALL, *(row.share or ZERO for row in rows)))
    full = (WIDTH - ROOM) / longest
    parts = [hatching(uid), head]
    for number, row in enumerate(rows):
        parts += _row(row, top + ROW * number, full, (uid, unit, caption))
    return picture((uid, title, description), (WIDTH, top + ROW * len(rows)), parts)


def _percent(share: Decimal) -> str:
    """Rounded down, so that what is not kept in full never reads 100%; of many times as much, that it is more."""
    if share >= MANY:
        return f"> {MANY * 100:,f}%"
    shown = (share * 1000).to_integral_value(ROUND_FLOOR) / 10
    return f"{shown if shown < 10 else shown.to_integral_value(ROUND_FLOOR):,f}%"


def _from(row: Progress) -> Decimal:
    """Where on the scale of a row its pledge is no longer certain; 1 where all of it is."""
    if row.base is None or row.of.high is None or row.of.low == row.of.high:
        return ALL
    return max(ZERO, row.of.low or ZERO) / row.base


def _said(row: Progress, axis: Axis, unit: str) -> str:
    """In the unit of the axis, named where it is another than that of the chart: "1.2 of > 4.03 · at most 29%"."""
    done = gettext("not known") if row.done is None else axis.value_label(Decimal(row.done))
    pledged = f"{Bounded.of(row.name, row.of).label(axis)} {unit}".strip()
    told = {"done": done, "pledged": pledged, "share": row.words}
    if not row.of.is_summable:
        told |= {"done": f"{done} {unit}".strip(), "pledged": row.of.words()}
    if row.base is None:
        return gettext("%(done)s · pledged: %(pledged)s") % told
    if row.done is None:
        return gettext("%(done)s of %(pledged)s") % told
    return gettext("%(done)s of %(pledged)s · %(share)s") % told


def _tip(row: Progress, unit: str) -> str:
    """The figures in full."""
    done = gettext("not known") if row.done is None else in_full(Decimal(row.done), named_unit(unit))
    told = {"name": row.name, "done": done, "pledged": row.of.words(unit)}
    return gettext("%(name)s · done: %(done)s · pledged: %(pledged)s") % told


def _row(row: Progress, top: Decimal, full: Decimal, named: tuple[str, str, str]) -> Iterator[SafeString]:
    uid, unit, caption = named
    axis = axis_of(row.numbers, named_unit(unit))
    said = _said(row, axis, "" if axis.caption == caption else axis.caption)
    yield short_name(ZERO, top + 14, row.name, WIDTH - text_width(said) - 16)
    yield text(WIDTH, top + 14, said, "chart-value", anchor="end")
    y, share = top + BAR_TOP, row.share
    marks = [tag("title", _tip(row, unit))]
    if row.base is not None:
        certain = _from(row)
        marks.append(tag("rect", class_="chart-track", **box(ZERO, y, full * certain, THICK)))
        if certain < ALL:
            place = box(full * certain, y, full * (ALL - certain), THICK)
            marks.append(tag("rect", class_="chart-hatched", **place, **hatched(uid)))
    if share:
        marks.append(tag("rect", class_="chart-bar chart-s1", **box(ZERO, y + 2, full * min(share, MOST), THICK - 4)))
    if row.base is not None:
        ends = {"x1": num(full), "x2": num(full), "y1": num(y - 3), "y2": num(y + THICK + 3)}
        marks.append(tag("line", class_="chart-all", **ends))
    if share and share > MOST:
        marks.append(arrow(WIDTH - 2, y + THICK / 2, "up"))
    yield tag("g", join(marks))
