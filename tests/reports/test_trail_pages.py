"""The page of the trail and what an auditor takes away from it."""

import csv
import io
import subprocess
import sys
import zipfile
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from alleviation.audit import trail
from alleviation.audit.models import AuditEvent, Verb
from alleviation.audit.verification.chain import CONTENT
from alleviation.common.query import Query
from alleviation.reports.audit_trail import AuditTrail
from alleviation.reports.trail_pages import views
from tests.audit.tampering import TABLE, change, rules_away, run
from tests.conftest import signed_in

OTHERS = ["clerk", "reviewer", "manager", "administrator", "stranger"]


def tell(number: int) -> None:
    for n in range(number):
        trail.record_words(verb=Verb.DOWNLOADED, what=f"file {n}", by="clerk", kind="report", details={"n": n})


def words(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("address", ["/audit/", "/audit/?check=1", "/audit/trail.zip"])
@pytest.mark.parametrize("person", OTHERS)
@pytest.mark.slow
def test_the_trail_is_for_auditors(request, person, address):
    client = signed_in(request.getfixturevalue(person))
    tell(1)

    response = client.get(address)

    assert (response.status_code, AuditEvent.objects.count()) == (403, 1)


@pytest.mark.parametrize("address", ["/audit/", "/audit/trail.zip"])
def test_the_trail_is_read_and_not_posted_to(auditor, address):
    assert signed_in(auditor).post(address).status_code == 405


def test_an_empty_trail_says_so(auditor):
    assert "The trail is empty" in words(signed_in(auditor).get(reverse("audit_trail:overview")))


def test_the_page_shows_the_head(auditor):
    tell(3)

    page = words(signed_in(auditor).get("/audit/"))

    assert "<dt>Events</dt> <dd data-technical>3</dd>" in page
    assert f"<code>{AuditEvent.objects.get(pk=3).digest}</code>" in page
    assert "The last event is the one that the head names." in page
    assert "bound to each other" not in page


def test_the_page_says_where_the_head_is_another(auditor):
    tell(3)
    run(f"DELETE FROM {TABLE} WHERE id = 3")

    assert "The head names another event than the last one." in words(signed_in(auditor).get("/audit/"))


def test_a_check_that_was_asked_for_says_what_holds(auditor):
    tell(3)

    page = words(signed_in(auditor).get("/audit/?check=1"))

    assert "The last 3 events are bound to each other and to the key." in page


def test_a_check_looks_at_the_last_events_alone(auditor, monkeypatch):
    monkeypatch.setattr(views, "CHECKED", 2)
    tell(4)
    change(TABLE, 1, "actor", "somebody")
    whole = words(signed_in(auditor).get("/audit/?check=1"))
    change(TABLE, 3, "actor", "<b>somebody</b>")

    broken = words(signed_in(auditor).get("/audit/?check=1"))

    assert "The last 2 events are bound to each other and to the key." in whole
    assert f"<li>event 3: {CONTENT}</li>" in broken


@pytest.mark.parametrize("number", [1, 30])
def test_the_page_asks_the_same_for_any_number_of_events(auditor, django_assert_num_queries, number):
    tell(number)
    client = signed_in(auditor)
    client.get("/audit/")

    # Session, user, last event, head, imports, whether the example is loaded.
    with django_assert_num_queries(6):
        client.get("/audit/")


def test_the_download_holds_the_whole_trail_and_tells_of_itself(auditor, tmp_path):
    tell(3)

    response = signed_in(auditor).get(reverse("audit_trail:download"))

    zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))).extractall(tmp_path)
    last = AuditEvent.objects.get(pk=4)
    assert (last.verb, last.actor, last.subject) == ("downloaded", "auditor", "audit-trail.zip")
    assert response["Content-Type"] == "application/zip"
    assert response["Content-Disposition"].startswith('attachment; filename="audit-trail_4_')
    assert response["Cache-Control"] == "private, no-store"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "verify_trail.py", "trail.jsonl", "--anchor", "anchor.json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.splitlines()[0]) == (
        0,
        f"4 events, the last is 4 with the digest {last.digest}",
    )


# --- the report -------------------------------------------------------------------------------------------------


def test_the_report_has_a_line_for_each_event(auditor):
    tell(2)
    address = reverse("reports:csv", args=["audit-trail"])

    response = signed_in(auditor).get(address)

    first, second, taken = csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig")))
    event = AuditEvent.objects.get(pk=1)
    assert [row["Number"] for row in (first, second, taken)] == ["1", "2", "3"]
    assert (first["Who"], first["What was done"], first["Kind of record"]) == ("clerk", "downloaded", "report")
    assert (first["After"], first["Before"]) == ('{"n": 0}', "")
    assert (first["Digest"], first["Authentication code"]) == (event.digest, event.mac)
    assert (taken["Who"], taken["Record"]) == ("auditor", "audit-trail")


@pytest.mark.parametrize("person", OTHERS)
def test_the_report_is_for_auditors(request, person):
    user = request.getfixturevalue(person)
    tell(1)

    pages = [reverse(f"reports:{name}", args=["audit-trail"]) for name in ("detail", "csv")]

    assert [signed_in(user).get(page).status_code for page in pages] == [403, 403]
    assert list(AuditTrail().rows(Query(user=user))) == []


def test_a_year_is_that_of_the_moment_in_the_offices_time(auditor):
    tell(3)
    moments = [datetime(2019, 12, 31, 15, 59, tzinfo=UTC), datetime(2019, 12, 31, 16, tzinfo=UTC)]
    with rules_away():
        for number, moment in enumerate(moments, start=1):
            AuditEvent.objects.filter(pk=number).update(at=moment)
    report, query = AuditTrail(), Query(user=auditor)

    found = {year: [row["number"] for row in report.rows(query.of_years(year, year))] for year in (2018, 2019, 2020)}

    assert found == {2018: [], 2019: [1], 2020: [2]}
    assert (report.number(query.of_years(2020, 2020)), report.number(query)) == (1, 3)
