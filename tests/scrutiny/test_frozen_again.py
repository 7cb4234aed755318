"""A year that was closed, reopened, corrected and closed again: each freezing keeps its own figures."""

import csv
import io
from decimal import Decimal as D
from itertools import product
from typing import Any

import pytest
from django.http import Http404
from django.utils import timezone, translation

from alleviation.accounts.models import User
from alleviation.audit import closings
from alleviation.audit.models import FrozenReport, YearClosing
from alleviation.common.query import Query
from alleviation.reports.closings.freezing import freeze, open_entries
from alleviation.scrutiny.catalogue import BY_SLUG
from alleviation.scrutiny.figures.frozen_files import READABLE, TOTAL, Cell
from beneficiaries.models import IncomeRecord
from projects.models import Division
from tests.factories import HouseholdFactory, IncomeRecordFactory
from tests.golden import golden_incomes, golden_money
from tests.opening import added_up
from tests.scrutiny.explained import opened, taken

INCOMES = "per-capita-income"
# The reports of a year, made twice in two languages.
pytestmark = pytest.mark.slow


def close(by: User, and_by: User) -> YearClosing:
    proposed = closings.propose_closing("513228", 2018, by=by)
    return closings.close_year(proposed, by=and_by, open_entries=open_entries, freeze=freeze)


@pytest.fixture
def twice(
    heishui: Division, ruoduo: Division, erniunai: Division, county_clerk: User, reviewer: User
) -> tuple[YearClosing, YearClosing]:
    """2018 of the golden county, closed twice; between them one income came late and one was corrected.

    | closed | persons       | net income                                   | per capita |
    | first  | 4 + 2 + 3 = 9 | 13,500.00 + 6,000.00 = 19,500.00             |   2,166.67 |
    | again  | 9 + 1 = 10    | 19,500.00 + 1,000.00 + (3,500.00 − 3,000.00) |   2,100.00 |
    | today  | 10 + 2 = 12   | 21,000.00 + 3,000.00 = 24,000.00             |   2,000.00 |
    """
    golden_money(heishui, ruoduo, erniunai)
    golden_incomes(ruoduo, erniunai)
    first = close(county_clerk, reviewer)
    reopen(first, county_clerk, reviewer)
    IncomeRecordFactory(household=HouseholdFactory(village=erniunai), year=2018, persons=1, wage_income=D("1000.00"))
    mistaken = IncomeRecord.objects.get(year=2018, persons=2)
    IncomeRecord.objects.filter(pk=mistaken.pk).update(superseded_at=timezone.now())
    IncomeRecordFactory(
        household=mistaken.household, year=2018, persons=2, wage_income=D("3500.00"), reason="Mistaken."
    )
    again = close(county_clerk, reviewer)
    reopen(again, county_clerk, reviewer)
    IncomeRecordFactory(household=HouseholdFactory(village=ruoduo), year=2018, persons=2, wage_income=D("3000.00"))
    return first, again


def reopen(closing: YearClosing, by: User, and_by: User) -> None:
    closings.ask_reopening(closing, by=by, reason="An income came late.")
    closings.reopen_year(closing, by=and_by)


def lines_of(closing: YearClosing, slug: str, language: str = "en") -> list[list[str]]:
    """The file as it lies there: header, rows, total."""
    report = FrozenReport.objects.get(closing=closing, slug=slug, language=language)
    return list(csv.reader(io.StringIO(bytes(report.content).decode("utf-8-sig"), newline="")))


def cell(closing: YearClosing, slug: str, column: str, row: str = TOTAL, of: tuple[str, ...] = ()) -> str:
    """The cell of a file in an address, by the headings of its columns."""
    header = lines_of(closing, slug)[0]
    return str(Cell(closing.pk, slug, header.index(column), row, tuple(header.index(one) for one in of)))


PER_CAPITA = ("Net income (yuan)", "Persons")
EACH = "Per capita (yuan per person and year)"


def test_each_closing_keeps_its_own_and_today_is_another(
    manager: User, twice: tuple[YearClosing, YearClosing]
) -> None:
    found = [
        [
            opened(manager, "frozen", of=cell(one, INCOMES, "Persons"))["words"],
            opened(manager, "frozen", of=cell(one, INCOMES, "Net income (yuan)"))["words"],
            opened(manager, "frozen-per-head", of=cell(one, INCOMES, EACH, of=PER_CAPITA))["words"],
        ]
        for one in twice
    ]
    today = [opened(manager, slug, year="2018")["words"] for slug in ("persons", "net-income", "per-capita-income")]

    assert found == [["9", "19,500.00", "2,166.67"], ["10", "21,000.00", "2,100.00"]]
    assert today == ["12", "24,000.00", "2,000.00"]


