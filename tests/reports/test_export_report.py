"""export_report: the page's bytes in a file, or a refusal that says what there is, and never half a file."""

import io
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command

from alleviation.audit.models import AuditEvent, Verb
from alleviation.common import xlsx_out
from alleviation.reports.catalogue import BY_SLUG
from alleviation.reports.management.commands import export_report
from alleviation.reports.packages import check_script
from projects.models import Division
from tests.conftest import signed_in
from tests.factories import AwardFactory, ClaimFactory, LedgerEntryFactory
from tests.golden import golden_incomes, golden_money


@pytest.fixture
def county(heishui, ruoduo, erniunai) -> None:
    golden_money(heishui, ruoduo, erniunai)
    golden_incomes(ruoduo, erniunai)
    ClaimFactory()
    AwardFactory()


def exported(*args: str) -> bytes:
    out = io.StringIO()
    call_command("export_report", *args, "--output", "-", stdout=out)
    return out.getvalue().encode()


def page(auditor, path: str, language: str = "en") -> bytes:
    return b"".join(signed_in(auditor).get(path, HTTP_ACCEPT_LANGUAGE=language).streaming_content)


# The trail tells of each file that was taken, so that of the command is not that of the page.
@pytest.mark.parametrize(
    "slug",
    [
        pytest.param(slug, marks=[pytest.mark.slow] * (slug != "income-changes"))
        for slug in BY_SLUG
        if slug != "audit-trail"
    ],
)
def test_the_command_writes_the_bytes_of_the_page(slug, auditor, county, tmp_path):
    path = tmp_path / "report.csv"

    call_command("export_report", slug, "--output", str(path), stdout=io.StringIO())

    assert path.read_bytes() == page(auditor, f"/reports/{slug}.csv")
    assert exported(slug) == path.read_bytes()


@pytest.mark.parametrize(
    ("args", "asked"),
    [
        (["--year", "2018"], "?year=2018"),
        (["--area", "513228212000"], "?area=513228212000"),
        (["--area", "513228"], "?area=513228000000"),
        (["--year", "2019", "--area", "513228213201"], "?year=2019&area=513228213201"),
    ],
)
@pytest.mark.slow
def test_the_commands_filter_is_the_pages(args, asked, auditor, county):
    assert exported("funding-ledger", *args) == page(auditor, f"/reports/funding-ledger.csv{asked}")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_command_speaks_the_language_asked_for(language, auditor, county):
    assert exported("funding-ledger", "--language", language) == page(auditor, "/reports/funding-ledger.csv", language)


def test_without_an_output_the_file_is_named_like_a_download(county, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    out = io.StringIO()

    call_command("export_report", "funding-ledger", "--year", "2018", stdout=out)

    (written,) = tmp_path.glob("*.csv")
    assert written.name.startswith("funding-ledger_all_2018_")
    assert out.getvalue().strip() == written.name


@pytest.mark.parametrize("output", ["-", "report.csv"])
def test_the_command_leaves_an_event(output, county, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    call_command("export_report", "funding-ledger", "--year", "2018", "--output", output, stdout=io.StringIO())

    event = AuditEvent.objects.get(verb=Verb.DOWNLOADED)
    assert (event.actor, event.subject) == ("manage.py export_report", "funding-ledger")
    assert event.after == {"years": "2018-2018"}


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    ("args", "words"),
    [
        (
            ["no-such"],
            "There is no report “no-such”. There are: annual-funding, pledges-and-funding, funding-by-project, "
            "funding-by-area, funding-ledger, "
            "received-without-upstream, per-capita-income, per-capita-income-public, income-cuts, income-changes, "
            "incomes, household-register, monitored-households, early-warnings, reach-by-project, "
            "benefits-by-project, claims, reconciliation, alliances, awards, red-flags, audit-trail.",
        ),
        (["funding-ledger", "--year", "2017"], "There is nothing for 2017. There are: 2018, 2019."),
        (["annual-funding", "--year", "2050"], "There is nothing for 2050. There are: 2018, 2019."),
        (["per-capita-income", "--year", "2020"], "There is nothing for 2020. There are: 2018, 2019."),
        (["funding-ledger", "--year", "abc"], "--year: Enter a whole number."),
        (["funding-ledger", "--year", "1900"], "--year: Ensure this value is greater than or equal to 1949."),
        (["funding-ledger", "--area", "Heishui"], "--area: A division code has twelve digits."),
        (
            ["funding-ledger", "--area", "513228999"],
            "There is no place with the code 513228999. There are: 513228212000 Zhawo Countryside, 513228213000 "
            "Qinglang Countryside.",
        ),
        (
            ["funding-ledger", "--area", "99"],
            "There is no place with the code 99. There are: 510000000000 Sichuan Province.",
        ),
        (["awards", "--year", "2018"], "awards is not made by year, only by: -."),
        (["claims", "--year", "2018"], "claims is not made by year, only by: area."),
    ],
)
def test_what_is_not_there_is_refused_with_what_is(args, words, county, tmp_path):
    path = tmp_path / "report.csv"

    with pytest.raises(CommandError) as refused:
        call_command("export_report", *args, "--output", str(path), stdout=io.StringIO())

    assert str(refused.value) == words
    assert list(tmp_path.iterdir()) == []
    assert AuditEvent.objects.count() == 0


def test_a_past_day_is_asked_as_on_the_page(auditor, county, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    village = Division.objects.get(code="513228213201")
    LedgerEntryFactory(division=village, checked_at=datetime(2024, 3, 1, tzinfo=UTC))

    told = exported("funding-ledger", "--as-of", "2024-03-01")
    call_command("export_report", "funding-ledger", "--as-of", "2024-03-01", stdout=io.StringIO())

    assert told == page(auditor, "/reports/funding-ledger.csv?as_of=2024-03-01")
    assert len(told.splitlines()) == 3  # header, the one entry of that day, total
    assert [path.name[:40] for path in tmp_path.glob("*.csv")] == ["funding-ledger_all_all-as-of-2024-03-01_"]
    assert [event.after["as_of"] for event in AuditEvent.objects.order_by("id")] == ["2024-03-01"] * 3


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["funding-ledger", "--as-of", "tomorrow"], "--as-of: Enter a day as 2024-03-01."),
        (["awards", "--as-of", "2024-03-01"], "awards is not made by as-of, only by: -."),
        (["claims", "--as-of", "2024-03-01"], "claims is not made by as-of, only by: area."),
    ],
)
def test_a_day_that_cannot_be_asked_about_is_refused(args, words, county):
    with pytest.raises(CommandError) as refused:
        exported(*args)

    assert str(refused.value) == words


