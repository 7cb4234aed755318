"""How large a load is, and how its households spread over villages, counties and years."""

from dataclasses import dataclass

HOUSEHOLDS_PER_VILLAGE = 30
VILLAGES_PER_TOWNSHIP = 10
TOWNSHIPS_PER_COUNTY = 12
HOUSEHOLDS_PER_COUNTY = HOUSEHOLDS_PER_VILLAGE * VILLAGES_PER_TOWNSHIP * TOWNSHIPS_PER_COUNTY
# The years of the 13th Five-Year Plan: there are poverty lines to hold its incomes against.
FIRST_YEAR = 2016
YEARS = 5


@dataclass(frozen=True)
class Size:
    """So many households, with incomes of so many years; all else follows. Households are numbered from 0."""

    households: int
    years: int = YEARS
    first_year: int = FIRST_YEAR

    @property
    def villages(self) -> int:
        return _parts(self.households, HOUSEHOLDS_PER_VILLAGE)

    @property
    def townships(self) -> int:
        return _parts(self.villages, VILLAGES_PER_TOWNSHIP)

    @property
    def counties(self) -> int:
        return _parts(self.townships, TOWNSHIPS_PER_COUNTY)

    @property
    def last_year(self) -> int:
        return self.first_year + self.years - 1

    def one_in(self, number: int, *, offset: int = 0) -> int:
        """How many households have a number that leaves `offset` when divided by `number`."""
        return max(0, _parts(self.households - offset, number))


def _parts(whole: int, size: int) -> int:
    return -(-whole // size)
