"""The pages about a household's persons: masked to look at, in full for a reason, found by a number, erased."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alleviation.audit.models import AuditEvent
from beneficiaries.actions import register_person
from beneficiaries.models import Household, Person
from tests.beneficiaries.numbers import a_person, card_number, id_number
from tests.conftest import signed_in
from tests.factories import HouseholdFactory

REASON = "a letter is to be sent"
FULL = ("张三丰", id_number(1), card_number(1), "1961-01-01")


@pytest.fixture
def household(ruoduo) -> Household:
    made = HouseholdFactory(village=ruoduo, number="0007")
    register_person(a_person(made, name="张三丰"), by="a test", id_number=id_number(1), account_number=card_number(1))
    return made


def address(household: Household, end: str) -> str:
    return f"/households/{household.pk}/{end}/"


def cells(response: Any) -> list[list[str]]:
    return [[cell.text for cell in line.cells] for line in response.context["members"].body()]


def said(response: Any) -> list[str]:
    """The words in which in full what only a reveal may show."""
    return [word for word in FULL if word in response.content.decode()]


# --- in full ----------------------------------------------------------------------------------------------------


def test_the_page_shows_the_members_masked(household, clerk):
    response = signed_in(clerk).get(address(household, "reveal"))

    tails = (f"****{id_number(1)[-4:]}", f"****{card_number(1)[-4:]}")
    assert cells(response) == [["张**", "head", "****", *tails, "—"]]
    assert said(response) == []


def test_sent_with_a_reason_it_shows_them_in_full_once(household, clerk):
    client = signed_in(clerk)

    response = client.post(address(household, "reveal"), {"reason": REASON})

    assert cells(response) == [["张三丰", "head", "1961-01-01", id_number(1), card_number(1), "—"]]
    assert (response.status_code, response.headers["Cache-Control"]) == (200, "no-store")
    assert AuditEvent.objects.filter(verb="revealed", reason=REASON, actor=clerk.username).count() == 1
    assert said(client.get(address(household, "reveal"))) == []
    assert [word for word in FULL if word in str([one.get_decoded() for one in Session.objects.all()])] == []


def test_without_a_reason_it_says_so_and_shows_nothing(household, clerk):
    response = signed_in(clerk).post(address(household, "reveal"), {"reason": "   a"})

    assert response.context["form"].errors == {"reason": ["Give a reason of at least 5 characters."]}
    assert (said(response), AuditEvent.objects.filter(verb="revealed").count()) == ([], 0)


def test_too_often_is_told_with_the_time(household, clerk, settings):
    settings.REVEALS_PER_HOUR = 1
    client = signed_in(clerk)
    client.post(address(household, "reveal"), {"reason": REASON})

    response = client.post(address(household, "reveal"), {"reason": REASON})

    (told,) = response.context["form"].non_field_errors()
    assert told.startswith("You have seen personal data as often as one may within an hour: 1. Try again at ")
    assert said(response) == []


@pytest.mark.parametrize(("role", "status"), [("manager", 403), ("administrator", 403), ("stranger", 404)])
def test_a_reason_opens_nothing_to_whom_it_is_not_for(household, role, status, request):
    response = signed_in(request.getfixturevalue(role)).post(address(household, "reveal"), {"reason": REASON})

    assert (response.status_code, said(response)) == (status, [])
    assert AuditEvent.objects.filter(verb="revealed").count() == 0


# --- by a number ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "number"), [("resident_id", id_number(1)), ("bank_account", card_number(1))])
def test_a_number_leads_to_its_household_and_stands_in_no_address(household, clerk, kind, number):
    response = signed_in(clerk).post("/households/find/", {"kind": kind, "number": number})

    assert (response.status_code, response["Location"]) == (302, f"/households/{household.pk}/")
    assert number not in str([one.get_decoded() for one in Session.objects.all()])


def test_a_foreign_number_and_nobodys_get_the_same_answer(household, stranger):
    client = signed_in(stranger)

    answers = [
        client.post("/households/find/", {"kind": "resident_id", "number": id_number(n)}).context["form"].errors
        for n in (1, 3)
    ]

    assert answers == [{"__all__": ["No household in your area has a member with this number."]}] * 2


@pytest.mark.parametrize(
    ("kind", "number", "told"),
    [
        ("resident_id", id_number(1)[:-1], "This is not a resident identity number: check its 18 digits."),
        ("bank_account", card_number(1)[:-1], "This is not a bank card: check its digits."),
        ("bank_account", "1234", "This is not a bank account: enter its 12 to 25 digits."),
    ],
)
def test_what_is_no_number_is_told_and_not_shown_again(household, clerk, kind, number, told):
    response = signed_in(clerk).post("/households/find/", {"kind": kind, "number": number})

    assert response.context["form"].errors == {"number": [told]}
    assert number not in response.content.decode()


def test_searches_count_as_reveals(household, clerk, settings):
    settings.REVEALS_PER_HOUR = 1
    client = signed_in(clerk)
    client.post(address(household, "reveal"), {"reason": REASON})

    response = client.post("/households/find/", {"kind": "resident_id", "number": id_number(1)})

    assert "Try again at" in response.context["form"].non_field_errors()[0]


# --- erasing ----------------------------------------------------------------------------------------------------


@pytest.fixture
def person(household) -> Person:
    return Person.objects.get()


def test_erasing_asks_for_a_reason_then_once_more_and_is_done(household, person, reviewer):
    client, page = signed_in(reviewer), address(household, f"persons/{person.pk}/erase")
    asked = client.get(page)
    again = client.post(page, {"reason": REASON})
    before = Person.objects.get().name

    done = client.post(page, {"reason": REASON, "confirmed": "yes"})

    assert (asked.context["asks_again"], again.context["asks_again"], before) == (False, True, "张三丰")
    assert (said(asked), said(again)) == ([], [])
    assert (done.status_code, done["Location"]) == (302, f"/households/{household.pk}/")
    assert [str(one) for one in get_messages(done.wsgi_request)] == ["The person is erased."]
    assert Person.objects.get().name == ""


def test_a_confirmation_without_a_reason_erases_nobody(household, person, reviewer):
    response = signed_in(reviewer).post(address(household, f"persons/{person.pk}/erase"), {"confirmed": "yes"})

    assert response.context["form"].errors == {"reason": ["This field is required."]}
    assert Person.objects.get().name == "张三丰"


def test_twice_is_told(household, person, reviewer):
    client, page = signed_in(reviewer), address(household, f"persons/{person.pk}/erase")
    client.post(page, {"reason": REASON, "confirmed": "yes"})

    response = client.post(page, {"reason": REASON, "confirmed": "yes"})

    assert response.context["form"].non_field_errors() == ["This person was erased already."]


@pytest.mark.parametrize("role", ["clerk", "manager", "auditor", "administrator"])
def test_only_a_reviewer_erases(household, person, role, request):
    page = address(household, f"persons/{person.pk}/erase")

    response = signed_in(request.getfixturevalue(role)).post(page, {"reason": REASON, "confirmed": "yes"})

    assert (response.status_code, Person.objects.get().name) == (403, "张三丰")


def test_a_person_of_another_household_is_not_there(household, person, reviewer):
    other = HouseholdFactory(village=household.village)

    response = signed_in(reviewer).get(address(other, f"persons/{person.pk}/erase"))

    assert response.status_code == 404


def test_the_way_to_erase_is_for_reviewers(household, person, reviewer, clerk):
    pages = [signed_in(one).get(address(household, "reveal")).content.decode() for one in (reviewer, clerk)]

    assert [f"/persons/{person.pk}/erase/" in one for one in pages] == [True, False]


@pytest.mark.parametrize("members", [1, 4])
def test_a_page_asks_the_same_however_many_members(household, reviewer, django_assert_num_queries, members):
    client, page = signed_in(reviewer), address(household, "reveal")
    for serial in range(3, 2 * members, 2):
        register_person(a_person(household), by="a test", id_number=id_number(serial))
    client.get(page)

    # the session, the reader, whether the example is loaded, the household with its village, its members
    with django_assert_num_queries(5):
        masked = client.get(page)
    with CaptureQueriesContext(connection) as queries:
        full = client.post(page, {"reason": REASON})

    assert (len(cells(masked)), len(cells(full))) == (members, members)
    # Which events are of the last hour is found by halving the trail, by as many looks as it has digits.
    assert len([one for one in queries if "beneficiaries_" in one["sql"] and "INSERT" not in one["sql"]]) == 5
