"""A browser keeps a page of figures until anything in it may be another: then it is made anew, for whoever asks."""

from datetime import date
from decimal import Decimal as D

import pytest
from django.contrib.messages import SUCCESS
from django.contrib.messages.storage.base import Message
from django.contrib.messages.storage.cookie import MessageEncoder
from django.contrib.messages.storage.session import SessionStorage
from django.db import connection

from alleviation.accounts.rights import Role
from alleviation.audit import trail
from alleviation.audit.models import AuditEvent, Verb
from alleviation.common.release import release_of
from alleviation.scrutiny import unchanged
from alleviation.scrutiny.unchanged import LAST_WRITE
from beneficiaries.actions.incomes import record_income
from projects import actions
from projects.models import LedgerEntry, Succession
from tests.conftest import signed_in
from tests.factories import (
    ClaimFactory,
    FundingSourceFactory,
    HouseholdFactory,
    IncomeRecordFactory,
    LedgerEntryFactory,
    PledgeFactory,
    ProjectFactory,
    UserFactory,
)

WITH_INCOMES = ("/", "/areas/513228000000/", "/income/", "/reports/annual-funding/")
OTHERS = (*WITH_INCOMES, "/projects/", "/sources/", "/alliances/", "/reports/")
KEPT = ("private, no-cache", ["Accept-Encoding", "Accept-Language", "Cookie"])
# Pages of the same people that a browser never keeps: forms, households, people, one project, explanations, files.
NEVER = ("/claims/", "/people/", "/documents/", "/explain/allocated/", "/closings/", "/funding/?csv=annual-funding")


@pytest.fixture
def world(heishui, ruoduo, erniunai, hezhou, example_entry):
    """A county with money and incomes."""
    IncomeRecordFactory(household=HouseholdFactory(village=ruoduo), year=2019)
    return heishui


@pytest.fixture
def example_entry(ruoduo):
    return LedgerEntryFactory(division=ruoduo, project=ProjectFactory(division=ruoduo, kind="road"))


def browser_of(user):
    """A browser that has come in by the sign-in page, which leaves it the secret of its forms."""
    client = signed_in(user)
    client.cookies["csrftoken"] = "b" * 32
    return client


def again(client, path: str, tag: str, **headers: str) -> int:
    """What a browser is answered that has the page already."""
    return client.get(path, headers={"If-None-Match": tag, **headers}).status_code


def vary(response) -> list[str]:
    return sorted(response["Vary"].split(", "))


def tag_of(client, path: str) -> str:
    return client.get(path)["ETag"]


@pytest.mark.parametrize("path", ["/funding/", *(pytest.param(one, marks=pytest.mark.slow) for one in OTHERS)])
def test_an_unchanged_page_is_not_sent_again(path, world, manager):
    client = browser_of(manager)
    first = client.get(path)

    second = client.get(path, headers={"If-None-Match": first["ETag"]})

    assert (first.status_code, first["Cache-Control"], vary(first)) == (200, *KEPT)
    assert (second.status_code, second.content, second["ETag"]) == (304, b"", first["ETag"])
    assert (second["Cache-Control"], vary(second)) == KEPT
    assert first["ETag"].startswith('W/"')


@pytest.mark.parametrize("path", NEVER)
@pytest.mark.slow
def test_other_pages_are_kept_by_nobody(path, world, manager):
    response = browser_of(manager).get(path)

    assert (response.status_code, "ETag" in response, "no-store" in response["Cache-Control"]) == (200, False, True)


@pytest.mark.sampled(2)
@pytest.mark.parametrize("path", WITH_INCOMES)
def test_whoever_sees_households_keeps_no_page_with_incomes(path, world, auditor):
    response = browser_of(auditor).get(path)

    assert (response.status_code, "ETag" in response, response["Cache-Control"]) == (200, False, "no-store")


# --- what makes it another page ---------------------------------------------------------------------------------


def drafted(place) -> LedgerEntry:
    facts = {"kind": "expenditure", "amount": D("7.00"), "year": 2019, "booked_on": date(2019, 6, 30)}
    entry = LedgerEntry(**facts, division=place, source=FundingSourceFactory(level="county"))
    actions.draft_entry(entry, by="a-clerk")
    return entry


