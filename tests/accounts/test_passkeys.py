"""Passkeys: what a browser answers is looked at closely, and what is no answer breaks nothing."""

import re
from html import unescape

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client

from alleviation.accounts.models import User
from alleviation.audit.models import AuditEvent
from alleviation.entrance import factors
from tests.accounts.entering import PASSWORD, come_in, is_in, person
from tests.accounts.soft_key import SoftKey

pytestmark = pytest.mark.django_db
SET_UP, STEP = "/account/second-factor/passkey/", "/sign-in/second-step/"


def asked(client: Client, path: str) -> str:
    """What a page has the browser ask of a key."""
    return unescape(re.search(r'data-passkey="([^"]+)"', client.get(path).content.decode())[1])


def set_up(client: Client, key: SoftKey) -> None:
    fields = {"credential": key.made(asked(client, SET_UP)), "name": "laptop", "password": PASSWORD}
    assert "recovery codes" in client.post(SET_UP, fields).content.decode()


@pytest.fixture
def key() -> SoftKey:
    """A key of Li."""
    person()
    made = SoftKey()
    set_up(come_in(), made)
    return made


def test_a_key_that_was_set_up_lets_its_owner_in(key):
    client = come_in()
    before = is_in(client)

    client.post(STEP, {"credential": key.proved(asked(client, STEP))})

    assert (before, is_in(client)) == (False, True)
    assert factors.of(User.objects.get()).filter(type="webauthn").get().last_used_at is not None


WRONG = {
    "another key's signature": lambda key, said: key.proved(said, key=ec.generate_private_key(ec.SECP256R1())),
    "another site": lambda key, said: key.proved(said, origin="https://testserver.elsewhere.example"),
    "in the open": lambda key, said: key.proved(said, origin="http://testserver"),
    "another key": lambda key, said: SoftKey().proved(said),
    "the answer to being made": lambda key, said: key.made(said),
    "nothing": lambda key, said: "",
    "a list": lambda key, said: "[1]",
    "nested": lambda key, said: "[" * 9000,
    "no answer": lambda key, said: '{"id": 1, "rawId": "AA", "type": "public-key", "response": null}',
    "no bytes": lambda key, said: key.proved(said).replace('"authenticatorData": "', '"authenticatorData": "!'),
    "cut off": lambda key, said: re.sub(r'("authenticatorData": ")[^"]+', r"\1AAAA", key.proved(said)),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_no_proof_lets_nobody_in_and_breaks_nothing(key, what):
    client = come_in()

    answer = client.post(STEP, {"credential": WRONG[what](key, asked(client, STEP))})

    assert (answer.status_code, is_in(client)) == (200, False)
    assert "The key was not accepted." in answer.content.decode()
    assert AuditEvent.objects.filter(verb="sign_in_failed").count() == 1


def test_an_answer_is_for_one_question(key):
    first, second = come_in(), come_in()
    proof = key.proved(asked(first, STEP))
    asked(second, STEP)

    second.post(STEP, {"credential": proof})

    assert not is_in(second)


NO_KEYS = {
    "a list": "[1]",
    "empty": "{}",
    "null": "null",
    "text": '"x"',
    "half": '{"id": "AA", "rawId": "AA", "response": {}}',
    "broken": "{",
    "nested": "[" * 9000,
}


@pytest.mark.parametrize("said", NO_KEYS.values(), ids=NO_KEYS)
def test_what_makes_no_key_is_told_and_breaks_nothing(said):
    user = person()
    client = come_in()
    asked(client, SET_UP)

    answer = client.post(SET_UP, {"credential": said, "name": "laptop", "password": PASSWORD})

    assert (answer.status_code, factors.has_any(user)) == (200, False)


def test_a_key_made_for_another_question_is_none():
    user = person()
    client = come_in()
    answer = SoftKey().made(asked(client, SET_UP))
    asked(client, SET_UP)

    client.post(SET_UP, {"credential": answer, "name": "laptop", "password": PASSWORD})

    assert not factors.has_any(user)
