"""Rows that the database writes by itself are those that Python writes one by one, byte for byte."""

from datetime import date
from decimal import Decimal as D
from threading import enumerate as threads

import pytest
from django.db import connection, connections
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.utils import timezone, translation
from psycopg2.extensions import TRANSACTION_STATUS_INERROR, TRANSACTION_STATUS_INTRANS

from alleviation.accounts.models import User
from alleviation.accounts.rights import Role
from alleviation.common.csv_out import FORMULA_STARTS, UNSEEN, Block, csv_blocks, guarded, row_blocks
from alleviation.common.query import Query
from alleviation.common.selections import COPYING
from alleviation.common.snapshots import Snapshot
from alleviation.common.sql_cells import rendered
from alleviation.common.tables import Column, Kind
from alleviation.reports.catalogue import BY_SLUG, CATALOGUE
from alleviation.reports.files import report_blocks, report_parts
from projects.choices import EntryKind
from projects.models import LedgerEntry
from tests.factories import (
    FundingSourceFactory,
    HouseholdFactory,
    IncomeRecordFactory,
    LedgerEntryFactory,
    MonitoringFactory,
    OfficialFactory,
    PersonFactory,
    ProjectFactory,
    ResponsibilityFactory,
    place,
)
from tests.golden import golden_incomes, golden_money

SQLITE = "django.db.backends.sqlite3"
SQLITE_OPTIONS = {"init_command": "PRAGMA journal_mode=WAL;", "transaction_mode": "IMMEDIATE"}
WRITTEN_BY_THE_DATABASE = ("funding-ledger", "incomes", "household-register")
AWKWARD = (
    "plain",
    "",
    "若多村",
    "𠮷野家",
    "=1+1",
    "＝1+1",
    "-5",
    "+5",
    "@x",
    "＠x",
    " =x",
    "\u3000=x",
    "\u200b\ufeff=x",
    "\xa0\u2003-x",
    "\x85 ok",
    "\tx",
    "\rx",
    "\nx",
    "\t\x1f",
    " \t=x",
    'say "x"',
    "a,b",
    '=","',
    "two\nlines",
    "two\r\nlines",
    "'x",
    "%s %d %%",
    "\\.",
    "\\N",
    "x ",
    "é\u0301",
    "NULL",
)


@pytest.fixture
def county(heishui, ruoduo, erniunai) -> None:
    """The golden county, and beside it whatever a cell may have to stand."""
    golden_money(heishui, ruoduo, erniunai)
    golden_incomes(ruoduo, erniunai)
    source = FundingSourceFactory(name="=source", name_zh="＝来源")
    for number, text in enumerate(AWKWARD):
        project = ProjectFactory(code=f"P{number}", division=ruoduo, name=text, name_zh=text[::-1])
        facts = {"source": source, "division": heishui, "project": project, "note": text, "amount": D("0.05")}
        LedgerEntryFactory(**facts, voucher=f"{number}{text}"[:32], is_made_up=bool(number % 2))
        household = HouseholdFactory(village=ruoduo, number=text[:20] or " ", farmland=D(number) / 20)
        PersonFactory(household=household, name=text or "王小明", relation="head")
    above = LedgerEntryFactory(source=source, division=heishui, voucher="=A", amount=D("9.99"))
    below = LedgerEntryFactory(source=source, division=ruoduo, handed_down_from=above.voucher, voucher="B")
    LedgerEntryFactory(
        source=source, division=ruoduo, kind=EntryKind.REFUND, handed_down_from=below.voucher, voucher="R"
    )
    nowhere = place("513228213299", '=村, "一"村民委员会')
    IncomeRecordFactory(household=HouseholdFactory(village=nowhere), year=2018)
    odd = HouseholdFactory(village=erniunai, number="1", housing_area=None, status_since=date(2015, 1, 2))
    IncomeRecordFactory(household=odd, year=2017, persons=3, wage_income=D("0.00"), business_income=D("-0.05"))
    IncomeRecordFactory(household=odd, year=2018, persons=7, wage_income=D("0.10"), expenses=D("9999999999.99"))
    ResponsibilityFactory(household=odd, official=OfficialFactory(name='"=Li", 组长'))
    MonitoringFactory(household=odd)


def row_by_row(slug: str, query: Query) -> bytes:
    report = BY_SLUG[slug]
    blocks = csv_blocks(
        slug, report.columns, row_blocks(report.columns, report.rows(query)), lambda: report.total(query)
    )
    return b"".join(block.content for block in blocks)


def reader(role: str, area: str) -> User:
    return User(username=role, role=Role(role), area=area, is_active=True)


def test_the_reports_that_grow_with_households_and_money_are_written_by_the_database(db, auditor):
    written = {report.slug for report in CATALOGUE if report.selections(Query(user=auditor))}

    assert written == set(WRITTEN_BY_THE_DATABASE)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("area", ["", "513228212", "513228213", "45"])
@pytest.mark.parametrize("slug", WRITTEN_BY_THE_DATABASE)
def test_the_database_writes_the_same_bytes_as_python(slug, area, language, county):
    query = Query(user=reader("reviewer", area))

    with translation.override(language):
        expected, found = row_by_row(slug, query), b"".join(report_parts(BY_SLUG[slug], query))

    assert found == expected
    assert (found.count(b"\r\n") > 3) == (area != "45")


