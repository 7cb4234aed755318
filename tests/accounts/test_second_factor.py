"""A second factor: asked for after the password, set up before all else where the role needs one, lost and taken away.

Each code works once, whichever process looks at it; its secret is readable nowhere.
"""

import json
import re

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.test import Client

from alleviation.accounts.models import Session, User
from alleviation.audit import people
from alleviation.audit.models import AuditEvent
from alleviation.audit.verification.tables import table_faults
from alleviation.common import guard
from alleviation.entrance import factors
from alleviation.entrance.apps import EntranceConfig
from tests.accounts.entering import PASSWORD, Phone, come_in, is_in, person, sign_in, with_app
from tests.conftest import signed_in
from tests.house.test_urls import PUBLIC, every_address

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(monkeypatch) -> Phone:
    return Phone(monkeypatch)


def second_step(client: Client, code: str):
    return client.post("/sign-in/second-step/", {"code": code})


def test_a_password_alone_is_half_the_way_and_the_code_the_other(phone):
    with_app(person(), phone)
    client = Client()

    answer = sign_in(client=client)
    before = is_in(client)
    half_way = client.cookies["sessionid"].value
    second_step(client, phone.next_code())

    assert (answer["Location"], before, is_in(client)) == ("/sign-in/second-step/", False, True)
    assert client.cookies["sessionid"].value != half_way
    assert list(AuditEvent.objects.values_list("verb", flat=True).order_by("id"))[-1] == "signed_in"
    assert AuditEvent.objects.filter(verb="signed_in").count() == 1


def test_where_one_was_going_outlasts_the_second_step(phone):
    with_app(person(), phone)
    client = Client()
    client.post("/sign-in/?next=/reports/", {"username": "li", "password": PASSWORD, "next": "/reports/"})

    assert second_step(client, phone.next_code())["Location"] == "/reports/"


def test_a_code_works_once(phone):
    with_app(person(), phone)
    code = phone.next_code()
    first, again = come_in(), come_in()
    second_step(first, code)
    second_step(again, code)

    assert (is_in(first), is_in(again)) == (True, False)


def test_the_code_it_was_set_up_with_does_not_work_again(phone):
    with_app(person(), phone)
    client = come_in()

    second_step(client, phone.code())

    assert not is_in(client)


def test_wrong_codes_are_told_and_limited_for_whoever_has_the_password(phone):
    with_app(person(), phone)
    client = come_in()
    for number in range(5):
        second_step(client, f"00000{number}")

    answer = second_step(client, phone.next_code())

    assert "Too many wrong tries" in answer.content.decode()
    assert AuditEvent.objects.filter(verb="sign_in_failed", actor="li").count() == 5
    assert not is_in(client)


def test_half_a_sign_in_ends_with_the_password_it_was_begun_with(phone):
    user = person()
    with_app(user, phone)
    client = come_in()
    user.set_password("another long phrase")
    user.save()

    answer = second_step(client, phone.next_code())

    assert (answer["Location"], is_in(client)) == ("/sign-in/", False)


def test_a_recovery_code_works_once_and_is_told_without_itself(phone):
    user = person()
    with_app(user, phone)
    code = factors.make_codes(user)[3]
    first, again = come_in(), come_in()
    second_step(first, code)
    second_step(again, code)

    event = AuditEvent.objects.filter(verb="changed").latest("id")
    assert (is_in(first), is_in(again)) == (True, False)
    assert (event.actor, event.after) == ("li", {"recovery_codes": 9})


def test_secrets_are_encrypted_in_every_table(phone):
    user = person()
    signed_in(user).get("/account/second-factor/")
    with_app(user, phone)
    seed = factors.of(user).filter(type="totp").get().data["secret"]
    codes = factors.make_codes(user)

    rows = [*Authenticator.objects.values_list("data", flat=True), *AuditEvent.objects.values_list("after", flat=True)]
    rows += [Session.objects.latest("id").session_data]

    assert seed != phone.secret
    assert [word for word in (phone.secret, *codes) if word in json.dumps(rows)] == []


# A page, a file, JSON, the admin, what is sent, one's own account.
FEW = (
    *("/", "/funding/", "/reports/all.zip", "/imports/runs/1/progress.json", "/evidence/1/", "/households/1/reveal/"),
    *("/admin/", "/admin/projects/project/add/", "/admin/logout/", "/account/", "/account/second-factor/codes/"),
)


@pytest.mark.parametrize("number", [11, pytest.param(None, marks=pytest.mark.slow)])
def test_whose_role_needs_one_can_do_nothing_before(settings, manager, number):
    settings.SECOND_FACTOR_ROLES = ["manager"]
    client = signed_in(manager)
    # What is one's own way to a factor, or out.
    own = {"/account/password/", *(f"/account/second-factor/{end}" for end in ("", "passkey/", "picture.svg"))}
    # No session opens those of programs, whose tokens are refused alike (tests/api), nor the measures.
    pages = [one for one in every_address() if not one.startswith(("/api/v1/", "/metrics"))]
    closed = FEW if number else [one for one in pages if one not in own and one not in PUBLIC]

    led = {one: client.get(one).headers.get("Location") for one in closed}
    sent = {one: client.post(one).headers.get("Location") for one in closed}

    assert len(closed) >= (number or 100)
    assert {*led.values(), *sent.values()} == {"/account/second-factor/"}