def a_draft(place, **_others) -> None:
    drafted(place)


def a_posting(place, reviewer, **_others) -> None:
    entry = drafted(place)
    actions.submit_entry(entry, by="a-clerk")
    actions.post_entry(entry, by=reviewer)


def a_pledge(place, **_others) -> None:
    pledge = PledgeFactory(division=place)
    pledge.note = "seen"
    trail.write(pledge, by="a-clerk")


def a_claim(**_others) -> None:
    claim = ClaimFactory()
    claim.subject = "another"
    trail.write(claim, by="a-clerk")


def a_project(entry, **_others) -> None:
    entry.project.kind = "water"
    actions.enter(entry.project, by="a-clerk")


def a_name_of_a_place(place, **_others) -> None:
    place.name = "另一村民委员会"
    actions.enter_reference(place, by="manage.py load")


def a_role(**_others) -> None:
    person = UserFactory(role=Role.AUDITOR, password="x")
    person.role = Role.MANAGER
    trail.write(person, by="an-administrator")


WRITES = (a_draft, a_name_of_a_place)
SLOWER = (a_posting, a_pledge, a_claim, a_project, a_role)


@pytest.mark.parametrize(
    "write",
    [*WRITES, *(pytest.param(one, marks=pytest.mark.slow) for one in SLOWER)],
    ids=lambda write: write.__name__,
)
def test_a_write_makes_it_another(write, world, manager, reviewer, ruoduo, example_entry):
    client = browser_of(manager)
    pages = ("/funding/", "/areas/513228000000/")
    tags = {path: tag_of(client, path) for path in pages}

    write(place=ruoduo, reviewer=reviewer, entry=example_entry)

    assert [again(client, path, tags[path]) for path in pages] == [200, 200]
    assert [again(client, path, tag_of(client, path)) for path in pages] == [304, 304]


@pytest.mark.slow
def test_an_income_makes_those_another_that_tell_of_incomes(world, manager, erniunai):
    client = browser_of(manager)
    tags = {path: tag_of(client, path) for path in ("/", "/income/", "/areas/513228000000/", "/funding/")}
    income = IncomeRecordFactory.build(household=HouseholdFactory(village=erniunai), village=erniunai, year=2018)

    record_income(income, by="a-clerk")

    assert [again(client, path, tag) for path, tag in tags.items()] == [200, 200, 200, 304]


@pytest.mark.slow
def test_money_elsewhere_leaves_the_page_of_a_place(world, manager, hezhou, reviewer):
    client = browser_of(manager)
    source = FundingSourceFactory(level="county")
    tags = {path: tag_of(client, path) for path in ("/areas/513228000000/", "/areas/451102000000/", "/funding/")}
    facts = {"kind": "expenditure", "amount": D("7.00"), "year": 2019, "booked_on": date(2019, 6, 30)}

    actions.draft_entry(LedgerEntry(**facts, division=hezhou, source=source), by="a-clerk")

    assert [again(client, path, tag) for path, tag in tags.items()] == [304, 200, 200]


def test_money_of_a_place_that_became_this_one_makes_it_another(world, manager, ruoduo, hezhou):
    Succession.objects.create(predecessor=hezhou, successor=world, kind="merged", source="made up")
    client = browser_of(manager)
    source, tag = FundingSourceFactory(level="county"), tag_of(client, "/areas/513228000000/")
    facts = {"kind": "expenditure", "amount": D("7.00"), "year": 2019, "booked_on": date(2019, 6, 30)}

    actions.draft_entry(LedgerEntry(**facts, division=hezhou, source=source), by="a-clerk")

    assert again(client, "/areas/513228000000/", tag) == 200


def test_what_others_look_at_and_take_away_leaves_it(world, manager, auditor):
    client, other = browser_of(manager), browser_of(auditor)
    tag, events = tag_of(client, "/"), AuditEvent.objects.count()

    other.get("/reports/annual-funding.csv").getvalue()
    trail.record_words(verb=Verb.SIGNED_IN, what="auditor", by=auditor, kind="sign-in")

    assert (again(client, "/", tag), AuditEvent.objects.count()) == (304, events + 2)


# --- who, how and when ------------------------------------------------------------------------------------------


