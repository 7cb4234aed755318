"""Every address asks who is there, and every answer carries the strict policy."""

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from tests.house.ground import told
from tests.security.carried import lacking

# Open to all, and why.
PUBLIC = {
    "/healthz": "a machine asks, and learns nothing but that the app answers",
    "/sign-in/": "here one says who one is",
    "/sign-in/second-step/": "here one gives the second proof, or is led back to the first",
    "/sign-in/issuer/": "leads to another office that says who one is, where one is set",
    "/sign-in/issuer/back/": "and back from there",
    "/sign-out/": "nobody need be somebody to leave",
    "/language/setlang/": "the sign-in page speaks both languages",
    "/admin/login/": "leads to the sign-in",
}
SAMPLES = {"int": "1", "uuid": "00000000-0000-0000-0000-000000000000"}
# An address that is nobody's, so that the answer to a mistake is judged too.
NOWHERE = "/no-such-page/"


def sample(pattern: str) -> str:
    """An address that a pattern matches: <int:pk> becomes 1, (?P<label>a|b) becomes a, anything else x."""
    plain = re.sub(r"<(?:(\w+):)?\w+>", lambda m: SAMPLES.get(m[1] or "str", "x"), pattern.replace("(?P<", "(?P:"))
    grouped = re.sub(r"\(\?P:\w+>([^)]*)\)", lambda m: m[1].split("|")[0] if m[1][0].isalpha() else "x", plain)
    return grouped.removeprefix("^").removesuffix("$").removesuffix(r"\Z")


def addresses(resolver: URLResolver, before: str = "/") -> Iterator[str]:
    """One address for each pattern of the app."""
    for entry in resolver.url_patterns:
        here = before + sample(str(entry.pattern))
        if isinstance(entry, URLPattern):
            yield here
        else:
            yield from addresses(entry, here)


def every_address() -> list[str]:
    return sorted(set(addresses(get_resolver())))


def asks_who_is_there(response: HttpResponseBase) -> bool:
    """Whether a stranger gets nothing: the sign-in page instead, or not even that."""
    doors = (resolve_url(settings.LOGIN_URL), "/admin/login/")
    leads_to = response.headers.get("Location", "").partition("?")[0]
    return response.status_code in {401, 404, 405} or (response.status_code == 302 and leads_to in doors)


def is_strict(response: HttpResponseBase) -> bool:
    """Whether a page may load and run our own files alone."""
    policy = [part.strip() for part in response.headers.get("Content-Security-Policy", "").split(";")]
    foreign = [word for part in policy for word in part.split()[1:] if word not in ("'self'", "'none'")]
    return "default-src 'none'" in policy and foreign == []


@pytest.mark.django_db
def test_a_stranger_is_let_in_nowhere(client: Client):
    closed = [path for path in every_address() if path not in PUBLIC]

    offenders = [f"{path}: {r.status_code}" for path in closed if not asks_who_is_there(r := client.get(path))]

    assert offenders == [], told(offenders)


@pytest.mark.django_db
@pytest.mark.slow
def test_every_answer_carries_the_strict_headers(client: Client):
    offenders = [f"{path}: {found}" for path in [*every_address(), NOWHERE] if (found := lacking(client.get(path)))]

    assert offenders == [], told(offenders)


@pytest.mark.django_db
@pytest.mark.slow
def test_every_answer_to_a_user_carries_the_strict_headers(client: Client, administrator):
    client.force_login(administrator)

    offenders = [f"{path}: {found}" for path in [*every_address(), NOWHERE] if (found := lacking(client.get(path)))]

    assert offenders == [], told(offenders)


def test_public_addresses_exist_and_are_few():
    assert set(PUBLIC) <= set(every_address())
    assert len(PUBLIC) <= 8


def test_every_sample_address_leads_somewhere():
    lost = []
    for path in every_address():
        try:
            resolve(path)
        except Resolver404:
            lost.append(path)

    assert lost == [], told(lost)


@pytest.mark.parametrize(
    ("pattern", "address"),
    [
        ("reports/<slug:slug>.csv", "reports/x.csv"),
        ("documents/<int:pk>/", "documents/1/"),
        ("areas/<code>/", "areas/x/"),
        ("^(?P<app_label>auth|axes)/$", "auth/"),
        ("(?P<url>.*)$", "x"),
    ],
)
def test_sample_fits_its_pattern(pattern, address):
    assert sample(pattern) == address


@pytest.mark.parametrize(
    ("status", "location", "expected"),
    [
        (302, "/sign-in/?next=/", True),
        (302, "/admin/login/?next=/admin/", True),
        (401, "", True),
        (404, "", True),
        (405, "", True),
        (200, "", False),
        (302, "/funding/", False),
        (500, "", False),
    ],
)
def test_only_the_sign_in_page_or_nothing_is_closed(status, location, expected):
    response = HttpResponse(status=status, headers={"Location": location})

    assert asks_who_is_there(response) is expected


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("default-src 'none'; script-src 'self'", True),
        ("", False),
        ("default-src 'self'", False),
        ("default-src 'none'; img-src 'self' data:", False),
        ("default-src 'none'; script-src 'self' 'unsafe-inline'", False),
        ("default-src 'none'; img-src *", False),
    ],
)
def test_strict_means_own_files_alone(policy, expected):
    assert is_strict(HttpResponse(headers={"Content-Security-Policy": policy})) is expected
