"""Areas as prefixes of 12-digit division codes: a prefix of a code is its ancestor."""

from django.db.models import Q

# An area is a whole level of the code: province 2, prefecture 4, county 6, township 9, village 12 digits.
AREA_CODE = r"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})\Z"
LEVEL_LENGTHS = (2, 4, 6, 9, 12)


def prefix_of(code: str) -> str:
    """The significant leading digits of a division code: 513228000000 → 513228, 110000000000 → 11."""
    held = len(code.rstrip("0"))
    return next((code[:n] for n in LEVEL_LENGTHS if held <= n), code)


def within(prefix: str, field: str = "code") -> Q:
    """A filter for codes that start with this prefix, as a range, which an index can serve.

    `startswith` becomes LIKE, which scans on SQLite. An empty prefix lets everything through.
    """
    if not prefix:
        return Q()
    start, end = Q(**{f"{field}__gte": prefix}), end_of(prefix)
    return start & Q(**{f"{field}__lt": end}) if end else start


def within_any(prefixes: list[str], field: str = "code") -> Q:
    """A filter for codes that start with any of these prefixes; an empty list lets nothing through."""
    condition = Q(pk__in=[])
    for prefix in prefixes:
        condition |= within(prefix, field)
    return condition


def covers(prefix: str, code: str) -> bool:
    """Whether an area holds a division code; the empty area holds all."""
    return code.startswith(prefix)


def end_of(prefix: str) -> str:
    """The first digits that come after all codes with this prefix: 51 → 52, 5139 → 514; "" after 99, the last.

    Digits alone: how a language of PostgreSQL sorts any other character against them is its own.
    """
    head = prefix.rstrip("9")
    return head and head[:-1] + chr(ord(head[-1]) + 1)
