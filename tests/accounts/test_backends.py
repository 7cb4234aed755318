"""Signing in: by name and password, the example's people from this machine only."""

import pytest
from django.contrib.auth import authenticate
from django.test import Client, RequestFactory
from django.urls import reverse

from alleviation.accounts.backends import LoopbackExampleBackend, is_loopback
from tests.conftest import signed_in
from tests.factories import UserFactory

PASSWORD = "a long enough password"


def person(**facts):
    user = UserFactory(username="someone", **facts)
    user.set_password(PASSWORD)
    user.save()
    return user


def asked_from(address: str, **headers):
    return RequestFactory().get("/", REMOTE_ADDR=address, **headers)


@pytest.mark.parametrize(
    ("address", "headers", "is_here"),
    [
        ("127.0.0.1", {}, True),
        ("::1", {}, True),
        ("127.0.0.2", {}, False),
        ("10.0.0.7", {}, False),
        ("192.168.1.5", {}, False),
        ("::ffff:127.0.0.1", {}, False),
        ("", {}, False),
        ("127.0.0.1", {"HTTP_X_FORWARDED_FOR": "203.0.113.9"}, False),
        ("127.0.0.1", {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, False),
        ("127.0.0.1", {"HTTP_FORWARDED": "for=203.0.113.9"}, False),
    ],
)
def test_loopback_is_this_machine_through_no_proxy(address, headers, is_here):
    assert is_loopback(asked_from(address, **headers)) is is_here


def test_no_request_is_not_loopback():
    assert is_loopback(None) is False


@pytest.mark.parametrize(("address", "gets_in"), [("127.0.0.1", True), ("203.0.113.9", False)])
def test_an_example_sign_in_works_from_this_machine_only(db, address, gets_in):
    user = person(is_example=True)

    found = LoopbackExampleBackend().authenticate(asked_from(address), username="someone", password=PASSWORD)

    assert found == (user if gets_in else None)


@pytest.mark.parametrize("address", ["127.0.0.1", "203.0.113.9"])
def test_a_real_sign_in_works_from_everywhere(db, address):
    user = person(is_example=False)

    assert LoopbackExampleBackend().authenticate(asked_from(address), username="someone", password=PASSWORD) == user


def test_a_wrong_password_is_refused(db):
    person()
    backend = LoopbackExampleBackend()

    assert backend.authenticate(asked_from("127.0.0.1"), username="someone", password="wrong") is None
    assert backend.authenticate(asked_from("127.0.0.1"), username="nobody", password=PASSWORD) is None


def test_someone_disabled_is_refused(db):
    user = person()
    assert authenticate(asked_from("127.0.0.1"), username="someone", password=PASSWORD) == user

    user.is_active = False
    user.save()

    assert authenticate(asked_from("127.0.0.1"), username="someone", password=PASSWORD) is None


def test_signing_in_leads_to_the_overview(db):
    person()

    response = Client().post(reverse("login"), {"username": "someone", "password": PASSWORD})

    assert (response.status_code, response["Location"]) == (302, "/")


def test_signing_in_from_elsewhere_as_an_example_says_no_more_than_a_wrong_password(db):
    person(is_example=True)
    client = Client(REMOTE_ADDR="203.0.113.9")

    example = client.post(reverse("login"), {"username": "someone", "password": PASSWORD})
    wrong = client.post(reverse("login"), {"username": "someone", "password": "wrong"})

    assert "_auth_user_id" not in client.session
    assert example.context["form"].errors == wrong.context["form"].errors


def test_after_many_failures_a_name_is_locked_at_its_address_only(db, settings):
    settings.AXES_ENABLED = True
    person()
    for _attempt in range(settings.AXES_FAILURE_LIMIT):
        Client(REMOTE_ADDR="10.0.0.7").post(reverse("login"), {"username": "someone", "password": "wrong"})

    right = {"username": "someone", "password": PASSWORD}
    here = Client(REMOTE_ADDR="10.0.0.7").post(reverse("login"), right)
    elsewhere = Client(REMOTE_ADDR="10.0.0.8").post(reverse("login"), right)

    assert (here.status_code, elsewhere.status_code) == (429, 302)


def test_a_stranger_is_led_to_the_sign_in_page(db):
    response = Client().get(reverse("reports:index"))

    assert (response.status_code, response["Location"]) == (302, "/sign-in/?next=/reports/")


def test_signing_out_ends_it(manager):
    client = signed_in(manager)

    client.post(reverse("logout"))

    assert "_auth_user_id" not in client.session
