"""Nine households of three villages over four years, small enough to add up by hand: the arithmetic stands here.

Villages A, B and C of one township; C was merged into B on 1 January 2022.

What happens to the households:

    H1  A        exits on 15 December 2021, with its five steps
    H2  A → B    moves on 15 June 2020
    H3  A        two of its four members leave as household H9 on 1 March 2021 (split)
    H4  B        its two members go over to H5 on 1 July 2021 (merger of households)
    H5  B        three members, five after that
    H6  B        exits on 31 December 2020, is registered as poor again on 1 May 2022 (return)
    H7  C → B    its income of 2020 was first recorded as 12,000 and corrected to 14,000
    H8  C → B    has no income recorded for 2020
    H9  A        since 1 March 2021

Persons counted, and net income in yuan (wages + business + property + transfers − expenses):

          2019            2020            2021            2022
    H1  2   8,000 A    2  10,000 A    2  12,000 A    2  14,000 A
    H2  3   9,000 A    3  12,000 B    3  15,000 B    3  18,000 B
    H3  4  16,000 A    4  20,000 A    2  12,000 A    2  14,000 A
    H4  2   6,000 B    2   7,000 B         –              –
    H5  3   9,000 B    3  10,500 B    5  25,000 B    5  30,000 B
    H6  1   3,000 B    1   5,000 B    1   5,500 B    1   3,200 B
    H7  4  10,000 C    4  14,000 C    4  16,000 C    4  20,000 B
    H8  2   5,000 C         –         2   7,000 C    2   9,000 B
    H9       –              –         2   8,000 A    2   9,000 A
       ──────────     ───────────     ───────────    ───────────
       21  66,000     19  78,500     21 100,500     21 117,200
    per capita  3,142.86   4,131.58      4,785.71       5,580.95
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from alleviation.accounts.models import User
from beneficiaries import actions
from beneficiaries.choices import HouseholdStatus, MoveReason, Relation
from beneficiaries.models import Enrolment, Household, IncomeRecord, Person, StatusChange
from projects.choices import ProjectKind, SuccessionKind
from projects.models import Division, Project, Succession
from tests.factories import PovertyLineFactory, ProjectFactory, place

COMPONENTS = ("wage_income", "business_income", "property_income", "transfer_income", "expenses")
REGISTERED_ON = date(2014, 5, 1)
VILLAGES = {"A": "513228212201", "B": "513228212202", "C": "513228212203"}
HOMES = {"H1": "A", "H2": "A", "H3": "A", "H4": "B", "H5": "B", "H6": "B", "H7": "C", "H8": "C"}
SIZES = {"H1": 2, "H2": 3, "H3": 4, "H4": 2, "H5": 3, "H6": 1, "H7": 4, "H8": 2}

# household: year: persons, wages, business, property, transfers, expenses
INCOMES = {
    "H1": {
        2019: (2, 5000, 2000, 0, 1500, 500),
        2020: (2, 6000, 2500, 500, 1500, 500),
        2021: (2, 8000, 2500, 500, 1500, 500),
        2022: (2, 9500, 2500, 1000, 1500, 500),
    },
    "H2": {
        2019: (3, 4000, 5000, 0, 1000, 1000),
        2020: (3, 6000, 6000, 0, 1000, 1000),
        2021: (3, 9000, 6000, 0, 1000, 1000),
        2022: (3, 11000, 6500, 500, 1000, 1000),
    },
    "H3": {
        2019: (4, 8000, 8000, 1000, 1000, 2000),
        2020: (4, 11000, 9000, 1000, 1000, 2000),
        2021: (2, 7000, 5000, 500, 500, 1000),
        2022: (2, 8500, 5500, 500, 500, 1000),
    },
    "H4": {2019: (2, 2000, 3000, 0, 2000, 1000), 2020: (2, 2500, 3500, 0, 2000, 1000)},
    "H5": {
        2019: (3, 5000, 4000, 0, 1000, 1000),
        2020: (3, 6000, 4500, 0, 1000, 1000),
        2021: (5, 15000, 9000, 1000, 2000, 2000),
        2022: (5, 18000, 10000, 2000, 2500, 2500),
    },
    "H6": {
        2019: (1, 1000, 1000, 0, 1500, 500),
        2020: (1, 3000, 1000, 0, 1500, 500),
        2021: (1, 3500, 1000, 0, 1500, 500),
        2022: (1, 1000, 1000, 0, 1500, 300),
    },
    "H7": {
        2019: (4, 4000, 6000, 0, 2000, 2000),
        2020: (4, 5000, 7000, 0, 2000, 2000),
        2021: (4, 8000, 8000, 0, 2000, 2000),
        2022: (4, 11000, 8500, 500, 2000, 2000),
    },
    "H8": {
        2019: (2, 1500, 3000, 0, 1500, 1000),
        2021: (2, 3000, 3500, 0, 1500, 1000),
        2022: (2, 4500, 4000, 0, 1500, 1000),
    },
    "H9": {2021: (2, 6000, 2000, 0, 500, 500), 2022: (2, 6500, 2500, 0, 500, 500)},
}
# 12,000 in the record above became 14,000: the wages had been 7,000.
CORRECTED = ("H7", 2020, (4, 7000, 7000, 0, 2000, 2000))


@dataclass
class Golden:
    """The county as it was entered, by somebody who works there."""

    by: User
    villages: dict[str, Division]
    households: dict[str, Household]
    persons: dict[str, list[Person]]
    projects: dict[str, Project]


def golden_households(by: User) -> Golden:
    """Enter the county by the same actions as everybody, in the order of the years."""
    villages = {name: place(code, f"{name}村村民委员会") for name, code in VILLAGES.items()}
    projects = {
        "PLANT": ProjectFactory(code="PLANT", kind=ProjectKind.PV_CENTRALISED, division=villages["A"]),
        "ROAD": ProjectFactory(code="ROAD", kind=ProjectKind.ROAD, division=villages["B"]),
    }
    county = Golden(by, villages, {}, {}, projects)
    for name, home in HOMES.items():
        household = Household(
            village=villages[home], number=name, status=HouseholdStatus.REGISTERED, status_since=REGISTERED_ON
        )
        actions.register_household(household, by=by)
        county.households[name] = household
        county.persons[name] = [_member(county, household, n) for n in range(SIZES[name])]
    _lines()
    _earn(county, 2019)
    _of_2020(county)
    _of_2021(county)
    _of_2022(county)
    return county


def _of_2020(county: Golden) -> None:
    """H2 moves to B, H6 exits, the income of H7 is corrected; the plant pays H3 and H4 a dividend."""
    _move(county, "H2", "B", date(2020, 6, 15), MoveReason.MOVE)
    _earn(county, 2020)
    _correct(county)
    _exit(county, "H6", date(2020, 12, 31))
    _enrol(county, "H3", "PLANT", 2020, "dividend", "400.00")
    _enrol(county, "H4", "PLANT", 2020, "dividend", "200.00")


def _of_2021(county: Golden) -> None:
    """H3 is divided, H4 goes over to H5, H1 exits; the plant pays H3 and H9, the road pays one member of H5."""
    leaving = county.persons["H3"][2:]
    county.households["H9"] = actions.split_household(
        county.households["H3"], number="H9", members=leaving, on=date(2021, 3, 1), by=county.by
    )
    actions.merge_household(county.households["H4"], into=county.households["H5"], on=date(2021, 7, 1), by=county.by)
    _earn(county, 2021)
    _exit(county, "H1", date(2021, 12, 15))
    _enrol(county, "H3", "PLANT", 2021, "dividend", "250.00")
    _enrol(county, "H9", "PLANT", 2021, "dividend", "250.00")
    _enrol(county, "H5", "ROAD", 2021, "wage", "3000.00", person=county.persons["H5"][0])


def _of_2022(county: Golden) -> None:
    """C becomes part of B with H7 and H8; H6 is poor again; the plant pays H5, the amount is not known."""
    Succession.objects.create(
        predecessor=county.villages["C"],
        successor=county.villages["B"],
        kind=SuccessionKind.MERGED,
        happened_on=date(2022, 1, 1),
        source="made up for a test",
    )
    for name in ("H7", "H8"):
        _move(county, name, "B", date(2022, 1, 1), MoveReason.VILLAGE_MERGER)
    _earn(county, 2022)
    _change(county, "H6", HouseholdStatus.REGISTERED, date(2022, 5, 1))
    _enrol(county, "H5", "PLANT", 2022, "dividend", None)


def _lines() -> None:
    """3,500 yuan in 2019, about 4,000 in 2020, none in 2021, 4,500 in 2022."""
    for year, amount, qualifier in (
        (2019, "3500.00", "exact"),
        (2020, "4000.00", "about"),
        (2022, "4500.00", "exact"),
    ):
        PovertyLineFactory(year=year, amount=Decimal(amount), qualifier=qualifier)


def _member(county: Golden, household: Household, n: int) -> Person:
    person = Person(household=household, name=f"{household.number}第{n}人", relation=list(Relation)[min(n, 3)])
    actions.register_person(person, by=county.by)
    return person


def _earn(county: Golden, year: int) -> None:
    for name, years in INCOMES.items():
        if year in years:
            income = IncomeRecord(household=_now(county, name), year=year, **_columns(years[year]))
            actions.record_income(income, by=county.by)


def _correct(county: Golden) -> None:
    name, year, row = CORRECTED
    income = IncomeRecord.objects.standing().get(household=county.households[name], year=year)
    for column, value in _columns(row).items():
        setattr(income, column, value)
    income.reason = "A wage had been left out."
    actions.record_income(income, by=county.by)


def _columns(row: tuple[int, ...]) -> dict[str, int | Decimal]:
    persons, *money = row
    return {"persons": persons, **{name: Decimal(yuan) for name, yuan in zip(COMPONENTS, money, strict=True)}}


def _move(county: Golden, name: str, to: str, on: date, reason: MoveReason) -> None:
    actions.move_household(_now(county, name), to=county.villages[to], on=on, reason=reason, by=county.by)


def _exit(county: Golden, name: str, on: date) -> None:
    steps = ("appraised_on", "verified_on", "consented_on", "publicised_on", "announced_on")
    days = {step: on.replace(day=n) for n, step in enumerate(steps, start=2)}
    _change(county, name, HouseholdStatus.EXITED, on, **days)


def _change(county: Golden, name: str, status: HouseholdStatus, on: date, **steps: date) -> None:
    change = StatusChange(
        household=_now(county, name), status=status, happened_on=on, decided_by="the county's office", **steps
    )
    actions.change_status(change, by=county.by)


def _enrol(
    county: Golden, name: str, project: str, year: int, role: str, amount: str | None, *, person: Person | None = None
) -> None:
    enrolment = Enrolment(
        household=_now(county, name),
        project=county.projects[project],
        role=role,
        year=year,
        amount=None if amount is None else Decimal(amount),
        person_key=person.key if person else None,
    )
    actions.record_enrolment(enrolment, by=county.by)


def _now(county: Golden, name: str) -> Household:
    """The household as it stands today: other actions have changed it meanwhile."""
    return Household.objects.get(pk=county.households[name].pk)
