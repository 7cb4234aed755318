"""The description of the addresses: it names each report with its parameters, and what it says holds."""

import pytest

from alleviation.reports.catalogue import CATALOGUE
from tests.api.programs import program_of, read
from tests.conftest import signed_in
from tests.factories import LedgerEntryFactory

DOCUMENT = "/api/v1/openapi.json"
FORMS = ("json", "csv", "datapackage.json")


@pytest.fixture
def document(auditor) -> dict:
    return read(program_of(auditor).get(DOCUMENT))


def test_each_report_has_its_addresses_and_nothing_is_written(document):
    of_reports = {f"/api/v1/reports/{one.slug}.{form}" for one in CATALOGUE for form in FORMS}

    assert document["openapi"] == "3.1.0"
    assert set(document["paths"]) == of_reports | {"/api/v1/", "/api/v1/reports/", "/api/v1/reports/{slug}/"}
    assert {method for one in document["paths"].values() for method in one} == {"get"}
    ids = [one["get"]["operationId"] for one in document["paths"].values()]
    assert len(ids) == len(set(ids))


def test_each_reference_leads_somewhere_and_each_address_asks_for_a_token(document):
    referred = set(references(document))

    assert {f"#/components/schemas/{one}" for one in document["components"]["schemas"]} >= referred
    assert document["components"]["securitySchemes"] == {"Token": {"type": "http", "scheme": "bearer"}}
    assert {str(one["get"]["security"]) for one in document["paths"].values()} == {"[{'Token': []}]"}


def references(part: object) -> list[str]:
    if isinstance(part, dict):
        own = [part["$ref"]] if "$ref" in part else []
        return own + [ref for one in part.values() for ref in references(one)]
    return [ref for one in part for ref in references(one)] if isinstance(part, list) else []


def test_parameters_and_rows_are_as_it_says(document, auditor, ruoduo):
    LedgerEntryFactory(division=ruoduo, year=2019)
    operation = document["paths"]["/api/v1/reports/annual-funding.json"]["get"]
    parameters = {one["name"]: one["schema"] for one in operation["parameters"]}
    row_schema = document["components"]["schemas"]["annual-funding"]["properties"]["rows"]["items"]

    asked = f"kind={parameters['kind']['enum'][0]}&plan={parameters['plan']['enum'][0]}"
    response = program_of(auditor).get(f"/api/v1/reports/annual-funding.json?{asked}")
    (row, *_more) = read(program_of(auditor).get("/api/v1/reports/annual-funding.json"))["rows"]

    assert list(parameters) == ["year", "plan", "area", "kind", "source", "as_of"]
    assert parameters["area"] == {"type": "string", "pattern": "^[0-9]{12}$"}
    assert response.status_code == 200
    assert list(row) == row_schema["required"]
    assert row_schema["properties"]["allocated"]["type"] == ["string", "null"]
    assert row_schema["properties"]["year"]["type"] == ["integer", "null"]


def test_it_names_but_what_the_token_takes_and_speaks_the_language_asked_for(clerk):
    told = read(program_of(clerk, scopes="figures").get(DOCUMENT, headers={"accept-language": "zh-hans"}))

    assert not any("incomes." in one or "audit-trail" in one for one in told["paths"])
    assert "年" in told["paths"]["/api/v1/reports/annual-funding.csv"]["get"]["summary"]


def test_a_person_takes_the_same_for_a_program_that_makes_requests_of_it(document, auditor):
    person = signed_in(auditor)

    taken, page = person.get("/api/openapi.json"), person.get("/api/")

    assert read(taken)["paths"].keys() == document["paths"].keys()
    assert all(f"<code>{one.slug}</code>" in page.content.decode() for one in CATALOGUE)


def test_no_page_of_ninjas_is_there(client, manager):
    assert [signed_in(manager).get(one).status_code for one in ("/api/v1/docs", "/api/docs")] == [404, 404]
