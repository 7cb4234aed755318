"""What every answer carries, what a failure tells, and how people come in."""

import logging
from io import StringIO

import pytest
from django.db import OperationalError
from django.test import Client

from alleviation.common.logs import ImpersonalFormatter
from tests.house.test_urls import is_strict
from tests.security.conftest import body

PASSWORD = "A-long-enough-1"
SECRET = "张三 lives in Ruoduo"
ADDRESSES = (
    ("/", 200),
    ("/people/?csv=people", 200),
    ("/reports/funding-ledger.csv", 200),
    ("/admin/", 200),
    ("/admin/jsi18n/", 200),
    ("/nowhere/", 404),
    ("/admin/accounts/user/", 403),
    ("/?q=%00", 400),
)


@pytest.mark.parametrize(("address", "status"), ADDRESSES)
@pytest.mark.slow
def test_no_answer_to_a_person_is_kept_by_anyone(address, status, client_of, world):
    response = client_of("auditor").get(address)

    assert response.status_code == status
    assert is_strict(response)
    assert response["X-Content-Type-Options"] == "nosniff"
    if status != 400:
        assert response["X-Frame-Options"] == "DENY"
        assert "no-store" in response["Cache-Control"]
    assert "ETag" not in response.headers
    assert "Last-Modified" not in response.headers


def broken(request):
    try:
        raise OperationalError(f"DETAIL: Failing row contains ({SECRET})")
    except OperationalError as error:
        raise ValueError(SECRET) from error


def test_a_failing_page_tells_nothing_and_is_strict(client_of, manager, monkeypatch, settings):
    monkeypatch.setattr("alleviation.dashboards.pages.render", lambda request, *args, **kwargs: broken(request))

    response = client_of("manager").get("/funding/")

    assert response.status_code == 500
    assert is_strict(response)
    assert SECRET not in body(response)
    assert "manager" not in body(response)
    assert response["Cache-Control"] == "no-store"


def test_a_database_that_fails_while_asked_who_is_there_leaves_the_policy(db, client_of, monkeypatch):
    client = client_of("manager")
    monkeypatch.setattr("django.contrib.auth.middleware.get_user", lambda request: broken_database())

    response = client.get("/funding/")

    assert response.status_code == 500
    assert (is_strict(response), response["Cache-Control"]) == (True, "no-store")


def broken_database():
    raise OperationalError(SECRET)


def test_a_log_holds_the_place_of_a_failure_and_not_its_words(settings):
    out = StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(ImpersonalFormatter())
    logger = logging.Logger("test")
    logger.addHandler(handler)

    try:
        broken(None)
    except ValueError:
        logger.exception("Internal Server Error: /")

    kinds = [line for line in out.getvalue().splitlines() if line.endswith("Error")]
    assert kinds == ["django.db.utils.OperationalError", "builtins.ValueError"]
    assert "test_answers.py" in out.getvalue()
    assert SECRET not in out.getvalue()


def test_everything_logged_goes_through_that_formatter(settings):
    assert {h["formatter"] for h in settings.LOGGING["handlers"].values()} == {"impersonal"}
    assert settings.LOGGING["formatters"]["impersonal"]["()"] == "alleviation.common.logs.ImpersonalFormatter"


def test_a_bad_host_is_refused_with_the_policy(db):
    response = Client(raise_request_exception=False).get("/", headers={"host": "evil.example"})

    assert (response.status_code, is_strict(response)) == (400, True)


def test_a_redirect_to_https_carries_the_policy(db, settings):
    settings.SECURE_SSL_REDIRECT = True

    response = Client().get("/sign-in/")

    assert (response.status_code, is_strict(response)) == (301, True)


ELSEWHERE = (
    "//evil.example",
    "https://evil.example/",
    "http:///evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    "https:evil.example",
    "\x01//evil.example",
    "/sign-in/",
    "/sign-in/?next=/sign-in/",
)


@pytest.mark.parametrize("wanted", ELSEWHERE)
@pytest.mark.slow
def test_nobody_is_led_elsewhere_nor_in_circles(wanted, client_of, manager):
    manager.set_password(PASSWORD)
    manager.save()
    sign_in = {"username": "manager", "password": PASSWORD, "next": wanted}

    signed_in = Client().post("/sign-in/", sign_in)
    again = client_of("manager").get("/sign-in/", {"next": wanted})
    through_admin = client_of("manager").get("/admin/login/", {"next": wanted}, follow=True)
    language = client_of("manager").post("/language/setlang/", {"language": "zh-hans", "next": wanted})

    assert (signed_in.status_code, signed_in["Location"]) == (302, "/")
    assert (again.status_code, again["Location"]) == (302, "/")
    assert through_admin.redirect_chain[-1] == ("/", 302)
    assert not any("evil" in address for address, _ in through_admin.redirect_chain)
    assert language["Location"].startswith("/")
    assert not language["Location"].startswith("//")


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 302),
        ("10.0.0.5", {}, 200),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}, 200),
        ("127.0.0.1", {"X-Real-IP": "203.0.113.9"}, 200),
        ("127.0.0.1", {"Via": "1.1 proxy"}, 200),
        ("127.0.0.1", {"X-Forwarded-Host": "alleviation.example"}, 200),
        ("10.0.0.5", {"X-Forwarded-For": "127.0.0.1"}, 200),
    ],
)
def test_example_sign_ins_work_on_this_machine_alone(address, headers, status, manager):
    manager.is_example = True
    manager.set_password(PASSWORD)
    manager.save()

    response = Client(REMOTE_ADDR=address).post(
        "/sign-in/", {"username": "manager", "password": PASSWORD}, headers=headers
    )

    assert response.status_code == status


def test_a_failed_sign_in_tells_nobody_apart(manager, settings):
    settings.AXES_ENABLED = True
    said = [
        body(Client().post("/sign-in/", {"username": name, "password": "wrong"})).replace(name, "NAME")
        for name in ("manager", "nobody-of-this-name")
    ]

    assert [strip_token(page) for page in said] == [strip_token(said[0])] * 2


def strip_token(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if "csrfmiddlewaretoken" not in line)