def test_somebody_else_gets_a_page_of_their_own(world, manager):
    tag = tag_of(browser_of(manager), "/")

    assert again(browser_of(UserFactory(role=Role.MANAGER)), "/", tag) == 200


@pytest.mark.sampled(1)
@pytest.mark.parametrize(
    ("change", "answer"), [({"role": Role.AUDITOR}, 302), ({"area": "513228"}, 302), ({"first_name": "Zhaxi"}, 200)]
)
def test_another_role_area_or_name_makes_it_another(change, answer, world, manager):
    # With the role or the area the session ends.
    client = browser_of(manager)
    tag = tag_of(client, "/funding/")

    type(manager).objects.filter(pk=manager.pk).update(**change)

    assert again(client, "/funding/", tag) == answer


def test_who_is_signed_out_or_disabled_gets_no_page(world, manager):
    client = browser_of(manager)
    tag = tag_of(client, "/")

    out = client.post("/sign-out/")

    assert (out["Clear-Site-Data"], again(client, "/", tag)) == ('"cache"', 302)


def test_another_language_makes_it_another(world, manager):
    client = browser_of(manager)

    assert again(client, "/", tag_of(client, "/"), **{"Accept-Language": "zh-hans"}) == 200


def test_another_question_makes_it_another(world, manager):
    client = browser_of(manager)

    assert again(client, "/?year=2019", tag_of(client, "/")) == 200


def test_another_day_makes_it_another(world, manager, monkeypatch):
    client = browser_of(manager)
    tag = tag_of(client, "/")

    monkeypatch.setattr(unchanged, "localdate", lambda: date(2031, 1, 1))

    assert again(client, "/", tag) == 200


@pytest.mark.parametrize(("name", "value"), [("RELEASE", "another"), ("SMALLEST_CELL", 7)])
def test_another_release_or_limit_makes_it_another(name, value, world, manager, settings):
    client = browser_of(manager)
    tag = tag_of(client, "/")

    setattr(settings, name, value)

    assert again(client, "/", tag) == 200


def test_a_page_of_another_sign_in_is_not_used(world, manager):
    """Its forms would not be taken: each sign-in has a secret of its own in them."""
    client = browser_of(manager)
    tag = tag_of(client, "/")

    client.cookies["csrftoken"] = "a" * 32

    assert again(client, "/", tag) == 200


def test_a_page_with_a_message_is_kept_by_nobody(world, manager):
    client = browser_of(manager)
    tag = tag_of(client, "/")
    session = client.session
    session[SessionStorage.session_key] = MessageEncoder().encode([Message(SUCCESS, "Saved.")])
    session.save()

    response = client.get("/", headers={"If-None-Match": tag})

    assert (response.status_code, "Saved." in response.content.decode(), "ETag" in response) == (200, True, False)
    assert again(client, "/", tag) == 304


def test_a_wrong_filter_and_a_place_that_is_not_there_answer_as_always(world, manager):
    client = browser_of(manager)
    tag = tag_of(client, "/")

    assert (again(client, "/areas/999999000000/", tag), again(client, "/?year=x", tag)) == (404, 200)


# --- what it costs ----------------------------------------------------------------------------------------------


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("/", 3),  # session, user, versions
        ("/funding/", 3),
        ("/reports/annual-funding/", 3),
        ("/areas/513228000000/", 4),  # and the places that became it
    ],
)
def test_an_unchanged_page_costs_next_to_nothing(path, queries, world, manager, django_assert_num_queries):
    client = browser_of(manager)
    tag = tag_of(client, path)

    with django_assert_num_queries(queries):
        assert again(client, path, tag) == 304


def test_the_last_write_is_one_look_into_an_index(db):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(("EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN ") + LAST_WRITE)
        plan = str(cursor.fetchall())

    assert "event_write" in plan


def test_a_file_that_changes_is_another_release(tmp_path):
    page = tmp_path / "page.html"
    page.write_text("one")
    (tmp_path / "notes.bin").write_text("not of the pages")
    first = release_of([tmp_path])

    (tmp_path / "notes.bin").write_text("something else")
    same = release_of([tmp_path])
    page.write_text("three")

    assert (first == same, first == release_of([tmp_path])) == (True, False)
