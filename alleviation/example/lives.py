"""What becomes of the made-up households: their state of life, their status over the years, who looks after them."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from alleviation.example.households import SAFE, YEARS, Family
from beneficiaries.choices import (
    Cause,
    ExpenseKind,
    Health,
    HouseholdCategory,
    HouseholdStatus,
    HousingGrade,
    InSchool,
    LabourAbility,
    MeasureKind,
    MigrantWork,
    MonitoringKind,
    RoadAccess,
    Schooling,
    WaterSupply,
)
from beneficiaries.models import (
    Household,
    LargeExpense,
    Monitoring,
    Person,
    Responsibility,
    StatusChange,
    SupportMeasure,
    Visit,
)
from projects.models import Official

# Free text is not translated: what is made up says so in both languages.
OFFICE = "示例县办公室 (example office)"
REGISTERED_ON = date(2014, 5, 15)
CAUSES = (
    *(Cause.ILLNESS,) * 4,
    *(Cause.SKILLS,) * 3,
    *(Cause.CAPITAL,) * 3,
    *(Cause.LABOUR,) * 2,
    *(Cause.SCHOOLING,) * 2,
    *(Cause.TRANSPORT,) * 2,
    Cause.DISABILITY,
    Cause.LAND,
    Cause.WATER,
    Cause.DISASTER,
    Cause.DRIVE,
    Cause.UNKNOWN,
)
CATEGORIES = (*(HouseholdCategory.GENERAL,) * 7, *(HouseholdCategory.SUBSISTENCE,) * 2, HouseholdCategory.DESTITUTE)
# How many days before it is announced each step of an exit is taken.
STEPS = {"appraised_on": 45, "verified_on": 35, "consented_on": 28, "publicised_on": 14, "announced_on": 0}
HELP = {
    Cause.ILLNESS: (MeasureKind.HEALTH, "代缴全家医疗保险 Medical insurance paid for all members"),
    Cause.SKILLS: (MeasureKind.EMPLOYMENT, "技能培训四十天 Training course, forty days"),
    Cause.CAPITAL: (MeasureKind.INDUSTRY, "小额免息贷款 Small loan without interest"),
    Cause.SCHOOLING: (MeasureKind.EDUCATION, "减免学费和餐费 School fees and meals paid"),
}
USUAL_HELP = (MeasureKind.INDUSTRY, "发放种苗并指导一季 Seedlings and a season's advice")


def describe(household: Household, chance: Random) -> None:
    """How the household lives and why it was poor; other causes now and then."""
    causes = dict.fromkeys((chance.choice(CAUSES), chance.choice(CAUSES)))
    named = [cause for cause in causes if cause][: chance.choice((1, 1, 2))]
    household.main_cause, household.second_cause = (*named, "", "")[:2]
    household.category = chance.choice(CATEGORIES)
    household.housing = chance.choice((HousingGrade.A, HousingGrade.A, HousingGrade.B, HousingGrade.C))
    household.housing_area = chance.randint(40, 160)
    household.water = WaterSupply.UNSAFE if chance.randrange(12) == 0 else WaterSupply.SAFE
    household.road = chance.choice((RoadAccess.PAVED, RoadAccess.PAVED, RoadAccess.GRAVEL, RoadAccess.EARTH))
    household.farmland = Decimal(chance.randint(100, 1200)).scaleb(-2)


def describe_member(person: Person, chance: Random) -> None:
    """What a member can do and does, by age in the last year."""
    age = YEARS[-1] - (person.birth_year or YEARS[0])
    person.health = chance.choice((*(Health.HEALTHY,) * 8, Health.CHRONIC, Health.DISABLED))
    if age < 19:
        person.in_school = InSchool.PRIMARY if age < 13 else InSchool.JUNIOR if age < 16 else InSchool.SENIOR
        person.labour = LabourAbility.NONE
        return
    person.in_school = InSchool.NOT
    person.schooling = chance.choice((Schooling.NONE, Schooling.PRIMARY, Schooling.PRIMARY, Schooling.JUNIOR))
    person.labour = LabourAbility.WEAK if age > 65 else LabourAbility.ORDINARY
    person.migrant_work = MigrantWork.NONE
    if 19 <= age <= 55 and chance.randrange(4) == 0:
        person.migrant_work = chance.choice((MigrantWork.COUNTY, MigrantWork.PROVINCE, MigrantWork.ELSEWHERE))
        person.migrant_months = chance.randint(3, 11)


def status_changes(family: Family) -> Iterator[StatusChange]:
    """From the register to where the household stands today; every exit with its five steps."""
    household, since = family.household, family.household.status_since
    if household.status == HouseholdStatus.REGISTERED or since is None:
        yield changed(household, HouseholdStatus.REGISTERED, since or REGISTERED_ON)
        return
    yield changed(household, HouseholdStatus.REGISTERED, REGISTERED_ON)
    if household.status == HouseholdStatus.EXITED:
        yield exited(household, since)
        return
    left = first_exit(family, before=since)
    was = HouseholdStatus.EXITED if left else HouseholdStatus.REGISTERED
    if left:
        yield exited(household, left)
    yield changed(household, HouseholdStatus.MONITORED, since, was=was)


def first_exit(family: Family, *, before: date) -> date | None:
    """The end of the first year in which the family earned enough, up to 2020."""
    safe = [year for year in YEARS if YEARS[0] < year <= 2020 and family.per_head[year] >= SAFE * 100]
    return date(safe[0], 12, 31) if safe and date(safe[0], 12, 31) < before else None


def changed(household: Household, status: HouseholdStatus, on: date, *, was: str = "") -> StatusChange:
    """A change of status, by the made-up office."""
    return StatusChange(household=household, was=was, status=status, happened_on=on, decided_by=OFFICE)


def exited(household: Household, on: date) -> StatusChange:
    """An exit with its five steps."""
    steps = {step: on - timedelta(days=days) for step, days in STEPS.items()}
    return StatusChange(
        household=household,
        was=HouseholdStatus.REGISTERED,
        status=HouseholdStatus.EXITED,
        happened_on=on,
        decided_by=OFFICE,
        **steps,
    )


def officials(number: int) -> list[Official]:
    """The made-up people who look after the households."""
    return [
        Official(name=f"Example Cadre {n}", name_zh=f"示例帮扶干部{n}", is_made_up=True) for n in range(1, number + 1)
    ]


def responsibilities(families: Sequence[Family], people: Sequence[Official]) -> Iterator[Responsibility]:
    """One of them for each household since 2018; for one household in ten somebody else took over in 2021."""
    for n, family in enumerate(families):
        household, first = family.household, people[n % len(people)]
        if n % 10 == 3:
            yield Responsibility(
                household=household, official=first, from_on=date(2018, 3, 1), until_on=date(2021, 3, 1)
            )
            first = people[(n + 1) % len(people)]
            yield Responsibility(household=household, official=first, from_on=date(2021, 3, 1))
        else:
            yield Responsibility(household=household, official=first, from_on=date(2018, 3, 1))


def visits(families: Sequence[Family], people: Sequence[Official], chance: Random) -> Iterator[Visit]:
    """One visit each in the last year, but for a few who were forgotten."""
    for n, family in enumerate(families):
        if chance.randrange(15):
            yield Visit(
                household=family.household,
                official=people[n % len(people)],
                visited_on=date(YEARS[-1], chance.randint(1, 12), chance.randint(1, 28)),
                purpose="年度走访（虚构） Yearly visit (made up)",
                found="全家均在，已填写收入表（虚构）。 All members met; income sheet filled in (made up).",
            )


def measures(families: Sequence[Family], people: Sequence[Official], chance: Random) -> Iterator[SupportMeasure]:
    """What was done against the main cause."""
    for n, family in enumerate(families):
        kind, what = HELP.get(Cause(family.household.main_cause), USUAL_HELP)
        yield SupportMeasure(
            household=family.household,
            kind=kind,
            what=f"{what}（虚构） (made up)",
            begun_on=date(chance.randint(2016, 2020), chance.randint(3, 10), 10),
            official=people[n % len(people)],
            cost=Decimal(chance.randint(5, 60) * 100),
        )


def monitorings(families: Sequence[Family]) -> Iterator[Monitoring]:
    """The households that are under watch."""
    for family in families:
        household, since = family.household, family.household.status_since
        if household.status == HouseholdStatus.MONITORED and since is not None:
            has_left = first_exit(family, before=since) is not None
            yield Monitoring(
                household=household,
                kind=MonitoringKind.UNSTABLE if has_left else MonitoringKind.SUDDEN,
                risk=household.main_cause or Cause.OTHER,
                identified_on=since,
                identified_by=OFFICE,
            )


def large_expenses(families: Sequence[Family], chance: Random) -> Iterator[LargeExpense]:
    """One household in twenty had a large bill in the last years, part of it covered."""
    for family in families:
        if chance.randrange(20) == 0:
            amount = chance.randint(80, 400) * 100
            yield LargeExpense(
                household=family.household,
                kind=ExpenseKind.MEDICAL,
                spent_on=date(chance.randint(2022, 2024), chance.randint(1, 12), 20),
                amount=Decimal(amount),
                covered=Decimal(amount * chance.randint(3, 8) // 10),
            )
