"""Where a series of incomes changes what it counts: another definition of income, or another twelve months."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext

from alleviation.common.query import Query
from beneficiaries.choices import IncomeConcept, IncomeYear
from beneficiaries.models.cells import WAYS
from beneficiaries.rollups.stored import YEAR, added_up, is_kept
from beneficiaries.rollups.sums import recorded


@dataclass(frozen=True, order=True)
class Kept:
    """How an income was counted: what it is, and of which twelve months."""

    concept: str
    income_year: str

    @property
    def words(self) -> str:
        """Disposable income, January to December."""
        return f"{IncomeConcept(self.concept).label}, {IncomeYear(self.income_year).label}"


@dataclass(frozen=True)
class Break:
    """A year whose incomes are counted otherwise than those of the recorded year before it, or in several ways.

    `before` is empty for the first recorded year, which can only be mixed in itself.
    """

    year: int
    previous: int | None
    before: tuple[Kept, ...]
    after: tuple[Kept, ...]

    @property
    def is_mixed(self) -> bool:
        """Whether incomes of the year itself are counted in several ways."""
        return len(self.after) > 1

    @property
    def words(self) -> str:
        """What differs, for the page."""
        after = "; ".join(one.words for one in self.after)
        if not self.before or self.before == self.after:
            return gettext("%(year)s mixes what is not the same: %(after)s.") % {"year": self.year, "after": after}
        told = {
            "year": self.year,
            "previous": self.previous,
            "before": "; ".join(one.words for one in self.before),
            "after": after,
        }
        words = gettext("Break in the series: %(before)s in %(previous)s; %(after)s in %(year)s.") % told
        if self.is_mixed:
            words += " " + gettext("The year mixes what is not the same.")
        return words


def series_breaks(query: Query) -> dict[int, Break]:
    """The years asked for in which the series breaks, in their order.

    A year breaks the series where the definition of income (net, disposable) or the income year (calendar, or October
    to September) of its records is not that of the recorded year before it, or where the year itself has several.
    In: the records that hold. Years without a record are passed over. Source: docs/incomes.md.
    """
    return breaks_in(kept_by_year(query))


def breaks_in(kept: Mapping[int, tuple[Kept, ...]]) -> dict[int, Break]:
    """The years in which such a series breaks, in their order."""
    found: dict[int, Break] = {}
    previous: int | None = None
    before: tuple[Kept, ...] = ()
    for year, after in sorted(kept.items()):
        if len(after) > 1 or (before and before != after):
            found[year] = Break(year, previous, before, after)
        previous, before = year, after
    return found


def kept_by_year(query: Query) -> dict[int, tuple[Kept, ...]]:
    """How the incomes of each year asked for were counted, in all the ways that there are."""
    if is_kept(query):
        return {year: _ways(row) for (year,), row in sorted(added_up(query, tuple(WAYS), YEAR).items())}
    kept: dict[int, set[Kept]] = defaultdict(set)
    rows = recorded(query).order_by().values_list("year", "concept", "income_year").distinct()
    for year, concept, income_year in rows:
        kept[year].add(Kept(concept, income_year))
    return {year: tuple(sorted(ways)) for year, ways in kept.items()}


def _ways(row: Mapping[str, int]) -> tuple[Kept, ...]:
    """Those in which the income of any household is counted."""
    return tuple(sorted(Kept(*way) for name, way in WAYS.items() if row[name]))
