"""What every response carries."""

import gzip
import re
from types import SimpleNamespace

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from alleviation.common.middleware import content_security_policy
from tests.conftest import signed_in

POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)


def answered(is_authenticated: bool | None, **headers: str) -> HttpResponse:
    request = RequestFactory().get("/")
    if is_authenticated is not None:
        request.user = SimpleNamespace(is_authenticated=is_authenticated)
    return content_security_policy(lambda _request: HttpResponse("", headers=headers))(request)


@pytest.mark.parametrize("is_authenticated", [True, False, None])
def test_every_answer_carries_the_strict_policy(is_authenticated):
    response = answered(is_authenticated)

    assert response["Content-Security-Policy"] == POLICY
    assert response["Permissions-Policy"] == "camera=(), geolocation=(), microphone=()"


@pytest.mark.parametrize(("is_authenticated", "kept"), [(True, "no-store"), (False, None), (None, None)])
def test_pages_of_signed_in_people_are_not_kept_by_the_browser(is_authenticated, kept):
    assert answered(is_authenticated).get("Cache-Control") == kept


def test_a_page_that_says_how_it_is_kept_is_left_alone():
    assert answered(True, **{"Cache-Control": "private, no-store"})["Cache-Control"] == "private, no-store"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/sign-in/", "/healthz", "/nowhere/"])
def test_public_answers_carry_the_policy_too(path):
    assert Client().get(path)["Content-Security-Policy"] == POLICY


def test_a_page_of_the_app_and_of_the_admin_carries_it(manager, administrator):
    page = signed_in(manager).get(reverse("reports:index"))
    admin = signed_in(administrator).get(reverse("admin:index"))

    assert [(r.status_code, r["Content-Security-Policy"]) for r in (page, admin)] == [(200, POLICY), (200, POLICY)]


def test_a_download_carries_it(manager):
    response = signed_in(manager).get("/reports/awards.csv")

    assert (response.status_code, response["Content-Security-Policy"]) == (200, POLICY)


def test_a_page_is_sent_packed_and_a_file_as_it_is(manager):
    client, packed = signed_in(manager), {"Accept-Encoding": "gzip"}

    page, file = client.get("/reports/", headers=packed), client.get("/reports/awards.csv", headers=packed)

    plain = client.get("/reports/")
    assert [one.get("Content-Encoding") for one in (page, file, plain)] == ["gzip", None, None]
    # A token is masked anew for each answer.
    without_token = [
        re.sub(rb'value="[A-Za-z0-9]{64}"', b"", one) for one in (gzip.decompress(page.content), plain.content)
    ]
    assert without_token[0] == without_token[1]


def test_no_page_may_be_framed(manager):
    assert signed_in(manager).get("/reports/")["X-Frame-Options"] == "DENY"


class Deadlock(Exception):
    """What the driver of PostgreSQL raises, as far as it is asked."""

    pgcode = "40P01"


@pytest.mark.parametrize("because", [None, Deadlock()])
def test_a_busy_database_is_told_in_plain_words(because, county_clerk, ruoduo, monkeypatch):
    def busy(*args, **kwargs):
        raise OperationalError("database is locked" if because is None else "deadlock detected") from because

    monkeypatch.setattr("alleviation.audit.admin_base.trail.together", busy)
    client = signed_in(county_clerk)

    response = client.post(reverse("admin:projects_project_add"))

    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert "nothing of yours was saved" in response.content.decode()


def test_another_failure_of_the_database_is_ours(county_clerk, monkeypatch):
    def broken(*args, **kwargs):
        raise OperationalError("disk I/O error")

    monkeypatch.setattr("alleviation.audit.admin_base.trail.together", broken)
    client = signed_in(county_clerk)
    client.raise_request_exception = False

    assert client.post(reverse("admin:projects_project_add")).status_code == 500
