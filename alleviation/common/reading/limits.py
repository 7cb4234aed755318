"""How much a file that a person hands in may hold, and what values make sense at all."""

from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from time import monotonic

from django.conf import settings
from django.utils import timezone


def this_year() -> int:
    """The year that it is where the office is."""
    return timezone.localdate().year


@dataclass(frozen=True)
class Limits:
    """Of the file, of its container, and of its values. A command that may take more says so with `replace()`.

    `max_zip_ratio` is how many bytes one packed byte may become; `max_money` is in yuan, for either sign.
    """

    max_upload_bytes: int = 10 * 1024 * 1024
    max_rows: int = 20_000
    max_columns: int = 64
    max_cell_chars: int = 1000
    max_zip_members: int = 200
    max_unzipped_bytes: int = 100 * 1024 * 1024
    max_zip_ratio: int = 200
    max_money: Decimal = Decimal("9999999999.99")
    min_year: int = 2010
    max_year: int = field(default_factory=this_year)
    max_household_size: int = 30


def limits() -> Limits:
    """The limits of this office (IMPORT_MAX_BYTES, IMPORT_MAX_ROWS) as of today: no year after this one."""
    # Each of a million cells asks; what day it is need not be worked out anew within a second.
    return _limits(settings.IMPORT_MAX_BYTES, settings.IMPORT_MAX_ROWS, int(monotonic()))


@lru_cache(maxsize=1)
def _limits(most_bytes: int, most_rows: int, _second: int) -> Limits:
    return Limits(max_upload_bytes=most_bytes, max_rows=most_rows)
