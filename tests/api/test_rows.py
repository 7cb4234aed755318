"""What a program is given: the rows of the report, byte for byte as CSV, and value for value as JSON."""

import csv
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from hashlib import sha256

import pytest
from django.utils import timezone

from alleviation.accounts.models import ApiToken
from alleviation.api import streams
from alleviation.audit.models import AuditEvent, Verb
from alleviation.common import csv_out
from alleviation.reports.catalogue import BY_SLUG, CATALOGUE
from alleviation.scrutiny.bulk_downloads import approve_download, ask_for_download
from beneficiaries.filters import IncomeQueryForm
from projects.choices import Measure
from projects.models import LedgerEntry
from tests.api.programs import program_of, read, said
from tests.conftest import signed_in
from tests.factories import ClaimFactory, HouseholdFactory, LedgerEntryFactory, ProjectFactory
from tests.golden import golden_incomes, golden_money

MONEY = "/api/v1/reports/annual-funding"
NOT_MADE_BY = "annual-funding is not made by it, only by: year, plan, area, kind, source, as_of."


@pytest.fixture
def county(heishui, ruoduo, erniunai) -> None:
    """The golden county, with a claim and a project that a spreadsheet would compute."""
    golden_money(heishui, ruoduo, erniunai)
    golden_incomes(ruoduo, erniunai)
    ClaimFactory(measure=Measure.PEOPLE, qualifier="over", unit="person", low=40000)
    LedgerEntryFactory(division=ruoduo, project=ProjectFactory(division=ruoduo, code="P9", name="=1+1"), note="@x")


