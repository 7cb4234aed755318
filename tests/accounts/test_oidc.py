"""Sign-on through another office: its tokens are looked at closely, and nobody is made of them.

The issuer is a server of the test's own, with keys of its own; nothing leaves this machine.
"""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from alleviation.accounts.models import User
from alleviation.audit.models import AuditEvent
from alleviation.entrance.apps import refuse_wrong_issuer
from tests.accounts.entering import Phone, is_in, person, sign_in, with_app

pytestmark = pytest.mark.django_db
BACK = "/sign-in/issuer/back/"


class Issuer:
    """Another office's sign-in: describes itself, hands out keys, gives for a code the token that a test wants."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.claims: dict[str, Any] = {}
        self.signing: dict[str, Any] = {"key": self.key, "algorithm": "ES256", "headers": {"kid": "one"}}
        self.described: dict[str, Any] = {}
        self.asked: list[tuple[str, dict[str, list[str]]]] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, path: str) -> dict[str, Any]:
        if path == "/keys":
            public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(self.key.public_key()))
            return {"keys": [public | {"kid": "one", "use": "sig", "alg": "ES256"}]}
        if path == "/token":
            return {"access_token": "unused", "id_token": jwt.encode(self.claims, **self.signing)}
        ways = {"authorization_endpoint": "ask", "token_endpoint": "token", "jwks_uri": "keys"}
        told = {name: f"{self.address}/{way}" for name, way in ways.items()}
        return {"issuer": self.address, **told, **self.described}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                issuer.asked.append((self.path, parse_qs(self.rfile.read(length).decode())))
                body = json.dumps(issuer.answer(self.path)).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET

            def log_message(self, *_words: Any) -> None:
                """Nothing."""

        return Handler


@pytest.fixture(scope="module")
def running() -> Iterator[Issuer]:
    issuer = Issuer()
    yield issuer
    issuer.server.shutdown()
    issuer.server.server_close()


@pytest.fixture
def issuer(running, settings) -> Issuer:
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = running.address, "us", "secret"
    running.claims, running.described, running.asked = {}, {}, []
    running.signing = {"key": running.key, "algorithm": "ES256", "headers": {"kid": "one"}}
    return running


def begin(client: Client, wanted: str = "") -> dict[str, str]:
    """The way to the issuer, as it is sent along."""
    way = client.get("/sign-in/issuer/", {"next": wanted})["Location"]
    return {name: values[0] for name, values in parse_qs(urlsplit(way).query).items()}


def come_back(client: Client, issuer: Issuer, way: dict[str, str], **claims: Any) -> Any:
    """Back with a code, for which the issuer says these words; the right ones where a test says no others."""
    right = {"iss": issuer.address, "aud": "us", "sub": "4711", "iat": int(time.time()), "exp": int(time.time()) + 300}
    told = right | {"nonce": way["nonce"], "preferred_username": "li"} | claims
    issuer.claims = {name: value for name, value in told.items() if value is not None}
    return client.get(BACK, {"code": "a-code", "state": way["state"]})


def test_somebody_who_has_an_account_comes_in_and_keeps_the_role(issuer):
    person()
    client = Client()
    way = begin(client, "/reports/")

    answer = come_back(client, issuer, way, role="administrator")

    (sent,) = [form for path, form in issuer.asked if path == "/token"]
    assert (answer["Location"], is_in(client), User.objects.get().role) == ("/reports/", True, "manager")
    assert (way["code_challenge_method"], len(sent["code_verifier"][0]) >= 43) == ("S256", True)
    assert AuditEvent.objects.get().verb == "signed_in"


REFUSED = {
    "nonce": {"nonce": "of another sign-in"},
    "no nonce": {"nonce": None},
    "audience": {"aud": "somebody else"},
    "given to another": {"aud": ["us", "them"], "azp": "them"},
    "issuer": {"iss": "https://elsewhere.example"},
    "expired": {"exp": 1_700_000_000},
    "no end": {"exp": None},
    "of the future": {"iat": 9_999_999_999},
    "unknown person": {"preferred_username": "nobody"},
    "nobody named": {"preferred_username": None},
    "not a name": {"preferred_username": ["li"]},
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_token_that_is_not_right_lets_nobody_in(issuer, what):
    person()
    client = Client()

    answer = come_back(client, issuer, begin(client), **REFUSED[what])

    assert (answer.status_code, is_in(client), User.objects.count()) == (403, False, 1)
    assert AuditEvent.objects.get().verb == "sign_in_failed"


@pytest.mark.parametrize(
    "signing",
    [
        {"key": ec.generate_private_key(ec.SECP256R1()), "algorithm": "ES256", "headers": {"kid": "one"}},
        {"key": "secret-secret-secret-secret-secret", "algorithm": "HS256", "headers": {"kid": "one"}},
        {"key": None, "algorithm": "none", "headers": {"kid": "one"}},
    ],
    ids=["another key", "our own secret", "none"],
)
def test_a_signature_that_only_the_issuer_can_make_is_asked_for(issuer, signing):
    person()
    issuer.signing = signing
    client = Client()

    assert (come_back(client, issuer, begin(client)).status_code, is_in(client)) == (403, False)


def test_a_key_that_the_issuer_does_not_have_is_none(issuer):
    person()
    issuer.signing = issuer.signing | {"headers": {"kid": "two"}}
    client = Client()

    assert come_back(client, issuer, begin(client)).status_code == 403


def test_another_browsers_way_back_lets_nobody_in(issuer):
    person()
    theirs, mine = Client(), Client()
    way = begin(theirs)
    begin(mine)

    answers = [come_back(client, issuer, way).status_code for client in (mine, Client())]

    assert (answers, is_in(mine)) == ([403, 403], False)


def test_a_way_back_is_gone_once(issuer):
    person()
    client = Client()
    way = begin(client)
    come_back(client, issuer, way)
    client.post("/sign-out/")

    assert (come_back(client, issuer, way).status_code, is_in(client)) == (403, False)


@pytest.mark.parametrize("facts", [{"is_active": False}, {"is_example": True}])
def test_an_account_that_is_closed_stays_closed(issuer, facts):
    person(**facts)
    client = Client()

    assert come_back(client, issuer, begin(client)).status_code == 403


@pytest.mark.parametrize(("is_verified", "status"), [(True, 302), (None, 302), (False, 403)])
def test_an_address_counts_however_it_is_written_and_unless_the_issuer_doubts_it(
    issuer, settings, is_verified, status
):
    settings.OIDC_CLAIM = settings.OIDC_FIELD = "email"
    person(email="li@office.example")
    client = Client()

    answer = come_back(client, issuer, begin(client), email="LI@office.example", email_verified=is_verified)

    assert answer.status_code == status


@pytest.mark.parametrize(
    ("amr", "leads"), [(["pwd"], "/sign-in/second-step/"), (["pwd", "otp"], "/"), ("otp", "/sign-in/second-step/")]
)
def test_our_second_factor_is_asked_for_unless_the_issuer_says_it_asked(issuer, settings, monkeypatch, amr, leads):
    settings.OIDC_SECOND_FACTOR = ["otp", "mfa"]
    with_app(person(), Phone(monkeypatch))
    client = Client()

    assert come_back(client, issuer, begin(client), amr=amr)["Location"] == leads


@pytest.mark.parametrize(
    "described",
    [
        {"issuer": "https://elsewhere.example"},
        {"token_endpoint": "http://elsewhere.example/token"},
        {"jwks_uri": None},
    ],
)
def test_an_issuer_that_describes_itself_wrongly_is_none(issuer, described):
    issuer.described = described

    assert Client().get("/sign-in/issuer/").status_code == 403


def test_where_only_the_issuer_lets_people_in_passwords_do_not(issuer, settings):
    person()
    settings.OIDC_ONLY = True
    client = Client()
    page = client.get("/sign-in/").content.decode()

    answer = sign_in(client=client)

    assert (answer.status_code, is_in(client)) == (200, False)
    assert ("id_password" in page, "/sign-in/issuer/" in page) == (False, True)


def test_without_an_issuer_there_is_no_way_to_one(settings):
    assert settings.OIDC_ISSUER == ""
    assert "issuer" not in Client().get("/sign-in/").content.decode()
    assert [Client().get(path).status_code for path in ("/sign-in/issuer/", BACK)] == [404, 404]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"OIDC_ISSUER": "http://sso.example"}, "must start with https"),
        ({"OIDC_CLIENT_SECRET": ""}, "needs OIDC_CLIENT_ID"),
        ({"OIDC_FIELD": "password"}, "must be one of"),
    ],
)
def test_settings_that_would_tell_secrets_stop_the_start(settings, wrong, words):
    right = {"OIDC_ISSUER": "https://sso.example", "OIDC_CLIENT_ID": "us", "OIDC_CLIENT_SECRET": "secret"}
    for name, value in (right | wrong).items():
        setattr(settings, name, value)

    with pytest.raises(ImproperlyConfigured, match=words):
        refuse_wrong_issuer()
