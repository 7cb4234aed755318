"""Money beside the people it is meant for: what was allocated in a year for each person counted in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from alleviation.common.query import Query
from alleviation.common.tables import Mark, mark_of
from beneficiaries.rollups import Income, per_capita_income
from projects.rollups import Funding, funding_by_year


@dataclass(frozen=True)
class PerPerson:
    """One year: what the ledger has as allocated, in yuan, and the persons counted; None for what is not known."""

    year: int
    allocated: Decimal | None = None
    persons: int | None = None
    made_up: Mark = False

    @property
    def ratio(self) -> Decimal | None:
        """Allocated ÷ persons counted, in yuan per person; None where either is not known, or nobody is counted."""
        return self.allocated / self.persons if self.allocated is not None and self.persons else None


def allocated_per_person(query: Query) -> list[PerPerson]:
    """Each year that has an entry in the ledger or an income record.

    The persons are those whose income of the year is recorded: the register keeps no other number by year. In: money
    of the area and of all places in it, whoever it reaches. Out: pledges, what waits to be checked.
    """
    return beside(funding_by_year(query), per_capita_income(query))


def beside(funds: Iterable[Funding], incomes: Iterable[Income]) -> list[PerPerson]:
    """The two by year, `key` being the year in both."""
    money, people = {one.key: one for one in funds}, {one.key: one for one in incomes}
    return [_of_year(year, money.get(year), people.get(year)) for year in sorted({*money, *people})]


def _of_year(year: int, funding: Funding | None, income: Income | None) -> PerPerson:
    sums, heads = funding or Funding(), income or Income()
    mark = mark_of(sums.made_up + heads.made_up, sums.entries + (heads.households or 0))
    return PerPerson(year, funding.allocated if funding else None, income.persons if income else None, mark)
