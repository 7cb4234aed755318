"""The life of an import: each way it may end, and that nothing is written but in one of them."""

import errno
import logging
import os
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import ProgrammingError
from django.utils import timezone

from alleviation.audit.models import AuditEvent, ImportBatch
from alleviation.common.reading import FileRefused
from alleviation.imports import working
from alleviation.imports.management.commands import run_imports
from alleviation.intake import batches, faults, files, pulse, running, workers
from alleviation.intake.kinds import Cancelled, Findings
from alleviation.intake.models import ImportRun
from projects.models import FundingSource
from tests.factories import FundingSourceFactory
from tests.imports.conftest import BAD, GOOD, confirmed
from tests.security.test_database_trouble import of_postgresql, of_sqlite

pytestmark = pytest.mark.django_db


def test_a_good_file_becomes_rows_and_a_batch_with_its_totals(ready, kind, clerk):
    was = (ready.state, Findings.from_json(ready.findings).new, files.is_kept(ready.pk))

    running.write(confirmed(ready), kind)

    batch = ready.batch
    told = AuditEvent.objects.get(subject_type="audit.importbatch", subject_id=batch.pk)
    assert was == ("ready", 2, True)
    assert (ready.state, ready.rows_done, files.is_kept(ready.pk)) == ("written", 2, False)
    assert sorted(FundingSource.objects.values_list("code", flat=True)) == ["county-1", "county-2"]
    assert (batch.title, batch.import_kind, batch.area, batch.rows) == ("sources.csv", "sources", "513228212", 2)
    assert (told.actor, told.after["controls"], told.after["sha256"]) == (
        clerk.username, '{"amount": "3.00"}', ready.sha256,
    )  # fmt: skip


def test_a_faulty_file_tells_all_that_is_wrong_and_keeps_the_rows_as_they_came(handed_in, kind):
    run = handed_in(BAD)

    running.check(run, kind)

    told = b"".join(faults.as_csv(run, kind)).decode("utf-8-sig").splitlines()
    assert (run.state, run.fault_count, FundingSource.objects.count()) == ("faulty", 2, 0)
    assert [(fault.row, fault.column, fault.value) for fault in faults.of(run.pk)] == [
        (3, "code", "县"),
        (5, "code", "ß"),
    ]
    assert told[0] == 'code,name,File row,Column,"What is wrong, and what would be right"'
    assert [line.split(",")[:4] for line in told[1:]] == [["县", "'=1+1", "3", "Code"], ["ß", "市级", "5", "Code"]]


def test_a_refused_file_says_why_and_is_gone(handed_in, kind):
    run = handed_in("code\ncounty-1\n")

    running.check(run, kind)

    assert (run.state, run.refusal["code"], files.folder_of(run.pk).exists()) == ("refused", "header", False)


def test_a_large_file_is_refused_while_it_is_read_and_leaves_nothing(kind, clerk, settings):
    settings.IMPORT_MAX_BYTES = 1000
    parts = iter([b"code,name\n", b"x" * 1000, pytest.fail])

    with pytest.raises(FileRefused) as refused:
        running.hand_in(kind, parts, name="a.csv", by=clerk)

    assert refused.value.code == "too_large"
    assert (list(settings.IMPORT_ROOT.iterdir()), ImportRun.objects.count()) == ([], 0)


def test_the_same_file_comes_in_once_until_it_was_taken_back(ready, handed_in, kind, reviewer, clerk):
    again = handed_in()
    running.check(again, kind)
    running.write(confirmed(ready), kind)

    with pytest.raises(FileRefused) as refused:
        handed_in()
    with pytest.raises(ValidationError, match="imported already"):
        confirmed(again)
    batches.undo(ready.batch, kind, by=clerk, reason="Wrong year")
    third = handed_in()

    assert refused.value.code == "same_file"
    assert third.state == "waiting"


@pytest.mark.parametrize("who", ["manager", "reviewer", "auditor", "administrator"])
def test_nobody_without_the_right_hands_in(who, kind, request):
    with pytest.raises(PermissionDenied):
        running.hand_in(kind, [b""], name="a.csv", by=request.getfixturevalue(who))


def test_nobody_imports_for_a_wider_area_or_confirms_what_is_not_theirs(ready, kind, clerk, stranger):
    words = {"sha256": ready.sha256, "fingerprint": ready.findings["fingerprint"]}

    with pytest.raises(PermissionDenied):
        running.hand_in(kind, [b""], name="a.csv", by=clerk, area="513228")
    for step in (lambda: running.confirm(ready, by=stranger, **words), lambda: running.cancel(ready, by=stranger)):
        with pytest.raises(PermissionDenied):
            step()

    assert ready.state == "ready"


