"""A database in trouble is told in plain words, with what became of what was sent."""

import errno
import os
import sqlite3
from io import BytesIO

import psycopg2
import pytest
from django.db import InterfaceError, OperationalError, connection, transaction
from django.urls import reverse

from alleviation.common import saved
from alleviation.common.trouble import Trouble, is_reply_lost, trouble_of
from projects.models import Organisation
from tests.conftest import signed_in
from tests.security.carried import lacking
from tests.security.conftest import body

ADD = "admin:projects_organisation_add"
FORM = {"name": "Office", "kind": "enterprise", "posts-TOTAL_FORMS": "0", "posts-INITIAL_FORMS": "0"}
NOT_SAVED = "Nothing of what you sent was saved."
NOT_KNOWN = "It is not known whether what you sent was saved: look before you send it again."


def of_sqlite(name: str) -> OperationalError:
    said = sqlite3.OperationalError("a word of somebody")
    said.sqlite_errorname = name
    return raised_from(OperationalError("a word of somebody"), said)


def of_postgresql(code: str | None) -> OperationalError:
    class Said(psycopg2.OperationalError):
        pgcode = code

    Said.__name__, Said.__module__ = "OperationalError", "psycopg2"
    return raised_from(OperationalError("a word of somebody"), Said())


def raised_from(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


KINDS = [
    (of_sqlite("SQLITE_BUSY"), Trouble.BUSY),
    (of_sqlite("SQLITE_BUSY_SNAPSHOT"), Trouble.BUSY),
    (of_sqlite("SQLITE_LOCKED_SHAREDCACHE"), Trouble.BUSY),
    (of_sqlite("SQLITE_FULL"), Trouble.FULL),
    (of_sqlite("SQLITE_READONLY_DBMOVED"), Trouble.READ_ONLY),
    (of_sqlite("SQLITE_IOERR_WRITE"), Trouble.DOWN),
    (of_sqlite("SQLITE_CANTOPEN"), Trouble.DOWN),
    (of_sqlite("SQLITE_INTERRUPT"), Trouble.SLOW),
    (of_sqlite("SQLITE_ERROR"), None),
    (of_postgresql("40P01"), Trouble.BUSY),
    (of_postgresql("55P03"), Trouble.BUSY),
    (of_postgresql("57014"), Trouble.SLOW),
    (of_postgresql("53100"), Trouble.FULL),
    (of_postgresql("25006"), Trouble.READ_ONLY),
    (of_postgresql("57P01"), Trouble.DOWN),
    (of_postgresql("53300"), Trouble.DOWN),
    (of_postgresql(None), Trouble.DOWN),
    (of_postgresql("42P01"), None),
    (InterfaceError("connection already closed"), Trouble.DOWN),
    (OSError(errno.ENOSPC, "No space left on device"), Trouble.FULL),
    (OSError(errno.ENOENT, "No such file"), None),
    (ValueError("a fault of ours"), None),
]


@pytest.mark.parametrize(("error", "expected"), KINDS, ids=range(len(KINDS)))
def test_what_a_database_says_is_understood(error, expected):
    assert trouble_of(error) == expected


HEADINGS = {
    Trouble.BUSY: "Somebody else is writing at this moment",
    Trouble.SLOW: "This took too long",
    Trouble.FULL: "The server&#x27;s disk is full",
    Trouble.READ_ONLY: "Nothing can be saved at this moment",
    Trouble.DOWN: "The database does not answer",
}


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (of_sqlite("SQLITE_BUSY"), Trouble.BUSY),
        (of_postgresql("57014"), Trouble.SLOW),
        (of_sqlite("SQLITE_FULL"), Trouble.FULL),
        (of_postgresql("25006"), Trouble.READ_ONLY),
        (of_postgresql(None), Trouble.DOWN),
    ],
    ids=list(HEADINGS),
)
def test_a_form_that_could_not_be_saved_says_so_and_of_what(error, trouble, county_clerk, monkeypatch):
    def fails(*_args, **_kwargs):
        raise error

    monkeypatch.setattr("alleviation.audit.admin_base.trail.together", fails)

    response = signed_in(county_clerk).post(reverse(ADD), FORM)

    told = body(response)
    assert (response.status_code, lacking(response)) == (503, [])
    assert response["Retry-After"] == ("5" if trouble is Trouble.BUSY else "30")
    assert f"<h1>{HEADINGS[trouble]}</h1>" in told
    assert NOT_SAVED in told
    assert response["X-Request-ID"] in told
    assert "a word of somebody" not in told


