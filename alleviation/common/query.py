"""What is asked of a figure: which years, which places, which kinds. The same for pages, reports and commands."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from django.db.models import Q
from django.utils.timezone import localdate

from alleviation.common.areas import LEVEL_LENGTHS, covers, within_any
from alleviation.common.years import FIRST_YEAR, LAST_YEAR, PLAN_PERIODS, plan_period_of

# What a filter asks goes along from page to page under these names, whether or not a page asks by it.
KEPT = (
    *("year", "plan", "area", "kind", "project", "source", "source_code", "as_of"),
    *("household_status", "category", "cause", "boundaries"),
)


@dataclass(frozen=True)
class Query:
    """A filter. `prefixes` are the leading digits of division codes; None is everywhere, () is nowhere.

    Narrower than any filter of a page, for the explanation of one cell of a table: `project_id` (0: what is tied to
    no project), `is_tied` (what is tied to a project that this person may see), `place_code` (this very place, without
    those below), `inside_code` with its prefixes `inside` (what a table gathers under this place), `above_level` (what
    belongs to no place of this level or below it), `outside_plans` (years that no five-year plan covers), and `of`,
    which each figure reads in its own way.

    Of households: `household_status`, `category` and `cause`, as they stood at the end of each year; `boundaries`,
    "recorded" for the villages as they were when the rows were recorded, else a village that was merged into another
    is gathered there.

    `as_of`: every figure as it was known at that moment; None is now. `memory` keeps what was read from the trail for
    it, so that one page reads it once. A command's reader is nobody who is saved, and has no hash.
    """

    user: Any = field(hash=False)
    first_year: int = FIRST_YEAR
    last_year: int = LAST_YEAR
    area_code: str = ""
    prefixes: tuple[str, ...] | None = None
    project_kind: str = ""
    source_level: str = ""
    project_code: str = ""
    source_code: str = ""
    project_id: int | None = None
    is_tied: bool = False
    place_code: str = ""
    inside_code: str = ""
    inside: tuple[str, ...] = ()
    above_level: int | None = None
    outside_plans: bool = False
    of: str = ""
    measure: str = ""
    status: str = ""
    household_status: str = ""
    category: str = ""
    cause: str = ""
    boundaries: str = ""
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

    def located(self, field: str) -> Q:
        """A filter for rows whose division code, by this name, lies where the question asks."""
        found = Q() if self.prefixes is None else within_any(list(self.prefixes), field)
        if self.place_code:
            found &= Q(**{field: self.place_code})
        if self.inside_code:
            found &= within_any(list(self.inside), field)
        if zeros := self._zeros():
            found &= Q(**{f"{field}__endswith": zeros})
        return found

    def holds(self, code: str) -> bool:
        """Whether a division code lies where the question asks: `located` for one that is at hand."""
        asked = self.prefixes is None or any(covers(prefix, code) for prefix in self.prefixes)
        inside = not self.inside_code or any(covers(prefix, code) for prefix in self.inside)
        return asked and inside and self.place_code in ("", code) and code.endswith(self._zeros())

    def beside_plans(self, field: str = "year") -> Q:
        """A filter for rows of years that no plan covers, where just these are asked for; else none."""
        if not self.outside_plans:
            return Q()
        planned = Q()
        for plan in PLAN_PERIODS:
            planned |= Q(**{f"{field}__gte": plan.first_year, f"{field}__lte": plan.last_year})
        return ~planned

    def holds_year(self, year: int) -> bool:
        """Whether a year is among those asked for."""
        is_asked = self.first_year <= year <= self.last_year
        return is_asked and not (self.outside_plans and plan_period_of(year))

    def _zeros(self) -> str:
        """The zeros in which the code of every place above a level ends; there is none above a province."""
        if self.above_level is None:
            return ""
        return "0" * (12 - (LEVEL_LENGTHS[self.above_level - 2] if self.above_level > 1 else 0))

    def asked(self) -> dict[str, str]:
        """What is asked, as it stands in the address of an explanation; as little as tells it."""
        everything = (self.first_year, self.last_year) == (FIRST_YEAR, LAST_YEAR)
        years = {} if everything else {"first": self.first_year, "last": self.last_year}
        told: dict[str, Any] = {
            **({"year": self.year} if self.year else years),
            "area": self.area_code,
            "kind": self.project_kind,
            "source": self.source_level,
            "source_code": self.source_code,
            "project": self.project_code,
            "project_id": self.project_id,
            "tied": "1" if self.is_tied else "",
            "at": self.place_code,
            "inside": self.inside_code,
            "above": self.above_level,
            "outside_plans": "1" if self.outside_plans else "",
            "measure": self.measure,
            "status": self.status,
            "household_status": self.household_status,
            "category": self.category,
            "cause": self.cause,
            "boundaries": self.boundaries,
            "of": self.of,
            "as_of": self.as_of_words,
        }
        return {name: str(value) for name, value in told.items() if value not in ("", None)}

    def of_years(self, first: int, last: int) -> Self:
        """The same question for other years."""
        return replace(self, first_year=first, last_year=last)

    def of_source(self, level: str) -> Self:
        """The same question for the sources of one level, whatever they are called."""
        return replace(self, source_level=level, source_code="")

    def words(self) -> dict[str, Any]:
        """What was asked, for the trail; nothing personal."""
        of_households = {
            "household_status": self.household_status,
            "category": self.category,
            "cause": self.cause,
            "boundaries": self.boundaries,
        }
        return {
            "years": f"{self.first_year}-{self.last_year}",
            "area": self.area_code,
            "kind": self.project_kind,
            "source": self.source_level,
            "project": self.project_code,
            "as_of": self.as_of_words,
            **{name: value for name, value in of_households.items() if value},
        }
