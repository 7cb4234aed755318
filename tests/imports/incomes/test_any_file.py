"""Any file into any small register, against what it should do: told in plain Python, row by row."""

from decimal import Decimal
from itertools import chain
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alleviation.audit.verification.bulk import batches_that_are_not_what_came
from alleviation.audit.verification.tables import table_faults
from beneficiaries.models import IncomeRecord
from beneficiaries.verification.cells import cells_that_are_not_their_incomes
from tests.factories import HouseholdFactory, PersonFactory
from tests.imports.incomes.rows import NUMBERS
from tests.imports.sheets import checked, written

HEADS = {"0001": "张三", "0002": "李四", "0003": "王五"}
NEW = {"0004": "赵六", "0005": "孙七"}
# Whom a row names that is wrong.
SOMEBODY = "周八"
KEYS = [*HEADS, *NEW]
Row = dict[str, str]
Books = dict[tuple[str, int], Decimal]

ROWS = st.fixed_dictionaries(
    {
        "household_no": st.sampled_from(KEYS),
        "year": st.sampled_from(["2013", "2018", "2019"]),
        "wage_income": st.sampled_from(["0", "1.50", "12,000.00", "1e3"]),
        "who": st.sampled_from(["full", "full", "full", "masked", "nobody", "wrong"]),
    }
)
FILES = st.lists(st.lists(ROWS, min_size=1, max_size=5), min_size=1, max_size=3)


def cells(row: Row) -> Row:
    """The cells of a row; its person is the household's unless it says otherwise."""
    number = row["household_no"]
    name, person = (HEADS | NEW)[number], NUMBERS[int(number) - 1]
    told = {
        "full": (name, person),
        "masked": (f"{name[0]}*", f"****{person[-4:]}"),
        "nobody": ("", ""),
        "wrong": (SOMEBODY, person),
    }
    head, identity = told[row["who"]]
    facts = {key: row[key] for key in ("household_no", "year", "wage_income")}
    return {**facts, "wage_income": f'"{row["wage_income"]}"', "head_name": head, "id_number": identity}


def amount(row: Row) -> Decimal:
    return Decimal(row["wage_income"].replace(",", ""))


def is_right(rows: list[Row], registered: dict[str, str]) -> bool:
    """Whether a file may be written: readable, nothing twice, heads as the register has them, new ones in full."""
    keys = [(row["household_no"], row["year"]) for row in rows]
    if any(row["wage_income"] == "1e3" for row in rows) or len(set(keys)) < len(keys):
        return False
    return all(
        fits({row["who"] for row in rows if row["household_no"] == one}, registered.get(one)) for one, _ in keys
    )


def fits(told: set[str], head: str | None) -> bool:
    """Whether what rows say of a head is that of the register; of one it lacks, all of it, and of one person."""
    if head is None:
        return bool(told & {"full", "wrong"}) and not {"full", "wrong"} <= told and not {"wrong", "masked"} <= told
    return told <= {"nobody", *(("wrong",) if head == SOMEBODY else ("full", "masked"))}


def fates(rows: list[Row], books: Books) -> tuple[int, int, int]:
    """How many are new, changed, the same."""
    recorded = [(books.get((row["household_no"], int(row["year"]))), amount(row)) for row in rows]
    new = sum(was is None for was, _now in recorded)
    same = sum(was == now for was, now in recorded)
    return new, len(rows) - new - same, same


def standing() -> Books:
    rows = IncomeRecord.objects.standing().values_list("household__number", "year", "wage_income")
    return {(number, year): wages for number, year, wages in rows}


def faults() -> list[Any]:
    return list(
        chain(table_faults(IncomeRecord), batches_that_are_not_what_came(), cells_that_are_not_their_incomes())
    )


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=FILES)
def test_any_file_does_what_it_says(kind, importer, villages, file_of, files):
    with transaction.atomic():
        registered = dict(HEADS)
        for number, name in HEADS.items():
            home = HouseholdFactory(village=villages[0], number=number)
            PersonFactory(household=home, name=name, id_tail=NUMBERS[int(number) - 1][-4:], relation="head")
        books: Books = {}
        for place, rows in enumerate(files):
            path = file_of(*(cells(row) for row in rows), name=f"{place}.csv")
            findings, told = checked(kind, path, importer)

            assert (told == []) == is_right(rows, registered)
            if told:
                with pytest.raises(AssertionError):
                    written(kind, path, importer)
            else:
                years = {one.year: one.after - one.before for one in findings.years}
                before = standing()
                assert (findings.new, findings.changed, findings.same) == fates(rows, books)
                written(kind, path, importer, fingerprint=findings.fingerprint)
                for row in rows:
                    books[row["household_no"], int(row["year"])] = amount(row)
                    is_wrong = any(one["who"] == "wrong" for one in rows if one["household_no"] == row["household_no"])
                    head = SOMEBODY if is_wrong else (HEADS | NEW)[row["household_no"]]
                    registered.setdefault(row["household_no"], head)
                moved = {year: _wages(books, year) - _wages(before, year) for year in years}
                others = {year: _new_in(rows, before, year) * Decimal("-3699.75") for year in years}
                assert years == {year: moved[year] + others[year] for year in years}
            assert standing() == books
        assert faults() == []
        transaction.set_rollback(True)


def _wages(books: Books, year: int) -> Decimal:
    return sum((wages for (_number, of_year), wages in books.items() if of_year == year), Decimal(0))


def _new_in(rows: list[Row], before: Books, year: int) -> int:
    """How many rows of a year are of incomes that were not recorded: each brings the other amounts of a plain row."""
    return sum(int(row["year"]) == year and (row["household_no"], year) not in before for row in rows)
