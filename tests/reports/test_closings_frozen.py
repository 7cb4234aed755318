"""What a closing freezes: every report of the year, byte for byte, by SHA-256; and who takes the files away."""

import csv
import io
from hashlib import sha256

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from alleviation.audit import closings
from alleviation.audit.models import AuditEvent, FrozenReport, Verb, YearClosing
from alleviation.reports.catalogue import CATALOGUE
from alleviation.reports.closings.freezing import freeze, open_entries, yearly_reports
from projects.models import LedgerEntry
from tests.conftest import signed_in
from tests.factories import LedgerEntryFactory, ProjectFactory
from tests.golden import golden_incomes, golden_money

AREA, YEAR = "513228", 2018
# Red flags are of the day they are asked on, and no figures of a year; whom projects reach is corrected later.
SLUGS = [one.slug for one in CATALOGUE if {"year", "area"} <= set(one.filters) and not one.is_of_the_day]


@pytest.fixture
def county(heishui, ruoduo, erniunai) -> None:
    """The golden county."""
    golden_money(heishui, ruoduo, erniunai)
    golden_incomes(ruoduo, erniunai)


@pytest.fixture
def closed(county, county_clerk, reviewer) -> YearClosing:
    """2018 of the golden county, closed."""
    proposed = closings.propose_closing(AREA, YEAR, by=county_clerk)
    return closings.close_year(proposed, by=reviewer, open_entries=open_entries, freeze=freeze)


def address(closing: YearClosing, slug: str, language: str = "") -> str:
    query = f"?language={language}" if language else ""
    return reverse("closings:csv", args=[closing.pk, slug]) + query


def without_moment(name: str) -> str:
    """A file's name without the minute it was made in."""
    return name.rpartition("_")[0]


@pytest.mark.slow
def test_every_report_of_a_year_and_area_is_frozen_in_both_languages(closed):
    assert {"annual-funding", "funding-ledger", "per-capita-income"} <= set(SLUGS)
    assert [report.slug for report in yearly_reports()] == SLUGS
    assert set(closed.reports.values_list("slug", "language")) == {
        (slug, language) for slug in SLUGS for language in ("en", "zh-hans")
    }


def test_a_frozen_file_has_its_sha_256_and_its_number_of_rows(closed):
    for file in closed.reports.all():
        lines = list(csv.reader(io.StringIO(bytes(file.content).decode("utf-8-sig"), newline="")))
        assert sha256(bytes(file.content)).hexdigest() == file.sha256
        assert file.rows == len(lines) - 2  # header and total

    ledger = closed.reports.get(slug="funding-ledger", language="en")
    assert ledger.rows == 4
    assert without_moment(ledger.file_name) == "funding-ledger_513228000000_2018"


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_frozen_file_is_what_the_download_gave(language, county, county_clerk, reviewer):
    client = signed_in(reviewer)
    client.cookies["django_language"] = language
    asked = {slug: client.get(f"/reports/{slug}.csv?year={YEAR}&area={AREA}000000") for slug in SLUGS}
    downloaded = {slug: b"".join(answer.streaming_content) for slug, answer in asked.items()}
    proposed = closings.propose_closing(AREA, YEAR, by=county_clerk)

    closings.close_year(proposed, by=reviewer, open_entries=open_entries, freeze=freeze)

    frozen = {one.slug: bytes(one.content) for one in FrozenReport.objects.filter(language=language)}
    assert [slug for slug in SLUGS if frozen[slug] != downloaded[slug]] == []


@pytest.mark.slow
def test_a_project_of_another_area_is_not_named_in_a_frozen_file(county_clerk, reviewer, ruoduo, hezhou):
    LedgerEntryFactory(division=ruoduo, year=YEAR, project=ProjectFactory(name="Foreign road", division=hezhou))
    proposed = closings.propose_closing(AREA, YEAR, by=county_clerk)

    done = closings.close_year(proposed, by=reviewer, open_entries=open_entries, freeze=freeze)

    ledger = done.reports.get(slug="funding-ledger", language="en")
    assert ledger.rows == 1
    assert b"Foreign road" not in bytes(ledger.content)