@pytest.mark.parametrize("changed", [{"sha256": "0" * 64}, {"fingerprint": "another"}])
def test_what_is_confirmed_is_what_was_shown(ready, clerk, changed):
    shown = {"sha256": ready.sha256, "fingerprint": ready.findings["fingerprint"]}

    with pytest.raises(ValidationError) as refused:
        running.confirm(ready, by=clerk, **{**shown, **changed})

    ready.refresh_from_db()
    assert (refused.value.code, ready.state) == ("stale", "ready")


def test_names_that_were_guessed_are_confirmed_first(handed_in, kind, clerk):
    run = handed_in(GOOD.encode("gb18030"))
    running.check(run, kind)
    shown = {"by": clerk, "sha256": run.sha256, "fingerprint": run.findings["fingerprint"]}

    with pytest.raises(ValidationError) as refused:
        running.confirm(run, **shown)
    running.confirm(run, **shown, names_are_right=True)

    assert (refused.value.code, faults.names(run.pk), run.state) == ("names", ["县级", "市级"], "queued")


def test_tables_that_moved_on_are_shown_anew(ready, kind):
    confirmed(ready)
    FundingSourceFactory(code="county-1")

    running.write(ready, kind)

    assert (ready.state, ready.refusal, ready.findings["same"]) == ("ready", {"code": "moved"}, 1)
    assert (FundingSource.objects.count(), ImportBatch.objects.count()) == (1, 0)


def test_a_file_that_was_changed_on_the_disk_is_not_written(ready, kind):
    files.file_of(ready.pk).write_text("code,name\nx-1,y\n")

    running.write(confirmed(ready), kind)

    assert (ready.state, ready.refusal["code"], FundingSource.objects.count()) == ("refused", "changed", 0)


def test_who_lost_the_right_meanwhile_writes_nothing(ready, kind, clerk):
    type(clerk).objects.filter(pk=clerk.pk).update(role="manager")

    running.write(confirmed(ready), kind)

    assert (ready.state, ready.refusal["code"], FundingSource.objects.count()) == ("refused", "right", 0)


@pytest.mark.parametrize(
    ("broken", "state"),
    [(RuntimeError("县级"), "failed"), (Cancelled(), "cancelled"), (PermissionDenied(), "refused")],
)
def test_what_breaks_off_midway_leaves_nothing(ready, kind, broken, state, caplog):
    kind.broken = broken

    with caplog.at_level(logging.CRITICAL):
        running.write(confirmed(ready), kind)

    assert (ready.state, files.is_kept(ready.pk)) == (state, False)
    assert (FundingSource.objects.count(), ImportBatch.objects.count(), AuditEvent.objects.count()) == (0, 0, 0)


def test_a_worker_that_is_ended_puts_its_run_back(ready, kind):
    kind.broken = KeyboardInterrupt()

    with pytest.raises(KeyboardInterrupt):
        running.write(confirmed(ready), kind)
    kind.broken = None
    working.work_off()

    ready.refresh_from_db()
    assert (ready.state, FundingSource.objects.count()) == ("written", 2)


def test_a_worker_leaves_to_a_command_what_it_attends(handed_in, kind, monkeypatch):
    run = handed_in(is_attended=True)

    done = working.work_off()
    monkeypatch.setattr(pulse, "LOST_AFTER", -1)
    working.sweep()

    run.refresh_from_db()
    assert (done, run.state) == (0, "failed")


def test_a_wish_to_stop_is_not_forgotten_until_somebody_confirms(ready, kind, clerk):
    ImportRun.objects.update(state="checking")
    ready.refresh_from_db()
    running.cancel(ready, by=clerk)
    before = pulse.is_stopping(ready.pk)
    ImportRun.objects.update(state="ready")

    running.write(confirmed(ready), kind)

    assert (before, ready.state) == (True, "written")


def test_a_file_is_called_by_what_can_be_read_of_its_name(handed_in):
    assert handed_in(name="a\nb\u202e\udce9.csv").file_name == "ab.csv"


def test_a_cancelled_run_is_gone_and_an_ended_one_stays(ready, handed_in, kind, clerk):
    running.cancel(ready, by=clerk)
    other = handed_in(GOOD + "county-3,省级\n")
    running.check(other, kind)
    running.write(confirmed(other), kind)

    with pytest.raises(ValidationError):
        running.cancel(other, by=clerk)

    assert (ready.state, files.folder_of(ready.pk).exists(), other.state) == ("cancelled", False, "written")


def test_a_run_without_a_sign_of_life_is_told_broken_off(ready, monkeypatch):
    ImportRun.objects.filter(pk=ready.pk).update(state="writing")
    ready.refresh_from_db()
    with pulse.Pulse(ready.pk):
        running.tell_broken(ready)
    alive = ready.state
    working.sweep()
    ready.refresh_from_db()
    lately = ready.state
    monkeypatch.setattr(pulse, "LOST_AFTER", -1)

    working.sweep()

    ready.refresh_from_db()
    assert (alive, lately, ready.state, files.is_kept(ready.pk)) == ("writing", "writing", "failed", False)


