"""The pages of closed years: who sees them, who decides what on them, and what they say."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from alleviation.accounts.rights import Role
from alleviation.audit import closings
from alleviation.audit.models import YearClosing
from alleviation.reports.closings.freezing import freeze, open_entries
from tests.admin_pages import shown
from tests.closings import explain, verify
from tests.conftest import signed_in
from tests.factories import LedgerEntryFactory, UserFactory
from tests.golden import golden_incomes, golden_money

AREA, YEAR = "513228", 2018
# Those of one household a row, and that with sums of fewer households than a manager is told of.
KEPT_FROM_MANAGERS = {"incomes", "per-capita-income"}


@pytest.fixture
def county(heishui, ruoduo, erniunai) -> None:
    """The golden county."""
    golden_money(heishui, ruoduo, erniunai)
    golden_incomes(ruoduo, erniunai)


@pytest.fixture
def proposed(county, county_clerk) -> YearClosing:
    """2018 of the golden county, proposed by the county's clerk; its three red flags are explained."""
    assert explain(county_clerk, YEAR) == 3
    verify(county_clerk, YEAR)
    return closings.propose_closing(AREA, YEAR, by=county_clerk)


@pytest.fixture
def closed(proposed, reviewer) -> YearClosing:
    """The same, closed by the reviewer."""
    return closings.close_year(proposed, by=reviewer, open_entries=open_entries, freeze=freeze)


def address(closing: YearClosing) -> str:
    return reverse("closings:detail", args=[closing.pk])


def send(client, closing: YearClosing, step: str, **fields):
    """Open the page and press a button on it."""
    opened = client.get(address(closing))
    forms = {one.name: form for one, form in opened.context["steps"]}
    return client.post(address(closing), {"step": step, "seen_version": forms[step]["seen_version"].value(), **fields})


def offered(response) -> list[str]:
    return [step.name for step, _form in response.context["steps"]]


# --- the list ---------------------------------------------------------------------------------------------------


def test_an_empty_list_says_what_to_do(county_clerk, heishui):
    said = shown(signed_in(county_clerk).get("/closings/"))

    assert "No year has been closed yet" in said
    assert "a clerk or reviewer proposes its closing here, and a reviewer closes it." in said
    assert "Propose to close a year" in said


@pytest.mark.slow
def test_the_list_has_each_year_with_its_people_and_what_to_do(closed, reviewer, county_clerk):
    closings.propose_closing(AREA, 2019, by=county_clerk)

    rows = list(signed_in(reviewer).get("/closings/").context["table"].rows)

    assert [(row["place"], row["year"], row["state"], row["next"]) for row in rows] == [
        ("Heishui County", 2019, "proposed", "Close the year / Decline to close it"),
        ("Heishui County", 2018, "closed", "Ask for it to be reopened"),
    ]
    assert (rows[1]["proposed_by"], rows[1]["decided_by"]) == ("clerk-of-heishui", "reviewer-of-heishui")


@pytest.mark.parametrize("name", ["manager", "auditor"])
@pytest.mark.slow
def test_readers_see_all_and_decide_nothing(name, request, closed):
    client = signed_in(request.getfixturevalue(name))

    listed, page = client.get("/closings/"), client.get(address(closed))

    assert [row["next"] for row in listed.context["table"].rows] == [""]
    assert listed.context["form"] is None
    assert offered(page) == []
    assert client.post("/closings/", {"area": AREA, "year": 2019}).status_code == 403
    assert client.post(address(closed), {"step": "ask", "reason": "x", "seen_version": 0}).status_code == 403


@pytest.mark.parametrize("name", ["stranger", "clerk"])
@pytest.mark.slow
def test_a_foreign_closing_is_neither_listed_nor_found(name, request, closed):
    client = signed_in(request.getfixturevalue(name))

    assert list(client.get("/closings/").context["table"].rows) == []
    assert client.get(address(closed)).status_code == 404
    assert client.post(address(closed), {"step": "ask", "reason": "x", "seen_version": 0}).status_code == 404


@pytest.mark.slow
def test_an_administrator_has_no_closings(administrator, closed):
    client = signed_in(administrator)

    assert [client.get(path).status_code for path in ("/closings/", address(closed))] == [403, 403]


def test_what_is_no_closing_is_404(manager):
    assert signed_in(manager).get("/closings/99999/").status_code == 404


@pytest.mark.parametrize("number", [1, 3, 30])
@pytest.mark.slow
def test_the_list_asks_the_same_number_of_questions(number, reviewer, heishui, django_assert_num_queries):
    for year in range(number):
        closings.propose_closing(AREA, 1990 + year, by="a-clerk")
    client = signed_in(reviewer)

    # session, user, closings, names of their areas, the banner; own area, latest list, places below
    with django_assert_num_queries(8):
        client.get("/closings/")


# --- proposing --------------------------------------------------------------------------------------------------


