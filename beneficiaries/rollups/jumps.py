"""An income beside that of the year before, for whoever verifies it."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from alleviation.common.words import WIDE
from beneficiaries.models import IncomeRecord


@dataclass(frozen=True)
class Beside:
    """A household's income of a year, and that of the year before where it is recorded."""

    income: IncomeRecord
    before: IncomeRecord | None = None

    @property
    def per_capita(self) -> Decimal:
        """Net income / persons counted, in yuan, to 64 digits."""
        return _per_capita(self.income)

    @property
    def per_capita_before(self) -> Decimal | None:
        """As `per_capita`, of the year before; None where that is not recorded."""
        return _per_capita(self.before) if self.before else None

    @property
    def is_jump(self) -> bool:
        """Whether the per-capita income is more than half of last year's away from it, up or down.

        |n1 / p1 - n0 / p0| > |n0 / p0| / 2, multiplied out, so that nothing is rounded.
        """
        if self.before is None:
            return False
        now, was = self.income, self.before
        apart = now.net_income * was.persons - was.net_income * now.persons
        return 2 * abs(apart) > abs(was.net_income) * now.persons


def _per_capita(income: IncomeRecord) -> Decimal:
    return WIDE.divide(income.net_income, income.persons)


def beside_year_before(incomes: Iterable[IncomeRecord]) -> dict[int, Beside]:
    """Each of these records beside the standing one of its household's year before, by number; one query."""
    rows = list(incomes)
    standing = IncomeRecord.objects.standing().filter(household__in={one.household_id for one in rows})
    standing = standing.beyond("the year before of records that the caller has read in scope")
    earlier = standing.filter(year__in={one.year - 1 for one in rows}).order_by()
    found = {(one.household_id, one.year): one for one in earlier}
    return {one.pk: Beside(one, found.get((one.household_id, one.year - 1))) for one in rows}
