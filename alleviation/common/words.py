"""Numbers turned into words, in English and Chinese; what is shown is rounded half up, what is kept is not.

Groups of three in both languages, without the global thousands separator (it would print the year 2,024).
"""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal
from itertools import pairwise

from django.utils.translation import get_language, gettext, npgettext, pgettext

NOTHING = "—"
Number = Decimal | int
WIDE = Context(prec=64, rounding=ROUND_HALF_UP)
MONEY_UNITS = frozenset({"yuan", "CNY", "元"})
RMB = "RMB"


def is_chinese() -> bool:
    """Whether the reader counts in 万 and 亿."""
    return (get_language() or "").startswith("zh")


def listed(parts: Iterable[object]) -> str:
    """The parts that say something, one after the other: "a, b", in Chinese "a、b"."""
    return gettext(", ").join(filter(None, map(str, parts)))


def labelled(label: object, value: object) -> str:
    """What something is and how it is: "area: Heishui", in Chinese with the wide colon."""
    return gettext(": ").join((str(label), str(value)))


def sentences(*parts: object) -> str:
    """Sentences one after the other; in Chinese no space follows a full stop."""
    return ("" if is_chinese() else " ").join(filter(None, map(str, parts)))


def exact(value: Number) -> Decimal:
    """The number as a Decimal; raises TypeError for anything but a Decimal or an int, a float above all."""
    if not isinstance(value, (Decimal, int)):
        raise TypeError(f"{type(value).__name__} is not an exact number")
    return Decimal(value)


def local(name: str, name_zh: str) -> str:
    """The name in the reader's language, where the Chinese one is known."""
    return (name_zh if is_chinese() else "") or name


def rounded(value: Number, places: int, rounding: str = ROUND_HALF_UP) -> Decimal:
    """The value with exactly `places` decimals, half up unless told else, never "-0"; raises TypeError for a float."""
    return WIDE.add(exact(value).quantize(Decimal(1).scaleb(-places), rounding, context=WIDE), Decimal(0))


def decimals(value: Decimal) -> int:
    """How many decimals the value needs: 2 for 1.250, 0 for 1E+5."""
    return max(0, -int(WIDE.normalize(value).as_tuple().exponent))


def grouped(value: Number, least_places: int = 0) -> str:
    """All of the value, grouped, no needless zeros; a fraction has at least `least_places` decimals."""
    value = exact(value)
    needed = decimals(value)
    return f"{value:,.{max(needed, least_places) if needed else 0}f}"


def yuan(value: Number | None) -> str:
    """Yuan with both decimals and no unit: "1,234,567.00"."""
    return NOTHING if value is None else f"{rounded(value, 2):,f}"


def wan(value: Number | None) -> str:
    """Yuan in ten thousands, two decimals, no unit: 4,032,000 is "403.20"."""
    return NOTHING if value is None else f"{rounded(WIDE.scaleb(exact(value), -4), 2):,f}"


def count(value: Number | None) -> str:
    """A grouped number as it is: "40,000", "30.5"."""
    return NOTHING if value is None else grouped(value)


def percent(value: Number | None, places: int = 1) -> str:
    """A ratio as a percentage: 0.1234 is "12.3%"."""
    return NOTHING if value is None else f"{rounded(WIDE.scaleb(exact(value), 2), places):,f}%"


def yuan_short(value: Number | None) -> str:
    """Yuan for a glance, at most two decimals: "RMB 4.03 million", "403.2 万元"."""
    return NOTHING if value is None else in_short(*quantity_in_short(exact(value)))


def quantity_in_short(value: Decimal, rounding: str = ROUND_HALF_UP) -> tuple[str, int]:
    """Yuan with at most two decimals and the power of ten they are told in: ("4.03", 6), in Chinese ("403.2", 4)."""
    shown, step = _scaled(value, (0, 4, 8) if is_chinese() else (0, 6, 9), rounding)
    return grouped(shown, least_places=2 if step == 0 else 0), step


