"""What sums of incomes are, and the records that they are made of."""

from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from alleviation.common.query import Query
from beneficiaries.models import IncomeRecord
from beneficiaries.models.cells import COMPONENTS, HEADS
from beneficiaries.models.incomes import IncomeQuerySet
from beneficiaries.rollups.boundaries import placed
from beneficiaries.rollups.standing import stood
from beneficiaries.rollups.stored import PLACE, YEAR, added_up, is_kept

ZERO = Decimal("0.00")


SUMMED = (*HEADS, *COMPONENTS)


@dataclass(frozen=True)
class Income:
    """Sums of income records in yuan, with the households and persons they are about.

    `made_up` counts the records among them that belong to the made-up example. A sum that is `withheld` from
    the reader (disclosure.py) has None for its amounts, of a cut for its households and persons too; nothing can be
    added to it.
    """

    households: int = 0
    persons: int = 0
    wage_income: Decimal = ZERO
    business_income: Decimal = ZERO
    property_income: Decimal = ZERO
    transfer_income: Decimal = ZERO
    expenses: Decimal = ZERO
    made_up: int = 0
    withheld: bool = False
    key: Any = field(default=None, compare=False)

    @property
    def net_income(self) -> Decimal | None:
        """Σ of the four components − Σ production and business expenses, in yuan; None where it is withheld."""
        if self.withheld:
            return None
        earned = self.wage_income + self.business_income + self.property_income + self.transfer_income
        return earned - self.expenses

    @property
    def per_capita(self) -> Decimal | None:
        """Σ net income ÷ Σ persons (人均纯收入), in yuan per person; None where no person is recorded, or withheld."""
        return self.net_income / self.persons if self.persons and self.net_income is not None else None

    def hidden(self, *, is_cut: bool = False) -> "Income":
        """The same without its amounts; of a cut by status, category or cause, without its numbers too."""
        nothing: dict[str, Any] = dict.fromkeys((*COMPONENTS, *(("households", "persons") if is_cut else ())))
        nothing |= {"made_up": 0} if is_cut else {}
        return replace(self, **nothing, withheld=True)

    def __add__(self, other: "Income") -> "Income":
        names = [f.name for f in fields(self) if f.name not in ("key", "withheld")]
        return Income(**{name: getattr(self, name) + getattr(other, name) for name in names})


def recorded(query: Query) -> QuerySet[IncomeRecord]:
    """The income records that a question is about, and whose sums this person may see.

    The records that hold, of the years and places asked for, on the boundaries asked for, of households that stood as
    asked: by their status at the end of the record's year, and by today's category and main cause, of which there is
    no history. A household counts under its main cause alone.
    """
    return asked_of(IncomeRecord.objects.standing(query.as_of), query)


def asked_of(incomes: IncomeQuerySet, query: Query) -> QuerySet[IncomeRecord]:
    """Of some income records those that a question is about, and whose sums this person may see."""
    found = incomes.summable_by(query.user).of_years(query.first_year, query.last_year)
    return placed(found, query).filter(query.beside_plans(), stood(query))


def grouped(query: Query, *names: str, by: int | None = None) -> list[Income]:
    """income_total by these columns, in their order; `key` is their value, or where they are several, all of them.

    `by` is the level of the places that are told apart in the end: for counties the code is that of any village in the
    county, for larger ones their own.
    """
    if is_kept(query):
        found = added_up(query, SUMMED, *(name if name == YEAR else PLACE for name in names), by=by)
        return [kept_income(found[key], key[0] if len(names) == 1 else key) for key in sorted(found)]
    rows = recorded(query).order_by().values(*names).annotate(**summed()).order_by(*names)
    return [income_of(row, row[names[0]] if len(names) == 1 else tuple(row[name] for name in names)) for row in rows]


def total_of(query: Query) -> Income:
    """income_total, whoever asks."""
    if is_kept(query):
        return kept_income(added_up(query, SUMMED)[()], None)
    return income_of(recorded(query).order_by().aggregate(**summed()), None)


def kept_income(row: dict[str, Any], key: Any) -> Income:
    """The sums of cells."""
    facts: dict[str, Any] = {name: row[name] or ZERO for name in COMPONENTS} | {name: row[name] for name in HEADS}
    return Income(**facts, key=key)


def summed() -> dict[str, Any]:
    # Named apart from the columns: an aggregate may not hide the field it sums. A household has one record a year,
    # so records count it once in each, and the counts of parts add up to the count of the whole.
    sums = {f"sum_{name}": Sum(name) for name in ("persons", *COMPONENTS)}
    return sums | {
        "households": Count("id"),
        "made_up": Count("id", filter=Q(household__is_made_up=True)),
    }


def income_of(row: dict[str, Any], key: Any) -> Income:
    sums: dict[str, Any] = {name: row[f"sum_{name}"] or ZERO for name in COMPONENTS}
    return Income(
        households=row["households"], persons=row["sum_persons"] or 0, **sums, made_up=row["made_up"], key=key
    )
