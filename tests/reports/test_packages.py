"""Reports for an audit: what is in the zip, and the script that checks it without this app."""

import io
import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pytest

from alleviation.audit.models import AuditEvent, Verb
from alleviation.common.query import Query
from alleviation.common.snapshots import Snapshot
from alleviation.reports.catalogue import BY_SLUG, CATALOGUE
from alleviation.reports.files import report_blocks
from alleviation.reports.packages import check_script
from tests.conftest import signed_in
from tests.factories import ClaimFactory, LedgerEntryFactory
from tests.golden import golden_incomes, golden_money


@pytest.fixture
def county(heishui, ruoduo, erniunai) -> None:
    """The golden county with one claim."""
    golden_money(heishui, ruoduo, erniunai)
    golden_incomes(ruoduo, erniunai)
    ClaimFactory()


def unpacked(response, folder: Path) -> dict:
    """The package of a zip that was unpacked into a folder."""
    with ZipFile(io.BytesIO(b"".join(response.streaming_content))) as archive:
        archive.extractall(folder)
    return json.loads((folder / "datapackage.json").read_text())


def checked(folder: Path) -> tuple[int, list[str]]:
    command = [sys.executable, "-I", "-S", "check.py"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.splitlines()


def test_a_package_tells_what_its_file_adds_up_to(county, auditor, tmp_path):
    told = unpacked(signed_in(auditor).get("/reports/funding-ledger.zip?year=2018"), tmp_path)

    (resource,) = told["resources"]
    content = (tmp_path / resource["path"]).read_bytes()
    assert (told["user"], told["language"], told["chain"]["number"]) == ("auditor", "en", AuditEvent.objects.last().pk)
    assert (resource["bytes"], resource["hash"]) == (len(content), f"sha256:{sha256(content).hexdigest()}")
    assert (resource["rows"], resource["filter"]) == (4, {"year": "2018"})
    assert (
        resource["control_totals"]
        == resource["total_row"]
        == {
            "allocated": "1500.30",
            "disbursed": "400.00",
            "spent": "300.00",
            "refunded": "0.00",
        }
    )
    assert resource["schema"]["fields"][1] == {"name": "Date", "key": "date", "type": "date"}
    assert checked(tmp_path) == (0, ["1 files, 4 rows, 0 faults"])


def test_a_csv_leads_to_what_it_adds_up_to(county, auditor, tmp_path):
    client = signed_in(auditor)
    file = client.get("/reports/funding-ledger.csv?year=2018")
    address, *words = file["Link"].split("; ")
    beside = client.get(address.strip("<>"))
    (tmp_path / "datapackage.json").write_bytes(b"".join(beside.streaming_content))
    (resource,) = json.loads((tmp_path / "datapackage.json").read_bytes())["resources"]
    (tmp_path / "saved-under-another-name.csv").write_bytes(b"".join(file.streaming_content))

    command = [sys.executable, "-I", "-S", "-c", check_script()]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert words == ['rel="describedby"', 'type="application/json"']
    assert (beside["Content-Type"], resource["filter"]) == ("application/json", {"year": "2018"})
    assert (done.returncode, done.stdout) == (0, "1 files, 4 rows, 0 faults\n")
    events = AuditEvent.objects.filter(verb=Verb.DOWNLOADED).order_by("pk")
    assert [event.after.get("format", "csv") for event in events] == ["csv", "datapackage.json"]


def test_the_page_leads_to_it_too(county, auditor):
    page = signed_in(auditor).get("/reports/funding-ledger/?year=2018").content.decode()

    assert 'href="/reports/funding-ledger.datapackage.json?year=2018"' in page


def test_every_row_is_asked_within_the_snapshot(county, auditor, monkeypatch):
    """A report that is not written by the database is of one moment with its total all the same."""
    within = []

    class Watched(Snapshot):
        def ask(self, question, *args, **kwargs):
            within.append(question)
            return super().ask(question, *args, **kwargs)

    report, snapshot = BY_SLUG["annual-funding"], Watched()
    with snapshot:
        list(report_blocks(report, Query(user=auditor), snapshot))

    assert report.rows in within


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "faults"),
    [
        (b"500.20", b"500.21", 3),  # another digest, another sum, and a total that is no sum
        (b"\r\nTotal,", b"\r\nTotal ,", 2),
        (b"1500.30", b"1500.31", 2),
        (b"500.20", b"five", 5),
    ],
)
def test_a_changed_file_is_found(old, new, faults, county, auditor, tmp_path):
    told = unpacked(signed_in(auditor).get("/reports/funding-ledger.zip?year=2018"), tmp_path)
    path = tmp_path / told["resources"][0]["path"]
    path.write_bytes(path.read_bytes().replace(old, new))

    code, lines = checked(tmp_path)

    assert (code, len(lines)) == (1, faults + 1)


def test_a_missing_file_is_found(county, auditor, tmp_path):
    told = unpacked(signed_in(auditor).get("/reports/claims.zip"), tmp_path)
    path = told["resources"][0]["path"]
    (tmp_path / path).unlink()

    assert checked(tmp_path) == (
        1,
        [f"{path}: it is not there, under this name or any other", "1 files, 1 rows, 1 faults"],
    )


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_all_reports_of_a_reader_come_in_one_zip_that_holds(language, county, reviewer, tmp_path):
    client = signed_in(reviewer)
    client.cookies["django_language"] = language

    told = unpacked(client.get("/reports/all.zip?year=2018"), tmp_path)

    slugs = [report.slug for report in CATALOGUE if reviewer.may(report.permission)]
    assert [one["name"] for one in told["resources"]] == slugs
    assert told["language"] == language
    assert checked(tmp_path)[0] == 0
    events = AuditEvent.objects.filter(verb=Verb.DOWNLOADED).order_by("pk")
    assert [event.subject for event in events] == slugs
    assert {event.after["format"] for event in events} == {"zip"}


def test_what_adds_up_is_a_column_of_the_report():
    assert {report.slug: set(report.added) - {one.key for one in report.columns} for report in CATALOGUE} == {
        slug: set() for slug in BY_SLUG
    }


@pytest.mark.parametrize("ending", ["xlsx", "zip", "datapackage.json"])
def test_a_wrong_filter_gets_no_file_and_leaves_no_event(ending, manager, county):
    client = signed_in(manager)

    answers = [client.get(f"/reports/claims.{ending}?area=99"), client.get("/reports/all.zip?year=soon")]

    assert [answer.status_code for answer in answers] in ([400, 400], [404, 400])
    assert AuditEvent.objects.count() == 0


@pytest.mark.parametrize("ending", ["csv", "zip", "datapackage.json"])
def test_what_fails_at_its_first_row_says_what_failed(ending, auditor, monkeypatch):
    def fails(*_asked: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(type(BY_SLUG["annual-funding"]), "rows", lambda *_asked: (fails() for _one in "1"))

    with pytest.raises(ZeroDivisionError):
        b"".join(signed_in(auditor).get(f"/reports/annual-funding.{ending}").streaming_content)


def test_a_zip_that_breaks_off_is_none(county, auditor, monkeypatch):
    def fails(*_asked: object) -> None:
        raise RuntimeError("the database went away")

    LedgerEntryFactory.create_batch(3)
    monkeypatch.setattr(type(BY_SLUG["funding-ledger"]), "total", fails)

    with pytest.raises(RuntimeError):
        b"".join(signed_in(auditor).get("/reports/funding-ledger.zip").streaming_content)
