"""One of the writers of rollup_exactness: a process that does what it is told, a line for each round.

    python -m benchmarks.writers SEED [--without-lock]

Each does what the pages let a clerk do with incomes (beneficiaries/actions), on so few villages that they meet.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any

# Years in which the load records nothing: what is inserted there may be there already, by another writer.
YEARS = range(2010, 2016)
BY = "benchmarks"
WORKS = ("insert", "correct", "move", "remove", "verify")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("seed", type=int)
    parser.add_argument("--without-lock", action="store_true")
    given = parser.parse_args()
    import django

    django.setup()
    if given.without_lock:
        take_the_lock_away()
    writer = Writer(Random(given.seed))  # noqa: S311 - no secret
    for line in sys.stdin:
        print(writer.write(int(line)), flush=True)


def take_the_lock_away() -> None:
    """To show that the rounds would find what the lock prevents: cells are made and not waited for."""
    from beneficiaries.actions import cells

    cells._lock = lambda *_cells: None


class Writer:
    """Somebody who inserts, corrects, moves, removes and verifies incomes of a few villages."""

    def __init__(self, chance: Random) -> None:
        from alleviation.accounts.models import User
        from alleviation.example.load.ground import CHECKER
        from beneficiaries.models import Household

        self.chance = chance
        self.checker = User.objects.get(username=CHECKER)
        self.checker.is_active = True
        self.done: Counter[str] = Counter()
        households = Household.objects.order_by("village__code", "pk").select_related("village")
        self.homes = list(households.filter(village__in=contended()))
        self.villages = sorted({home.village for home in self.homes}, key=lambda village: str(village.code))

    def write(self, times: int) -> str:
        """Do so many things, one transaction each; what was refused is done by somebody else already."""
        from django.core.exceptions import PermissionDenied, ValidationError
        from django.db import IntegrityError, OperationalError

        from alleviation.audit.versions import ChangedMeanwhile
        from beneficiaries.models import IncomeRecord

        self.done.clear()
        for _time in range(times):
            name = self.chance.choice(WORKS)
            work: Callable[[], None] = getattr(self, f"_{name}")
            try:
                work()
                self.done[name] += 1
            except OperationalError as error:
                self.done["deadlocks" if "deadlock" in str(error) else "refused for now"] += 1
            except (ValidationError, IntegrityError, PermissionDenied, ChangedMeanwhile, IncomeRecord.DoesNotExist):
                self.done["refused"] += 1
        return " ".join(f"{name.replace(' ', '-')}={number}" for name, number in sorted(self.done.items()))

    def _insert(self) -> None:
        from beneficiaries.actions.incomes import record_income
        from beneficiaries.models import IncomeRecord

        kinds = ("wage", "business", "property", "transfer")
        income = IncomeRecord(
            household=self.chance.choice(self.homes),
            year=self.chance.choice(YEARS),
            persons=self.chance.randint(1, 8),
            expenses=self.chance.randint(0, 900),
            **{f"{kind}_income": self.chance.randint(0, 9000) for kind in kinds},
        )
        record_income(income, by=BY)

    def _correct(self, village: Any = None) -> None:
        from beneficiaries.actions.incomes import record_income

        income = self._any()
        income.wage_income += self.chance.randint(1, 500)
        income.village = village or income.village
        income.reason = f"counted again: {self.chance.random()}"
        record_income(income, by=BY)

    def _move(self) -> None:
        """The income turns out to be of another village."""
        self._correct(self.chance.choice(self.villages))

    def _remove(self) -> None:
        """As the example is taken out: only what is made up may go."""
        from alleviation.audit import trail

        with trail.together():
            income = self._any(locked=True)
            trail.remove(income, by=BY)

    def _verify(self) -> None:
        from beneficiaries.actions.checking import verify_incomes

        verify_incomes([self._any()], by=self.checker)

    def _any(self, *, locked: bool = False) -> Any:
        """An income that holds, of one of the villages. Raises DoesNotExist."""
        from beneficiaries.models import IncomeRecord

        rows = IncomeRecord.objects.standing().filter(village__in=self.villages)
        with suppress(IndexError):
            number = rows.order_by("pk")[self.chance.randrange(rows.count() or 1)].pk
            held = IncomeRecord.objects.select_for_update() if locked else IncomeRecord.objects
            return held.get(pk=number)
        raise IncomeRecord.DoesNotExist


def contended() -> list[int]:
    """Two villages of each of the first two counties that have made-up households."""
    from beneficiaries.models import Household

    villages = Household.objects.order_by("pk").values_list("village__code", "village_id")
    found: dict[str, dict[int, None]] = {}
    for code, number in villages.iterator():
        of_county = found.setdefault(code[:6], {})
        if len(of_county) < 2:
            of_county[number] = None
    return [number for county in sorted(found)[:2] for number in found[county]]


if __name__ == "__main__":
    main()
