"""A short run of the fuzzer, and the requests that are known to break a site like this one. The whole run:

python -m tests.security.fuzz --requests 100000 --seed 1, and the same behind `python -m tests.postgres`.
"""

import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management.color import no_style
from django.db import connection
from django.urls import get_resolver

from tests.browser.serving import environment, served
from tests.house.ground import ROOT, told
from tests.security import fuzz_sockets
from tests.security.fuzz import run
from tests.security.fuzz_harvest import Harvest, names_of_filters, on_page, routes, sample
from tests.security.fuzz_judging import judged
from tests.security.fuzz_requests import Maker
from tests.security.fuzz_sending import BOUNDARY, FORM, MULTIPART, TOKEN, Asked, Sender, multipart
from tests.security.fuzz_values import HUGE, NAMES
from tests.security.fuzz_world import Inhabited, build, of_tests, taken_back
from tests.security.test_stored_xss import STORED

SEED, REQUESTS = 20, 900
# The forms with the most fields, and those with steps of their own.
FORMS = (
    *("projects/ledgerentry/1/change", "projects/ledgerentry/1/correct", "projects/project/1/change"),
    *(
        "projects/alliance/1/change",
        "projects/claim/1/change",
        "projects/document/1/change",
        "projects/pledge/1/change",
    ),
    *("beneficiaries/household/1/change", "beneficiaries/household/1/step/visit", "projects/ledgerentry"),
)
PAGES = (
    "/imports/incomes/",
    "/closings/",
    "/households/find/",
    "/households/1/reveal/",
    "/records/projects.pledge/1/",
)
CLASSICS = (
    ("auditor", "GET", "/admin/projects/organisation/?name__regex=(", 400),
    ("auditor", "GET", "/admin/projects/ledgerentry/?state__exact=%00", 400),
    ("auditor", "GET", f"/admin/projects/project/{HUGE}/change/", 404),
    ("auditor", "GET", "/admin/projects/ledgerentry/?project__isnull=maybe", 400),
    ("auditor", "GET", "/admin/projects/ledgerentry/?_to_field=password", 400),
    ("auditor", "GET", "/admin/projects/pledge/1/change/?_to_field=", 200),
    ("auditor", "GET", f"/admin/projects/pledge/?q={'x' * 50_001}", 400),
    ("clerk", "GET", "/admin/projects/ledgerentry/?o=9.9.-99", 200),
    ("clerk", "GET", f"/admin/projects/ledgerentry/?p={HUGE}", 200),
    ("manager", "GET", f"/funding/?year={HUGE}", 200),
    ("manager", "GET", "/funding/?as_of=9999-12-31", 200),
    ("manager", "GET", "/funding/?area=%ED%A0%80", 200),
    ("manager", "GET", f"/people/{HUGE}/", 404),
    ("manager", "GET", "/areas/%D9%A3%00/", 404),
    ("manager", "TRACE", "/", 405),
    ("manager", "X-1", "/funding/", 403),
    ("anonymous", "GET", "/sign-in/?next=http://[", 200),
    ("anonymous", "POST", "/sign-in/", 403),
)


BODIES = (
    (MULTIPART, multipart([(b"csrfmiddlewaretoken", None, TOKEN.encode())])[:-30], 403),
    (MULTIPART.replace(BOUNDARY, "another"), multipart([(b"a", None, b"1")]), 403),
    ("multipart/form-data", b"x", 400),
    ("application/json", b'{"a": ', 403),
    (FORM, b"csrfmiddlewaretoken=" + TOKEN.encode() + b"&title=%ED%A0%80&title=\xff\xfe", 200),
    (FORM, b"&".join(b"a%d=1" % n for n in range(20_000)), 400),
)


@pytest.fixture
def place(db: None, tmp_path: Path) -> Iterator[Inhabited]:
    """The world with somebody of each role; the first of its records have the number 1, by which they are asked."""
    with connection.cursor() as cursor:
        # PostgreSQL goes on counting where the test before stopped.
        for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
            cursor.execute(statement)
    with of_tests(tmp_path):
        yield build()


@pytest.mark.slow
def test_no_request_of_a_short_run_breaks_the_app(place: Inhabited) -> None:
    sender = Sender(place.sessions, place.tokens)

    outcome = run(range(REQUESTS), Maker(SEED, brief(sender)), sender, place)

    assert outcome.faults == {}, told(
        f"{count} × {where} {details}" for where, (count, _first, details) in outcome.faults.items()
    )
    assert sum(outcome.statuses.values()) == REQUESTS
    assert {status for _role, status in outcome.statuses} >= {200, 302, 400, 403, 404, 405}
    assert len(outcome.patterns) > 120


def brief(sender: Sender) -> Harvest:
    """What there is to ask, with the forms of a few pages of a clerk and a reviewer."""
    shown = {role: [] for role in ("clerk", "reviewer")}
    for role, forms in shown.items():
        for path in (*(f"/admin/{one}/" for one in FORMS), *PAGES):
            with taken_back():
                forms += on_page(path, sender.send(Asked(role, "GET", path)))[0]
    shown["stranger"] = shown["clerk"]
    names = sorted({*NAMES, *names_of_filters()})
    return Harvest(sorted(set(routes(get_resolver()))), forms=shown, names=names, queries=["year=2019", "all=", "o=1"])


@pytest.mark.slow
def test_known_requests_are_refused(place: Inhabited) -> None:
    address = "/admin/projects/award/add/"
    known = {
        Asked(role, method, *split(address), has_token=False): status for role, method, address, status in CLASSICS
    }
    known |= {Asked("clerk", "POST", address, body=body, content_type=kind): status for kind, body, status in BODIES}
    sender = Sender(place.sessions, place.tokens)

    answers = {asked: sender.send(asked) for asked in known}
    faults = [one for asked, answer in answers.items() for one in judged(asked, answer, place, verify=False)]

    assert {asked: answer.status for asked, answer in answers.items()} == known
    assert faults == []


def split(address: str) -> tuple[str, str]:
    path, _, query = address.partition("?")
    return path, query


def test_the_same_number_of_the_same_seed_is_the_same_request() -> None:
    found = Harvest(["healthz", "people/<int:pk>/"], names=["year"])

    made = [[Maker(seed, found).asked(number) for number in range(50)] for seed in (1, 1, 2)]

    assert made[0] == made[1] != made[2]


@pytest.mark.slow
def test_a_fault_is_told_where_one_is(place: Inhabited, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alleviation.dashboards.pages.render", lambda *_given, **_more: 1 // 0)
    asked = Asked("manager", "GET", "/funding/")

    answer = Sender(place.sessions, place.tokens).send(asked)
    faults = [where for where, _details in judged(asked, answer, place, verify=False)]

    assert [where.partition(" (")[0].rpartition(" ")[2] for where in faults] == ["ZeroDivisionError"]


def test_each_pattern_has_a_sample() -> None:
    found = [sample(route, random.Random(1)) for route in routes(get_resolver())]

    assert all(one.startswith("/") and "<" not in one and "(" not in one for one in found)


@pytest.mark.slow
@pytest.mark.long
def test_broken_http_is_refused_or_closed(tmp_path: Path) -> None:
    subprocess.run([*STORED, "--make"], cwd=ROOT, env=environment(tmp_path), check=True, capture_output=True)

    with served(tmp_path) as base:
        counts, faults = fuzz_sockets.run(base, 1000, 1)

    assert faults == [], told(faults)
    assert counts["400"] > 500
