"""What a scraper is told, to whom, and what it must never be told."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from alleviation.common.production import strong_token
from alleviation.common.trouble import Trouble
from alleviation.intake.models import ImportRun, RunState
from alleviation.operations.metrics.counting import measuring
from tests.conftest import signed_in
from tests.house.ground import ROOT
from tests.operations.conftest import TOKEN
from tests.security.carried import lacking

# Words of ours alone: nothing that a person, a place or a file is called.
LABELS = {"route", "method", "status", "le", "kind", "outcome", "state", "task", "folder", "of", "release"}
ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yml"


def scraped(client: Client, token: str = TOKEN):
    return client.get("/metrics", headers={"authorization": f"Bearer {token}"})


def values(client: Client) -> dict[tuple[str, ...], float]:
    """Each sample by its name and the values of its labels, in the order of the labels' names."""
    families = text_string_to_metric_families(scraped(client).content.decode())
    samples = [sample for family in families for sample in family.samples]
    return {(one.name, *(value for _name, value in sorted(one.labels.items()))): one.value for one in samples}


def plain(response: HttpResponse, path: str) -> str:
    """A page without what differs each time: its own address, and the token of its forms."""
    return re.sub(r'(?<=name="csrfmiddlewaretoken" value=")\w+', "", response.content.decode()).replace(path, "")


@pytest.mark.parametrize("bearer", [{}, {"authorization": "Bearer x"}, {"authorization": TOKEN}])
def test_without_the_token_there_is_no_such_address(bearer, counting, db):
    told, foreign = (Client().get(path, headers=bearer) for path in ("/metrics", "/nowhere"))

    assert (told.status_code, plain(told, "/metrics")) == (404, plain(foreign, "/nowhere"))


def test_where_no_token_is_set_none_opens_it_and_nothing_is_counted(settings, tmp_path, db):
    settings.METRICS_TOKEN, settings.METRICS_FOLDER = "", tmp_path

    statuses = [scraped(Client(), token).status_code for token in ("", TOKEN)]

    assert (statuses, list(tmp_path.iterdir())) == ([404, 404], [])


