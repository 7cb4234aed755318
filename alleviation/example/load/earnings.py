"""What the made-up households earned in each year, and what a project of their county brought to some."""

from collections.abc import Iterator

from alleviation.example.load.ground import Ground
from alleviation.example.load.size import HOUSEHOLDS_PER_COUNTY
from alleviation.example.load.steps import Step, literal, moment
from beneficiaries.choices import CheckState, EnrolmentRole, IncomeStatus, IncomeYear
from beneficiaries.models import Enrolment, IncomeRecord, concept_of

# In the last year, of so many households one income waits to be verified, one is expected, one was corrected.
WAITING_ONE_IN, EXPECTED_ONE_IN, CORRECTED_ONE_IN, CORRECTED_FROM = 20, 50, 500, 7
# One county in so many counts from October to September.
OCTOBER_ONE_IN = 7
PART_ONE_IN, PART_FROM = 20, 3
# Net income per person in fen: a sixth of all are below the line of 2016, and it rises every year.
LEAST, SPREAD, STEP, RISE = 180_000, 700_000, 7919, 60_000


def earning_steps(ground: Ground) -> Iterator[Step]:
    """Incomes year by year, as they come in; what was corrected in the last year; then parts in projects."""
    size = ground.size
    for age in range(size.years):
        yield _incomes(ground, age)
    yield _corrected(ground)
    number = size.one_in(PART_ONE_IN, offset=PART_FROM)
    for age in range(size.years):
        columns = {
            "household": ground.household,
            "project": ground.project,
            "village": ground.village,
            "role": literal(EnrolmentRole.DIVIDEND.value),
            "year": literal(size.first_year + age),
            "amount": f"50000 + n * 61 % 250000 + {age} * 1000",
        }
        yield Step(Enrolment, ground.parts + age * number, number, columns, n=f"i * {PART_ONE_IN} + {PART_FROM}")


def _incomes(ground: Ground, age: int) -> Step:
    size = ground.size
    year, is_last = size.first_year + age, age == size.years - 1
    columns = _earned(ground, age)
    if is_last:
        waits = f"n % {WAITING_ONE_IN} = 0"
        columns |= {
            "state": f"CASE WHEN {waits} THEN '{CheckState.SUBMITTED}' ELSE '{CheckState.VERIFIED}' END",
            "checked_by": f"CASE WHEN {waits} THEN NULL ELSE {ground.checker} END",
            "checked_at": f"CASE WHEN {waits} THEN NULL ELSE {moment(year + 1, 4, 1)} END",
            "status": f"CASE WHEN n % {EXPECTED_ONE_IN} = 9 THEN '{IncomeStatus.EXPECTED}' "
            f"ELSE '{IncomeStatus.RECEIVED}' END",
            "reason": f"CASE WHEN n % {CORRECTED_ONE_IN} = {CORRECTED_FROM} THEN 'counted again' ELSE '' END",
            "recorded_at": f"CASE WHEN n % {CORRECTED_ONE_IN} = {CORRECTED_FROM} THEN {moment(year + 1, 3, 1)} "
            f"ELSE {moment(year + 1, 2, 1)} END",
        }
    first = ground.incomes + age * size.households
    return Step(IncomeRecord, first, size.households, columns, lets=_lets(age))


def _corrected(ground: Ground) -> Step:
    """The records of the last year that another took the place of."""
    size = ground.size
    first = ground.incomes + size.years * size.households
    columns = {
        **_earned(ground, size.years - 1),
        "wage_income": "net / 10",
        "superseded_at": moment(size.last_year + 1, 3, 1),
    }
    number = size.one_in(CORRECTED_ONE_IN, offset=CORRECTED_FROM)
    way = f"i * {CORRECTED_ONE_IN} + {CORRECTED_FROM}"
    return Step(IncomeRecord, first, number, columns, n=way, lets=_lets(size.years - 1))


def _lets(age: int) -> tuple[dict[str, str], ...]:
    """How many persons there are, then the net income of all, then the parts that the rest is counted from."""
    return (
        {"persons": "1 + n * 5 % 8"},
        {"net": f"persons * ({LEAST} + n * {STEP} % {SPREAD} + {age * RISE})"},
        {"wage": f"net * (25 + (n + {age}) % 35) / 100", "spent": "net * (n / 3 % 25) / 100"},
        {"property": "net * (n % 4) / 100", "transfer": "net * (10 + n / 5 % 15) / 100"},
    )


def _earned(ground: Ground, age: int) -> dict[str, str]:
    year = ground.size.first_year + age
    return {
        "household": ground.household,
        "village": ground.village,
        "year": literal(year),
        "persons": "persons",
        "wage_income": "wage",
        "business_income": "net - wage - property - transfer + spent",
        "property_income": "property",
        "transfer_income": "transfer",
        "expenses": "spent",
        "concept": literal(concept_of(year).value),
        "income_year": f"CASE WHEN n / {HOUSEHOLDS_PER_COUNTY} % {OCTOBER_ONE_IN} = 3 "
        f"THEN '{IncomeYear.OCTOBER}' ELSE '{IncomeYear.CALENDAR}' END",
        "state": literal(CheckState.VERIFIED.value),
        "recorded_at": moment(year + 1, 2, 1),
        "recorded_by": literal(ground.maker),
        "checked_at": moment(year + 1, 2, 20),
        "checked_by": literal(ground.checker),
    }