def test_a_folder_that_is_not_there_is_refused(county, tmp_path):
    with pytest.raises(CommandError, match="There is no folder"):
        call_command("export_report", "claims", "--output", str(tmp_path / "none" / "report.csv"))

    assert AuditEvent.objects.count() == 0


def breaks_off(self, query):
    yield {"code": "C1"}
    raise RuntimeError("the database went away")


def test_a_failure_midway_leaves_the_former_file_and_no_half_one(county, tmp_path, monkeypatch):
    path = tmp_path / "report.csv"
    path.write_text("the former one")
    monkeypatch.setattr(type(BY_SLUG["claims"]), "rows", breaks_off)

    with pytest.raises(RuntimeError):
        call_command("export_report", "claims", "--output", str(path), stdout=io.StringIO())

    assert [one.name for one in tmp_path.iterdir()] == ["report.csv"]
    assert path.read_text() == "the former one"
    assert AuditEvent.objects.count() == 0


def test_a_failure_midway_prints_nothing(county, monkeypatch):
    out = io.StringIO()
    monkeypatch.setattr(type(BY_SLUG["claims"]), "rows", breaks_off)

    with pytest.raises(RuntimeError):
        call_command("export_report", "claims", "--output", "-", stdout=out)

    assert out.getvalue() == ""


def test_an_existing_file_is_replaced_as_a_whole(county, tmp_path):
    path = tmp_path / "report.csv"
    path.write_text("x" * 100_000)

    call_command("export_report", "claims", "--output", str(path), stdout=io.StringIO())

    assert path.read_bytes() == exported("claims")


def test_a_file_is_readable_as_other_files_are(county, tmp_path):
    path, other = tmp_path / "report.csv", tmp_path / "other"
    other.touch()

    call_command("export_report", "claims", "--output", str(path), stdout=io.StringIO())

    assert oct(path.stat().st_mode) == oct(Path(other).stat().st_mode)


def test_a_csv_comes_with_its_data_package(county, tmp_path):
    call_command("export_report", "funding-ledger", "--output", str(tmp_path / "ledger.csv"), stdout=io.StringIO())

    (tmp_path / "check.py").write_text(check_script())
    command = [sys.executable, "-I", "-S", "check.py", "ledger.datapackage.json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "1 files, 8 rows, 0 faults\n")


@pytest.mark.parametrize("form", ["xlsx", "zip"])
def test_a_workbook_and_a_zip_are_written_whole(form, county, tmp_path):
    path = tmp_path / f"ledger.{form}"

    call_command("export_report", "funding-ledger", "--format", form, "--output", str(path), stdout=io.StringIO())

    assert [one.name for one in tmp_path.iterdir()] == [path.name]
    assert ZipFile(path).testzip() is None
    assert AuditEvent.objects.get().after["format"] == form


def test_too_many_rows_for_a_workbook_are_refused(county, tmp_path, monkeypatch):
    monkeypatch.setattr(xlsx_out, "XLSX_ROWS", 2)
    path = tmp_path / "ledger.xlsx"

    with pytest.raises(CommandError, match="Narrow the filter"):
        call_command("export_report", "funding-ledger", "--format", "xlsx", "--output", str(path))

    assert list(tmp_path.iterdir()) == []
    assert AuditEvent.objects.count() == 0


def test_whoever_waits_is_told_how_far_it_is(county, monkeypatch, tmp_path):
    monkeypatch.setattr(export_report, "EVERY", 0)
    told = io.StringIO()

    call_command("export_report", "claims", "--output", str(tmp_path / "x.csv"), stdout=io.StringIO(), stderr=told)

    assert told.getvalue().splitlines()[-1] == "1 rows so far"
