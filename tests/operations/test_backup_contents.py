"""The hash of a table: the same rows have the same on every database, any other row another."""

from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from uuid import UUID

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction

from alleviation.evidence.models import StoredFile
from alleviation.operations.backup.contents import ENCODER, differences, models_with_tables, plain_number, table_of
from projects.models import LedgerEntry

AT = datetime(2026, 11, 23, 1, 2, 3, 450000, tzinfo=UTC)


def stored(number, **changes):
    told = {"sha256": f"{number:064}", "kind": "pdf", "size": 12, "stored_by": "王红", "stored_at": AT}
    return StoredFile(pk=number, **(told | changes))


@pytest.mark.django_db
def test_the_hash_of_a_table_can_be_made_by_hand():
    StoredFile.objects.bulk_create([stored(10), stored(9, is_made_up=True)])

    found = table_of(connection, StoredFile)

    rows = (
        f'[9,true,"pdf","{9:064}",12,"2026-11-23T01:02:03.450000+00:00","\\u738b\\u7ea2"]\n'
        f'[10,false,"pdf","{10:064}",12,"2026-11-23T01:02:03.450000+00:00","\\u738b\\u7ea2"]\n'
    )
    assert (found.name, found.rows, found.hash) == ("evidence_storedfile", 2, sha256(rows.encode()).hexdigest())


@pytest.mark.django_db
def test_keys_that_are_texts_are_in_the_order_of_their_code_points():
    Session.objects.bulk_create(
        [Session(session_key=key, session_data="", expire_date=AT) for key in ("b", "B", "_", "1")]
    )

    found = table_of(connection, Session)

    rows = "".join(f'["2026-11-23T01:02:03.450000+00:00","","{key}"]\n' for key in ("1", "B", "_", "b"))
    assert found.hash == sha256(rows.encode()).hexdigest()


@pytest.mark.django_db
def test_money_is_added_up_in_fen_and_an_empty_table_is_one():
    with transaction.atomic():
        found = table_of(connection, LedgerEntry)

    assert (found.rows, found.sums, found.hash) == (0, {"amount": 0}, sha256(b"").hexdigest())


@pytest.mark.django_db
def test_tables_that_differ_are_named():
    StoredFile.objects.bulk_create([stored(1)])
    one = table_of(connection, StoredFile)
    StoredFile.objects.bulk_create([stored(2)])
    two, other = table_of(connection, StoredFile), table_of(connection, Session)

    assert differences([one, other], [one, other]) == []
    assert differences([one], [two, other]) == [(None, other), (one, two)]


def test_every_table_of_ours_is_among_them_once():
    names = [model._meta.db_table for model in models_with_tables()]

    assert {"beneficiaries_person", "audit_auditevent", "accounts_user_groups", "django_migrations"} <= set(names)
    assert names == sorted(set(names))


def test_values_of_both_databases_are_spelled_alike():
    values = [
        AT.replace(tzinfo=None),
        AT,
        date(2026, 1, 2),
        b"\x01",
        memoryview(b"\x01"),
        UUID(int=1),
        {"b": 1, "a": None},
    ]

    assert ENCODER.encode(values) == (
        '["2026-11-23T01:02:03.450000+00:00","2026-11-23T01:02:03.450000+00:00","2026-01-02","01","01",'
        '"00000000000000000000000000000001",{"a":null,"b":1}]'
    )
    assert [plain_number(value) for value in (Decimal("1.50"), 1.5, 100, "0.10", Decimal("1E+2"))] == [
        *("1.5", "1.5", "100", "0.1", "100")
    ]
