"""Names and places of PostgreSQL's write-ahead log."""

import re

SEGMENT = re.compile(r"[0-9A-F]{24}")
WHOLE = 1 << 32


def place_of(text: str) -> int:
    """A place in the log as a number: 0/3000060 is 50331744."""
    high, _slash, low = text.partition("/")
    return (int(high, 16) << 32) + int(low, 16)


def name_of(timeline: int, number: int, size: int) -> str:
    """What the server calls its segment of this number."""
    each = WHOLE // size
    return f"{timeline:08X}{number // each:08X}{number % each:08X}"


def number_of(name: str, size: int) -> int:
    """The number of a segment, whatever its timeline."""
    return int(name[8:16], 16) * (WHOLE // size) + int(name[16:24], 16)
