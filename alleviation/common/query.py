"""What is asked of a figure: which years, which places, which kinds. The same for pages, reports and commands."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from django.utils.timezone import localdate

from alleviation.common.years import FIRST_YEAR, LAST_YEAR


@dataclass(frozen=True)
class Query:
    """A filter. `prefixes` are the leading digits of division codes; None is everywhere, () is nowhere.

    `as_of`: every figure as it was known at that moment; None is now. `memory` keeps what was read from the trail for
    it, so that one page reads it once.
    """

    user: Any
    first_year: int = FIRST_YEAR
    last_year: int = LAST_YEAR
    area_code: str = ""
    prefixes: tuple[str, ...] | None = None
    project_kind: str = ""
    source_level: str = ""
    project_code: str = ""
    source_code: str = ""
    measure: str = ""
    status: str = ""
    as_of: datetime | None = None
    memory: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def year(self) -> int | None:
        """The one year asked for; None for a span."""
        return self.first_year if self.first_year == self.last_year else None

    @property
    def present_year(self) -> int:
        """The year of the moment asked about, in the office's time: what has no stated end is shown up to it."""
        return localdate(self.as_of).year

    @property
    def as_of_words(self) -> str:
        """The day asked about, 2024-03-01; "" for now."""
        return localdate(self.as_of).isoformat() if self.as_of else ""

    def of_years(self, first: int, last: int) -> Self:
        """The same question for other years."""
        return replace(self, first_year=first, last_year=last)

    def of_source(self, level: str) -> Self:
        """The same question for the sources of one level, whatever they are called."""
        return replace(self, source_level=level, source_code="")

    def words(self) -> dict[str, Any]:
        """What was asked, for the trail; nothing personal."""
        return {
            "years": f"{self.first_year}-{self.last_year}",
            "area": self.area_code,
            "kind": self.project_kind,
            "source": self.source_level,
            "project": self.project_code,
            "as_of": self.as_of_words,
        }
