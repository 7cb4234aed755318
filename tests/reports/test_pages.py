"""The pages of the reports and their files: who gets them, with which filter, and what is left in the trail."""

import csv
import io
import re
from decimal import Decimal as D

import pytest
from django.test import Client
from django.urls import reverse

from alleviation.accounts.rights import Right
from alleviation.audit.models import AuditEvent, Verb
from alleviation.common import words
from alleviation.reports import views
from alleviation.reports.catalogue import BY_SLUG
from tests.conftest import signed_in
from tests.factories import ClaimFactory, LedgerEntryFactory
from tests.golden import golden_incomes, golden_money

# The trail is for auditors alone.
SLUGS = sorted(set(BY_SLUG) - {"audit-trail"})
# Those of one household a row, for whoever may see households.
OF_HOUSEHOLDS = {"early-warnings", "household-register", "incomes", "monitored-households"}


@pytest.fixture
def county(heishui, ruoduo, erniunai) -> None:
    """The golden county with one claim."""
    golden_money(heishui, ruoduo, erniunai)
    golden_incomes(ruoduo, erniunai)
    ClaimFactory()


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def table_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def without_token(response) -> str:
    """A page without what is drawn anew for each answer."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"|area=\d+', "", response.content.decode())


def file(client: Client, path: str) -> list[list[str]]:
    return table_of(body(client.get(path)))


def column(lines: list[list[str]], title: str) -> list[str]:
    position = lines[0].index(title)
    return [line[position] for line in lines[1:]]


# --- who --------------------------------------------------------------------------------------------------------


def test_the_list_has_every_report_with_its_description(auditor):
    response = signed_in(auditor).get("/reports/")

    assert [report.slug for report in response.context["reports"]] == list(BY_SLUG)
    assert all(str(report.description)[:40] in response.content.decode() for report in BY_SLUG.values())


def test_an_administrator_has_no_reports(administrator, manager):
    answers = [signed_in(user).get("/reports/").status_code for user in (manager, administrator)]

    assert answers == [200, 403]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["clerk", "reviewer", "manager", "auditor"])
def test_readers_get_page_and_file(name, request, county):
    client = signed_in(request.getfixturevalue(name))

    for slug in (one for one in SLUGS if name != "manager" or one not in OF_HOUSEHOLDS):
        page, download = client.get(f"/reports/{slug}/"), client.get(f"/reports/{slug}.csv")

        assert (page.status_code, download.status_code) == (200, 200), slug
        assert page.templates[0].name == "reports/detail.html", slug
        assert download["Content-Type"] == "text/csv; charset=utf-8", slug


def test_the_reports_of_households_are_those_that_ask_for_their_right():
    assert {slug for slug in SLUGS if BY_SLUG[slug].permission == Right.VIEW_HOUSEHOLDS} == OF_HOUSEHOLDS


@pytest.mark.parametrize("slug", sorted(OF_HOUSEHOLDS))
@pytest.mark.parametrize("ending", ["/", ".csv"])
@pytest.mark.slow
def test_a_manager_gets_no_report_of_households(slug, ending, manager, county):
    response = signed_in(manager).get(f"/reports/{slug}{ending}")

    assert response.status_code == 403
    assert AuditEvent.objects.filter(verb=Verb.DOWNLOADED).count() == 0


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("ending", ["/", ".csv"])
@pytest.mark.slow
def test_an_administrator_gets_neither(slug, ending, administrator, county):
    response = signed_in(administrator).get(f"/reports/{slug}{ending}")

    assert response.status_code == 403
    assert AuditEvent.objects.filter(verb=Verb.DOWNLOADED).count() == 0


@pytest.mark.parametrize("path", ["/reports/no-such/", "/reports/no-such.csv"])
def test_a_report_that_is_not_is_404(path, manager):
    assert signed_in(manager).get(path).status_code == 404


@pytest.mark.parametrize("path", ["/reports/claims/", "/reports/claims.csv"])
def test_reports_are_only_read(path, manager):
    assert signed_in(manager).post(path).status_code == 405


def test_a_file_is_not_prefetched_by_its_head(manager):
    assert signed_in(manager).head("/reports/claims.csv").status_code == 405
    assert AuditEvent.objects.count() == 0


@pytest.mark.parametrize("address", ["/funding/?csv=funding-by-source", "/reports/claims.zip", "/reports/all.zip"])
def test_to_ask_for_the_head_of_a_file_leaves_no_event(address, manager):
    assert signed_in(manager).head(address).status_code == 405
    assert AuditEvent.objects.count() == 0


def test_the_rows_of_a_page_are_counted_up_to_a_limit(monkeypatch, manager, county):
    monkeypatch.setattr(views, "COUNTED", 3)
    monkeypatch.setattr(views, "PREVIEW", 2)

    response = signed_in(manager).get("/reports/funding-ledger/")

    assert (response.context["number"], len(response.context["table"].rows)) == (3, 2)
    assert "More than 3 rows." in response.content.decode()


def test_the_right_to_export_is_asked_for(monkeypatch, manager, county):
    client, may = signed_in(manager), type(manager).may
    monkeypatch.setattr(type(manager), "may", lambda user, right: right != "export_reports" and may(user, right))

    page, download = client.get("/reports/funding-ledger/"), client.get("/reports/funding-ledger.csv")

    assert (page.status_code, page.context["csv_url"], download.status_code) == (200, "", 403)
    assert AuditEvent.objects.count() == 0


# --- the filter -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["/", ".csv"])
def test_a_foreign_area_is_404_like_one_that_does_not_exist(ending, clerk, hezhou, county):
    client = signed_in(clerk)

    foreign = client.get(f"/reports/funding-ledger{ending}?area=451102000000")
    missing = client.get(f"/reports/funding-ledger{ending}?area=999999999999")

    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert without_token(foreign) == without_token(missing)


def test_a_wrong_filter_shows_its_error_and_no_figure(manager, county):
    response = signed_in(manager).get("/reports/funding-ledger/?year=abc")

    assert (response.status_code, "table" in response.context) == (200, False)
    assert response.context["form"].errors == {"year": ["Enter a whole number."]}
    assert "1,800.00" not in response.content.decode()


def test_a_wrong_filter_gives_no_file(manager, county):
    response = signed_in(manager).get("/reports/funding-ledger.csv?year=abc")

    assert (response.status_code, response["Content-Type"]) == (400, "text/html; charset=utf-8")
    assert AuditEvent.objects.count() == 0


def test_the_link_to_the_file_keeps_the_filter(manager, county):
    response = signed_in(manager).get("/reports/funding-ledger/?year=2018&source=county&nonsense=1")

    assert response.context["csv_url"] == "/reports/funding-ledger.csv?year=2018&source=county"
    assert 'href="/reports/funding-ledger.csv?year=2018&amp;source=county"' in response.content.decode()


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("asked", "allocated"),
    [
        ("", "1800.00"),
        ("?year=2018", "1500.30"),
        ("?year=2019", "299.70"),
        ("?year=2017", ""),
        ("?plan=13", "1800.00"),
        ("?plan=14", ""),
        ("?area=513228212000", "1500.30"),
        ("?area=513228213201", "200.00"),
        ("?kind=road", "200.00"),
        ("?source=enterprise", "1000.10"),
        ("?year=2018&source=county", "500.20"),
    ],
)
def test_page_and_file_have_the_same_total(asked, allocated, manager, county):
    client = signed_in(manager)

    for slug in ("funding-ledger", "annual-funding"):
        page = client.get(f"/reports/{slug}/{asked}").context["table"].total.get("allocated", "")
        lines = file(client, f"/reports/{slug}.csv{asked}")
        in_file = column(lines, "Allocated (yuan)")

        assert (str(page), in_file[-1], lines[-1][0]) == (allocated, allocated, "Total"), slug
        assert sum((D(value or "0") for value in in_file[:-1]), D("0.00")) == D(allocated or "0"), slug


@pytest.mark.slow
def test_a_clerks_figures_are_those_of_their_area(clerk, manager, county):
    asked = [signed_in(user).get("/reports/annual-funding/") for user in (clerk, manager)]

    assert [response.context["table"].total["allocated"] for response in asked] == [D("1500.30"), D("1800.00")]
    assert [str(response.context["place"] or "") for response in asked] == [
        "Zhawo Countryside 513228212000 (2019)",
        "",
    ]


# --- the page ---------------------------------------------------------------------------------------------------


def test_the_preview_holds_the_first_rows_and_the_total_of_all(manager, ruoduo, monkeypatch):
    monkeypatch.setattr(views, "PREVIEW", 3)
    for _n in range(5):
        LedgerEntryFactory(division=ruoduo)

    response = signed_in(manager).get("/reports/funding-ledger/")

    assert (len(response.context["table"].rows), response.context["number"]) == (3, 5)
    assert response.context["table"].total["allocated"] == D("500.00")
    assert "The first 3 are shown here; the file holds all of them." in " ".join(response.content.decode().split())


@pytest.mark.parametrize("number", [2, 3])
def test_a_preview_that_is_whole_does_not_say_otherwise(manager, ruoduo, monkeypatch, number):
    monkeypatch.setattr(views, "PREVIEW", 3)
    for _n in range(number):
        LedgerEntryFactory(division=ruoduo)

    response = signed_in(manager).get("/reports/funding-ledger/")

    assert response.context["number"] == number
    assert "are shown here" not in response.content.decode()


def test_the_page_marks_what_is_made_up(manager, ruoduo):
    LedgerEntryFactory(division=ruoduo, is_made_up=True)

    assert 'class="badge badge-made-up"' in signed_in(manager).get("/reports/funding-ledger/").content.decode()


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.slow
def test_an_empty_report_says_so(slug, auditor):
    assert 'class="no-rows"' in signed_in(auditor).get(f"/reports/{slug}/").content.decode()


@pytest.mark.slow
def test_a_report_page_asks_the_database_the_same_for_more_rows(manager, ruoduo, django_assert_num_queries):
    client = signed_in(manager)
    for more, wanted in ((1, 1), (2, 3), (27, 30)):
        for _n in range(more):
            LedgerEntryFactory(division=ruoduo)

        # session, person, is the example loaded, latest list, places offered; the sums, the rows, both with what was
        # handed on
        with django_assert_num_queries(9):
            response = client.get("/reports/funding-ledger/")
        assert response.context["number"] == wanted


def test_text_from_records_is_escaped_on_the_page(manager):
    ClaimFactory(subject="<script>alert(1)</script>")

    page = signed_in(manager).get("/reports/claims/").content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


# --- the file ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("", "funding-ledger_all_all_"),
        ("?year=2018", "funding-ledger_all_2018_"),
        ("?plan=13", "funding-ledger_all_2016-2020_"),
        ("?year=2018&area=513228000000", "funding-ledger_513228000000_2018_"),
    ],
)
@pytest.mark.slow
def test_a_file_is_named_for_its_filter(asked, part, manager, county):
    disposition = signed_in(manager).get(f"/reports/funding-ledger.csv{asked}")["Content-Disposition"]

    assert disposition.startswith(f'attachment; filename="{part}')
    assert disposition.endswith('.csv"')


def test_a_download_leaves_an_event_with_its_filter(auditor, county):
    signed_in(auditor).get("/reports/funding-ledger.csv?year=2018&area=513228000000&source=county")

    event = AuditEvent.objects.get(verb=Verb.DOWNLOADED)
    assert (event.actor, event.subject) == ("auditor", "funding-ledger")
    assert event.after == {"years": "2018-2018", "area": "513228000000", "source": "county"}


def test_the_event_names_the_filter_of_claims_too(auditor, county):
    signed_in(auditor).get("/reports/claims.csv?measure=F&status=pledged")

    assert AuditEvent.objects.get(verb=Verb.DOWNLOADED).after == {
        "years": "1949-2100",
        "measure": "F",
        "status": "pledged",
    }


def test_reading_a_page_leaves_no_event(auditor, county):
    signed_in(auditor).get("/reports/funding-ledger/")

    assert AuditEvent.objects.count() == 0


def test_a_file_has_a_bom_crlf_and_codes_as_text(manager, county):
    content = body(signed_in(manager).get("/reports/funding-ledger.csv"))

    assert content.startswith(b"\xef\xbb\xbfVoucher,Date,Year,Kind,")
    assert content.count(b"\r\n") == content.count(b"\n") == 1 + 8 + 1
    assert set(column(table_of(content), "Division code")) == {
        "513228212205",
        "513228213201",
        "513228000000",
        "",
    }


def test_a_file_is_in_the_readers_language(manager, county):
    client = signed_in(manager)

    chinese = client.get("/reports/funding-ledger.csv", HTTP_ACCEPT_LANGUAGE="zh-hans")
    places = {line[8] for line in table_of(body(chinese))[1:-1]}

    assert places == {"若多村", "二牛奶村", "黑水县"}


def test_no_text_of_a_record_runs_as_a_formula(manager):
    ClaimFactory(subject="=1+1", attribute="@SUM(A1)")

    (line,) = file(signed_in(manager), "/reports/claims.csv")[1:]

    assert line[1:3] == ["'=1+1", "'@SUM(A1)"]


def test_what_the_page_says_of_incomes_is_what_the_file_says(manager, county):
    client = signed_in(manager)

    page = client.get("/reports/per-capita-income/").content.decode()
    total = file(client, "/reports/per-capita-income.csv")[-1]

    # 31,500.00 ÷ 13 persons = 2,423.0769…
    assert "31500.00" in total
    assert "2423.08" in total
    assert words.yuan(D("2423.08")) in page


def test_addresses_are_those_of_the_design():
    assert reverse("reports:index") == "/reports/"
    assert reverse("reports:detail", args=["claims"]) == "/reports/claims/"
    assert reverse("reports:csv", args=["claims"]) == "/reports/claims.csv"
