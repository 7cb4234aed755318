"""The pages of red flags: the rules, the cases of one, and one case with the forms to explain it."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alleviation.scrutiny.flags.catalogue import FLAGS
from alleviation.scrutiny.models import Waiver
from tests.admin_pages import shown
from tests.conftest import signed_in
from tests.factories import (
    ClaimFactory,
    DocumentFactory,
    EnrolmentFactory,
    HouseholdFactory,
    LedgerEntryFactory,
    PersonFactory,
    ProjectFactory,
    UserFactory,
    WaiverFactory,
)

CASE = "/red-flags/idle-money/V/"


@pytest.fixture
def idle(ruoduo):
    """An allocation of 2019 that still lies there."""
    return LedgerEntryFactory(division=ruoduo, voucher="V")


@pytest.fixture
def asked(idle, ruoduo):
    """The same, explained by a clerk."""
    return WaiverFactory(
        case_key="V", area=ruoduo.code, asked_by="a-clerk", expires_on=timezone.localdate() + timedelta(days=30)
    )


def in_days(days):
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def numbers(response):
    """Rule → cases, open, waiting, explained."""
    rows = response.context["tables"]["red_flags"].table.rows
    return {row["_url"].split("/")[2]: [row[n] for n in ("cases", "open", "waiting", "explained")] for row in rows}


# --- the rules ----------------------------------------------------------------------------------------------------


def test_every_rule_is_listed_with_its_numbers_and_the_total(asked, manager):
    response = signed_in(manager).get("/red-flags/")

    assert list(numbers(response)) == [flag.slug for flag in FLAGS]
    assert numbers(response)["idle-money"] == [1, 0, 1, 0]
    total = response.context["tables"]["red_flags"].table.total
    assert [total[name] for name in ("cases", "open", "waiting", "explained")] == [1, 0, 1, 0]


def test_each_number_leads_to_its_explanation(idle, manager):
    client = signed_in(manager)

    page = client.get("/red-flags/?year=2019").content.decode()
    explained = client.get("/explain/open-red-flags/?of=idle-money&year=2019")

    assert 'href="/explain/open-red-flags/?of=idle-money&amp;year=2019">1<' in page
    assert (explained.context["words"], explained.context["number"]) == ("1", 1)
    assert [row["case"] for row in explained.context["table"].rows] == ["Allocation V"]


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("of", "rows"), [("", 2), ("idle-money", 1), ("idle-money:V", 1), ("idle-money:W", 0), ("without-publicity", 1)]
)
def test_an_explanation_is_of_all_rules_of_one_or_of_one_case(of, rows, idle, ruoduo, manager):
    ProjectFactory(status="approved", division=ruoduo)

    response = signed_in(manager).get("/explain/red-flags/", {"of": of} if of else {})

    assert (response.context["words"], response.context["number"]) == (str(rows), rows)


def test_an_explanation_of_no_rule_is_404(manager, db):
    assert signed_in(manager).get("/explain/red-flags/?of=nothing").status_code == 404


@pytest.mark.parametrize(("year", "expected"), [("2019", [1, 1, 0, 0]), ("2018", [0, 0, 0, 0])])
def test_the_year_of_the_filter_is_that_of_the_cases(year, expected, idle, manager):
    assert numbers(signed_in(manager).get(f"/red-flags/?year={year}"))["idle-money"] == expected


def test_who_sees_no_records_sees_no_flags(administrator, idle):
    client = signed_in(administrator)

    assert [client.get(path).status_code for path in ("/red-flags/", "/red-flags/idle-money/", CASE)] == [403] * 3


def flag_all(village, n):
    """A case of most rules."""
    LedgerEntryFactory(division=village, year=2018)
    project = ProjectFactory(status="under_way", division=village, due_on=date(2019, 1, 1))
    ProjectFactory(status="under_way", division=village)
    LedgerEntryFactory(division=village, kind="disbursement", project=project)
    LedgerEntryFactory(division=village, kind="expenditure", project=project)
    HouseholdFactory(village=village, status="exited", status_since=date(2020, 1, 1))
    household = HouseholdFactory(village=village)
    PersonFactory(household=household, name=f"N{n}", birth_year=1970)
    PersonFactory(household=HouseholdFactory(village=village), name=f"N{n}", birth_year=1970)
    for _ in range(3):
        home = HouseholdFactory(village=village)
        EnrolmentFactory(household=home, project=project, amount=100)
    ClaimFactory(
        project=project,
        document=DocumentFactory(published_on=date(2019, 1, 1)),
        measure="I",
        qualifier="exact",
        low=100,
        high=100,
        unit="CNY",
        status="spent",
    )


@pytest.mark.slow
def test_the_pages_cost_the_same_with_more_cases(ruoduo, auditor):
    client, asked = signed_in(auditor), {}
    addresses = ["/red-flags/", *(f"/red-flags/{flag.slug}/" for flag in FLAGS)]
    for rows in (3, 30):
        for n in range(rows):
            flag_all(ruoduo, f"{rows}-{n}")
        for address in addresses:
            with CaptureQueriesContext(connection) as found:
                client.get(address)
            asked.setdefault(address, []).append(len(found))

    # Session, user, banner; the areas of the filter; then what each rule asks, never once for a case.
    assert {address: one for address, one in asked.items() if one[0] != one[1]} == {}


# --- one rule -----------------------------------------------------------------------------------------------------


def test_a_rule_tells_where_it_is_from_and_lists_its_cases(idle, manager):
    said = shown(signed_in(manager).get("/red-flags/idle-money/"))

    assert "A rule of this office; no regulation is cited for it." in said
    assert "Of 100.00 yuan from County budget, 100.00 are left." in said


def test_a_rule_that_found_nothing_says_among_how_many(ruoduo, manager):
    LedgerEntryFactory(division=ruoduo, kind="disbursement", allocation="A")

    said = shown(signed_in(manager).get("/red-flags/disbursed-without-allocation/"))

    assert "Nothing was found. Looked at: 1 standing disbursements." in said


@pytest.mark.slow
def test_cases_come_a_page_at_a_time(ruoduo, manager):
    for n in range(51):
        LedgerEntryFactory(division=ruoduo, voucher=f"V{n:02}")
    client = signed_in(manager)

    pages = [client.get(f"/red-flags/idle-money/?year=2019&page={page}") for page in (1, 2)]

    assert [len(list(page.context["table"].rows)) for page in pages] == [50, 1]
    assert (pages[0].context["later"], pages[1].context["earlier"]) == ("?year=2019&page=2", "?year=2019&page=1")


@pytest.mark.parametrize("number", ["0", "2", "x", "-1", "9" * 30])
def test_a_page_that_is_none_is_404(number, idle, manager):
    assert signed_in(manager).get("/red-flags/idle-money/", {"page": number}).status_code == 404


@pytest.mark.parametrize("path", ["/red-flags/nothing/", "/red-flags/nothing/V/", "/red-flags/idle-money/W/"])
def test_what_is_no_rule_or_case_is_404(path, idle, manager):
    assert signed_in(manager).get(path).status_code == 404


def test_a_manager_reads_how_many_households_there_are_and_not_which(ruoduo, manager, auditor):
    household = HouseholdFactory(village=ruoduo, number="SECRET", status="exited", status_since=date(2020, 1, 1))
    case = f"/red-flags/exit-not-earned/{household.pk}-2020-unrecorded/"
    clients = [signed_in(user) for user in (manager, auditor)]

    pages = [client.get("/red-flags/exit-not-earned/") for client in clients]

    assert ["SECRET" in page.content.decode() for page in pages] == [False, True]
    assert "they are told to those alone who may see households" in shown(pages[0])
    assert [client.get(case).status_code for client in clients] == [404, 200]


def test_the_report_says_the_same_as_the_pages(asked, manager):
    response = signed_in(manager).get("/reports/red-flags.csv")

    _header, row, total = b"".join(response).decode("utf-8-sig").splitlines()
    assert row.startswith("Money idle for longer than half a year,Allocation V,513228212205,Ruoduo Village,2019,")
    assert re.search(r",waiting for a decision,the work began late,a-clerk,,\d{4}-\d\d-\d\d,1,$", row)
    assert total.startswith("Total,")


# --- one case -----------------------------------------------------------------------------------------------------


def offered(response):
    return list(response.context["forms"])


@pytest.mark.parametrize(("name", "steps"), [("clerk", ["ask"]), ("reviewer", ["ask"]), ("manager", [])])
def test_an_open_case_is_explained_by_staff(name, steps, request, idle):
    assert offered(signed_in(request.getfixturevalue(name)).get(CASE)) == steps


@pytest.mark.sampled(1)
@pytest.mark.parametrize(("name", "steps"), [("clerk", []), ("reviewer", ["approve", "decline"]), ("auditor", [])])
def test_a_case_that_waits_is_decided_by_a_reviewer(name, steps, request, asked):
    assert offered(signed_in(request.getfixturevalue(name)).get(CASE)) == steps


def test_a_clerk_explains_a_case_and_a_reviewer_accepts_that(idle, clerk, reviewer, manager):
    data = {"step": "ask", "reason": "the permit is late", "expires_on": in_days(30)}

    first = signed_in(clerk).post(CASE, data, follow=True)
    waiver = Waiver.objects.get()
    second = signed_in(reviewer).post(CASE, {"step": "approve", "waiver": waiver.pk}, follow=True)

    assert "The case is explained. Somebody else accepts or declines that." in shown(first)
    assert "You have accepted the explanation." in shown(second)
    said = shown(signed_in(manager).get("/red-flags/idle-money/"))
    assert "the permit is late" in said
    assert numbers(signed_in(manager).get("/red-flags/"))["idle-money"] == [1, 0, 0, 1]


def test_who_asked_is_told_that_somebody_else_decides(idle, reviewer):
    client = signed_in(reviewer)
    client.post(CASE, {"step": "ask", "reason": "x", "expires_on": in_days(30)})

    page = client.get(CASE)
    decided = client.post(CASE, {"step": "approve", "waiver": Waiver.objects.get().pk})

    assert offered(page) == []
    assert "You asked for this yourself; somebody else has to decide it." in shown(page)
    assert decided.status_code == 403


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"expires_on": in_days(-1)}, "That day is past; choose one to come."),
        ({"expires_on": in_days(400)}, "Choose a day within a year; it can be asked for again then."),
        ({"expires_on": "soon"}, "Enter a valid date."),
        ({"reason": " "}, "This field is required."),
    ],
)
def test_a_wrong_explanation_is_told_at_its_field_and_kept(fields, message, idle, clerk):
    data = {"step": "ask", "reason": "typed", "expires_on": in_days(30), **fields}

    response = signed_in(clerk).post(CASE, data)

    assert message in shown(response)
    assert response.context["forms"]["ask"]["reason"].value() == data["reason"]
    assert Waiver.objects.count() == 0


def test_a_waiver_is_declined_with_a_note(asked, reviewer, clerk):
    client = signed_in(reviewer)

    nothing_said = client.post(CASE, {"step": "decline", "waiver": asked.pk, "note": ""})
    client.post(CASE, {"step": "decline", "waiver": asked.pk, "note": "show the permit"})

    assert "This field is required." in shown(nothing_said)
    assert "show the permit" in shown(signed_in(clerk).get(CASE))


def test_the_second_of_two_is_told_and_keeps_what_they_typed(asked, reviewer):
    second = UserFactory(username="second", role="reviewer", area="513228")
    signed_in(reviewer).post(CASE, {"step": "approve", "waiver": asked.pk})

    response = signed_in(second).post(CASE, {"step": "decline", "waiver": asked.pk, "note": "no permit"})

    assert "reviewer-of-heishui has decided this meanwhile: approved." in shown(response)
    assert "You wrote: no permit" in shown(response)


def test_a_waiver_of_another_case_is_404(asked, reviewer):
    other = WaiverFactory()

    assert signed_in(reviewer).post(CASE, {"step": "approve", "waiver": other.pk}).status_code == 404


@pytest.mark.parametrize(
    ("name", "data", "status"),
    [
        ("manager", {"step": "ask", "reason": "x"}, 403),
        ("clerk", {"step": "approve", "waiver": 1}, 403),
        ("clerk", {"step": "nothing"}, 403),
        ("clerk", {}, 403),
        ("stranger", {"step": "ask", "reason": "x"}, 404),
    ],
)
def test_a_step_that_is_not_theirs_is_refused(name, data, status, request, idle):
    assert signed_in(request.getfixturevalue(name)).post(CASE, data).status_code == status


def test_a_page_of_another_site_explains_nothing(idle, clerk):
    client = signed_in(clerk)
    client.handler.enforce_csrf_checks = True

    assert client.post(CASE, {"step": "ask", "reason": "x", "expires_on": in_days(3)}).status_code == 403
