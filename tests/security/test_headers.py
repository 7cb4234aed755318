"""Each kind of answer carries what keeps a browser from doing harm with it."""

import re

import pytest
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.test import Client

from projects.models import Organisation
from tests.conftest import signed_in
from tests.house.ground import ROOT, files
from tests.security.carried import is_kept_by_nobody, lacking
from tests.security.conftest import body

FORM = {"name": "Office", "kind": "enterprise", "posts-TOTAL_FORMS": "0", "posts-INITIAL_FORMS": "0"}
STYLE = "/static/css/app.css"


def fails(*_args, **_kwargs):
    raise ValueError


def asked(client: Client, address: str, method: str = "get", **more: object):
    client.raise_request_exception = False
    response = getattr(client, method)(address, **more)
    # A style is read from its file as it goes out. To close the answer would close the database of the test, too.
    for closer in response._resource_closers if response.streaming else ():
        closer()
    return response


@pytest.mark.parametrize(
    ("address", "method", "more", "status"),
    [
        ("/healthz", "get", {}, 200),
        ("/sign-in/", "get", {}, 200),
        ("/", "get", {}, 302),
        ("/sign-in", "get", {}, 301),
        ("/?q=%00", "get", {}, 400),
        ("/", "get", {"headers": {"host": "evil.example"}}, 400),
        ("/healthz", "post", {}, 405),
        ("/healthz", "trace", {}, 405),
        ("/sign-in/", "post", {"data": b"x", "content_type": "text/plain", "CONTENT_LENGTH": "999999999"}, 413),
        (STYLE, "get", {}, 200),
        (STYLE, "head", {}, 200),
        ("/static/nowhere.css", "get", {}, 404),
        ("/static/../settings.py", "get", {}, 404),
    ],
)
def test_what_a_stranger_is_answered_carries_it_all(address, method, more, status, db):
    response = asked(Client(), address, method, **more)

    assert response.status_code == status
    assert lacking(response) == []
    assert is_kept_by_nobody(response) == (address != STYLE)


def test_who_asks_for_the_head_alone_gets_no_body_and_its_length(db):
    whole, head = asked(Client(), "/sign-in/"), asked(Client(), "/sign-in/", "head")

    assert (head.content, head["Content-Length"]) == (b"", str(len(whole.content)))


def test_a_style_that_the_browser_has_carries_it_all(db):
    changed = asked(Client(), STYLE).headers["Last-Modified"]

    response = asked(Client(), STYLE, headers={"if-modified-since": changed})

    assert (response.status_code, lacking(response)) == (304, [])


def test_a_form_from_elsewhere_is_refused_with_it_all_and_says_that_nothing_is_saved(db):
    response = asked(Client(enforce_csrf_checks=True), "/sign-in/", "post", data={"username": "x"})

    assert (response.status_code, lacking(response)) == (403, [])
    assert "Nothing of what you sent was saved" in body(response)


@pytest.mark.parametrize(
    ("address", "status"),
    [("/reports/", 200), ("/reports/awards.csv", 200), ("/admin/accounts/user/", 403), ("/nowhere/", 404)],
)
def test_what_somebody_signed_in_is_answered_carries_it_all(address, status, manager):
    response = asked(signed_in(manager), address)

    assert (response.status_code, lacking(response)) == (status, [])


def test_a_page_that_has_not_changed_carries_it_all(manager):
    client = signed_in(manager)
    # The first answer brings the token of its forms, which is part of what the next are made of.
    client.get("/reports/")
    first = client.get("/reports/")

    again = client.get("/reports/", headers={"if-none-match": first.headers["ETag"]})

    assert (again.status_code, lacking(first), lacking(again)) == (304, [], [])
    assert [one.headers["Cache-Control"] for one in (first, again)] == ["private, no-cache"] * 2


@pytest.mark.parametrize("where", ["view", "middleware", "signing in"])
def test_a_failure_of_ours_carries_it_all(where, manager, monkeypatch):
    client = signed_in(manager)
    monkeypatch.setattr(
        {
            "view": "alleviation.reports.views.render",
            "middleware": "django.contrib.sessions.backends.base.SessionBase.is_empty",
            "signing in": "django.contrib.auth.middleware.get_user",
        }[where],
        fails,
    )

    response = asked(client, "/reports/")

    assert (response.status_code, lacking(response), is_kept_by_nobody(response)) == (500, [], True)


def test_over_https_every_answer_says_to_come_that_way_again(db, settings):
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 31_536_000, True
    settings.SECURE_HSTS_PRELOAD, settings.SECURE_SSL_REDIRECT = True, True
    lasting = "max-age=31536000; includeSubDomains; preload"

    secure = [asked(Client(), address, secure=True) for address in ("/sign-in/", "/nowhere/", "/?q=%00", STYLE)]
    plain, machine = asked(Client(), "/sign-in/"), asked(Client(), "/healthz")

    assert [one.headers.get("Strict-Transport-Security") for one in secure] == [lasting] * 4
    assert (plain.status_code, plain.headers["Location"], lacking(plain)) == (301, "https://testserver/sign-in/", [])
    assert (machine.status_code, lacking(machine)) == (200, [])


def test_a_cookie_is_for_this_site_alone(manager):
    response = Client().get("/sign-in/")

    told = ("samesite", "path", "domain", "httponly")
    kept = {cookie.key: tuple(cookie[name] for name in told) for cookie in response.cookies.values()}
    assert kept == {settings.CSRF_COOKIE_NAME: ("Lax", "/", "", True)}


def test_what_is_told_after_a_form_is_in_no_cookie(county_clerk):
    client = signed_in(county_clerk)

    client.post("/admin/projects/organisation/add/", FORM)

    assert Organisation.objects.count() == 1
    assert "messages" not in client.cookies


def test_our_scripts_ask_nothing_of_another_host():
    sources = {path: path.read_text(encoding="utf-8") for path in files(suffix=".js") if "static" in path.parts}

    foreign = [
        f"{path.relative_to(ROOT)}: {found}"
        for path, source in sources.items()
        for found in re.findall(r"[\"'`(](?:https?:)?//\S+|WebSocket|EventSource|sendBeacon|importScripts", source)
        if "www.w3.org" not in found
    ]

    assert (len(sources) > 3, foreign) == (True, [])


def test_a_suspicious_request_tells_nothing_of_why(manager, monkeypatch):
    def suspicious(*_args, **_kwargs):
        raise SuspiciousOperation("a secret")

    monkeypatch.setattr("alleviation.reports.views.render", suspicious)

    response = asked(signed_in(manager), "/reports/")

    assert (response.status_code, "a secret" in body(response), lacking(response)) == (400, False, [])
