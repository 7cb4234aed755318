"""By how much per-capita income differs from the year before, and what that is made of."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum, Value

from alleviation.common.query import Query
from alleviation.common.years import FIRST_YEAR
from beneficiaries.choices import EnrolmentRole
from beneficiaries.models import Enrolment, IncomeRecord
from beneficiaries.models.cells import COMPONENTS
from beneficiaries.rollups.breaks import Break, series_breaks
from beneficiaries.rollups.sums import ZERO, Income, grouped, income_of, recorded, summed

# The component of income that each kind of benefit is a part of; one that is not named here is of none for certain.
COMPONENT_OF: Mapping[str, str] = {
    EnrolmentRole.WAGE: "wage_income",
    EnrolmentRole.PLANTING: "business_income",
    EnrolmentRole.LAND_RENT: "property_income",
    EnrolmentRole.DIVIDEND: "property_income",
    EnrolmentRole.SCHOLARSHIP: "transfer_income",
}


@dataclass(frozen=True)
class Received:
    """What the households with an income got from projects in a year, by kind of benefit, in yuan.

    `households` are how many of them got something of a kind. `unknown` are the parts in projects whose amount nobody
    entered: what was received is then more than is told.
    """

    amounts: Mapping[str, Decimal] = field(default_factory=dict)
    unknown: int = 0
    households: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """Per-capita income of a year against the year before, at current prices, in yuan per person, exact.

    `before` is None where nothing is recorded for the year before: nothing is compared then. `broken`: the two years
    count income differently. `matched`: both are of the same households, those recorded in both years.
    """

    year: int
    before: Income | None
    after: Income
    received_before: Received = Received()
    received_after: Received = Received()
    broken: Break | None = None
    matched: bool = False

    @property
    def is_known(self) -> bool:
        """Whether there are two figures to be compared."""
        return all(one is not None and one.persons and one.net_income is not None for one in (self.before, self.after))

    @property
    def change(self) -> Fraction | None:
        """Σ net income ÷ Σ persons of the year − the same of the year before."""
        return sum(self.parts.values(), Fraction(0)) if self.is_known else None

    @property
    def growth(self) -> Fraction | None:
        """change ÷ per-capita income of the year before; None of a loss, as of nothing: no percentage can be told."""
        if self.before is None or self.change is None or (net := self.before.net_income) is None or net <= 0:
            return None
        return self.change / (Fraction(net) / self.before.persons)

    @property
    def parts(self) -> dict[str, Fraction]:
        """What each component adds to the change: Σ component ÷ Σ persons of the year − the same of the year before.

        More expenses take away. The parts add up to the change exactly; {} where nothing is compared.
        """
        return {name: self.rise(name) * (-1 if name == "expenses" else 1) for name in COMPONENTS if self.is_known}

    @property
    def of_which(self) -> dict[str, Fraction]:
        """What each kind of benefit from projects adds, within the component that COMPONENT_OF names; {} as `parts`.

        Σ amounts of the households with an income ÷ Σ persons of the year − the same of the year before.
        """
        if not self.is_known or self.before is None:
            return {}
        then, now = self.received_before.amounts, self.received_after.amounts
        return {
            role: _each(now.get(role, ZERO), self.after) - _each(then.get(role, ZERO), self.before)
            for role in EnrolmentRole.values
            if role in then or role in now
        }

    def rise(self, name: str) -> Fraction:
        """By how much a component, or the expenses, per person is more than the year before."""
        if self.before is None:
            raise ValueError("nothing to compare")
        return _each(getattr(self.after, name), self.after) - _each(getattr(self.before, name), self.before)


def income_changes(query: Query, *, matched: bool = False, benefits: bool = True) -> list[Change]:
    """For each year asked for that has a record, the change of per-capita income against the year before.

    Current prices, no deflator. The year before is read from the same places, also where it is not asked for itself.
    `matched`: of the households alone that are recorded in both years and asked for in both; else all of each year,
    so that who came and who left is in the change. A year before without a record is told as a change from None, and
    of `matched` not at all. Amounts from projects are those of today, also as of a past day; `benefits`: whether they
    are in it, for which every enrolment and income is asked.
    Unit: yuan per person and year. Source: docs/incomes.md.
    """
    wide = replace(query, first_year=max(query.first_year - 1, FIRST_YEAR))
    now = _side(wide, -1 if matched else 0, benefits)
    then = _side(wide, 1, benefits) if matched else now
    breaks = series_breaks(wide)
    return [
        Change(
            year,
            then.sums.get(year - 1),
            after,
            then.received.get(year - 1, Received()),
            now.received.get(year, Received()),
            breaks.get(year) if year - 1 in then.sums else None,
            matched,
        )
        for year, after in sorted(now.sums.items())
        if year >= query.first_year
    ]


def in_yuan(exact: Fraction | None) -> Decimal | None:
    """An exact ratio as a Decimal, for words that round it: 28 digits, which may not be all."""
    return None if exact is None else Decimal(exact.numerator) / exact.denominator


@dataclass(frozen=True)
class _Side:
    """The sums of each year, as the later or as the earlier of two."""

    sums: dict[int, Income]
    received: dict[int, Received]


def _side(query: Query, beside: int, benefits: bool) -> _Side:
    """The sums of each year over the households that have a record so many years later as well; 0: over all."""
    incomes = _also_recorded(query, beside)
    received = _received(incomes) if benefits else {}
    if not beside:
        return _Side({one.key: one for one in grouped(query, "year")}, received)
    rows: Any = incomes.order_by().values("year").annotate(**summed())
    return _Side({row["year"]: income_of(row, row["year"]) for row in rows}, received)


def _also_recorded(query: Query, beside: int) -> QuerySet[IncomeRecord]:
    incomes = recorded(query)
    if not beside:
        return incomes
    other = recorded(query).filter(household=OuterRef("household_id"), year=OuterRef("year") + Value(beside))
    return incomes.filter(Exists(other.order_by()))


def _received(incomes: QuerySet[IncomeRecord]) -> dict[int, Received]:
    """What the households of these records got from projects in the year of the record, wherever they lived in it."""
    counted = incomes.order_by().filter(household=OuterRef("household_id"), year=OuterRef("year"))
    # SQLite goes through every enrolment there is where their households are not named as well; PostgreSQL does not,
    # and named twice it takes a worse way where it has not counted the rows lately.
    is_named = connection.vendor == "sqlite"
    of_them = Q(household__in=incomes.order_by().values("household")) if is_named else Q()
    got = Enrolment.objects.filter(of_them, Exists(counted))
    rows = got.beyond("what households in view got, wherever they lived then").order_by().values("year", "role")
    amounts: dict[int, dict[str, Decimal]] = defaultdict(dict)
    households: dict[int, dict[str, int]] = defaultdict(dict)
    unknown: Counter[int] = Counter()
    number = Count("household", distinct=True)
    for row in rows.annotate(known=Sum("amount"), unknown=Count("pk", filter=Q(amount__isnull=True)), number=number):
        unknown[row["year"]] += row["unknown"]
        households[row["year"]][row["role"]] = row["number"]
        if row["known"] is not None:
            amounts[row["year"]][row["role"]] = row["known"]
    return {year: Received(amounts.get(year, {}), unknown[year], households[year]) for year in {*amounts, *unknown}}


def _each(amount: Decimal, income: Income) -> Fraction:
    return Fraction(amount) / income.persons
