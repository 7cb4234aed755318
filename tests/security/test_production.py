"""Production refuses to start on weak settings, and names each with its cure."""

import os
import runpy
import subprocess
import sys
from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from alleviation.accounts.models import User
from alleviation.common.production import refuse_weak_production
from alleviation.example.checks import example_sign_ins, office_database, open_lines
from tests.factories import UserFactory
from tests.house.ground import ROOT

KEYS = {
    "SECRET_KEY": "kTq3ZcXw9LmVb7RyEu2JhGd5SaNf8PoI1tYxCzWvMnBqLkJh",
    "TRAIL_KEY": "9f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c5b4a392817",
    "PERSONAL_KEYS": "0123456789abcdefghijABCDEFGHIJ0123456789abcdefghij",
}
KEYS["SECRET_KEY"] += "aZ09"
SOUND = {**KEYS, "HTTPS": "true"}
COOKIES = ("SESSION", "CSRF", "LANGUAGE")
HOSTS = ["alleviation.office.example"]


def reasons(environment=SOUND, *, debug=False, hosts=HOSTS) -> list[str]:
    """The first words of each reason not to start."""
    try:
        refuse_weak_production(environment, debug=debug, hosts=hosts)
    except ImproperlyConfigured as error:
        return [line.removeprefix("- ") for line in str(error).splitlines()[1:]]
    return []


def test_sound_settings_start():
    assert reasons() == []


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("", "is not set"),
        (" , ", "is not set"),
        ("short", "has 5 characters; it needs 50"),
        ("ab" * 40, "is made of 2 different characters; it needs 10"),
        ("django-insecure-" + KEYS["SECRET_KEY"], "holds a word that everybody knows"),
    ],
)
def test_a_key_that_is_missing_or_weak_is_refused_by_its_name(name, value, words):
    (reason,) = reasons({**SOUND, name: value})

    assert reason.startswith(f"{name} {words}.")
    assert "secrets.token_urlsafe(64)" in reason


def test_keys_that_are_one_are_refused():
    same = {**SOUND, "TRAIL_KEY": KEYS["SECRET_KEY"], "PERSONAL_KEYS": f"{KEYS['PERSONAL_KEYS']},{KEYS['SECRET_KEY']}"}

    found = [reason.partition(".")[0] for reason in reasons(same)]

    assert found == ["TRAIL_KEY and SECRET_KEY are the same", "PERSONAL_KEYS and TRAIL_KEY are the same"]


def test_an_older_personal_key_may_be_weak_since_it_only_opens_what_was_closed_with_it():
    assert reasons({**SOUND, "PERSONAL_KEYS": f"{KEYS['PERSONAL_KEYS']},old"}) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"debug": True}, "DEBUG is on"),
        ({"hosts": ["*"]}, "ALLOWED_HOSTS holds *"),
        ({"hosts": []}, "ALLOWED_HOSTS names no host but this machine"),
        ({"hosts": ["localhost", "127.0.0.1", "[::1]", ".localhost"]}, "ALLOWED_HOSTS names no host but this machine"),
        ({"environment": KEYS}, "HTTPS is not set"),
    ],
)
def test_an_open_door_is_refused(change, words):
    (reason,) = reasons(**change)

    assert reason.startswith(words)


def test_plain_http_is_allowed_to_who_says_so():
    assert reasons({**KEYS, "HTTPS": "false"}) == []


def test_all_reasons_are_told_at_once():
    assert len(reasons({}, debug=True, hosts=["*"])) == 6


def settings_read(monkeypatch, **environment: str) -> dict[str, object]:
    for name in (*SOUND, "DEBUG", "ALLOWED_HOSTS", "PRODUCTION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(ROOT / "alleviation" / "settings.py"))


def test_the_settings_are_refused_as_they_are_read(monkeypatch):
    with pytest.raises(ImproperlyConfigured, match="TRAIL_KEY is not set"):
        settings_read(monkeypatch, HTTPS="true")


def test_https_means_production_and_without_it_one_s_own_machine_is_meant(monkeypatch):
    own = settings_read(monkeypatch)
    office = settings_read(monkeypatch, ALLOWED_HOSTS="office.example", **SOUND)

    assert (own["PRODUCTION"], office["PRODUCTION"]) == (False, True)
    assert [office[f"{name}_COOKIE_NAME"] for name in COOKIES] == [
        "__Host-sessionid",
        "__Host-csrftoken",
        "__Host-django_language",
    ]
    for told in ("SECURE", "HTTPONLY"):
        assert [office[f"{name}_COOKIE_{told}"] for name in COOKIES] == [True] * 3


@pytest.mark.slow
@pytest.mark.parametrize(
    "start", [["-c", "import alleviation.wsgi"], ["manage.py", "migrate"]], ids=["wsgi", "migrate"]
)
def test_neither_server_nor_command_starts(start):
    environment = {"PATH": os.environ["PATH"], "HTTPS": "true"}

    done = subprocess.run(
        [sys.executable, *start], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert "SECRET_KEY is not set" in done.stderr


def test_the_example_s_sign_ins_are_warned_of(db):
    UserFactory(username="clerk", is_example=True)
    there = [message.id for message in example_sign_ins()]
    User.objects.all().delete()

    assert (there, example_sign_ins()) == (["alleviation.W001"], [])


def test_an_office_on_sqlite_is_warned_and_one_s_own_machine_is_not(settings, monkeypatch):
    monkeypatch.setattr("alleviation.example.checks.connection", SimpleNamespace(vendor="sqlite"))

    own = office_database()
    settings.PRODUCTION = True

    assert (own, [message.id for message in office_database()]) == ([], ["alleviation.W002"])


@pytest.mark.parametrize(
    ("host", "options", "expected"),
    [
        ("", {}, []),
        ("/run/postgresql", {}, []),
        ("127.0.0.1", {}, []),
        ("db.office.example", {}, ["alleviation.W003"]),
        ("db.office.example", {"sslmode": "require"}, ["alleviation.W003"]),
        ("db.office.example", {"sslmode": "verify-full"}, []),
    ],
)
def test_a_database_elsewhere_is_to_prove_that_it_is_the_office_s(host, options, expected, monkeypatch):
    there = SimpleNamespace(settings_dict={"HOST": host, "OPTIONS": options})
    monkeypatch.setattr("alleviation.example.checks.connection", there)

    assert [message.id for message in open_lines()] == expected


@pytest.mark.parametrize(("is_sealed", "expected"), [(True, []), (False, ["alleviation.W004"])])
def test_mails_to_another_machine_go_sealed(is_sealed, expected, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = "mail.office.example", is_sealed, False

    assert [message.id for message in open_lines()] == expected


def test_check_deploy_knows_these_checks(db, capsys):
    UserFactory(username="clerk", is_example=True)

    call_command("check", deploy=True)

    assert "alleviation.W001" in capsys.readouterr().err
