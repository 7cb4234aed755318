"""Real trouble: a database that another holds, and a question that takes too long."""

import sqlite3
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.urls import reverse

from alleviation.common import bounded
from alleviation.common.snapshots import Snapshot
from alleviation.common.trouble import Trouble, trouble_of
from tests.conftest import signed_in
from tests.security.conftest import body
from tests.security.test_database_trouble import ADD, FORM, HEADINGS, NOT_SAVED

IS_SQLITE = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")


@contextmanager
def held_by_another():
    """The database as another connection keeps it from everybody else."""
    if IS_SQLITE:
        other = sqlite3.connect(connection.settings_dict["NAME"], uri=True, isolation_level=None)
        connection.cursor().execute("PRAGMA busy_timeout = 50")
        other.execute("BEGIN EXCLUSIVE")
    else:
        connection.cursor().execute("SET lock_timeout = '50ms'")
        other = connection.copy()
        other.set_autocommit(False)
        other.cursor().execute("LOCK TABLE projects_organisation IN ACCESS EXCLUSIVE MODE")
    try:
        yield
    finally:
        other.rollback()
        other.close()
        connection.close()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_database_that_another_holds_is_told_as_busy(county_clerk):
    client = signed_in(county_clerk)
    client.raise_request_exception = False

    with held_by_another():
        response = client.post(reverse(ADD), FORM)

    assert (response.status_code, NOT_SAVED in body(response)) == (503, True)
    assert HEADINGS[Trouble.BUSY] in body(response)


ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000) SELECT COUNT(*) FROM n"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_page_s_question_is_broken_off_in_time_and_a_file_s_is_not(settings, monkeypatch):
    settings.STATEMENT_SECONDS, settings.DOWNLOAD_SECONDS = 1, 3600
    monkeypatch.setattr(bounded, "STEPS", 1000)
    page = connection.copy()
    bounded.bound(connected(page))

    with pytest.raises(OperationalError) as caught:
        page.cursor().execute(ENDLESS)
    seconds = time_of(page)
    bounded.give_time(page)

    assert trouble_of(caught.value) is Trouble.SLOW
    assert (seconds, time_of(page)) == (1, 3600 if IS_SQLITE else 1)
    page.close()


def connected(other):
    other.ensure_connection()
    return other


def time_of(other) -> int:
    """How many seconds a statement has."""
    if IS_SQLITE:
        return other.clock.seconds
    with other.cursor() as cursor:
        cursor.execute("SELECT setting::int / 1000 FROM pg_settings WHERE name = 'statement_timeout'")
        return cursor.fetchone()[0]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_file_has_its_time_from_its_first_row(settings):
    settings.DOWNLOAD_SECONDS = 1234
    unbound, snapshot = Snapshot(), Snapshot()
    bounded.bound(connected(snapshot.connection))

    with snapshot, unbound:
        times = time_of(snapshot.connection), getattr(unbound.connection, "clock", None)

    assert times == (1234, None)


def test_a_connection_made_anew_is_looked_at_once(db):
    if not IS_SQLITE:
        pytest.skip("PostgreSQL looks at the clock itself")
    other = connected(connection.copy())
    before = len(other.execute_wrappers)

    for _time in range(3):
        bounded.bound(other)

    assert len(other.execute_wrappers) == before + 1
    other.close()
