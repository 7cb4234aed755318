"""Making, seeing and revoking tokens: by their owner with the password, by an administrator, each with its event."""

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from alleviation.accounts.models import ApiToken
from alleviation.accounts.tokens import SHAPE, found
from alleviation.audit.models import AuditEvent, Verb
from alleviation.audit.verification.tables import table_faults
from alleviation.entrance import tokens
from tests.accounts.entering import PASSWORD, come_in, person
from tests.api.programs import bearing, read, token_of
from tests.conftest import signed_in

NEW = "/account/tokens/new/"
QUERIES = 5


@pytest.fixture
def li(db) -> Client:
    """A browser in which a clerk of Heishui has signed in."""
    person("li", role="clerk", area="513228")
    return come_in()


def wanted(**given) -> dict:
    day = timezone.localdate() + timedelta(days=30)
    return {"name": "table", "scopes": ["figures"], "area": "", "expires_on": day, "password": PASSWORD} | given


def test_a_token_is_shown_once_and_opens_what_was_chosen(li):
    made = li.post(NEW, wanted(area="513228212"))

    (secret,) = SHAPE.findall(made.content.decode())
    token = ApiToken.objects.get()
    about = read(bearing(secret).get("/api/v1/"))
    listed = li.get("/account/tokens/").content.decode()
    assert (about["user"], about["area"], about["scopes"]) == ("li", "513228212", ["figures"])
    assert (token.prefix, found(secret)) == (secret[:10], token)
    assert (secret in listed, f"{token.prefix}…" in listed) == (False, True)
    assert made["Cache-Control"] == "no-store"


def test_making_and_revoking_leave_events_without_the_secret(li):
    (secret,) = SHAPE.findall(li.post(NEW, wanted()).content.decode())
    token = ApiToken.objects.get()

    done = li.post(f"/account/tokens/{token.pk}/revoke/", {"password": PASSWORD})

    events = AuditEvent.objects.filter(subject_type="accounts.apitoken").order_by("pk")
    assert [(one.verb, one.actor) for one in events] == [(Verb.CREATED, "li"), (Verb.CHANGED, "li")]
    assert (events[0].after["scopes"], events[0].after["area"]) == ("figures", "513228")
    assert set(events[0].after["digest"]) == {"sealed"}
    everything = json.dumps([[one.subject, one.reason, one.before, one.after] for one in events])
    assert [hidden in everything for hidden in (secret, token.digest, token.prefix)] == [False, False, True]
    assert done["Location"] == "/account/tokens/"
    assert bearing(secret).get("/api/v1/").status_code == 401
    assert list(table_faults(ApiToken)) == []


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"scopes": []}, "scopes", "Choose at least one."),
        ({"scopes": ["trail"]}, "scopes", "Select a valid choice. trail is not one of the available choices."),
        ({"area": "51"}, "area", "This lies outside your area."),
        ({"area": "5132281"}, "area", "Enter the leading digits of a division code, such as 513228."),
        ({"name": ""}, "name", "This field is required."),
        ({"password": "x"}, "password", "This is not your password."),
        ({"expires_on": "1.3.2030"}, "expires_on", "Enter a day as 2024-03-01."),
        ({"expires_on": "2020-01-01"}, "expires_on", "Choose a day from today on, {last} at the latest."),
        ({"expires_on": "2199-01-01"}, "expires_on", "Choose a day from today on, {last} at the latest."),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 12 else "",
)
def test_what_is_wrong_is_told_at_its_place_and_nothing_is_made(given, field, words, li):
    page = li.post(NEW, wanted(**given))

    last = (timezone.localdate() + timedelta(days=365)).isoformat()
    assert page.context["form"].errors == {field: [words.format(last=last)]}
    assert ApiToken.objects.count() == 0


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        (
            {"scopes": ["trail", "households"], "area": "513228"},
            "area",
            "The audit trail is of every area: leave this empty.",
        ),
        ({"scopes": ["trail"]}, "scopes", "The audit trail tells of households too: choose these as well."),
    ],
)
def test_a_token_reads_all_of_the_trail_or_nothing_of_it(given, field, words, db):
    person("wu", role="auditor")
    browser = come_in("wu")

    page = browser.post(NEW, wanted(**given))

    assert (page.context["form"].errors, ApiToken.objects.count()) == ({field: [words]}, 0)
    assert browser.post(NEW, wanted(scopes=["trail", "households"])).status_code == 200
    assert ApiToken.objects.get().scopes == "households trail"


@pytest.mark.parametrize("given", [{"scopes": "trail"}, {"area": "513228"}])
def test_a_token_of_part_of_the_trail_that_is_there_already_reads_nothing_of_it(given, auditor):
    _token, secret = token_of(auditor, **given)

    assert bearing(secret).get("/api/v1/reports/audit-trail.csv").status_code == 403


def test_nobody_has_more_than_they_keep_an_eye_on(li, monkeypatch):
    monkeypatch.setattr(tokens, "MOST", 1)

    answers = [li.post(NEW, wanted()) for _time in range(2)]

    told = answers[1].context["form"].non_field_errors()
    assert told == ["You have 1 tokens. Revoke one that nothing uses any more."]
    assert ApiToken.objects.count() == 1


def test_without_any_the_page_says_what_to_do(li):
    page = li.get("/account/tokens/").content.decode()

    assert "You have none." in page
    assert page.count(f'href="{NEW}"') == 1


def test_somebody_elses_token_is_not_there(li, auditor):
    token, secret = token_of(auditor)
    address = f"/account/tokens/{token.pk}/revoke/"

    statuses = [li.get(address).status_code, li.post(address, {"password": PASSWORD}).status_code]

    assert statuses == [404, 404]
    assert bearing(secret).get("/api/v1/").status_code == 200


def test_an_administrator_sees_that_there_are_tokens_and_ends_them(administrator, clerk, auditor):
    token, secret = token_of(clerk)
    address = f"/account/people/{clerk.pk}/tokens/{token.pk}/revoke/"
    boss = signed_in(administrator)
    page = boss.get(f"/account/people/{clerk.pk}/").content.decode()

    foreign = boss.post(address.replace(f"people/{clerk.pk}", f"people/{auditor.pk}")).status_code
    others = signed_in(auditor).post(address).status_code
    boss.post(address)

    assert re.findall(r'action="(/account/people/\d+/tokens/\d+/revoke/)"', page) == [address]
    assert (foreign, others) == (404, 403)
    assert bearing(secret).get("/api/v1/").status_code == 401
    assert ApiToken.objects.get().revoked_by == "administrator"


def test_the_list_asks_as_often_for_many_tokens_as_for_one(clerk, django_assert_num_queries):
    client = signed_in(clerk)
    client.get("/account/tokens/")
    for number in (1, 2, 27):
        for _time in range(number):
            token_of(clerk)

        # The session, its person; tokens, former tokens; whether the example is loaded.
        with django_assert_num_queries(QUERIES):
            assert client.get("/account/tokens/").status_code == 200