def test_a_clerk_proposes_on_the_page(county_clerk, county):
    client = signed_in(county_clerk)

    response = client.post("/closings/", {"area": AREA, "year": YEAR, "note": "All is in"}, follow=True)

    closing = YearClosing.objects.get()
    assert (closing.area, closing.year, closing.proposed_by, closing.note) == (
        AREA,
        YEAR,
        "clerk-of-heishui",
        "All is in",
    )
    assert response.redirect_chain == [(address(closing), 302)]
    assert "The closing is proposed. Somebody else closes the year." in shown(response)


def test_the_own_area_and_the_places_below_are_offered(county_clerk, heishui, zhawo):
    form = signed_in(county_clerk).get("/closings/").context["form"]

    assert list(form.fields["area"].widget.choices) == [
        ("513228", "Heishui County 513228"),
        ("513228212", "Zhawo Countryside 513228212"),
    ]
    assert form.initial == {"area": "513228", "year": timezone.localdate().year - 1}


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"area": "451102"}, "area", "There is no such place in your area."),
        ({"area": "513228999"}, "area", "There is no such place in your area."),
        ({"year": "2100"}, "year", "The year 2100 has not ended; it is closed when it has."),
        ({"year": "２０１８年"}, "year", "Enter a whole number."),
        ({"year": "1900"}, "year", "Ensure this value is greater than or equal to 1949."),
        ({"note": "x" * 301}, "note", "Ensure this value has at most 300 characters (it has 301)."),
    ],
)
def test_a_wrong_proposal_is_told_at_its_field(fields, field, message, county_clerk, heishui, hezhou):
    response = signed_in(county_clerk).post("/closings/", {"area": AREA, "year": YEAR, **fields})

    assert dict(response.context["form"].errors) == {field: [message]}
    assert YearClosing.objects.count() == 0


def test_a_year_that_is_proposed_already_is_told_so(county_clerk, proposed):
    response = signed_in(county_clerk).post("/closings/", {"area": AREA, "year": YEAR})

    assert response.context["form"].non_field_errors() == [
        "This year of the area is closed already, or its closing is proposed."
    ]


# --- deciding ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_reviewer_closes_on_the_page_and_is_told_what_happens_first(proposed, reviewer):
    client = signed_in(reviewer)
    before = client.get(address(proposed))

    after = client.get(send(client, proposed, "close").url)

    assert offered(before) == ["close", "decline"]
    assert "From then on nothing of this year and area can be entered, changed or posted" in shown(before)
    assert "The year is closed, and its reports are frozen." in shown(after)
    assert offered(after) == ["ask"]
    assert YearClosing.objects.get().decided_by == "reviewer-of-heishui"


def test_who_proposed_is_told_that_somebody_else_decides(county, reviewer):
    proposed = closings.propose_closing(AREA, YEAR, by=reviewer)
    client = signed_in(reviewer)

    page = client.get(address(proposed))

    assert offered(page) == []
    assert "You asked for this yourself; somebody else has to decide it." in shown(page)
    assert client.post(address(proposed), {"step": "close", "seen_version": 1}).status_code == 403
    assert YearClosing.objects.get().state == "proposed"


def test_a_clerk_does_not_close(proposed, county_clerk):
    client = signed_in(county_clerk)

    assert offered(client.get(address(proposed))) == []
    assert client.post(address(proposed), {"step": "close", "seen_version": 1}).status_code == 403


@pytest.mark.slow
def test_open_entries_are_listed_with_the_way_to_them_and_stop_the_closing(proposed, reviewer, ruoduo):
    entry = LedgerEntryFactory(division=ruoduo, year=YEAR, state="submitted", drafted_by="clerk-of-zhawo")
    client = signed_in(reviewer)

    page, refused = client.get(address(proposed)), send(client, proposed, "close")

    (row,) = page.context["waiting"].rows
    assert (row["entry"], row["state"], row["by"]) == (f"#{entry.pk} allocation", "submitted", "clerk-of-zhawo")
    assert row["_url"] == reverse("admin:projects_ledgerentry_change", args=[entry.pk])
    assert f"not decided yet: 1. Post or withdraw them first: #{entry.pk} allocation" in shown(refused)
    assert YearClosing.objects.get().state == "proposed"


@pytest.mark.slow
def test_a_whole_life_on_the_page(proposed, reviewer, county_clerk):
    second = UserFactory(username="second-reviewer", role=Role.REVIEWER, area=AREA)
    clerk, one, other = signed_in(county_clerk), signed_in(reviewer), signed_in(second)
    send(one, proposed, "close")
    send(clerk, proposed, "ask", reason="A late bill")
    send(one, proposed, "keep", note="Book it this year")
    send(one, proposed, "ask", reason="The auditor wants it there")

    send(other, proposed, "reopen")

    page = clerk.get(address(proposed))
    assert [(step.actor, str(step.state), step.note) for step in page.context["history"]] == [
        ("clerk-of-heishui", "proposed", ""),
        ("reviewer-of-heishui", "closed", ""),
        ("clerk-of-heishui", "closed, reopening asked for", "A late bill"),
        ("reviewer-of-heishui", "closed", "Book it this year"),
        ("reviewer-of-heishui", "closed, reopening asked for", "The auditor wants it there"),
        ("second-reviewer", "reopened", ""),
    ]
    assert len(page.context["files"]) == 2 * len(page.context["reports"])


