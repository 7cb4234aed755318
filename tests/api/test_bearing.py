"""Who comes in by a token, how far, and until when: each thing that is taken from its owner is gone at once."""

from datetime import timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from alleviation.accounts.models import ApiToken, Tally
from alleviation.accounts.tokens import digest_of
from alleviation.audit.models import AuditEvent
from alleviation.common.guard import enforced
from tests.accounts.entering import Phone, with_app
from tests.api.programs import bearing, program_of, read, said, token_of
from tests.conftest import signed_in
from tests.factories import LedgerEntryFactory

START, MONEY = "/api/v1/", "/api/v1/reports/annual-funding.json"


def refused(client, address=MONEY, **asked):
    """The status and the kind of problem that a request ends in."""
    response = client.get(address, **asked)
    return response.status_code, read(response)["type"].partition("#")[2]


def test_a_token_says_in_whose_name_and_how_far_it_reads(clerk):
    client = program_of(clerk, scopes="figures")

    about = read(client.get(START))

    assert (about["user"], about["area"], about["scopes"]) == ("clerk-of-zhawo", "513228212", ["figures"])
    assert about["valid_until"] == (timezone.localdate() + timedelta(days=30)).isoformat()


def test_nobody_comes_in_by_a_session_and_no_page_opens_by_a_token(manager):
    session, program = signed_in(manager), program_of(manager)

    assert refused(session) == (401, "no-token")
    assert program.get("/funding/")["Location"] == "/sign-in/?next=/funding/"
    assert session.get(START)["WWW-Authenticate"] == 'Bearer realm="Alleviation"'


def test_a_session_beside_a_token_adds_nothing(clerk, auditor):
    client = signed_in(auditor)
    secret = token_of(clerk, scopes="figures")[1]

    about = read(client.get(START, headers={"authorization": f"Bearer {secret}"}))

    assert about["user"] == "clerk-of-zhawo"


@pytest.mark.parametrize(
    "words", ["Bearer alv_", f"Bearer alv_{'a' * 43}", "Bearer", "Basic Y2xlcms6eA==", "alv_x", "Bearer \u00e9"]
)
def test_what_is_no_token_opens_nothing(words, manager):
    program = bearing("")

    response = program.get(MONEY, headers={"authorization": words})

    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer realm=")


@pytest.mark.parametrize(
    "given", [{"revoked_at": timezone.now, "revoked_by": str}, {"expires_on": timezone.localdate}]
)
def test_what_is_over_opens_nothing(given, manager):
    program = program_of(manager)
    told = {name: made() or "manager" for name, made in given.items()}
    if "expires_on" in told:
        told["expires_on"] -= timedelta(days=1)
    before = program.get(MONEY).status_code

    ApiToken.objects.update(**told)

    assert (before, *refused(program)) == (200, 401, "bad-token")


@pytest.mark.parametrize(
    ("changed", "answer"),
    [
        ({"is_active": False}, (401, "bad-token")),
        ({"role": "administrator"}, (403, "not-covered")),
        ({"area": "513228213"}, (403, "not-covered")),
        ({"area": "513228212205"}, (403, "not-covered")),
        ({"password_given_at": timezone.now()}, (403, "owner-first")),
        ({"is_example": True}, (401, "bad-token")),
    ],
    ids=["disabled", "role", "moved", "narrowed", "password", "example"],
)
def test_what_its_owner_loses_it_loses_with_the_next_request(changed, answer, clerk):
    program = program_of(clerk)
    before = program.get(MONEY).status_code

    type(clerk).objects.filter(pk=clerk.pk).update(**changed)

    assert before == 200
    assert refused(program, REMOTE_ADDR="10.1.2.3") == answer


def test_a_role_that_lost_its_households_reads_none(clerk):
    program = program_of(clerk)
    before = program.get("/api/v1/reports/incomes.json").status_code

    type(clerk).objects.filter(pk=clerk.pk).update(role="manager")

    assert (before, *refused(program, "/api/v1/reports/incomes.json")) == (200, 403, "not-covered")
    assert program.get(MONEY).status_code == 200