def test_each_awkward_text_is_guarded_as_in_python(ruoduo):
    texts = [*AWKWARD, *(f"{blank}=x" for blank in map(chr, range(1, 0x3001)) if blank.isspace()), *UNSEEN]
    texts += [f"{start}x" for start in FORMULA_STARTS]
    entries = [LedgerEntryFactory(division=ruoduo, note=text, voucher=f"V{n}") for n, text in enumerate(texts)]
    column = Column("note", "Note")
    rows = LedgerEntry.objects.order_by("pk").values_list(rendered(column, "note"), flat=True)

    found = list(rows)

    as_csv = [text if connection.vendor == "postgresql" else unquoted(text) for text in found]
    assert [text or "" for text in as_csv] == [guarded(entry.note) for entry in entries]


def unquoted(cell: str | None) -> str:
    """A cell as SQLite writes it, without its quotation marks."""
    return cell[1:-1].replace('""', '"') if cell and cell.startswith('"') else cell or ""


def test_a_kind_that_the_database_cannot_write_is_refused():
    with pytest.raises(TypeError, match="share: a ratio is not written by the database"):
        rendered(Column("share", "Share", Kind.RATIO), "amount")


def test_a_past_day_is_told_row_by_row(auditor):
    past = Query(user=auditor, as_of=timezone.now())

    assert [BY_SLUG[slug].selections(past) for slug in ("incomes", "funding-ledger")] == [(), ()]


@pytest.mark.slow
@pytest.mark.parametrize("number", [0, 1, 3, 500])
@pytest.mark.parametrize("slug", WRITTEN_BY_THE_DATABASE)
def test_the_first_rows_are_those_that_all_rows_begin_with(slug, number, county):
    report, query = BY_SLUG[slug], Query(user=reader("auditor", ""))

    first, rows = report.first(query, number), list(report.rows(query))

    assert first == rows[:number]
    assert (report.number(query), report.number_up_to(query, 2)) == (len(rows), 2)


# --- one view of the database -----------------------------------------------------------------------------------

only_on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="a database in memory lets nobody write while somebody reads"
)


@pytest.mark.slow
@only_on_postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("slug", ["incomes", "alliances", "annual-funding"])
def test_rows_and_total_are_of_one_moment(slug, county):
    query = Query(user=reader("auditor", ""))
    before = row_by_row(slug, query)

    with Snapshot() as snapshot:
        blocks = report_blocks(BY_SLUG[slug], query, snapshot)
        found = next(blocks).content + next(blocks, Block(b"")).content
        LedgerEntryFactory(voucher="LATER", year=2018)
        IncomeRecordFactory(year=2018)
        found += b"".join(block.content for block in blocks)

    assert found == before
    assert row_by_row(slug, query) != before or slug == "alliances"


@pytest.mark.slow
@only_on_postgresql
@pytest.mark.django_db(transaction=True)
def test_whoever_stops_reading_stops_the_statement(county):
    with Snapshot() as snapshot:
        blocks = report_blocks(BY_SLUG["incomes"], Query(user=reader("auditor", "")), snapshot)
        begun = [next(blocks).rows, next(blocks).rows]
        blocks.close()
        state = snapshot.connection.connection.info.transaction_status

    assert begun == [0, 1]
    assert state in (TRANSACTION_STATUS_INTRANS, TRANSACTION_STATUS_INERROR)
    assert [thread.name for thread in threads() if thread.name == COPYING] == []


def test_the_snapshot_of_a_file_is_of_one_moment_while_others_write(tmp_path, db):
    settings_of_file = {**connection.settings_dict, "NAME": str(tmp_path / "file.sqlite3"), "ENGINE": SQLITE}
    other = DatabaseWrapper({**settings_of_file, "OPTIONS": SQLITE_OPTIONS}, "default")
    run = other.cursor().execute
    run("CREATE TABLE rows_there (number integer)")
    run("INSERT INTO rows_there VALUES (1)")
    present, connections["default"] = connections["default"], other
    try:
        with Snapshot() as snapshot:
            first = snapshot.ask(number_of_rows)
            run("INSERT INTO rows_there VALUES (2)")
            second, outside = snapshot.ask(number_of_rows), number_of_rows()
    finally:
        connections["default"] = present
        other.close()

    assert (first, second, outside) == (1, 1, 2)


def number_of_rows() -> int:
    with connections["default"].cursor() as cursor:
        return cursor.execute("SELECT count(*) FROM rows_there").fetchone()[0]


def test_a_failure_midway_is_told_in_the_last_line(county, monkeypatch):
    monkeypatch.setattr(type(BY_SLUG["incomes"]), "total", fails)

    found = []
    with pytest.raises(RuntimeError):
        found.extend(report_parts(BY_SLUG["incomes"], Query(user=reader("auditor", ""))))

    assert b"".join(found).splitlines()[-1].startswith(b"THIS FILE IS INCOMPLETE.")
    assert len(found) > 2


def fails(*_asked: object) -> None:
    raise RuntimeError("the database went away")