def test_the_ratio_of_each_closing_is_made_of_its_own_two_sums(
    manager: User, twice: tuple[YearClosing, YearClosing]
) -> None:
    workings = [
        opened(manager, "frozen-per-head", of=cell(one, INCOMES, EACH, of=PER_CAPITA))["working"] for one in twice
    ]

    assert workings == ["19,500.00 ÷ 9 = 2,166.67", "21,000.00 ÷ 10 = 2,100.00"]


def test_a_row_is_that_of_its_own_file(manager: User, twice: tuple[YearClosing, YearClosing]) -> None:
    """Ruoduo is the first row, Qinglang the second: 6,000.00 of 3 persons, then 7,000.00 of 4."""
    named = [opened(manager, "frozen", of=cell(one, INCOMES, "Net income (yuan)", "2")) for one in twice]

    assert [one["words"] for one in named] == ["6,000.00", "7,000.00"]
    rows = [list(one["table"].rows) for one in named]
    assert [[(row["line"], row["frozen"]) for row in some] for some in rows] == [
        [("2", D("6000.00"))],
        [("2", D("7000.00"))],
    ]
    assert named[0]["named"].startswith("Net income (yuan), 2018 · 513228213000")


def additive(closing: YearClosing, slug: str) -> list[str]:
    """The columns with a total that is a sum: every number but shares, figures per head and years."""
    header, *_rows, last = lines_of(closing, slug)
    is_number = [one.replace(".", "").replace("-", "").isdigit() for one in last]
    return [
        title
        for title, is_one in zip(header, is_number, strict=True)
        if is_one and "%" not in title and "per person" not in title and title != "Year"
    ]


def test_the_rows_of_each_sum_add_up_to_it_and_so_does_its_file(
    manager: User, twice: tuple[YearClosing, YearClosing]
) -> None:
    frozen, checked = BY_SLUG["frozen"], set()
    for closing, slug in product(twice, sorted(READABLE)):
        header, *rows, last = lines_of(closing, slug)
        for title in additive(closing, slug):
            query = Query(user=manager, of=cell(closing, slug, title))
            expected = D(last[header.index(title)])
            assert frozen.value(query) == added_up(frozen, query) == expected, (slug, title)
            assert frozen.number(query) == len(rows)
            checked.add(slug)

    assert checked == READABLE


def test_a_taken_file_is_the_rows_and_the_total_of_the_frozen_one(
    manager: User, twice: tuple[YearClosing, YearClosing]
) -> None:
    rows, total = taken(manager, "frozen-per-head", of=cell(twice[1], INCOMES, EACH, of=PER_CAPITA))

    # To the fen, as the frozen file has it.
    assert [(row["Row of the file"], row["Net income (yuan)"], row["Persons"]) for row in rows] == [
        ("1", "14000.00", "6"),
        ("2", "7000.00", "4"),
    ]
    assert (total["Net income (yuan)"], total["Persons"]) == ("21000.00", "10")


def test_another_language_reads_its_own_file_with_the_same_numbers(
    manager: User, twice: tuple[YearClosing, YearClosing]
) -> None:
    of, figure = cell(twice[0], INCOMES, "Net income (yuan)"), BY_SLUG["frozen"]

    english = Query(user=manager, of=of)
    told = figure.parts(english)[1].words, figure.value(english)
    with translation.override("zh-hans"):
        chinese = Query(user=manager, of=of)
        told_in_chinese = figure.parts(chinese)[1].words, figure.value(chinese)
        heading = figure.columns_of(chinese)[-1].title

    assert told[1] == told_in_chinese[1] == D("19500.00")
    hashes = {one.language: one.sha256 for one in FrozenReport.objects.filter(closing=twice[0], slug=INCOMES)}
    assert (told[0], told_in_chinese[0]) == (hashes["en"], hashes["zh-hans"])
    assert heading in lines_of(twice[0], INCOMES, "zh-hans")[0]
    assert heading not in lines_of(twice[0], INCOMES)[0]


NO_CELLS = (
    # A ratio needs two columns, a sum none; words are no number; a row beyond the last; no such file.
    ("frozen", "{pk}:per-capita-income:3:total:1:2"),
    ("frozen-rate", "{pk}:annual-funding:3:total"),
    ("frozen-per-head", "{pk}:per-capita-income:3:total:1:99"),
    ("frozen", "{pk}:per-capita-income:2:1"),
    ("frozen", "{pk}:per-capita-income:3:3"),
    ("frozen", "{pk}:household-register:1:total"),
    ("frozen", "{other}:per-capita-income:3:total"),
)


def test_what_is_no_cell_of_a_file_is_not_found(manager: User, twice: tuple[YearClosing, YearClosing]) -> None:
    named: dict[str, Any] = {"pk": twice[0].pk, "other": twice[1].pk + 100}

    for slug, of in NO_CELLS:
        with pytest.raises(Http404):
            BY_SLUG[slug].names_it(Query(user=manager, of=of.format(**named)))
