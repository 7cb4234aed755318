"""Tries are limited, nobody can shut out another, and an answer tells neither who exists nor how near one was."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alleviation.accounts import limits
from alleviation.accounts.addresses import shown_address
from alleviation.accounts.models import Tally, User
from alleviation.audit.chain import address_hash
from alleviation.audit.models import AuditEvent
from tests.accounts.entering import ELSEWHERE, HERE, PASSWORD, come_in, is_in, person, sign_in

pytestmark = pytest.mark.django_db
WRONG = "a wrong phrase"


def address(number: int) -> str:
    return f"192.0.2.{number}"


@pytest.fixture(autouse=True)
def _few(monkeypatch):
    """So many as make the point."""
    monkeypatch.setattr(limits, "MOST_FROM_ADDRESS", 6)
    monkeypatch.setattr(limits, "MOST_OF_NAME", 3)


def spray(at: str) -> None:
    """One address tries many names."""
    for number in range(limits.MOST_FROM_ADDRESS):
        assert limits.may_try(f"name-{number}", at)


def hunt(name: str) -> None:
    """One name is tried from many addresses."""
    for number in range(limits.MOST_OF_NAME):
        assert limits.may_try(name, address(number))


def test_an_address_that_tries_many_names_is_held_up():
    person()
    spray(ELSEWHERE)

    assert [sign_in(at=at).status_code for at in (ELSEWHERE, HERE)] == [429, 302]


def test_whoever_came_in_from_an_office_before_is_not_held_up_with_it():
    person()
    come_in(at=ELSEWHERE)
    person("new")
    spray(ELSEWHERE)

    assert [sign_in(name, at=ELSEWHERE).status_code for name in ("li", "new")] == [302, 429]


def test_those_who_come_in_are_no_tries_of_their_address():
    for number in range(limits.MOST_FROM_ADDRESS + 3):
        assert limits.may_try(f"colleague-{number}", ELSEWHERE)
        limits.remember(f"colleague-{number}", ELSEWHERE)

    assert limits.may_try("the next colleague", ELSEWHERE)


def test_who_was_somewhere_before_comes_in_there_however_their_name_is_tried_elsewhere():
    person()
    come_in(at=HERE)
    hunt("li")

    assert [sign_in(at=at).status_code for at in (address(100), address(101), HERE)] == [302, 302, 302]
    hunt("li")
    assert limits.may_try("li", address(110))
    assert [sign_in(at=at).status_code for at in (address(111), HERE)] == [429, 302]


def test_a_hunted_name_waits_half_a_minute_between_tries_from_elsewhere():
    hunt("li")
    first, second = limits.may_try("li", address(200)), limits.may_try("li", address(201))
    Tally.objects.filter(until__lt=timezone.now() + timedelta(minutes=1)).update(until=timezone.now())

    assert (first, second, limits.may_try("li", address(202))) == (True, False, True)
    assert limits.may_try("wang", address(203))


def test_what_is_over_counts_no_more_and_goes():
    spray(ELSEWHERE)
    Tally.objects.update(until=timezone.now())
    again = limits.may_try("li", ELSEWHERE)
    limits.remember("wang", HERE)

    assert again
    # Of the last try its address and its name, and where wang is known.
    assert Tally.objects.count() == 3


def test_what_a_clock_counted_that_ran_ahead_holds_nobody_up():
    for _time in range(limits.MOST_PROOFS + 1):
        limits.may_prove(1, "code")
    before = limits.may_prove(1, "code")
    Tally.objects.update(until=timezone.now() + timedelta(days=1))

    assert (before, limits.may_prove(1, "code")) == (False, True)


def test_what_is_counted_tells_nobody_what_was_typed(settings):
    settings.AXES_ENABLED = True
    person()
    sign_in("my password in the wrong box", "li")
    sign_in(password=WRONG)

    rows = str([*Tally.objects.values(), *AccessAttempt.objects.values()])
    assert AccessAttempt.objects.count() == 2
    assert [word for word in ("wrong box", "'li'", WRONG) if word in rows] == []


def test_coming_in_gives_wrong_tries_back(settings):
    settings.AXES_ENABLED = True
    person()
    come_in()
    for _try in range(settings.AXES_FAILURE_LIMIT - 1):
        sign_in(password=WRONG)
    sign_in()
    sign_in(password=WRONG)

    assert sign_in().status_code == 302


def test_one_customers_ipv6_network_is_one_address():
    spray("2001:db8:1:2::1")

    held, free = limits.may_try("li", "2001:db8:1:2:ffff::9"), limits.may_try("li", "2001:db8:1:3::9")

    assert (held, free) == (False, True)


@pytest.mark.parametrize(
    ("given", "shown"),
    [("10.1.2.3", "10.1.2.×"), ("2001:db8:0:2::1", "2001:db8:0:×"), ("", ""), ("unix:", "")],
)
def test_of_an_address_the_last_part_is_not_kept(given, shown):
    assert shown_address(given) == shown


@pytest.mark.parametrize(
    ("is_behind", "said", "taken"),
    [
        (True, "203.0.113.5", "203.0.113.5"),
        (True, "10.0.0.1, 203.0.113.5", "203.0.113.5"),
        (True, "nonsense", "127.0.0.1"),
        (True, "", "127.0.0.1"),
        (False, "203.0.113.5", "127.0.0.1"),
    ],
)
def test_behind_a_proxy_the_address_is_that_which_the_proxy_saw(settings, is_behind, said, taken):
    settings.BEHIND_PROXY = is_behind
    person()

    Client().post("/sign-in/", {"username": "li", "password": WRONG}, HTTP_X_FORWARDED_FOR=said)

    assert AuditEvent.objects.get().address == address_hash(taken)


def unlike(name: str, facts: dict) -> None:
    """An account that does not let in whoever has the password."""
    User.objects.filter(pk=person(name, is_example=facts.pop("is_example", False)).pk).update(**facts)


@pytest.mark.parametrize("is_locking", [False, True])
def test_an_unknown_name_a_wrong_password_and_a_closed_account_answer_alike(settings, monkeypatch, is_locking):
    settings.AXES_ENABLED = is_locking
    person()
    unlike("disabled", {"is_active": False})
    unlike("example", {"is_example": True})
    unlike("left-lying", {"password_given_at": timezone.now() - timedelta(days=8)})
    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *rest: hashed.append(1) or encode(*rest))
    seen = []
    sign_in("warm", WRONG)
    for name, password in [("nobody", PASSWORD), ("li", WRONG), *((n, PASSWORD) for n in ("disabled", "example"))]:
        hashed.clear()
        with CaptureQueriesContext(connection) as queries:
            answer = sign_in(name, password)
        said = answer.content.decode().replace(f'value="{name}"', "")
        said = "".join(line for line in said.splitlines() if "csrfmiddlewaretoken" not in line)
        seen.append((answer.status_code, said, len(hashed), len(queries)))

    assert [one[:1] + one[2:] for one in seen] == [seen[0][:1] + seen[0][2:]] * 4
    assert {one[1] for one in seen} == {seen[0][1]}
    assert (seen[0][0], seen[0][2]) == (200, 1)
    assert not is_in(come_in("left-lying"))
