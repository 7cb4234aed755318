"""A clock that can be wrong: import this before anything that asks for the time, and what OFFICE_CLOCK names sets it.

The file holds by how many days the clock is off: "1", "-1" or "0". Only what people call the time is off; how long
something takes is counted by another clock, as on every machine. (libfaketime 0.9.10, as Debian has it, has Python
refuse to sleep when it is told to leave that other clock alone.)
"""

import datetime
import os
import time
from pathlib import Path
from typing import Any

FILE = Path(os.environ["OFFICE_CLOCK"])
DAY = 24 * 60 * 60
right_datetime, right_date, right_time = datetime.datetime, datetime.date, time.time


def seconds_off() -> int:
    return int(FILE.read_text()) * DAY


def wrong_time() -> float:
    return right_time() + seconds_off()


class AsRight(type):
    """What the right clock makes is of this kind too."""

    def __instancecheck__(cls, one: Any) -> bool:
        return isinstance(one, cls.__mro__[1])


class WrongDate(right_date, metaclass=AsRight):
    """Whose today is off."""

    @classmethod
    def today(cls) -> Any:
        return right_datetime.fromtimestamp(wrong_time()).date()


class WrongDatetime(right_datetime, metaclass=AsRight):
    """Whose now is off."""

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return right_datetime.fromtimestamp(wrong_time(), tz)

    @classmethod
    def today(cls) -> Any:
        return cls.now()

    @classmethod
    def utcnow(cls) -> Any:
        return cls.now(datetime.UTC).replace(tzinfo=None)


def set_wrong() -> None:
    time.time = wrong_time
    datetime.datetime, datetime.date = WrongDatetime, WrongDate  # type: ignore[misc]


set_wrong()
