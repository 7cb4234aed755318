"""Programs with a token of each role: what they open is what its owner opens; what is not for them they never read."""

from collections.abc import Iterator

import pytest

from alleviation.accounts.rights import Right
from alleviation.reports.catalogue import BY_SLUG, CATALOGUE
from tests.api.programs import program_of
from tests.house.ground import told
from tests.security.carried import lacking
from tests.security.conftest import READERS, body
from tests.security.test_access import leaks
from tests.security.test_canary import IDENTIFYING, planted

__all__ = ["planted"]

HEADS = ("/api/v1/", "/api/v1/openapi.json", "/api/v1/reports/")
FORMS = ("/", ".json", ".csv")


def asked_of(user, world) -> Iterator[tuple[str, int]]:
    """Each address, as a whole and about the own and the foreign village, with the status that a token gets."""
    villages = (world.own.village.code, world.foreign.village.code)
    yield from ((one, 200) for one in HEADS)
    for report in CATALOGUE:
        address, is_open = f"/api/v1/reports/{report.slug}", user.may(Right(report.permission))
        yield from ((address + form, 200 if is_open else 403) for form in FORMS)
        if "area" in report.filters:
            for code in villages:
                status = 200 if code.startswith(user.area) else 404
                yield f"{address}.json?area={code}", status if is_open else 403
    yield "/api/v1/reports/no-such-report.json", 404
    yield "/api/v1/nowhere", 404


@pytest.mark.parametrize(
    "role", [one if one == "clerk" else pytest.param(one, marks=pytest.mark.long) for one in READERS]
)
@pytest.mark.slow
def test_a_token_opens_what_its_owner_opens_and_tells_nothing_else(role, request, planted, settings):
    settings.API_REQUESTS_PER_MINUTE = 1000
    user = request.getfixturevalue(role)
    program, offenders = program_of(user), []

    for address, status in asked_of(user, planted.world):
        response = program.get(address)
        said = body(response)
        if response.status_code != status:
            offenders.append(f"{address}: {response.status_code} instead of {status}")
        found = leaks(role, address, said) | set(IDENTIFYING.findall(said)) | set(lacking(response))
        offenders += [f"{address}: {word}" for word in found]

    assert offenders == [], told(offenders)


@pytest.mark.parametrize(("role", "status"), [("administrator", 403), ("stranger", 200)])
def test_an_administrators_token_opens_nothing(role, status, request, world):
    program = program_of(request.getfixturevalue(role))

    assert program.get("/api/v1/").status_code == status


def test_the_canaries_are_there_to_be_seen_by_a_program(world, manager, clerk):
    everything, own = program_of(manager), program_of(clerk)
    address = "/api/v1/reports/funding-ledger.json"

    assert "FOREIGN-project" in body(everything.get(address))
    assert "OWN-project" in body(own.get(address))
    assert set(BY_SLUG) >= {"funding-ledger", "household-register"}
