"""Every sum over households and incomes. A roll-up names its formula, what is in, what is out, and its unit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.base import Model
from django.db.models.functions import Coalesce

from alleviation.accounts.rights import Right
from alleviation.common.areas import within
from alleviation.common.query import Query
from beneficiaries.choices import IncomeStatus, LineKind
from beneficiaries.models import Enrolment, Household, IncomeRecord, Person, PovertyLine
from projects.choices import Level
from projects.models import Division
from projects.rollups.funding import added, gather, homes
from projects.rollups.past import as_they_were, placed, project_ids
from projects.rollups.places import child_level

ZERO = Decimal("0.00")
# Of fewer households a sum would tell what one of them lives on.
FEW = 3
# How many questions are put in one statement.
AT_ONCE = 50
PEOPLE = ("households", "persons", "made_up")
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


@dataclass(frozen=True)
class Registered:
    """How many households are on the register, and how many of them belong to the made-up example."""

    households: int = 0
    made_up: int = 0

    def __add__(self, other: "Registered") -> "Registered":
        return Registered(self.households + other.households, self.made_up + other.made_up)


def recorded(query: Query) -> QuerySet[IncomeRecord]:
    """The income records that a question is about, and whose sums this person may see."""
    incomes = (
        IncomeRecord.objects.standing(query.as_of).summable_by(query.user).of_years(query.first_year, query.last_year)
    )
    return incomes.filter(query.located("village__code"), query.beside_plans())


def replaced(query: Query) -> int:
    """How many records of the same places and years a correction took the place of; as of a past date, until then."""
    until = {"superseded_at__isnull": False} if query.as_of is None else {"superseded_at__lte": query.as_of}
    earlier = IncomeRecord.objects.filter(**until).summable_by(query.user)
    earlier = earlier.of_years(query.first_year, query.last_year)
    return earlier.filter(query.located("village__code"), query.beside_plans()).count()


def income_total(query: Query) -> Income:
    """Σ over all records asked for. Over several years a household counts once in each."""
    return _income(recorded(query).order_by().aggregate(**_sums()), None)


def per_capita_income(query: Query) -> list[Income]:
    """income_total for each year that has a record; `key` is the year. Per capita is the ratio of the sums."""
    return _grouped(query, "year")


def expected_income(query: Query) -> Income:
    """income_total of the records among them of which a part has not been received yet."""
    expected = recorded(query).filter(status=IncomeStatus.EXPECTED)
    return _income(expected.order_by().aggregate(**_sums()), None)


def income_by_year_and_village(query: Query) -> list[Income]:
    """income_total for each village and year; `key` is (year, code). Villages of fewer than FEW households are
    gathered under the code "", year by year: a figure of one or two of them would tell what a family lives on.
    """
    sums = _grouped(query, "year", "village__code")
    gathered = added(sums, lambda one: (one.key[0], one.key[1] if one.households >= FEW else ""))
    return [replace(gathered[key], key=key) for key in sorted(gathered, key=lambda key: (key[0], not key[1], key[1]))]


def income_by_area(query: Query, division: Division | None) -> list[Income]:
    """income_total by the places right below a place; `key` is their code, "" for what belongs to none of them."""
    level = child_level(division)
    return gather(_grouped(query, "village__code"), level) if level is not None else []


def income_by_year_and_area(query: Query, division: Division | None) -> list[Income]:
    """income_total by year and place right below a place; `key` is (year, code), the code as in income_by_area.

    A village, which has no place below it, is its own only row of each year.
    """
    level = child_level(division) or Level.VILLAGE
    sums = _grouped(query, "year", "village__code")
    home = homes((one.key[1] for one in sums), level)
    gathered = added(sums, lambda one: (one.key[0], home[one.key[1]]))
    return [replace(gathered[key], key=key) for key in sorted(gathered, key=lambda key: (key[0], not key[1], key[1]))]


def register(query: Query) -> QuerySet[Household]:
    """The households recorded in the area, whatever their status, as the register has them today."""
    found = Household.objects.in_area(query.user.area).filter(query.located("village__code"))
    return found if query.user.may(Right.VIEW_FIGURES) else found.none()


def households_on_register(query: Query) -> int:
    """Households recorded in the area, whatever their status."""
    return register(query).count()


def register_by_village(query: Query) -> dict[str, Registered]:
    """households_on_register for each village, by its code, in the order of the codes."""
    rows = register(query).order_by().values("village__code")
    counted = rows.annotate(households=Count("pk"), made_up=Count("pk", filter=Q(is_made_up=True)))
    sums = {row["village__code"]: Registered(row["households"], row["made_up"]) for row in counted}
    return dict(sorted(sums.items()))


def without_income(query: Query) -> int:
    """Households on the register of the area of which no income of the years asked for is recorded anywhere."""
    incomes = IncomeRecord.objects.standing(query.as_of).of_years(query.first_year, query.last_year)
    return register(query).exclude(pk__in=incomes.filter(query.beside_plans()).values("household")).count()


@dataclass(frozen=True)
class People:
    """How many households, and how many persons in them; each counts once. `made_up` are households among them."""

    households: int = 0
    persons: int = 0
    made_up: int = 0


def enrolments(query: Query) -> QuerySet[Enrolment]:
    """The parts of households in projects that a question is about, and whose sums this person may see.

    A household counts in its village of today. In: every kind of benefit. Out: nothing else is asked of them.
    """
    found = Enrolment.objects.filter(_enrolled(query))
    return found if query.user.may(Right.VIEW_FIGURES) else found.none()


def enrolled(query: Query) -> People:
    """Households with a part in a project, and their members, each once however many projects and years they are in.

    Households: number of distinct households of the enrolments asked for. Persons: number of the members of these
    households that are recorded. Unit: households and persons. Source: the register and its enrolments. Out:
    households whose part nobody entered; which member a part is for is not recorded, so all members count.
    """
    return enrolled_each([query])[0]


def enrolled_households(query: Query) -> QuerySet[Household]:
    """The households that `enrolled` counts, each with its recorded `members` and its `parts` in what is asked for."""
    found = Household.objects.filter(pk__in=enrolments(query).values("household")).select_related("village")
    members = Person.objects.filter(household=OuterRef("pk")).order_by().values("household")
    parts = enrolments(query).filter(household=OuterRef("pk")).order_by().values("household")
    return found.annotate(
        members=Coalesce(Subquery(members.annotate(n=Count("pk")).values("n")), 0),
        parts=Coalesce(Subquery(parts.annotate(n=Count("pk")).values("n")), 0),
    ).order_by("village__code", "number", "pk")


def enrolled_by_village(query: Query) -> dict[str, People]:
    """`enrolled` for each village of today, by its code, in the order of the codes."""
    found = Household.objects.filter(pk__in=enrolments(query).values("household")).order_by()
    counted = found.values("village__code").annotate(
        households=Count("pk", distinct=True),
        members=Count("persons", distinct=True),
        made_up=Count("pk", distinct=True, filter=Q(is_made_up=True)),
    )
    sums = {one["village__code"]: People(one["households"], one["members"], one["made_up"]) for one in counted}
    return dict(sorted(sums.items()))


def enrolled_each(queries: Sequence[Query]) -> list[People]:
    """`enrolled` for each of several questions of one person, many of them in one statement."""
    counted: list[People] = []
    for some in batched([_enrolled(query) for query in queries]):
        rows = Enrolment.objects.filter(reduce(or_, some)).order_by()
        households = {f"households{n}": Count("household", distinct=True, filter=one) for n, one in enumerate(some)}
        members = {f"persons{n}": Count("household__persons", distinct=True, filter=one) for n, one in enumerate(some)}
        made_up = {
            f"made_up{n}": Count("household", distinct=True, filter=one & Q(household__is_made_up=True))
            for n, one in enumerate(some)
        }
        sums = rows.aggregate(**households, **members, **made_up)
        counted += [People(*(sums[f"{name}{n}"] for name in PEOPLE)) for n in range(len(some))]
    return _as_far_as_seen(queries, counted)


def on_register_each(queries: Sequence[Query]) -> list[People]:
    """For each of several questions the households on the register of its area, and their members.

    As `households_on_register`; persons: the members that are recorded of these households.
    """
    counted: list[People] = []
    for some in batched(queries):
        households = _numbers(Household, [_registered(query, "village__code") for query in some])
        persons = _numbers(Person, [_registered(query, "household__village__code") for query in some])
        made_up = _numbers(Household, [_registered(query, "village__code") & Q(is_made_up=True) for query in some])
        counted += [People(*one) for one in zip(households, persons, made_up, strict=True)]
    return _as_far_as_seen(queries, counted)


def latest_enrolled_each(queries: Sequence[Query]) -> list[int | None]:
    """For each of several questions the last of its years in which anybody is enrolled; None where nobody is."""
    found: list[int | None] = []
    for some in batched([_enrolled(query) for query in queries]):
        years = {f"year{n}": Max("year", filter=one) for n, one in enumerate(some)}
        last = Enrolment.objects.filter(reduce(or_, some)).order_by().aggregate(**years)
        found += [last[f"year{n}"] for n in range(len(some))]
    return found


def persons_by_village(query: Query) -> dict[str, int]:
    """The members of the households on the register for each village, by its code, in the order of the codes."""
    if not query.user.may(Right.VIEW_FIGURES):
        return {}
    rows = Person.objects.filter(_registered(query, "household__village__code")).order_by()
    counted = rows.values("household__village__code").annotate(persons=Count("pk"))
    return dict(sorted(counted.values_list("household__village__code", "persons")))


def batched(found: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """A limited number at a time: a statement takes no more values, and no more columns."""
    return (found[first : first + AT_ONCE] for first in range(0, len(found), AT_ONCE))


def _as_far_as_seen(queries: Sequence[Query], counted: list[People]) -> list[People]:
    """What whoever asks may see: figures need no right to see single households."""
    pairs = zip(queries, counted, strict=True)
    return [one if query.user.may(Right.VIEW_FIGURES) else People() for query, one in pairs]


def _enrolled(query: Query) -> Q:
    asked = Q(year__gte=query.first_year, year__lte=query.last_year) & query.beside_plans()
    asked &= _registered(query, "household__village__code")
    if (projects := project_ids(query)) is not None:
        asked &= Q(project__in=projects)
    return asked if query.project_id is None else asked & Q(project=query.project_id)


def _registered(query: Query, field_: str) -> Q:
    return within(query.user.area, field_) & query.located(field_)


def _numbers(model: type[Model], asked: Sequence[Q]) -> list[int]:
    # A question without a filter is about all rows, and "or" would forget it.
    rows = model._default_manager.filter(reduce(or_, asked) if all(asked) else Q()).order_by()
    counts = rows.aggregate(**{f"number{n}": Count("pk", filter=one) for n, one in enumerate(asked)})
    return [counts[f"number{n}"] for n in range(len(asked))]


def latest_year(query: Query) -> int | None:
    """The last of the years asked for that has an income record; None where none has."""
    latest: int | None = recorded(query).aggregate(year=Max("year"))["year"]
    return latest


def line_of(query: Query, number: int) -> PovertyLine | None:
    """One line by its id, of whatever year; None where there is none."""
    return next((line for line in _lines(query) if line.pk == number), None)


def asked_of_line(line: PovertyLine) -> dict[str, str]:
    """The question that opens a line: the same in every table, whatever else the table asks."""
    return {**dict.fromkeys(("year", "first", "last", "area", "inside", "above"), ""), "of": str(line.pk)}


def all_lines(query: Query) -> list[PovertyLine]:
    """The lines of the years asked for that this person may see, of every area and kind."""
    return [line for line in _lines(query) if query.first_year <= line.year <= query.last_year]


def poverty_lines(query: Query) -> dict[int, PovertyLine]:
    """The poverty line of each year: that of the province asked about, else the national one. No year is invented."""
    province = query.area_code[:2].ljust(12, "0") if query.area_code else ""
    found = [line for line in all_lines(query) if line.kind == LineKind.POVERTY]
    national = {line.year: line for line in found if line.division is None}
    provincial = [line for line in found if line.division and line.division.level == Level.PROVINCE]
    return national | {one.year: one for one in provincial if one.division and one.division.code == province}


def _lines(query: Query) -> list[PovertyLine]:
    """Every line, by kind, year and area; as of a past date as the trail tells it, the places as they are today."""
    if query.as_of is None:
        return list(PovertyLine.objects.visible_to(query.user).select_related("division"))
    found = placed(as_they_were(query, PovertyLine)).values() if query.user.is_active else []
    return sorted(found, key=lambda one: (one.kind, one.year, one.division.code if one.division else "", one.pk))


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
