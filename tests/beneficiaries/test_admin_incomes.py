"""Incomes in the admin: what waits is listed for reviewers, verified or returned, and stops a year from closing."""

from decimal import Decimal

import pytest
from django.urls import reverse

from alleviation.audit import closings
from beneficiaries import actions
from beneficiaries.models import IncomeRecord
from tests.admin_pages import listed, page, said, shown
from tests.conftest import signed_in
from tests.factories import HouseholdFactory, IncomeRecordFactory, PersonFactory

MODEL = "beneficiaries_incomerecord"


@pytest.fixture
def income(ruoduo, clerk) -> IncomeRecord:
    """What household H77 of Ruoduo earned in 2019: 10,000.00 yuan for four, after 3,000.00 the year before."""
    household = HouseholdFactory(village=ruoduo, number="H77")
    PersonFactory(household=household, name="王小明")
    IncomeRecordFactory(household=household, year=2018, wage_income=Decimal("3000.00"))
    return IncomeRecordFactory(household=household, recorded_by=clerk)


def choose(client, action, *incomes):
    data = {"action": action, "_selected_action": [one.pk for one in incomes], "index": "0"}
    return client.post(page(MODEL) + "?state=all", data)


def confirm(client, asked, **fields):
    tokens = [row.token for row in asked.context["rows"] if not row.refusal]
    data = {"step": asked.context["step"].slug, "income": tokens, "confirmed": "1", **fields}
    return client.post(page(MODEL, "step"), data, follow=True)


def test_a_reviewer_sees_what_waits_and_verifies_it(reviewer, income):
    client = signed_in(reviewer)

    text = shown(client.get(page(MODEL)))
    done = confirm(client, choose(client, "verify", *IncomeRecord.objects.all()))

    assert "H77 Ruoduo Village 2019 4 2,500.00 750.00 jumped 10,000.00 waits to be verified clerk-of-zhawo" in text
    assert "王小明" not in text
    assert said(done) == ["Incomes verified: 2."]
    assert listed(client, MODEL) == []
    assert set(IncomeRecord.objects.values_list("checked_by__username", flat=True)) == {"reviewer-of-heishui"}


@pytest.mark.slow
def test_an_income_is_returned_from_its_own_page_with_a_note(reviewer, income):
    client = signed_in(reviewer)
    token = client.get(page(MODEL, "change", income.pk)).context["token"]

    asked = client.post(page(MODEL, "step"), {"step": "return", "income": token, "note": " "})
    done = client.post(page(MODEL, "step"), {"step": "return", "income": token, "note": "Too high"}, follow=True)

    assert "Say what is wrong with the income." in shown(asked)
    assert said(done) == ["Incomes returned: 1."]
    assert "returned with a note" in shown(done)
    assert IncomeRecord.objects.get(pk=income.pk).check_note == "Too high"


@pytest.mark.slow
def test_one_refused_income_refuses_all_and_says_why(reviewer, income):
    IncomeRecordFactory(household=HouseholdFactory(village=income.village), recorded_by=reviewer)
    client = signed_in(reviewer)

    response = confirm(client, choose(client, "verify", *IncomeRecord.objects.all()))

    refusals = [row.refusal for row in response.context["rows"] if row.refusal]
    assert refusals == ["You recorded this income; somebody else has to check it."]
    assert "Nothing was done: 1 income is refused." in shown(response)
    assert set(IncomeRecord.objects.values_list("state", flat=True)) == {"submitted"}


@pytest.mark.slow
def test_an_income_that_was_returned_meanwhile_is_not_verified_unseen(reviewer, income):
    client = signed_in(reviewer)
    asked = choose(client, "verify", income)
    actions.return_income(income, note="Too high", by=reviewer)

    response = confirm(client, asked)

    assert "reviewer-of-heishui changed this on " in response.context["rows"][0].refusal
    assert IncomeRecord.objects.get(pk=income.pk).state == "returned"


@pytest.mark.slow
def test_a_list_without_a_choice_does_nothing(reviewer, income):
    response = signed_in(reviewer).post(page(MODEL, "step"), {"step": "verify"}, follow=True)

    assert said(response) == ["No income was chosen; nothing was done."]


@pytest.mark.slow
def test_incomes_are_checked_by_reviewers_of_the_area_alone(clerk, auditor, stranger, reviewer, manager, income):
    sent = {"step": "verify", "income": f"{income.pk}:0"}
    step = page(MODEL, "step")

    answers = [signed_in(user).post(step, sent).status_code for user in (clerk, auditor, stranger, manager)]
    foreign = signed_in(stranger).get(page(MODEL, "change", income.pk)).status_code
    strange = [signed_in(reviewer).post(step, sent | one).status_code for one in ({"step": "x"}, {"income": "1:x"})]

    assert (answers, foreign, strange) == ([403, 403, 403, 403], 404, [404, 404])
    assert set(IncomeRecord.objects.values_list("state", flat=True)) == {"submitted"}


@pytest.mark.slow
def test_an_income_is_for_looking_at_alone(county_clerk, income):
    client = signed_in(county_clerk)

    assert client.get(page(MODEL, "add")).status_code == 403
    assert client.post(page(MODEL, "change", income.pk), {"persons": 9}).status_code == 403
    assert "10,000.00" in shown(client.get(page(MODEL, "change", income.pk)))
    assert client.get(page(MODEL) + "?wage_income__gte=1").status_code == 400


@pytest.mark.slow
def test_the_index_tells_what_waits(reviewer, clerk, income):
    actions.return_income(income, note="Too high", by=reviewer)

    waiting = {
        user.username: [
            (str(one.title), one.number) for one in signed_in(user).get(reverse("admin:index")).context["waiting"]
        ]
        for user in (reviewer, clerk)
    }

    assert waiting == {
        "reviewer-of-heishui": [("Incomes to verify", 1)],
        "clerk-of-zhawo": [("Incomes returned to you", 1)],
    }


# Session, user, example banner, count, rows with households, villages and recorders, the years before.
@pytest.mark.parametrize("rows", [1, pytest.param(30, marks=pytest.mark.slow)])
def test_list_of_incomes_asks_as_often_whatever_its_length(reviewer, ruoduo, django_assert_num_queries, rows):
    for _ in range(rows):
        IncomeRecordFactory(household=HouseholdFactory(village=ruoduo))
    client = signed_in(reviewer)

    with django_assert_num_queries(6):
        client.get(page(MODEL))


@pytest.mark.slow
def test_a_year_with_unverified_incomes_stays_open_and_tells_how_many(reviewer, county_clerk, income):
    proposed = closings.propose_closing("513228", 2019, by=county_clerk)
    address, client = reverse("closings:detail", args=[proposed.pk]), signed_in(reviewer)
    opened = client.get(address)
    form = {one.name: form for one, form in opened.context["steps"]}["close"]

    refused = client.post(address, {"step": "close", "seen_version": form["seen_version"].value()})

    (row,) = opened.context["incomes"].rows
    assert (row["village"], row["records"]) == ("Ruoduo Village", 1)
    assert row["_url"] == page(MODEL) + "?year=2019&state=waiting&q=513228212205"
    assert "1 income of the year is not verified. Verify it first: Incomes that wait" in shown(refused)
    assert listed(client, MODEL, "?year=2019&state=waiting&q=513228212205") == [str(income)]
    proposed.refresh_from_db()
    assert proposed.state == "proposed"