@override_settings(SECOND_FACTOR_ROLES=["clerk"])
def test_whoever_needs_a_second_factor_and_has_none_reads_nothing(clerk, monkeypatch):
    program = program_of(clerk)
    before = refused(program)

    with_app(clerk, Phone(monkeypatch))

    assert before == (403, "owner-first")
    assert program.get(MONEY).status_code == 200


def test_a_scope_that_was_not_given_is_not_there(auditor):
    program = program_of(auditor, scopes="figures")

    listed = {one["slug"] for one in read(program.get("/api/v1/reports/"))["reports"]}

    assert refused(program, "/api/v1/reports/audit-trail.json") == (403, "not-covered")
    assert refused(program, "/api/v1/reports/incomes.csv") == (403, "not-covered")
    assert {"annual-funding", "claims", "per-capita-income"} <= listed
    assert listed & {"audit-trail", "incomes", "household-register"} == set()


def test_a_token_of_a_part_reads_that_part_alone(auditor, ruoduo, erniunai):
    for village, amount in ((ruoduo, "100.00"), (erniunai, "7.00")):
        LedgerEntryFactory(division=village, year=2019, amount=amount)
    program = program_of(auditor, area="513228212")

    told = read(program.get(MONEY))

    assert [row["allocated"] for row in told["rows"]] == ["100.00"]
    assert told["total_row"]["allocated"] == "100.00"
    assert refused(program, f"{MONEY}?area={erniunai.code}") == (404, "not-there")
    assert refused(program, f"{MONEY}?area=999999999999") == (404, "not-there")


@pytest.mark.parametrize(
    "where",
    [
        *(f"{MONEY}{asked}" for asked in ("?token={}", "?year={}", "?access_token=x", "?Api_Key=x", "?{}=1")),
        *("/api/v1/reports/{}.json", "/api/v1/reports/{}/"),
    ],
)
def test_a_token_in_an_address_is_refused_and_not_repeated(where, manager, caplog):
    secret = token_of(manager)[1]

    response = bearing(secret).get(where.format(secret))

    assert (response.status_code, read(response)["type"]) == (400, "/api/#token-in-address")
    assert secret not in said(response).decode() + caplog.text


def test_a_token_asks_so_often_a_minute_and_others_are_not_held_up(manager, auditor, settings):
    settings.API_REQUESTS_PER_MINUTE = 3
    program, other = program_of(manager), program_of(auditor)

    statuses = [program.get(START).status_code for _time in range(4)]
    late = program.get(START)

    assert statuses == [200, 200, 200, 429]
    assert 1 <= int(late["Retry-After"]) <= 60
    assert other.get(START).status_code == 200
    Tally.objects.update(until=timezone.now())
    assert program.get(START).status_code == 200


def test_over_http_it_is_refused_and_not_led_on(manager, settings):
    settings.SECURE_SSL_REDIRECT = True
    program = program_of(manager)

    assert refused(program) == (403, "in-the-open")
    assert program.get(MONEY, secure=True).status_code == 200


def test_without_programs_there_is_nothing(manager, settings):
    settings.API = False
    person = signed_in(manager)

    assert refused(program_of(manager)) == (404, "not-there")
    assert [person.get(one).status_code for one in ("/api/", "/account/tokens/", "/account/tokens/new/")] == [404] * 3


def test_that_it_was_used_is_noted_once_a_minute_and_is_no_event(manager):
    program = program_of(manager)
    with enforced():
        program.get(START, REMOTE_ADDR="10.1.2.3")
    first = ApiToken.objects.get()

    program.get(START, REMOTE_ADDR="10.9.9.9")

    assert (first.last_place, ApiToken.objects.get().last_used_at) == ("10.1.2.×", first.last_used_at)
    assert AuditEvent.objects.count() == 0


def test_the_database_knows_no_token_and_a_row_without_our_key_is_none(manager, settings):
    token, secret = token_of(manager)
    kept = token.digest

    settings.SECRET_KEY = "another key" * 9

    assert secret not in str(vars(token))
    assert kept != digest_of(secret)
    assert refused(bearing(secret)) == (401, "bad-token")