def test_setting_one_up_opens_the_rest_and_shows_recovery_codes_once(settings, phone):
    settings.SECOND_FACTOR_ROLES = ["manager"]
    user, client, other = person(), come_in(), come_in()
    page = client.get("/account/second-factor/").content.decode()
    phone.secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
    before = client.cookies["sessionid"].value

    answer = client.post("/account/second-factor/", {"code": phone.code(), "password": PASSWORD})

    codes = re.findall(r"<code>(\d{12})</code>", answer.content.decode())
    event = AuditEvent.objects.filter(verb="changed", subject_id=user.pk).order_by("id").first()
    assert (len(codes), answer["Cache-Control"], is_in(client), is_in(other)) == (10, "no-store", True, False)
    assert client.cookies["sessionid"].value != before
    assert (event.actor, event.before, event.after) == ("li", {"second_factor": ""}, {"second_factor": "totp"})
    assert client.get("/account/second-factor/picture.svg").status_code == 404


@pytest.mark.parametrize("path", ["", "codes/", "{}/remove/"])
def test_setting_up_and_taking_away_ask_for_the_password(phone, path):
    user = person()
    with_app(user, phone)
    client = come_in()
    second_step(client, phone.next_code())
    address = f"/account/second-factor/{path.format(factors.of(user).get(type='totp').pk)}"
    had = list(factors.of(user).values_list("pk", flat=True))

    answer = client.post(address, {"code": phone.next_code(), "password": "wrong"})

    assert "This is not your password." in answer.content.decode()
    assert list(factors.of(user).values_list("pk", flat=True)) == had


def test_taking_the_last_one_away_takes_the_recovery_codes_and_ends_other_sessions(phone):
    user = person()
    with_app(user, phone)
    factors.make_codes(user)
    client, other = come_in(), come_in()
    second_step(other, phone.next_code())
    second_step(client, phone.next_code())

    client.post(f"/account/second-factor/{factors.of(user).get(type='totp').pk}/remove/", {"password": PASSWORD})

    event = AuditEvent.objects.filter(verb="changed").latest("id")
    assert (factors.of(user).count(), is_in(client), is_in(other)) == (0, True, False)
    assert (event.before, event.after) == ({"second_factor": "totp"}, {"second_factor": ""})


def test_somebody_elses_factor_is_not_there(phone):
    user, other = person(), person("wang")
    with_app(user, phone)

    answer = signed_in(other).post(
        f"/account/second-factor/{factors.of(user).get().pk}/remove/", {"password": PASSWORD}
    )

    assert (answer.status_code, factors.has_any(user)) == (404, True)


def test_an_administrator_takes_a_lost_one_away_with_a_reason(phone, administrator):
    user = person()
    with_app(user, phone)
    theirs, client, page = come_in(), signed_in(administrator), f"/account/people/{user.pk}/"
    second_step(theirs, phone.next_code())

    without = client.post(page, {"reason": " "})
    kept = factors.has_any(user)
    shown = client.get(page).content.decode()
    client.post(page, {"reason": "phone lost, asked at the desk"})

    event = AuditEvent.objects.get(reason="phone lost, asked at the desk")
    assert (without.status_code, kept, factors.of(user).count(), is_in(theirs)) == (200, True, 0, False)
    assert phone.secret not in shown
    assert (event.actor, event.subject, event.after) == ("administrator", "li", {"second_factor": ""})


def test_nobody_else_takes_one_away(phone, administrator, auditor):
    user = person()
    with_app(user, phone)

    for by, whose in ((auditor, user), (administrator, administrator)):
        with pytest.raises(PermissionDenied):
            factors.take_away(whose, by=by, reason="so")

    assert factors.has_any(user)


def test_a_session_from_before_the_factor_does_not_stand_for_it(settings, phone):
    user = person()
    client = come_in()
    with_app(user, phone)
    settings.SECOND_FACTOR_ROLES = ["manager"]

    answer = client.get("/account/second-factor/")

    assert (answer["Location"], is_in(client)) == ("/sign-in/", False)


def test_a_factor_under_a_key_that_is_gone_lets_nobody_in_and_breaks_nothing(phone, settings):
    with_app(person(), phone)
    client = come_in()
    settings.PERSONAL_KEYS = ["another key, in place of the lost one"]

    answer = second_step(client, phone.next_code())

    assert (answer.status_code, is_in(client)) == (200, False)


@pytest.mark.parametrize("role", ["reviewr", "manager "])
def test_a_role_that_there_is_not_stops_the_start(settings, role):
    settings.SECOND_FACTOR_ROLES = [role]

    with pytest.raises(ImproperlyConfigured, match="is no role"):
        EntranceConfig.ready(None)


def test_nobody_writes_factors_around_the_trail(phone):
    user = person()
    with_app(user, phone)

    with guard.enforced(), pytest.raises(guard.WrittenAround):
        Authenticator.objects.filter(user=user).delete()


def test_a_new_key_opens_what_the_former_one_closed(phone, settings):
    user = person()
    with_app(user, phone)
    code = factors.make_codes(user)[0]
    settings.PERSONAL_KEYS = ["the new key of this office", *settings.PERSONAL_KEYS]
    number = factors.seal_anew()
    settings.PERSONAL_KEYS = settings.PERSONAL_KEYS[:1]

    assert (number, factors.fits(user, phone.next_code()), factors.fits(user, code)) == (2, True, True)


def test_the_trail_and_the_account_agree_afterwards(phone, administrator):
    made = User(username="li", role="manager", password="!")
    people.save_user(made, by=administrator)
    with_app(made, phone)
    factors.make_codes(made)
    factors.take_away(made, by=administrator, reason="phone lost")

    assert [fault for fault in table_faults(User) if f" {made.pk}:" in fault] == []