def test_a_scraper_is_told_in_its_language_and_with_every_header(counting, db):
    told = scraped(Client())

    assert (told.status_code, told.headers["Content-Type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert lacking(told) == []


def test_requests_are_counted_by_the_name_of_their_page(counting, manager):
    client = signed_in(manager)
    for path in ("/areas/513228000000/?year=2019", "/areas/451102000000/", "/nowhere/513228/", "/healthz"):
        client.get(path)
    client.post("/healthz")
    client.generic("BREW", "/healthz")

    found = values(client)

    counted = {key[1:]: value for key, value in found.items() if key[0] == "alleviation_requests_total"}
    assert {key: counted[key] for key in counted if key[1] in ("healthz", "-")} == {
        ("GET", "-", "4xx"): 1,
        ("GET", "healthz", "2xx"): 1,
        ("POST", "healthz", "4xx"): 1,
        ("other", "healthz", "4xx"): 1,
    }
    assert sum(value for key, value in counted.items() if key[1] == "dashboards:area") == 2
    assert found["alleviation_request_seconds_count", "dashboards:area"] == 2
    # The scrape itself.
    assert found["alleviation_requests_under_way",] == 1


def test_no_label_says_where_or_about_whom(counting, manager, county_clerk):
    client = signed_in(manager)
    for path in ("/areas/513228000000/", "/funding/?area=513228", "/admin/accounts/user/1/change/"):
        client.get(path)
    client.post("/sign-in/", {"username": "manager", "password": "wrong"})

    families = list(text_string_to_metric_families(scraped(client).content.decode()))

    labels = {name for family in families for sample in family.samples for name in sample.labels}
    told = " ".join(value for family in families for sample in family.samples for value in sample.labels.values())
    assert labels <= LABELS
    assert re.findall(r"\d{4,}|manager|clerk", re.sub(r"\b[0-9a-f]{16}\b", "", told)) == []


def test_sign_ins_and_refusals_are_counted_and_not_of_whom(counting, manager):
    manager.set_password("a-long-password-of-tests")
    type(manager).objects.filter(pk=manager.pk).update(password=manager.password)
    client = Client()
    for password in ("wrong", "a-long-password-of-tests"):
        client.post("/sign-in/", {"username": manager.username, "password": password})

    found = values(client)

    outcomes = ("signed_in", "refused", "made_to_wait")
    assert [found["alleviation_sign_ins_total", outcome] for outcome in outcomes] == [1, 1, 0]


def test_trouble_of_the_database_and_files_that_go_out_are_counted_by_kind(counting):
    trouble, file = HttpResponse(status=503), HttpResponse(content_type="text/csv; charset=utf-8")
    trouble.trouble = Trouble.FULL
    file["Content-Disposition"] = 'attachment; filename="513228.csv"'
    for answer in (trouble, file, HttpResponse()):
        measuring(lambda _request, answer=answer: answer, counting)(RequestFactory().get("/"))

    found = {sample.name: sample for family in counting.of_all().collect() for sample in family.samples}

    assert (found["alleviation_trouble_total"].labels, found["alleviation_trouble_total"].value) == (
        {"kind": "full"},
        1,
    )
    assert (found["alleviation_downloads_total"].labels, found["alleviation_downloads_total"].value) == (
        {"kind": "csv"},
        1,
    )


def test_imports_are_told_by_how_far_they_came_and_the_queue_by_its_oldest(counting, clerk):
    ago = timezone.now() - timedelta(minutes=10)
    run = {"kind": "incomes", "area": "513228", "size": 1, "asked_by": clerk}
    for number, state in enumerate((RunState.WAITING, RunState.QUEUED, RunState.WRITTEN, RunState.WRITTEN)):
        ImportRun.objects.create(**run, sha256=f"{number:064}", state=state, rows_done=100, seen_at=ago)
    ImportRun.objects.create(**run, sha256="f" * 64, is_attended=True)

    found = values(Client())

    assert [found["alleviation_imports", state] for state in ("waiting", "queued", "written", "failed")] == [
        2,
        1,
        2,
        0,
    ]
    assert (found["alleviation_import_queue",], found["alleviation_import_rows_total",]) == (2, 200)
    assert 600 <= found["alleviation_import_queue_oldest_seconds",] < 660


def test_a_database_that_does_not_answer_is_told_and_all_else_still(counting, db, monkeypatch):
    def fails():
        raise OperationalError

    monkeypatch.setattr("alleviation.operations.metrics.told.database_measures", fails)

    found = values(Client())

    assert (found["alleviation_database_up",], found["alleviation_processes",]) == (0, 1)
    assert ("alleviation_trail_head",) not in found


def test_each_measure_that_an_alert_asks_for_is_told(counting, db):
    asked = set(re.findall(r"alleviation_\w+", ALERTS.read_text(encoding="utf-8")))
    # PostgreSQL's and a replica's are told by those alone.
    told = scraped(Client()).content.decode()
    elsewhere = "".join(
        (ROOT / "alleviation" / "operations" / "metrics" / f"{name}.py").read_text(encoding="utf-8")
        for name in ("database", "replica", "measures")
    )

    names = set(re.findall(r"alleviation_\w+", told + elsewhere))

    plain = {re.sub(r"_(bucket|total)$", "", name) for name in asked}
    assert len(asked) > 15
    assert sorted(plain - {re.sub(r"_(bucket|total)$", "", name) for name in names}) == []


@pytest.mark.parametrize("token", ["short", "x" * 60, "changeme" * 10])
def test_a_token_that_could_be_guessed_is_refused(token):
    with pytest.raises(ImproperlyConfigured, match="METRICS_TOKEN"):
        strong_token("METRICS_TOKEN", token)


def test_a_token_that_is_long_or_none_is_taken():
    assert (strong_token("METRICS_TOKEN", TOKEN), strong_token("METRICS_TOKEN", "")) == (TOKEN, "")