@pytest.mark.parametrize("state", ["draft", "submitted", "returned"])
def test_an_open_entry_keeps_the_year_open(state, county, county_clerk, reviewer, ruoduo):
    entry = LedgerEntryFactory(division=ruoduo, year=YEAR, state=state)
    proposed = closings.propose_closing(AREA, YEAR, by=county_clerk)

    with pytest.raises(ValidationError, match=f"not decided yet: 1.*#{entry.pk} "):
        closings.close_year(proposed, by=reviewer, open_entries=open_entries, freeze=freeze)

    assert (YearClosing.objects.get().state, FrozenReport.objects.count()) == ("proposed", 0)


@pytest.mark.slow
def test_open_entries_of_other_years_and_areas_are_in_nobodys_way(with_open_entries_elsewhere, reviewer):
    done = closings.close_year(with_open_entries_elsewhere, by=reviewer, open_entries=open_entries, freeze=freeze)

    assert done.state == "closed"


@pytest.fixture
def with_open_entries_elsewhere(county_clerk, ruoduo, hezhou) -> YearClosing:
    """A proposal; drafts of another year and another county, and one that was withdrawn."""
    LedgerEntryFactory(division=ruoduo, year=YEAR + 1, state="draft")
    LedgerEntryFactory(division=hezhou, year=YEAR, state="draft")
    given_up = LedgerEntryFactory(division=ruoduo, year=YEAR, state="draft")
    LedgerEntry.objects.filter(pk=given_up.pk).update(state="withdrawn")
    return closings.propose_closing(AREA, YEAR, by=county_clerk)


def test_a_place_that_is_in_no_list_is_not_closed(reviewer, heishui):
    proposed = closings.propose_closing("513299", YEAR, by="a-clerk")
    reviewer.area = ""

    with pytest.raises(ValidationError) as refused:
        closings.close_year(proposed, by=reviewer, open_entries=open_entries, freeze=freeze)

    assert refused.value.message_dict == {"area": ["There is no place with the code 513299."]}
    assert YearClosing.objects.get().state == "proposed"


# --- taken away -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["county_clerk", "reviewer", "manager", "auditor"])
@pytest.mark.slow
def test_a_frozen_file_is_taken_away_with_an_event(name, request, closed):
    client = signed_in(request.getfixturevalue(name))
    file = closed.reports.get(slug="annual-funding", language="zh-hans")

    response = client.get(address(closed, "annual-funding", "zh-hans"))

    event = AuditEvent.objects.latest("id")
    assert response.content == bytes(file.content)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="{file.file_name}"'
    assert (event.verb, event.subject) == (Verb.DOWNLOADED, "annual-funding")
    assert event.after == {
        "years": 2018,
        "area": "513228",
        "closing": closed.pk,
        "language": "zh-hans",
        "sha256": file.sha256,
    }


@pytest.mark.slow
def test_a_file_comes_in_the_readers_language(closed, manager):
    client = signed_in(manager)
    english = client.get(address(closed, "annual-funding")).content
    client.cookies["django_language"] = "zh-hans"

    chinese = client.get(address(closed, "annual-funding")).content

    files = {file.language: bytes(file.content) for file in closed.reports.filter(slug="annual-funding")}
    assert (english, chinese) == (files["en"], files["zh-hans"])
    assert english != chinese


@pytest.mark.parametrize(("name", "status"), [("stranger", 404), ("clerk", 404), ("administrator", 403)])
@pytest.mark.slow
def test_others_get_no_frozen_file(name, status, request, closed):
    response = signed_in(request.getfixturevalue(name)).get(address(closed, "annual-funding"))

    assert response.status_code == status
    assert AuditEvent.objects.filter(verb=Verb.DOWNLOADED).count() == 0


def test_nobody_gets_one_without_signing_in(closed):
    assert Client().get(address(closed, "annual-funding")).status_code == 302


@pytest.mark.slow
def test_what_was_not_frozen_is_404(closed, manager):
    client = signed_in(manager)
    paths = [address(closed, "claims"), address(closed, "annual-funding", "fr"), "/closings/99999/annual-funding.csv"]

    assert [client.get(path).status_code for path in paths] == [404, 404, 404]
    assert client.head(address(closed, "annual-funding")).status_code == 405


@pytest.mark.slow
def test_the_right_to_export_is_asked_for(closed, manager, monkeypatch):
    may = type(manager).may
    monkeypatch.setattr(type(manager), "may", lambda user, right: right != "export_reports" and may(user, right))

    client = signed_in(manager)
    page = client.get(reverse("closings:detail", args=[closed.pk]))

    assert client.get(address(closed, "annual-funding")).status_code == 403
    assert {line.url for line in page.context["files"]} == {""}
