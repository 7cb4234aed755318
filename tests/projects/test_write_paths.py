"""A posted entry is refused every change, by the database itself, whatever way the write takes."""

import json
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from projects.models import LedgerEntry
from tests.factories import FundingSourceFactory, LedgerEntryFactory, ProjectFactory, place

TABLE = "projects_ledgerentry"
on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="OR REPLACE is SQLite's")
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="TRUNCATE is PostgreSQL's")


@pytest.fixture
def posted(ruoduo) -> LedgerEntry:
    return LedgerEntryFactory(division=ruoduo, voucher="513228-2019-00001")


def refused(act, posted: LedgerEntry) -> str:
    """What the database says; the entry is as it was."""
    before = LedgerEntry.objects.filter(pk=posted.pk).values().get()
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        act()
    assert list(LedgerEntry.objects.filter(pk=posted.pk).values()) == [before]
    return str(error.value).partition("\n")[0]


def run(sql: str, *params) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def other_value(entry: LedgerEntry, field) -> object:
    """Another value that the column could hold."""
    if field.is_relation:
        others = {"project": ProjectFactory, "source": lambda: FundingSourceFactory(code="other")}
        return others.get(field.name, lambda: place("513228"))().pk
    return {
        "year": 2018,
        "amount": Decimal("1.00"),
        "booked_on": "2019-01-01",
        "kind": "refund",
        "state": "draft",
        "is_made_up": True,
    }.get(field.name, "2019-01-01T00:00:00Z" if field.name.endswith("_at") else "other")


@pytest.mark.parametrize("field", [f for f in LedgerEntry._meta.concrete_fields if not f.primary_key], ids=str)
def test_no_column_of_a_posted_entry_changes(field, posted):
    value = other_value(posted, field)

    said = refused(lambda: LedgerEntry.objects.filter(pk=posted.pk).update(**{field.attname: value}), posted)

    assert said == "a posted entry is never changed"


def test_its_number_does_not_change(posted):
    assert refused(lambda: run(f"UPDATE {TABLE} SET id = id + 1000"), posted) == "a posted entry is never changed"


def test_a_save_is_refused(posted):
    posted.amount = Decimal("1.00")

    assert refused(posted.save, posted) == "a posted entry is never changed"


def test_a_bulk_update_is_refused(posted):
    posted.amount = Decimal("1.00")

    assert refused(lambda: LedgerEntry.objects.bulk_update([posted], ["amount"]), posted) == (
        "a posted entry is never changed"
    )


def test_raw_sql_is_refused(posted):
    assert refused(lambda: run(f"UPDATE {TABLE} SET amount = 1"), posted) == "a posted entry is never changed"
    assert refused(lambda: run(f"DELETE FROM {TABLE}"), posted) == "a posted entry is never deleted"


def test_it_is_not_deleted_by_django_either(posted):
    assert refused(posted.delete, posted) == "a posted entry is never deleted"
    assert refused(LedgerEntry.objects.all().delete, posted) == "a posted entry is never deleted"
    with pytest.raises(ProtectedError):
        posted.source.delete()


def test_a_fixture_is_refused(posted, tmp_path):
    fields = {**LedgerEntry.objects.values().get(), "amount": "1.00"}
    row = {key.removesuffix("_id"): value for key, value in fields.items() if key != "id"}
    path = tmp_path / "entry.json"
    path.write_text(json.dumps([{"model": "projects.ledgerentry", "pk": posted.pk, "fields": row}], default=str))

    from alleviation.common.guard import WrittenAround

    with pytest.raises(WrittenAround):
        call_command("loaddata", str(path), verbosity=0)

    assert LedgerEntry.objects.get().amount == Decimal("100.00")


def test_an_entry_is_not_born_posted(posted):
    columns = ", ".join(f.column for f in LedgerEntry._meta.concrete_fields if not f.primary_key)
    chosen = columns.replace("voucher,", "'V-2',", 1)

    said = refused(lambda: run(f"INSERT INTO {TABLE} ({columns}) SELECT {chosen} FROM {TABLE}"), posted)

    assert said == "an entry begins as a draft or a submission"


def test_what_is_posted_is_what_was_submitted(posted, ruoduo):
    entry = LedgerEntryFactory(division=ruoduo, state="submitted")
    checked = {"state": "posted", "voucher": "V-2", "checked_by": "one", "checked_at": entry.submitted_at}

    def post(**facts) -> None:
        LedgerEntry.objects.filter(pk=entry.pk).update(**checked, **facts)

    assert refused(lambda: post(amount=Decimal("1.00")), entry) == "an entry is posted as it was submitted"
    assert refused(lambda: post(project=ProjectFactory()), entry) == "an entry is posted as it was submitted"
    post()
    assert LedgerEntry.objects.posted().count() == 2


def test_a_draft_is_not_posted_past_its_submission(posted, ruoduo):
    entry = LedgerEntryFactory(division=ruoduo, state="draft")
    people = {"submitted_by": "a", "submitted_at": entry.drafted_at, "checked_by": "b", "checked_at": entry.drafted_at}

    def post() -> None:
        LedgerEntry.objects.filter(pk=entry.pk).update(state="posted", voucher="V-2", **people)

    assert refused(post, entry) == "an entry is posted as it was submitted"


@on_sqlite
@pytest.mark.parametrize("other", ["id", "voucher"])
@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_insert_or_replace_writes_over_nothing(other, recursive, posted):
    columns = [f.column for f in LedgerEntry._meta.concrete_fields]
    chosen = {"state": "'submitted'", "amount": "1", "checked_by": "''", "checked_at": "NULL"}
    chosen |= {"voucher": "''"} if other == "id" else {"id": "id + 1", "state": "'posted'", "is_made_up": "1"}
    values = ", ".join(chosen.get(name, name) for name in columns)
    sql = f"INSERT OR REPLACE INTO {TABLE} ({', '.join(columns)}) SELECT {values} FROM {TABLE}"

    # A client that does not know of our settings.
    run(f"PRAGMA recursive_triggers = {recursive}")
    try:
        said = refused(lambda: run(sql), posted)
    finally:
        run("PRAGMA recursive_triggers = ON")

    assert said == "a posted entry is never replaced"


@on_sqlite
def test_update_or_replace_writes_over_nothing(posted, ruoduo):
    draft = LedgerEntryFactory(division=ruoduo, state="submitted")
    sql = (
        f"UPDATE OR REPLACE {TABLE} SET state = 'posted', voucher = %s, checked_by = 'b', checked_at = drafted_at "
        "WHERE id = %s"
    )

    run("PRAGMA recursive_triggers = OFF")
    try:
        said = refused(lambda: run(sql, posted.voucher, draft.pk), posted)
    finally:
        run("PRAGMA recursive_triggers = ON")

    assert said == "a posted entry is never replaced"


@on_postgresql
def test_the_ledger_is_not_truncated(posted):
    run("SET CONSTRAINTS ALL IMMEDIATE")

    assert refused(lambda: run(f"TRUNCATE {TABLE} CASCADE"), posted) == f"the rows of {TABLE} stay"


@on_postgresql
def test_nothing_is_written_over_on_conflict(posted):
    sql = f"INSERT INTO {TABLE} SELECT * FROM {TABLE} ON CONFLICT (id) DO UPDATE SET amount = 1"

    assert refused(lambda: run(sql), posted) == "an entry begins as a draft or a submission"


def test_what_is_made_up_can_be_taken_out_again(ruoduo):
    entry = LedgerEntryFactory(division=ruoduo, is_made_up=True)

    entry.delete()

    assert LedgerEntry.objects.count() == 0
