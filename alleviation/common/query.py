"""What is asked of a figure: which years, which places, which kinds. The same for pages, reports and commands."""

from dataclasses import dataclass, replace
from typing import Any, Self

from alleviation.common.years import FIRST_YEAR, LAST_YEAR


@dataclass(frozen=True)
class Query:
    """A filter. `prefixes` are the leading digits of division codes; None is everywhere, () is nowhere."""

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

    @property
    def year(self) -> int | None:
        """The one year asked for; None for a span."""
        return self.first_year if self.first_year == self.last_year else None

    def of_years(self, first: int, last: int) -> Self:
        """The same question for other years."""
        return replace(self, first_year=first, last_year=last)

    def words(self) -> dict[str, Any]:
        """What was asked, for the trail; nothing personal."""
        return {
            "years": f"{self.first_year}-{self.last_year}",
            "area": self.area_code,
            "kind": self.project_kind,
            "source": self.source_level,
            "project": self.project_code,
        }
