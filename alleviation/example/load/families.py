"""Made-up households with the person at their head, and how some of them came to stand where they do."""

from collections.abc import Iterator
from datetime import date

from alleviation.example.load.ground import Ground
from alleviation.example.load.size import HOUSEHOLDS_PER_VILLAGE
from alleviation.example.load.steps import Step, choice, literal
from alleviation.example.load.words import AWKWARD, GIVEN, NOTE, SURNAMES
from beneficiaries.choices import Cause, HouseholdCategory, HouseholdStatus, Relation
from beneficiaries.models import Household, Person, StatusChange

REGISTERED_ON, EXITED_ON, WATCHED_ON = date(2014, 5, 1), date(2018, 12, 31), date(2021, 6, 15)
# Of twenty households: how many are watched, and how many more are on the register still.
WATCHED, REGISTERED = 1, 3
STATUS = (
    f"CASE WHEN n % 20 < {WATCHED} THEN '{HouseholdStatus.MONITORED}' "
    f"WHEN n % 20 < {WATCHED + REGISTERED} THEN '{HouseholdStatus.REGISTERED}' ELSE '{HouseholdStatus.EXITED}' END"
)
# These have a history; all of them have left.
TOLD_ONE_IN, TOLD_FROM = 10, 7
# Primes, so that nothing goes in step with anything else.
ODD_NUMBER_ONE_IN, ODD_NAME_ONE_IN, KEY = 1009, 97, 7919


def family_steps(ground: Ground) -> Iterator[Step]:
    """Households, their heads, and the history of some."""
    yield _households(ground)
    yield _heads(ground)
    yield from _changes(ground)


def _households(ground: Ground) -> Step:
    number = f"substr(CAST(10001 + n % {HOUSEHOLDS_PER_VILLAGE} AS text), 2)"
    since = (
        f"CASE WHEN n % 20 < {WATCHED} THEN {literal(WATCHED_ON)} "
        f"WHEN n % 20 < {WATCHED + REGISTERED} THEN {literal(REGISTERED_ON)} ELSE {literal(EXITED_ON)} END"
    )
    columns = {
        "village": ground.village,
        "number": f"CASE WHEN n % {ODD_NUMBER_ONE_IN} = 8 THEN {number} || '-2' ELSE {number} END",
        "status": STATUS,
        "status_since": since,
        "category": choice("(n / 7)", HouseholdCategory.values),
        "main_cause": choice("(n / 3)", [one for one in Cause.values if one]),
        "housing": choice("n", ("A", "B", "B", "A", "C", "B", "A", "B", "D", "B", "")),
        "housing_area": "40 + n * 13 % 160",
        "water": choice("n", ("safe", "safe", "safe", "safe", "unsafe", "safe", "")),
        "road": choice("(n / 2)", ("paved", "paved", "gravel", "paved", "earth", "paved")),
        "farmland": "100 + n * 37 % 1900",
        "is_made_up": "TRUE",
    }
    return Step(Household, ground.households, ground.size.households, columns)


def _heads(ground: Ground) -> Step:
    surname, given = choice("n", SURNAMES), choice(f"(n / {len(SURNAMES)})", GIVEN)
    # Every second has a name of three characters.
    second = f"CASE WHEN n / 7 % 2 = 0 THEN '' ELSE {choice('(n / 11)', GIVEN)} END"
    plain = f"{surname} || {given} || {second}"
    columns = {
        "household": ground.household,
        "key": f"1000000007 + n * {KEY}",
        "name": f"CASE WHEN n % {ODD_NAME_ONE_IN} = 5 THEN {choice(f'(n / {ODD_NAME_ONE_IN})', AWKWARD)} "
        f"ELSE {plain} END",
        "relation": literal(Relation.HEAD.value),
        "sex": choice("n", ("male", "male", "female")),
        "birth_year": "1940 + n * 17 % 55",
        "health": choice("(n / 5)", ("healthy", "healthy", "healthy", "chronic", "disabled")),
        "labour": choice("(n / 3)", ("ordinary", "ordinary", "skilled", "weak", "lost")),
    }
    return Step(Person, ground.heads, ground.size.households, columns)


def _changes(ground: Ground) -> Iterator[Step]:
    """Onto the register, and off again."""
    told = ground.size.one_in(TOLD_ONE_IN, offset=TOLD_FROM)
    steps = (
        ("", HouseholdStatus.REGISTERED, REGISTERED_ON),
        (HouseholdStatus.REGISTERED, HouseholdStatus.EXITED, EXITED_ON),
    )
    for number, (was, status, day) in enumerate(steps):
        columns = {
            "household": ground.household,
            "was": literal(str(was)),
            "status": literal(status.value),
            "happened_on": literal(day),
            "decided_by": literal(NOTE),
        }
        way = f"i * {TOLD_ONE_IN} + {TOLD_FROM}"
        yield Step(StatusChange, ground.changes + number * told, told, columns, n=way)
