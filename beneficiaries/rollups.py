"""Every sum over households and incomes. A roll-up names its formula, what is in, what is out, and its unit."""

from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet, Sum

from alleviation.common.query import Query
from beneficiaries.models import Household, IncomeRecord, PovertyLine
from projects.choices import Level
from projects.models import Division
from projects.rollups.funding import gather
from projects.rollups.places import child_level, child_of, fold_former

ZERO = Decimal("0.00")
COMPONENTS = ("wage_income", "business_income", "property_income", "transfer_income", "expenses")


@dataclass(frozen=True)
class Income:
    """Sums of income records in yuan, with the households and persons they are about.

    `made_up` counts the records among them that belong to the made-up example.
    """

    households: int = 0
    persons: int = 0
    wage_income: Decimal = ZERO
    business_income: Decimal = ZERO
    property_income: Decimal = ZERO
    transfer_income: Decimal = ZERO
    expenses: Decimal = ZERO
    made_up: int = 0
    key: Any = field(default=None, compare=False)

    @property
    def net_income(self) -> Decimal:
        """Σ of the four components − Σ production and business expenses, in yuan."""
        earned = self.wage_income + self.business_income + self.property_income + self.transfer_income
        return earned - self.expenses

    @property
    def per_capita(self) -> Decimal | None:
        """Σ net income ÷ Σ persons (人均纯收入), in yuan per person; None where no person is recorded."""
        return self.net_income / self.persons if self.persons else None

    def __add__(self, other: "Income") -> "Income":
        names = [f.name for f in fields(self) if f.name != "key"]
        return Income(**{name: getattr(self, name) + getattr(other, name) for name in names})


def recorded(query: Query) -> QuerySet[IncomeRecord]:
    """The income records that a question is about, and whose sums this person may see."""
    incomes = IncomeRecord.objects.standing().summable_by(query.user).of_years(query.first_year, query.last_year)
    return incomes if query.prefixes is None else incomes.in_any_area(list(query.prefixes))


def income_total(query: Query) -> Income:
    """Σ over all records asked for. Over several years a household counts once in each."""
    return _income(recorded(query).order_by().aggregate(**_sums()), None)


def per_capita_income(query: Query) -> list[Income]:
    """income_total for each year that has a record; `key` is the year. Per capita is the ratio of the sums."""
    return _grouped(query, "year")


def income_by_area(query: Query, division: Division | None) -> list[Income]:
    """income_total by the places right below a place; `key` is their code, "" for what belongs to none of them."""
    level = child_level(division)
    return gather(_grouped(query, "village__code"), level) if level is not None else []


def income_by_year_and_area(query: Query, division: Division | None) -> list[Income]:
    """income_total by year and place right below a place; `key` is (year, code), the code as in income_by_area.

    A village, which has no place below it, is its own only row of each year.
    """
    level = child_level(division) or Level.VILLAGE
    parts = [(one.key[0], child_of(one.key[1], level), one) for one in _grouped(query, "year", "village__code")]
    today = fold_former(code for _year, code, _one in parts if code)
    gathered: dict[tuple[int, str], Income] = {}
    for year, code, one in parts:
        home = (year, today.get(code, code))
        gathered[home] = gathered[home] + one if home in gathered else one
    return [replace(gathered[key], key=key) for key in sorted(gathered, key=lambda key: (key[0], not key[1], key[1]))]


def households_on_register(query: Query) -> int:
    """Households recorded in the area, whatever their status."""
    found = Household.objects.all()
    if query.user.area:
        found = found.in_area(query.user.area)
    return (found if query.prefixes is None else found.in_any_area(list(query.prefixes))).count()


def latest_year(query: Query) -> int | None:
    """The last of the years asked for that has an income record; None where none has."""
    latest: int | None = recorded(query).aggregate(year=Max("year"))["year"]
    return latest


def all_lines(query: Query) -> list[PovertyLine]:
    """The lines of the years asked for that this person may see, of every area and kind."""
    lines = PovertyLine.objects.visible_to(query.user).select_related("division")
    return list(lines.filter(year__gte=query.first_year, year__lte=query.last_year))


def poverty_lines(query: Query) -> dict[int, PovertyLine]:
    """The poverty line of each year: that of the province asked about, else the national one. No year is invented."""
    lines = PovertyLine.objects.poverty().order_by("year", F("division").asc(nulls_first=True))
    province = query.area_code[:2].ljust(12, "0") if query.area_code else ""
    found = lines.filter(Q(division__isnull=True) | Q(division__code=province, division__level=1))
    return {line.year: line for line in found if query.first_year <= line.year <= query.last_year}


def _grouped(query: Query, *names: str) -> list[Income]:
    rows = recorded(query).order_by().values(*names).annotate(**_sums()).order_by(*names)
    return [_income(row, row[names[0]] if len(names) == 1 else tuple(row[name] for name in names)) for row in rows]


def _sums() -> dict[str, Any]:
    # Named apart from the columns: an aggregate may not hide the field it sums. A household has one record a year,
    # so records count it once in each, and the counts of parts add up to the count of the whole.
    sums = {f"sum_{name}": Sum(name) for name in ("persons", *COMPONENTS)}
    return sums | {
        "households": Count("id"),
        "made_up": Count("id", filter=Q(household__is_made_up=True)),
    }


def _income(row: dict[str, Any], key: Any) -> Income:
    sums = {name: row[f"sum_{name}"] or ZERO for name in COMPONENTS}
    return Income(
        households=row["households"], persons=row["sum_persons"] or 0, **sums, made_up=row["made_up"], key=key
    )