def sheet(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.slow
def test_each_report_is_byte_for_byte_that_of_its_page(county, clerk, settings):
    settings.API_REQUESTS_PER_MINUTE = 1000
    person, program = signed_in(clerk), program_of(clerk)
    slugs = [one["slug"] for one in read(program.get("/api/v1/reports/"))["reports"]]

    unlike = [
        (slug, asked)
        for slug in slugs
        for language, asked in (("en", ""), ("zh-hans", "?area=513228212000"))
        if not asked or "area" in BY_SLUG[slug].filters
        if said(program.get(f"/api/v1/reports/{slug}.csv{asked}", headers={"accept-language": language}))
        != said(person.get(f"/reports/{slug}.csv{asked}", headers={"accept-language": language}))
    ]

    assert len(slugs) == len(CATALOGUE) - 1
    assert unlike == []


def test_a_csv_leads_to_what_it_adds_up_to(county, auditor):
    program = program_of(auditor)

    file = program.get(f"{MONEY}.csv?year=2018")
    beside = program.get(file["Link"].partition(">")[0].strip("<"))

    (resource,) = read(beside)["resources"]
    assert beside.request["PATH_INFO"] == f"{MONEY}.datapackage.json"
    assert resource["hash"] == f"sha256:{sha256(said(file)).hexdigest()}"
    assert (resource["filter"], beside["Alleviation-As-Of"][:4]) == ({"year": "2018"}, str(timezone.localdate().year))


def as_cell(value: object) -> str:
    """A value of JSON as the CSV would have it, where no ' guards it."""
    return "" if value is None else str(value)


def unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and csv_out.guarded(cell[1:]) == cell else cell


@pytest.mark.slow
@pytest.mark.parametrize("role", ["clerk", "manager"])
def test_the_json_of_each_report_holds_the_cells_of_its_csv(role, county, request, settings):
    settings.API_REQUESTS_PER_MINUTE = 1000
    program = program_of(request.getfixturevalue(role))
    slugs = [one["slug"] for one in read(program.get("/api/v1/reports/"))["reports"]]

    faults = [(slug, fault) for slug in slugs for fault in faults_of(program, slug)]

    assert len(slugs) > 15
    assert faults == []


def faults_of(program, slug) -> Iterator[str]:
    """Where the JSON of a report tells otherwise than its CSV, or than its own schema."""
    told = read(program.get(f"/api/v1/reports/{slug}.json"))
    header, *lines = sheet(said(program.get(f"/api/v1/reports/{slug}.csv")))
    rows = [[as_cell(value) for value in row.values()] for row in told["rows"]]
    if header != [one["name"] for one in told["fields"]]:
        yield "its columns"
    if any(list(row) != [one["key"] for one in told["fields"]] for row in told["rows"]):
        yield "its keys"
    if rows != [[unguarded(cell) for cell in line] for line in lines[: told["row_count"]]]:
        yield "its cells"
    if len(lines) - told["row_count"] != (told["total_row"] is not None):
        yield "its total"
    yield from wrong_types(told)


def wrong_types(told: dict) -> list[str]:
    """Values that are not what the schema says they are."""
    made = {"integer": int, "string": str}
    kinds = {one["key"]: made[one["json"]] for one in told["fields"]}
    return [
        f"{key}: {value!r}"
        for row in told["rows"]
        for key, value in row.items()
        if value is not None and not isinstance(value, kinds[key])
    ]


def test_money_is_text_what_is_unknown_is_null_and_sums_are_told(county, auditor):
    program = program_of(auditor)

    told = read(program.get("/api/v1/reports/funding-ledger.json?year=2018"))
    (claim,) = read(program.get("/api/v1/reports/claims.json"))["rows"]

    assert (told["row_count"], told["filter"], told["total_row"]) == (
        4,
        {"year": "2018"},
        {"allocated": "1500.30", "disbursed": "400.00", "spent": "300.00", "refunded": "0.00"},
    )
    assert told["control_totals"] == told["total_row"]
    assert {row["year"] for row in told["rows"]} == {2018}
    assert [claim[f"figure_{part}"] for part in ("qualifier", "low", "high")] == ["over", "40000", None]


def test_a_text_that_a_spreadsheet_would_compute_is_told_as_it_is(county, clerk):
    rows = read(program_of(clerk).get("/api/v1/reports/funding-by-project.json"))["rows"]

    assert "=1+1" in [row["project"] for row in rows]


def test_each_file_is_an_event_in_the_name_of_its_owner_and_a_look_is_none(county, clerk):
    program = program_of(clerk)
    for address in ("/api/v1/", "/api/v1/reports/", "/api/v1/reports/incomes/", "/api/v1/openapi.json"):
        program.get(address)
    program.head(f"{MONEY}.json")
    before = AuditEvent.objects.count()

    response = program.get(f"{MONEY}.json?year=2018")

    event = AuditEvent.objects.get()
    assert (before, event.verb, event.actor, event.subject) == (0, Verb.DOWNLOADED, "clerk-of-zhawo", "annual-funding")
    assert (event.after["format"], event.after["token"]) == ("api json", ApiToken.objects.get().prefix)
    assert event.request == response["X-Request-ID"]
    assert (read(response)["chain"]["number"], response["Alleviation-Chain"]) == (event.pk, f"1 {event.digest}")


def test_head_says_what_get_does_and_gives_no_rows(county, manager):
    program = program_of(manager)

    head, whole = program.head(f"{MONEY}.csv"), program.get(f"{MONEY}.csv")

    own = {"X-Request-ID", "Alleviation-As-Of", "Content-Disposition"}
    assert (head.status_code, said(head)) == (200, b"")
    # Nothing was taken, so there is no event that the rows stand beside.
    assert set(whole.headers) - set(head.headers) == {"Alleviation-Chain"}
    assert {name: head[name] for name in head.headers if name not in own} == {
        name: whole[name] for name in head.headers if name not in own
    }


def test_what_a_program_has_already_is_not_sent_again_until_something_is_written(county, manager, ruoduo):
    program = program_of(manager)
    first = program.get(f"{MONEY}.json")
    asked = {"if-none-match": first["ETag"]}
    events = AuditEvent.objects.count()

    same, other = program.get(f"{MONEY}.json", headers=asked), program.get(f"{MONEY}.json?year=2018", headers=asked)
    told = AuditEvent.objects.count() - events
    LedgerEntryFactory(division=ruoduo, year=2018, amount="1.00")
    after = program.get(f"{MONEY}.json", headers=asked)

    assert (same.status_code, same["ETag"], same["Cache-Control"]) == (304, first["ETag"], "private, no-cache")
    assert (other.status_code, told, after.status_code) == (200, 1, 200)


def test_tokens_of_other_reach_have_other_tags(county, auditor):
    tags = {program_of(auditor, scopes="figures", area=area).get(f"{MONEY}.json")["ETag"] for area in ("", "513228")}

    assert len(tags) == 2


@pytest.mark.parametrize(("slug", "scopes"), [("incomes", "households"), ("annual-funding", "figures households")])
def test_nobody_keeps_what_tells_of_households(slug, scopes, county, clerk):
    response = program_of(clerk, scopes=scopes).get(f"/api/v1/reports/{slug}.json")

    assert ("ETag" in response, response["Cache-Control"]) == (False, "private, no-store")


def test_nobody_keeps_the_trail(auditor):
    assert "ETag" not in program_of(auditor, scopes="trail").get("/api/v1/reports/audit-trail.json")


def test_the_trail_tells_moments(auditor):
    program = program_of(auditor)
    program.get(f"{MONEY}.csv")

    told = read(program.get("/api/v1/reports/audit-trail.json"))

    assert {one["key"]: one["type"] for one in told["fields"]}["at"] == "datetime"
    assert "T" in told["rows"][0]["at"]


def test_many_households_are_given_with_leave_alone(clerk, ruoduo, settings):
    settings.BULK_HOUSEHOLDS = 2
    HouseholdFactory.create_batch(3, village=ruoduo)
    program = program_of(clerk)

    answers = [program.get(f"/api/v1/reports/household-register.{form}") for form in ("json", "csv")]

    assert [one.status_code for one in answers] == [403, 403]
    told = read(answers[0])
    assert told["type"] == "/api/#leave-needed"
    assert told["detail"] == (
        "More than 2 households: somebody else has to approve it. Its owner asks for that at "
        "http://testserver/reports/household-register/?area=513228212000#approval."
    )
    assert AuditEvent.objects.count() == 0


def test_with_leave_many_households_are_given_and_the_event_names_it(clerk, reviewer, ruoduo, settings):
    settings.BULK_HOUSEHOLDS = 2
    HouseholdFactory.create_batch(3, village=ruoduo)
    report = BY_SLUG["household-register"]
    query = IncomeQueryForm({"area": "513228212000"}, user=clerk, fields=report.filters).query()
    leave = approve_download(ask_for_download(report, query, by=clerk, reason="a yearly check"), by=reviewer)

    told = read(program_of(clerk).get("/api/v1/reports/household-register.json"))

    assert told["row_count"] == 3
    assert AuditEvent.objects.get(verb=Verb.DOWNLOADED).after["leave"] == leave.pk


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ("yaer=2019", {"yaer": NOT_MADE_BY}),
        ("measure=income", {"measure": NOT_MADE_BY}),
        ("year=x&area=5", {"year": "Enter a whole number.", "area": "A division code has twelve digits."}),
        ("year=2019&year=2020", {"year": "It stands there twice."}),
        ("as_of=1.3.2024", {"as_of": "Enter a day as 2024-03-01."}),
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_named_and_nothing_is_given(asked, wrong, county, manager):
    response = program_of(manager).get(f"{MONEY}.json?{asked}")

    told = read(response)
    assert (response.status_code, response["Content-Type"]) == (422, "application/problem+json")
    assert {one["parameter"]: one["detail"] for one in told["errors"]} == wrong
    assert told["request"] == response["X-Request-ID"]
    assert AuditEvent.objects.count() == 0


def test_a_problem_speaks_the_language_that_is_asked_for(manager):
    said_in = {
        one: program_of(manager).get("/api/v1/nowhere", headers={"accept-language": one}) for one in ("en", "zh-hans")
    }

    assert [one["Content-Language"] for one in said_in.values()] == ["en", "zh-hans"]
    assert read(said_in["en"])["title"] == "There is nothing here"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options", "trace"])
def test_nothing_is_changed_from_here(method, manager):
    response = getattr(program_of(manager), method)(f"{MONEY}.json")

    assert (response.status_code, read(response)["type"]) == (405, "/api/#method")
    assert sorted(response["Allow"].split(", ")) == ["GET", "HEAD"]


@pytest.mark.parametrize("debug", [False, True])
def test_a_fault_of_ours_is_told_without_a_trace(debug, manager, monkeypatch, settings):
    settings.DEBUG = debug
    monkeypatch.setattr(type(BY_SLUG["annual-funding"]), "rows", lambda *_asked: 1 / 0)

    response = program_of(manager).get(f"{MONEY}.json")

    assert (response.status_code, read(response)["type"]) == (500, "/api/#failed")
    assert "ZeroDivision" not in json.dumps(read(response))


def test_what_breaks_off_is_no_json(ruoduo, auditor, monkeypatch):
    LedgerEntryFactory.create_batch(3, division=ruoduo)
    monkeypatch.setattr(streams, "CHUNK", 1)
    monkeypatch.setattr(type(BY_SLUG["funding-ledger"]), "total", lambda *_asked: 1 / 0)
    response = program_of(auditor).get("/api/v1/reports/funding-ledger.json")

    parts, broken = [], None
    try:
        parts.extend(response)
    except csv_out.BrokenOff as error:
        broken = error

    assert (response.status_code, str(broken)) == (200, "ZeroDivisionError")
    with pytest.raises(json.JSONDecodeError):
        json.loads(b"".join(parts))


def test_shares_and_sums_are_decimals(county, auditor):
    told = read(program_of(auditor).get("/api/v1/reports/per-capita-income.json"))
    numbers = [one["key"] for one in told["fields"] if one["type"] == "number" and one["json"] == "string"]

    assert all(Decimal(row[key]) is not None for row in told["rows"] for key in numbers if row[key] is not None)
    assert {"net_income", "share_below"} <= set(numbers)


HOSTILE = ("=1+1", "'=1", "\t@x", 'a "quoted", text', "two\r\nlines", " ＝cmd", "'", "0")


@pytest.mark.parametrize("slug", ["funding-ledger", "household-register", "incomes"])
def test_what_the_database_writes_is_what_the_rows_say_whatever_stands_in_a_text(slug, county, clerk, monkeypatch):
    village = LedgerEntry.objects.get(note="@x").division
    for note in HOSTILE:
        LedgerEntryFactory(division=village, note=note)
        HouseholdFactory(village=village, number=note)
    program = program_of(clerk)

    by_database = read(program.get(f"/api/v1/reports/{slug}.json"))
    monkeypatch.setattr(type(BY_SLUG[slug]), "selections", lambda *_asked: ())
    by_rows = read(program.get(f"/api/v1/reports/{slug}.json"))

    texts = {value for row in by_database["rows"] for value in row.values()}
    assert by_database["rows"] == by_rows["rows"]
    assert by_database["control_totals"] == by_rows["control_totals"]
    assert slug == "incomes" or set(HOSTILE) <= texts
