"""A register to import, and incomes that somebody enters by hand."""

import csv
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import psycopg2
from stdnum.cn import ric

HEADER = (
    *("village_code", "household_no", "name", "id_number", "relation", "sex", "schooling", "in_school", "health"),
    *("labour", "category", "main_cause", "housing", "housing_area", "water", "road"),
)
RELATIONS = ("head", "spouse", "child")
FACTS = ("junior", "not", "healthy", "ordinary", "general", "illness", "A", "80", "safe", "paved")
MEMBERS = len(RELATIONS)
VILLAGES = (
    "SELECT code FROM projects_division WHERE id IN (SELECT village_id FROM beneficiaries_household) "
    "ORDER BY code LIMIT 20"
)
NEW_YEAR = 2015
BY = "benchmarks"


def villages_of(url: str) -> list[str]:
    """The codes of a few villages in which somebody lives."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(VILLAGES)
        return [code for (code,) in cursor.fetchall()]


def people_file(path: Path, villages: Sequence[str], households: int) -> int:
    """A register of new households, each with a head and two members, all with names and numbers; how many rows."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for place in range(households):
            village, number = villages[place % len(villages)], f"9{place:05}"
            for member, relation in enumerate(RELATIONS):
                serial = place * MEMBERS + member
                writer.writerow([village, number, *person_of(serial), relation, *sex_of(serial), *FACTS])
    return households * MEMBERS


def person_of(serial: int) -> tuple[str, str]:
    """The name and the number of nobody; the check digit is right."""
    first = f"513228{1940 + serial // 12_000 % 60}{1 + serial // 1000 % 12:02}01{serial % 1000:03}"
    return f"王{chr(0x4E00 + serial % 2000)}", first + ric.calc_check_digit(first + "0")


def sex_of(serial: int) -> tuple[str]:
    return ("male" if serial % 1000 % 2 else "female",)


def enter(saves: int) -> None:
    """Runs inside: incomes saved one after the other by the action that the pages use."""
    from beneficiaries.actions.incomes import record_income
    from beneficiaries.models import Household, IncomeRecord

    money = dict.fromkeys(("wage_income", "business_income", "property_income", "transfer_income", "expenses"), 100)
    for home in Household.objects.order_by("pk").select_related("village")[:saves]:
        record_income(IncomeRecord(household=home, year=NEW_YEAR, persons=3, **money), by=BY)
