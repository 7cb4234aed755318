"""People at the door: signing in by the page, from somewhere, with what they know and what they have."""

import time
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from alleviation.accounts.models import User
from alleviation.entrance import factors
from tests.factories import UserFactory

PASSWORD = "a long enough phrase"
HERE, ELSEWHERE = "198.51.100.7", "203.0.113.9"


def person(name: str = "li", **facts: Any) -> User:
    """Somebody with a password, and with an e-mail address of their own."""
    user = UserFactory(username=name, **facts)
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(name: str = "li", password: str = PASSWORD, *, client: Client | None = None, at: str = HERE) -> Any:
    """The answer to a name and a password."""
    client = client or Client()
    return client.post("/sign-in/", {"username": name, "password": password}, REMOTE_ADDR=at)


def come_in(name: str = "li", *, at: str = HERE) -> Client:
    """A browser in which this person has signed in by their password."""
    client = Client(REMOTE_ADDR=at, HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0")
    sign_in(name, client=client, at=at)
    return client


def is_in(client: Client) -> bool:
    """Whether somebody is signed in there, as a page of theirs tells."""
    return client.get("/account/").status_code == 200


class Phone:
    """An app with a secret, whose clock is the test's: each code is of the next half minute."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, secret: str = "") -> None:
        self.now = int(time.time())
        self.secret = secret or factors.new_secret()
        monkeypatch.setattr(totp.time, "time", lambda: self.now)

    def code(self) -> str:
        """What the app shows now."""
        return totp.format_hotp_value(totp.hotp_value(self.secret, self.now // 30))

    def next_code(self) -> str:
        """What it shows half a minute later, when it is so late."""
        self.now += 30
        return self.code()


def with_app(user: User, phone: Phone) -> None:
    """This person has set up the app of a phone."""
    assert factors.set_up_app(user, phone.secret, phone.code())