def test_one_who_was_told_broken_off_stays_so(handed_in, kind, monkeypatch):
    run, check = handed_in(), kind.check

    def slow(sheet):
        ImportRun.objects.update(state="failed")
        return check(sheet)

    monkeypatch.setattr(kind, "check", slow)

    running.check(run, kind)

    assert (run.state, run.findings) == ("failed", {})


def test_files_are_let_go_of_after_some_days(ready, handed_in, kind, settings):
    faulty = handed_in(BAD)
    running.check(faulty, kind)
    long_ago = timezone.now() - timedelta(days=settings.IMPORT_DAYS, seconds=1)
    ImportRun.objects.update(seen_at=long_ago)

    working.sweep()

    states = list(ImportRun.objects.order_by("id").values_list("state", flat=True))
    assert (states, [files.is_kept(run.pk) for run in (ready, faulty)]) == (["cancelled", "faulty"], [False, False])


def test_an_import_is_taken_back_with_a_reason_by_who_could_have_brought_it(ready, kind, clerk, stranger, reviewer):
    running.write(confirmed(ready), kind)
    for other in (stranger, reviewer):
        with pytest.raises(PermissionDenied):
            batches.undo(ready.batch, kind, by=other, reason="x")
    with pytest.raises(ValidationError):
        batches.undo(ready.batch, kind, by=clerk, reason=" ")

    reversal = batches.undo(ready.batch, kind, by=clerk, reason="Wrong year")

    ready.refresh_from_db()
    with pytest.raises(ValidationError):
        batches.undo(ready.batch, kind, by=clerk, reason="Again")
    told = AuditEvent.objects.filter(subject_type="audit.importbatch", subject_id=reversal.pk).first()
    assert (ready.state, ready.reversal, reversal.reverses, reversal.rows) == ("undone", reversal, ready.batch, 2)
    assert (told.reason, set(FundingSource.objects.values_list("name", flat=True))) == (
        "Wrong year", {"(县级)", "(市级)"},
    )  # fmt: skip


def test_a_worker_says_that_it_is_alive_as_long_as_it_is():
    before = workers.is_alive()
    with workers.Heart():
        during = workers.is_alive()

    assert (before, during, workers.is_alive()) == (False, True, False)


def test_what_a_killed_process_left_behind_is_thrown_away_after_some_days(ready, settings):
    root = files.folder_of(ready.pk).parent
    half_received, of_nobody, foreign = root / ".incoming-abc", root / "999", root / "notes"
    half_received.write_bytes(b"rows of persons")
    for folder in (of_nobody, foreign):
        folder.mkdir()
    lately = (half_received.exists(), of_nobody.exists())
    working.sweep()
    kept = (half_received.exists(), of_nobody.exists())
    long_ago = (timezone.now() - timedelta(days=settings.IMPORT_DAYS, seconds=1)).timestamp()
    for path in (half_received, of_nobody, foreign, files.folder_of(ready.pk)):
        os.utime(path, (long_ago, long_ago))

    working.sweep()

    assert (lately, kept) == ((True, True), (True, True))
    assert (half_received.exists(), of_nobody.exists()) == (False, False)
    assert (foreign.exists(), files.is_kept(ready.pk)) == (True, True)


@pytest.mark.parametrize(
    "refused", [OSError(errno.EROFS, "read-only"), of_postgresql("25006"), of_sqlite("SQLITE_FULL")]
)
def test_a_worker_outlives_a_database_or_disk_that_takes_nothing(refused, monkeypatch):
    said = iter([refused, KeyboardInterrupt()])

    def fail():
        raise next(said)

    monkeypatch.setattr(run_imports, "work_off", fail)
    monkeypatch.setattr(run_imports, "PAUSE", 0)

    with pytest.raises(KeyboardInterrupt):
        run_imports.Command().work()


def test_a_fault_of_ours_ends_the_worker(monkeypatch):
    def fail():
        raise ProgrammingError("no such column")

    monkeypatch.setattr(run_imports, "work_off", fail)

    with pytest.raises(ProgrammingError):
        run_imports.Command().work()


def test_a_worker_goes_on_giving_signs_of_life_after_a_disk_took_none(settings, tmp_path, monkeypatch):
    settings.IMPORT_ROOT = tmp_path
    monkeypatch.setattr(workers, "BEAT", 0.01)
    beats = []

    def touch(_path, **_options):
        beats.append(1)
        if 1 < len(beats) < 4:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "touch", touch)

    with workers.Heart():
        deadline = monotonic() + 10
        while len(beats) < 6 and monotonic() < deadline:
            sleep(0.01)

    assert len(beats) >= 6
