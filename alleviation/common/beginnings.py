"""What begins with a few characters, found by an index of any database in any language.

Django's `startswith` becomes LIKE, for which SQLite reads the whole table, and PostgreSQL every row unless the index
is spelt for it. `begins` asks SQLite for a range, which every index serves, and PostgreSQL for LIKE, which an index
serves that compares bytes: `Index(..., opclasses=["varchar_pattern_ops"])`. Both tell capitals from small letters.
"""

from typing import Any

from django.db.models import Lookup

LAST = chr(0x10FFFF)
# What no text holds: half a character of UTF-16.
BEFORE_HALVES, AFTER_HALVES = chr(0xD7FF), chr(0xE000)


def next_after(prefix: str) -> str:
    """The first text, by its bytes, that comes after all that begin with the prefix: 若 → 苦; "" where none does."""
    head = prefix.rstrip(LAST)
    if not head:
        return ""
    last = AFTER_HALVES if head[-1] == BEFORE_HALVES else chr(ord(head[-1]) + 1)
    return head[:-1] + last


class Begins(Lookup):
    """A text begins with this; what is empty begins everything."""

    lookup_name = "begins"
    prepare_rhs = True

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """SQLite compares text by its bytes."""
        text, params = self.process_lhs(compiler, connection)
        start, end = str(self.rhs), next_after(str(self.rhs))
        if not end:
            return f"{text} >= %s", [*params, start]
        return f"({text} >= %s AND {text} < %s)", [*params, start, *params, end]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        text, params = self.process_lhs(compiler, connection)
        return f"{text} LIKE %s", [*params, f"{connection.ops.prep_for_like_query(self.rhs)}%"]