def in_short(number: str, step: int) -> str:
    """Yuan in words as `quantity_in_short` gave them; the number may be two: "RMB 4.58–4.61 million"."""
    if is_chinese():
        return f"{number} {_money_unit(step)}"
    return _english_money(step) % {"number": number}


def quantity(value: Decimal, unit: str) -> tuple[str, str]:
    """The whole value and its unit, neither rounded, for `with_unit`: ("300,000", "RMB"), in Chinese ("30", "万元").

    In Chinese, money is told in 亿 or 万 where two decimals can hold all of it, else in yuan.
    """
    if unit not in MONEY_UNITS:
        return grouped(value), unit_words(unit, value)
    if not is_chinese():
        return grouped(value, least_places=2), RMB
    for step in (8, 4):
        scaled = WIDE.scaleb(value, -step)
        if abs(scaled) >= 1 and decimals(scaled) <= 2:
            return grouped(scaled), _money_unit(step)
    return grouped(value, least_places=2), _money_unit(0)


def with_unit(number: str, unit: str) -> str:
    """A number in words with the unit that `quantity` gave: "RMB 300,000", "30 MW", "89.43%"."""
    if unit == RMB:
        return gettext("RMB %(number)s") % {"number": number}
    return number + unit if unit == "%" else f"{number} {unit}".strip()


def shortened(value: Decimal, rounding: str) -> Decimal:
    """A value with more decimals than anything stated has (4): with two, or four where it is below one."""
    if decimals(value) <= 4:
        return value
    places = Decimal("0.01") if abs(value) >= 1 else Decimal("0.0001")
    return value.quantize(places, rounding, context=WIDE)


def at_rate(quantity: str, basis: str) -> str:
    """A quantity with what it is counted per: "RMB 2,640 per person a year", 2,640 元/人·年."""
    rates = {
        "per year": gettext("%(quantity)s a year"),
        "per person per year": gettext("%(quantity)s per person a year"),
        "per household": gettext("%(quantity)s per household"),
    }
    return rates[basis] % {"quantity": quantity} if basis in rates else quantity


def over_time(figure: str, basis: str) -> str:
    """A figure in words with the time it is counted over: "over 40,000 persons, cumulative"."""
    spans = {"cumulative": gettext("%(figure)s, cumulative"), "once": gettext("%(figure)s, once")}
    return spans[basis] % {"figure": figure} if basis in spans else figure


def unit_words(unit: str, value: Number) -> str:
    """A unit that claims are often in, in the reader's language and number; any other as it is given."""
    plural = 1 if value == 1 else 2
    known = {
        "person": npgettext("unit", "person", "persons", plural),
        "household": npgettext("unit", "household", "households", plural),
        "student": npgettext("unit", "student", "students", plural),
        "year": npgettext("unit", "year", "years", plural),
        "ton": npgettext("unit", "ton", "tons", plural),
        "nameplate": npgettext("unit", "nameplate", "nameplates", plural),
    }
    return known.get(unit, unit)


def _scaled(value: Decimal, steps: tuple[int, ...], rounding: str) -> tuple[Decimal, int]:
    # The step is chosen after rounding, so that 999,999,999 is a billion and never 1,000 million.
    for step, above in pairwise(steps):
        shown = rounded(WIDE.scaleb(value, -step), 2, rounding)
        if abs(shown) < 10 ** (above - step):
            return shown, step
    return rounded(WIDE.scaleb(value, -steps[-1]), 2, rounding), steps[-1]


def _money_unit(step: int) -> str:
    return {
        0: pgettext("unit", "yuan"),
        4: pgettext("unit", "10,000 yuan"),
        8: pgettext("unit", "100 million yuan"),
    }[step]


def _english_money(step: int) -> str:
    return {
        0: gettext("RMB %(number)s"),
        6: gettext("RMB %(number)s million"),
        9: gettext("RMB %(number)s billion"),
    }[step]
