"""The pages of imports: what is offered, what is shown of a run, who sees it, and what a page that is old may do."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.utils import translation

from alleviation.audit.models import AuditEvent, ImportBatch
from alleviation.common.reading import FileRefused, limits, opened
from alleviation.imports import kind_pages, templating, working
from alleviation.intake import files, pulse, running, workers
from alleviation.intake.models import ImportRun
from projects.models import FundingSource
from tests.conftest import signed_in
from tests.factories import FundingSourceFactory
from tests.imports.conftest import BAD, GOOD, confirmed

pytestmark = pytest.mark.django_db


def upload(client, text=GOOD, name="sources.csv"):
    return client.post("/imports/sources/", {"file": SimpleUploadedFile(name, text.encode())}, follow=True)


def shown(response):
    """The form of a page as it would be sent."""
    return {field.html_name: field.value() for field in response.context["form"]}


def test_a_file_is_previewed_confirmed_and_taken_back(kind, clerk):
    client = signed_in(clerk)

    preview = upload(client)
    rows_before = FundingSource.objects.count()
    done = client.post(preview.context["request"].path + "confirm/", shown(preview), follow=True)
    batch = ImportBatch.objects.get()
    page = client.get(f"/imports/batches/{batch.pk}/")
    undone = client.post(f"/imports/batches/{batch.pk}/undo/", {"reason": "Wrong year"}, follow=True)

    assert (preview.context["run"].state, preview.context["controls"]) == ("ready", [("Amount", "3.00 yuan")])
    assert [table.title for table in preview.context["years"]] == ["Amounts"]
    assert (rows_before, done.context["run"].state) == (0, "written")
    assert page.context["controls"] == [("Amount", "3.00 yuan")]
    assert undone.context["batch"].reverses == batch
    assert "The import was taken back." in undone.content.decode()
    assert ImportRun.objects.get().state == "undone"


def test_wrong_rows_are_shown_and_taken_away_with_an_event(kind, clerk):
    client = signed_in(clerk)

    page = upload(client, BAD)
    run = page.context["run"]
    answer = client.get(f"/imports/runs/{run.pk}/errors.csv")

    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [row["row"] for row in page.context["faults"].rows] == [3, 5]
    assert [row[:4] for row in rows[1:]] == [["县", "'=1+1", "3", "Code"], ["ß", "市级", "5", "Code"]]
    assert (answer["Cache-Control"], AuditEvent.objects.filter(verb="downloaded").get().subject) == (
        "private, no-store", "sources-errors",
    )  # fmt: skip


def test_a_file_that_was_let_go_of_is_not_given_out(kind, clerk):
    client = signed_in(clerk)
    run = upload(client, BAD).context["run"]
    files.forget(run.pk)

    page = client.get(f"/imports/runs/{run.pk}/")

    assert client.get(f"/imports/runs/{run.pk}/errors.csv").status_code == 404
    assert "The file was deleted from the server meanwhile" in page.content.decode()


def test_an_old_page_confirms_nothing(kind, clerk):
    client = signed_in(clerk)
    preview = upload(client)
    run = preview.context["run"]

    answer = client.post(f"/imports/runs/{run.pk}/confirm/", {**shown(preview), "fingerprint": "of yesterday"})

    assert (answer.status_code, FundingSource.objects.count()) == (400, 0)
    assert "This is not what was last checked." in answer.content.decode()


def test_tables_that_moved_on_are_shown_before_anything_is_written(kind, clerk):
    client = signed_in(clerk)
    preview = upload(client)
    FundingSourceFactory(code="county-2")

    answer = client.post(f"/imports/runs/{preview.context['run'].pk}/confirm/", shown(preview), follow=True)

    assert (answer.context["run"].state, answer.context["findings"].same) == ("ready", 1)
    assert "has changed since you saw it" in answer.content.decode()


def test_the_same_file_is_refused_at_its_form(kind, clerk):
    client = signed_in(clerk)
    preview = upload(client)
    client.post(f"/imports/runs/{preview.context['run'].pk}/confirm/", shown(preview))

    again = upload(client)

    assert again.status_code == 400
    assert again.context["form"].errors["file"][0].startswith("This very file was imported already.")


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", ["", "progress.json", "errors.csv", "confirm/", "cancel/"])
def test_a_foreign_run_is_not_there(name, kind, clerk, county_clerk):
    run = upload(signed_in(clerk), BAD).context["run"]
    method = "post" if name in ("confirm/", "cancel/") else "get"

    answer = getattr(signed_in(county_clerk), method)(f"/imports/runs/{run.pk}/{name}")

    run.refresh_from_db()
    assert (answer.status_code, run.state) == (404, "faulty")


def test_a_batch_is_seen_in_its_area_and_by_auditors(ready, kind, county_clerk, stranger, auditor, manager):
    running.write(confirmed(ready), kind)
    address = f"/imports/batches/{ready.batch_id}/"

    statuses = [signed_in(user).get(address).status_code for user in (county_clerk, auditor, stranger, manager)]
    undone = signed_in(auditor).post(f"{address}undo/", {"reason": "x"}).status_code

    assert statuses == [200, 200, 404, 404]
    assert (undone, signed_in(auditor).get(address).context["form"]) == (403, None)


def test_auditors_read_of_each_batch_in_the_trail(ready, kind, auditor):
    running.write(confirmed(ready), kind)

    page = signed_in(auditor).get("/audit/")

    rows = list(page.context["batches"].rows)
    assert [(row["file"], row["rows"], row["controls"]) for row in rows] == [("sources.csv", 2, "Amount 3.00 yuan")]


def test_a_large_file_waits_for_a_worker_which_the_page_says_is_missing(kind, clerk, monkeypatch):
    monkeypatch.setattr(running, "AT_ONCE", 10)
    client = signed_in(clerk)

    waiting = upload(client)
    run = waiting.context["run"]
    with workers.Heart():
        attended = client.get(f"/imports/runs/{run.pk}/")
    call_command("run_imports", once=True)
    told = client.get(f"/imports/runs/{run.pk}/progress.json").json()

    assert (waiting.context["is_under_way"], "manage.py run_imports" in waiting.content.decode()) == (True, True)
    assert "manage.py run_imports" not in attended.content.decode()
    assert told == {"state": "ready", "done": 2, "expected": 2, "is_stopping": False}


def test_a_run_under_way_tells_how_far_it_is_and_is_stopped(ready, kind, clerk):
    ImportRun.objects.update(state="writing", rows_expected=9)
    client, address = signed_in(clerk), f"/imports/runs/{ready.pk}/"

    with pulse.Pulse(ready.pk) as alive:
        alive(4)
        alive._sign()
        page = client.get(address)
        client.post(f"{address}cancel/")
        stopping = client.get(f"{address}progress.json").json()

    assert '<progress value="4" max="9"' in page.content.decode()
    assert 'http-equiv="refresh"' in page.content.decode()
    assert stopping == {"state": "writing", "done": 4, "expected": 9, "is_stopping": True}


def test_what_is_not_sent_or_no_file_is_said_so(kind, clerk):
    client = signed_in(clerk)

    nothing = client.post("/imports/sources/")
    empty = upload(client, "")
    foreign = upload(client, "a,b\n1,2\n")

    assert (nothing.status_code, nothing.context["form"].errors["file"]) == (400, ["This field is required."])
    assert (empty.context["run"].state, empty.context["run"].refusal["code"]) == ("refused", "empty")
    assert foreign.context["run"].refusal["code"] == "header"
    assert foreign.context["run"].refusal["message"] in foreign.content.decode().replace("&#x27;", "'")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_template_lacks_nothing_but_rows(language, kind, clerk, tmp_path):
    with translation.override(language):
        contents = {"a.csv": templating.csv_template(kind), "a.xlsx": templating.xlsx_template(kind)}
    refusals = []

    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(FileRefused) as refused, opened(tmp_path / name, name=name, limits=limits()) as file:
            list(file.rows())
        refusals.append(refused.value.code)

    assert refusals == ["empty", "empty"]
    assert contents["a.csv"].decode("utf-8-sig") == "Code,Name,Amount\r\n"


def test_a_template_is_taken_away_with_an_event(kind, clerk):
    answer = signed_in(clerk).get("/imports/sources/template.xlsx")

    assert (answer["Content-Type"], answer["Content-Disposition"]) == (
        kind_pages.XLSX, 'attachment; filename="sources.xlsx"',
    )  # fmt: skip
    assert AuditEvent.objects.get().subject == "template sources.xlsx"


@pytest.mark.slow
def test_the_list_costs_the_same_however_much_came_in(handed_in, kind, clerk, django_assert_num_queries):
    client = signed_in(clerk)

    for number in (1, 3):
        for one in range(number):
            run = handed_in(GOOD + f"x-{number}-{one},省级\n")
            working.work_off()
            run.refresh_from_db()
            kind.write = lambda sheet, batch, fingerprint: kind.check(sheet)
            running.write(confirmed(run), kind)
        # The session, the person, runs, batches with what took them back, and whether the example is loaded.
        with django_assert_num_queries(5):
            page = client.get("/imports/")

    assert len(page.context["runs"].rows) == len(page.context["batches"].rows) == 4