def test_a_fault_of_ours_says_what_was_saved_too(county_clerk, monkeypatch):
    def fails(*_args, **_kwargs):
        raise ValueError("a word of somebody")

    monkeypatch.setattr("alleviation.audit.admin_base.trail.together", fails)
    client = signed_in(county_clerk)
    client.raise_request_exception = False

    response = client.post(reverse(ADD), FORM)

    told = body(response)
    assert (response.status_code, lacking(response)) == (500, [])
    assert NOT_SAVED in told
    assert response["X-Request-ID"] in told
    assert "a word of somebody" not in told


WHERE = (
    "django.contrib.auth.middleware.get_user",
    "django.contrib.sessions.middleware.SessionMiddleware.process_request",
    "alleviation.reports.views.render",
    "alleviation.dashboards.context.part_of",
)


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize(("language", "words"), [("en", "The database does not answer"), ("zh-hans", "<html lang=")])
def test_a_database_that_is_down_is_told_wherever_it_is_asked(where, language, words, manager, monkeypatch):
    def fails(*_args, **_kwargs):
        raise of_postgresql(None)

    client = signed_in(manager)
    client.raise_request_exception = False
    monkeypatch.setattr(where, fails)

    response = client.get("/reports/", headers={"accept-language": language})

    assert (response.status_code, response["Retry-After"], lacking(response)) == (503, "30", [])
    assert words in body(response)
    assert f'<html lang="{language}">' in body(response)


def test_the_health_check_says_that_the_database_is_down(client, db, monkeypatch):
    def fails():
        raise of_postgresql(None)

    well = client.get("/healthz")
    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", fails)
        ill = client.get("/healthz")

    assert (well.status_code, well.content) == (200, b"ok\n")
    assert (ill.status_code, ill.content, lacking(ill)) == (503, b"The database does not answer.\n", [])
    assert ill["Content-Type"] == "text/plain; charset=utf-8"


# --- what became of it --------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("error", "words"),
    [(of_postgresql(None), NOT_KNOWN), (of_postgresql("53100"), NOT_SAVED)],
    ids=["unheard", "full"],
)
def test_a_save_whose_end_nobody_heard_of_is_not_known(error, words, county_clerk, monkeypatch):
    def _commit():
        raise error

    client = signed_in(county_clerk)
    monkeypatch.setattr(connection, "_commit", _commit)

    response = client.post(reverse(ADD), FORM)
    monkeypatch.undo()
    connection.close()

    assert (response.status_code, words in body(response)) == (503, True)
    assert not Organisation.objects.exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_what_fails_after_the_save_does_not_say_that_nothing_was_saved(county_clerk, monkeypatch):
    def fails(*_args, **_kwargs):
        raise ValueError

    client = signed_in(county_clerk)
    client.raise_request_exception = False
    monkeypatch.setattr("django.contrib.messages.middleware.MessageMiddleware.process_response", fails)

    response = client.post(reverse(ADD), FORM)

    assert (response.status_code, Organisation.objects.count()) == (500, 1)
    assert NOT_KNOWN in body(response)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_or_but_a_session_is_no_save(county_clerk):
    with saved.watched() as found:
        signed_in(county_clerk)
        after_session = found.is_saved
        with transaction.atomic():
            Organisation.objects.create(name="Office", kind="enterprise")
            transaction.set_rollback(True)
        after_rollback = found.is_saved
        with transaction.atomic():
            Organisation.objects.create(name="Office", kind="enterprise")
            within = found.is_saved

    assert (after_session, after_rollback, within, found.is_saved) == (False, False, False, True)


def test_only_an_end_that_was_not_heard_of_is_unknown():
    def _commit(error):
        raise error

    def came_through(function, error):
        try:
            function(error)
        except OperationalError as caught:
            return is_reply_lost(caught)

    lost, full = of_postgresql(None), of_postgresql("53100")
    assert (came_through(_commit, lost), came_through(_commit, full)) == (True, False)
    assert is_reply_lost(of_postgresql(None)) is False


def test_a_disk_that_is_full_is_told_where_a_file_is_handed_in(county_clerk, monkeypatch):
    def fails(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    client = signed_in(county_clerk)
    client.raise_request_exception = False
    monkeypatch.setattr("django.core.files.uploadhandler.MemoryFileUploadHandler.new_file", fails)

    response = client.post("/imports/incomes/", {"file": BytesIO(b"a,b")})

    assert (response.status_code, HEADINGS[Trouble.FULL] in body(response)) == (503, True)