@pytest.mark.slow
def test_a_proposal_is_declined_with_its_note(proposed, reviewer):
    client = signed_in(reviewer)

    nothing_said = send(client, proposed, "decline", note=" ")
    send(client, proposed, "decline", note="A bill is missing")

    assert "This field is required." in shown(nothing_said)
    assert (YearClosing.objects.get().state, YearClosing.objects.get().note) == ("declined", "A bill is missing")


@pytest.mark.slow
def test_the_second_of_two_is_told_and_keeps_what_they_typed(proposed, reviewer):
    first = signed_in(reviewer)
    second = signed_in(UserFactory(username="second-reviewer", role=Role.REVIEWER, area=AREA))
    seen = second.get(address(proposed)).context["steps"][1][1]["seen_version"].value()
    send(first, proposed, "close")

    response = second.post(address(proposed), {"step": "decline", "note": "A bill is missing", "seen_version": seen})

    assert "The year 2018 of 513228 is “closed”: this cannot be done with it now." in shown(response)
    assert "A bill is missing" in response.content.decode()
    assert YearClosing.objects.get().state == "closed"


@pytest.mark.parametrize("data", [{}, {"step": "no-such"}, {"step": "close\x00"}])
@pytest.mark.slow
def test_a_step_that_is_none_is_refused(data, proposed, reviewer):
    assert signed_in(reviewer).post(address(proposed), data).status_code == 403


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 30])
@pytest.mark.slow
def test_a_step_without_a_version_does_nothing(seen, proposed, reviewer):
    response = signed_in(reviewer).post(address(proposed), {"step": "close", "seen_version": seen})

    assert response.status_code == 200
    assert YearClosing.objects.get().state == "proposed"


def test_a_page_of_another_site_closes_nothing(proposed, reviewer):
    client = signed_in(reviewer)
    client.handler.enforce_csrf_checks = True

    response = client.post(address(proposed), {"step": "close", "seen_version": 1})

    assert response.status_code == 403
    assert YearClosing.objects.get().state == "proposed"


# --- what was frozen --------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_closed_year_says_that_nothing_differs(closed, manager):
    page = signed_in(manager).get(address(closed))

    reports = page.context["reports"]
    assert [lines.number for lines in reports] == [0] * len(reports)
    assert shown(page).count("No differences") == len(reports) >= 3
    assert {line.is_intact for line in page.context["files"]} == {True}


@pytest.mark.slow
def test_the_page_has_the_total_then_and_now(closed, manager):
    reports = {lines.report.slug: lines for lines in signed_in(manager).get(address(closed)).context["reports"]}

    funding = [cell for cell in reports["annual-funding"].total if cell["what"].startswith(("Allocated", "Spent"))]
    # 1,000.10 + 500.20 allocated and 300.00 spent in 2018.
    assert [(cell["what"], cell["frozen"], cell["today"], cell["difference"]) for cell in funding] == [
        ("Allocated (yuan)", "1,500.30", "1,500.30", "0"),
        ("Spent (yuan)", "300.00", "300.00", "0"),
    ]


@pytest.mark.slow
def test_each_file_stands_on_the_page_with_its_sha_256(closed, reviewer):
    response = signed_in(reviewer).get(address(closed))

    said = re.sub(r"\s+", " ", response.content.decode())
    assert all(file.sha256 in said for file in closed.reports.all())
    assert [line.size for line in response.context["files"]] == [
        len(bytes(file.content)) for file in closed.reports.all()
    ]


@pytest.mark.slow
def test_files_with_every_sum_of_households_are_not_a_managers(closed, manager, settings):
    settings.SMALLEST_CELL = 5

    response = signed_in(manager).get(address(closed))

    offered = {line.report.slug for line in response.context["files"]}
    said = response.content.decode()
    kept = [file for file in closed.reports.all() if file.slug not in offered]
    assert {file.slug for file in kept} == KEPT_FROM_MANAGERS
    assert [file.slug for file in kept if file.sha256 in said] == []


@pytest.mark.slow
def test_the_page_asks_the_same_number_of_questions_for_any_number_of_rows(
    heishui, ruoduo, county_clerk, reviewer, manager
):
    client, numbers = signed_in(manager), []
    for year, entries in ((2016, 1), (2017, 3), (2018, 30)):
        for _ in range(entries):
            LedgerEntryFactory(division=ruoduo, year=year)
        proposed = closings.propose_closing(AREA, year, by=county_clerk)
        done = closings.close_year(proposed, by=reviewer, open_entries=open_entries, freeze=freeze)

        with CaptureQueriesContext(connection) as found:
            client.get(address(done))
        numbers.append(len(found))

    # session, user, closing, its files, its history, names; then what each report asks; the banner
    assert numbers == [numbers[0]] * 3
