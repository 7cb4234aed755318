"""What a red flag is: a rule with its source, which finds its cases among the records."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from alleviation.common.areas import LEVEL_LENGTHS, covers
from alleviation.common.query import Query
from alleviation.common.years import FIRST_YEAR, LAST_YEAR

DECLARED = ("slug", "title", "description", "source", "looks_at")
OFFICE_RULE = _("A rule of this office; no regulation is cited for it.")


@dataclass(frozen=True)
class Case:
    """One thing that a rule found.

    The key is the same each time the rule is run, so that a waiver can name it, and knows nothing personal; nor does
    the title. `area` is the code of the smallest place that holds all of it, "" for what is tied to no place. `year`
    is the year it belongs to, None for what is of no year. `amount` is in yuan. `since` is the day from which it is
    a case.
    """

    key: str
    title: str
    area: str
    url: str = ""
    year: int | None = None
    amount: Decimal | None = None
    since: date | None = None
    details: str = ""
    is_made_up: bool = False


class Flag(ABC):
    """A rule. A subclass that leaves something out is refused when it is defined.

    `source` is the regulation that asks for it, or says that the office does. `looks_at` names the rows it judges.
    The single cases of a rule `of_households` are for those who may see single households; others see how many.
    """

    slug: ClassVar[str]
    title: ClassVar[Any]
    description: ClassVar[Any]
    source: ClassVar[Any]
    looks_at: ClassVar[Any]
    of_households: ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        missing = [name for name in DECLARED if not hasattr(cls, name)]
        if missing:
            raise TypeError(f"{cls.__name__} lacks {', '.join(missing)}")

    @abstractmethod
    def cases(self, query: Query) -> Iterable[Case]:
        """What the rule finds for this question, in as many queries whatever it finds."""

    @abstractmethod
    def looked_at(self, query: Query) -> int:
        """How many rows the rule judged, so that "nothing found" says among how many."""

    def not_judged(self, query: Query) -> str:
        """What the rule could not judge and why, in words; "" where there is nothing of the kind."""
        return ""


def day_of(query: Query) -> date:
    """The day on which the question is asked, in the office's time."""
    return localdate(query.as_of)


def is_seen(area: str, query: Query) -> bool:
    """Whether what lies in this area is this person's to see, and lies where the question asks."""
    return covers(query.user.area, area) and query.holds(area)


def is_asked(case: Case, query: Query) -> bool:
    """Whether a case is seen, and is of a year asked for; one that is of no year is asked for with all years."""
    if case.year is None:
        return is_seen(case.area, query) and (query.first_year, query.last_year) == (FIRST_YEAR, LAST_YEAR)
    return is_seen(case.area, query) and query.holds_year(case.year)


def shared_area(codes: Iterable[str]) -> str:
    """The code of the smallest place that holds all these places; "" where none does."""
    first, *others = sorted(set(codes)) or [""]
    for length in reversed(LEVEL_LENGTHS):
        if first and all(code[:length] == first[:length] for code in others):
            return first[:length].ljust(12, "0")
    return ""
