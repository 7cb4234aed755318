"""Every address by every method for every person, in their own area and in another: what GET refuses nothing opens.

The rows, and what GET answers each role, are those of test_access.py; a pattern without a row fails there.
"""

import re
from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from alleviation.accounts.models import User
from alleviation.audit.models import AuditEvent, Verb
from tests.house.ground import told
from tests.security.conftest import ROLES, body
from tests.security.test_access import ONLY_POSTED, leaks, rows_of

# Somebody who was a clerk when they signed in, and is disabled since; their browser still has its session.
FORMER = "former"
ACTORS = (*ROLES, FORMER)
SIGN_IN = ("/sign-in/", "/admin/login/")
METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
REFUSALS = {401, 403, 404}
# What a page may answer to whoever it is open to: done, led on, wrong as it was sent, not for this right or method.
TAKEN = {200, 302, 400, 403, 404, 405}
# Who may write nothing but what tells of their own reading.
ONLY_READING = ("manager", "anonymous", FORMER)
# No honest request names these: to leave and to choose a language is everybody's.
FOR_ALL = ("/sign-in/", "/sign-out/", "/language/setlang/", "/healthz", "/admin/login/", "/admin/logout/")

# CI asks who enters in either area, who only reads, and who is no clerk any more by GET and POST; all else is asked by
# hand: pytest -m long tests/security/test_matrix.py
IN_CI = ("clerk", "stranger", "manager", "anonymous", FORMER)
CELLS = [
    pytest.param(
        actor,
        method,
        marks=[pytest.mark.slow] + [pytest.mark.long] * (method not in ("get", "post") or actor not in IN_CI),
        id=f"{actor}-{method}",
    )
    for actor in ACTORS
    for method in METHODS
    # test_access asks these.
    if method != "get" or actor == FORMER
]


@pytest.fixture
def rows(world: Any, administrator: User) -> Any:
    """Address → the status that GET gives each role."""
    return rows_of(world, administrator)


@pytest.fixture
def person(client_of: Any, request: pytest.FixtureRequest) -> Any:
    """Opens a browser in which somebody is signed in, be it that they are disabled since."""

    def opened(actor: str) -> Client:
        client: Client = client_of("clerk" if actor == FORMER else actor)
        if actor == FORMER:
            User.objects.filter(pk=request.getfixturevalue("clerk").pk).update(is_active=False)
        return client

    return opened


def answers(client: Client, method: str, address: str) -> tuple[Any, set[str]]:
    """What is answered, and the verbs of what was written, which is taken back. Nobody is signed out by it."""
    cookies = client.cookies.output(header="", sep=";")
    with transaction.atomic():
        last = AuditEvent.objects.order_by("-id").values_list("id", flat=True).first() or 0
        response = getattr(client, method)(address)
        said = body(response)
        written = set(AuditEvent.objects.filter(id__gt=last).values_list("verb", flat=True))
        transaction.set_rollback(True)
    client.cookies = SimpleCookie(cookies)
    response.said = said
    return response, written


def may_answer(status: int, method: str, address: str) -> set[int]:
    """The statuses that a method may answer where GET answers this one."""
    if address.startswith(FOR_ALL):
        return TAKEN
    if method in ("get", "head"):
        return {status}
    if status in REFUSALS:
        # A page that takes no such method may say so before it asks who is there.
        return {status, 405} | ({403} if status == 404 else set())
    return TAKEN


def faults(actor: str, method: str, client: Client, rows: dict[str, tuple[int, ...]]) -> Iterator[str]:
    """What is wrong with the answers to this person, address by address."""
    row = ROLES.index("anonymous" if actor == FORMER else actor)
    for address, statuses in rows.items():
        response, written = answers(client, method, address)
        status, expected = response.status_code, statuses[row]
        if expected == 302 and actor in ("anonymous", FORMER) and not address.startswith(FOR_ALL):
            if status != 302 or not response["Location"].startswith(SIGN_IN):
                yield f"{address}: {status} instead of the way to sign in"
        elif status not in may_answer(expected, method, address):
            yield f"{address}: {status}, GET answers {expected}"
        if (status in {*REFUSALS, 405} or actor in ONLY_READING) and written & Verb.WRITES:
            yield f"{address}: {status}, and wrote: {sorted(written)}"
        yield from (
            f"{address}: says {word}"
            for word in leaks(actor if actor != FORMER else "anonymous", address, response.said)
        )


@pytest.mark.parametrize(("actor", "method"), CELLS)
def test_what_get_refuses_no_method_opens(actor, method, person, rows):
    offenders = list(faults(actor, method, person(actor), rows))

    assert offenders == [], told(offenders)


def test_there_are_enough_cells(rows):
    assert len(rows) * len(METHODS) * len(ACTORS) > 20_000


@pytest.mark.slow
def test_post_to_what_is_foreign_is_answered_as_to_what_is_missing(person, rows, world):
    """Those rows whose GET tells nothing, since they take POST alone."""
    client = person("clerk")
    posted = [
        address
        for address, row in rows.items()
        if row == ONLY_POSTED and in_foreign(address, world) != address and not address.startswith("/account/")
    ]

    found = {address: answers(client, "post", address)[0].status_code for address in posted}

    assert len(found) > 5
    assert {address: status for address, status in found.items() if status != 404} == {}


@pytest.mark.slow
@pytest.mark.parametrize("method", ["get", "post"])
def test_foreign_and_missing_are_told_alike(method, person, rows, world):
    client, row = person("clerk"), ROLES.index("clerk")
    foreign = {a: in_foreign(a, world) for a, statuses in rows.items() if statuses[row] == 404}
    pairs = {address: missing for address, missing in foreign.items() if missing != address}

    unlike = [
        address
        for address, missing in pairs.items()
        if told_of(client, method, address) != told_of(client, method, missing)
    ]

    assert len(pairs) > 40
    assert unlike == [], told(unlike)


def in_foreign(address: str, world: Any) -> str:
    """The same address with keys that nothing has, where it names what is of the foreign area; else itself."""
    keys = {str(one.pk) for one in world.foreign.records.values()}
    named = {world.foreign.village.code: "451102100299", "FOREIGN-": "MISSING-"}
    for key, missing in named.items():
        address = address.replace(key, missing)
    return re.sub(r"(?<=/)\d{1,6}(?=/)", lambda found: "987654" if found[0] in keys else found[0], address)


def told_of(client: Client, method: str, address: str) -> tuple[int, str]:
    """An answer without what differs from time to time, and with the keys of the request told alike."""
    response, _written = answers(client, method, address)
    said = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.said)
    alike = said.replace(address, "").replace("451102100299", "451102100200").replace("MISSING-", "FOREIGN-")
    return response.status_code, alike
