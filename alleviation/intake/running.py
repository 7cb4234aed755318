"""The life of an import: handed in, checked, confirmed, written; or refused, cancelled, broken off, taken back.

Each step begins by moving the run from one state to the next in a statement of its own, so that of two workers one
gets it. What it then finds, it says in the state that it leaves the run in.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from alleviation.accounts.asking import asked_by
from alleviation.accounts.models import User
from alleviation.audit import trail
from alleviation.audit.models import ImportBatch
from alleviation.common.areas import covers
from alleviation.common.reading import FileRefused, Limits, limits, opened
from alleviation.common.trouble import is_busy
from alleviation.intake import batches, faults, files, pulse, workers
from alleviation.intake.kinds import Cancelled, Faulty, Findings, ImportKind, Moved, Sheet
from alleviation.intake.models import ImportRun, RunState
from alleviation.intake.pulse import Pulse, Watch, ask_to_stop, last_sign, let_go_on

log = logging.getLogger(__name__)

# As many bytes are checked and written while somebody waits: about 2,000 rows of incomes.
AT_ONCE = 256 * 1024
# How often a state is written where the database is busy.
PATIENCE = 5


def hand_in(
    kind: ImportKind,
    chunks: Iterable[bytes],
    *,
    name: str,
    by: User,
    area: str = "",
    most: Limits | None = None,
    is_attended: bool = False,
) -> ImportRun:
    """Take a file in, to be checked by a worker, or where it is attended by whoever calls.

    Raises PermissionDenied without the right or for an area that is not theirs; FileRefused("too_large"), and
    FileRefused("same_file") where this very file is in the tables already.
    """
    refuse_without_right(kind, by, area or by.area)
    received = files.receive(chunks, most or limits())
    try:
        _refuse_twice(kind, received.sha256)
        with transaction.atomic():
            run = ImportRun.objects.create(
                kind=kind.slug,
                area=area or by.area,
                file_name=_plain(name)[-200:],
                sha256=received.sha256,
                size=received.size,
                language=translation.get_language() or "en",
                rows_expected=max(received.lines - 1, 0) if name.casefold().endswith(".csv") else 0,
                asked_by=by,
                is_attended=is_attended,
            )
            files.keep(received, run.pk)
    finally:
        received.path.unlink(missing_ok=True)
    return run


def _plain(name: str) -> str:
    """A file's name without what no line of text holds."""
    return "".join(character for character in name if character.isprintable())


def refuse_without_right(kind: ImportKind, by: User, area: str) -> None:
    """Raises PermissionDenied for somebody who may not import this kind into this area."""
    if not by.may(kind.right) or not covers(by.area, area):
        raise PermissionDenied(_("Your role or your area does not cover this import."))


def _refuse_twice(kind: ImportKind, sha256: str) -> None:
    if ImportRun.objects.in_force(kind.slug, sha256).exists():
        told = _("This very file was imported already. It can be imported again once that import was taken back.")
        raise FileRefused("same_file", told)


def is_small(run: ImportRun) -> bool:
    """Whether it is done with before anybody would wait for a worker. A workbook is packed."""
    return run.size <= (AT_ONCE if run.file_name.casefold().endswith(".csv") else AT_ONCE // 2)


def check(run: ImportRun, kind: ImportKind, *, most: Limits | None = None, watch: Watch | None = None) -> None:
    """Read the whole file, and leave the run ready with what it would do, faulty with what is wrong, or refused."""

    def work(sheet: Sheet) -> None:
        findings = kind.check(sheet)
        sheet.progress(findings.rows)
        if sheet.faults:
            raise Faulty
        files.note(run.pk, "names", faults.names_to_confirm(sheet.file) if sheet.file.is_guessed else [])
        read = {"encoding": sheet.file.encoding, "is_guessed": sheet.file.is_guessed, "rows_expected": findings.rows}
        _go_on(run, RunState.READY, findings=findings.as_json(), rows_done=findings.rows, **read)

    if _move(run, RunState.WAITING, RunState.CHECKING, rows_done=0):
        _told(run, kind, work, Pulse(run.pk, watch), most)


def confirm(run: ImportRun, *, by: User, sha256: str, fingerprint: str, names_are_right: bool = False) -> None:
    """Have a run written: by who handed it in, the file that was checked, the state that it was held against.

    Raises PermissionDenied for anybody else; ValidationError where the run has moved on, where names that were decoded
    by guess are not confirmed, or this very file is in the tables already.
    """
    if by.pk != run.asked_by_id:
        raise PermissionDenied
    if sha256 != run.sha256 or fingerprint != run.findings.get("fingerprint"):
        raise ValidationError(_("This is not what was last checked. Look at it again, then confirm it."), code="stale")
    if run.is_guessed and not names_are_right:
        raise ValidationError(_("Say whether the names are read rightly."), code="names")
    try:
        with transaction.atomic():
            is_moved = _move(run, RunState.READY, RunState.QUEUED, rows_done=0, refusal={})
    except IntegrityError as error:
        raise ValidationError(_("This very file was imported already."), code="same_file") from error
    let_go_on(run.pk)
    if not is_moved:
        raise ValidationError(_("This import is not waiting to be confirmed any more."), code="stale")


def cancel(run: ImportRun, *, by: User) -> None:
    """Stop a run; where a worker is busy with it, at its next row. Nothing was written then.

    Raises PermissionDenied for anybody else, ValidationError where it has ended.
    """
    if by.pk != run.asked_by_id:
        raise PermissionDenied
    if run.state in (RunState.CHECKING, RunState.WRITING):
        ask_to_stop(run.pk)
        return
    now = {"ended_at": timezone.now()}
    if not any(_move(run, state, RunState.CANCELLED, **now) for state in ("waiting", "ready", "queued", "faulty")):
        raise ValidationError(_("This import has ended already."), code="ended")
    files.forget(run.pk)


def write(run: ImportRun, kind: ImportKind, *, most: Limits | None = None, watch: Watch | None = None) -> None:
    """Check the file once more and write it, all or nothing, in one transaction with its batch and its events.

    Where the tables have moved on since the preview, the run is checked anew and waits to be confirmed again.
    """

    def work(sheet: Sheet) -> None:
        with trail.together():
            shown = Findings.from_json(run.findings)
            batch = batches.opened(run, shown)
            written = _written(sheet, kind, batch, shown.fingerprint)
            if (written.rows, written.controls) != (shown.rows, shown.controls):
                raise Moved
            _say_written(run, batch, written)

    if not _move(run, RunState.QUEUED, RunState.WRITING):
        return
    _told(run, kind, work, Pulse(run.pk, watch), most)
    if run.state == RunState.WRITTEN:
        files.forget(run.pk)
    elif run.state == RunState.WAITING and run.refusal:
        check(run, kind, most=most, watch=watch)


def write_at_once(run: ImportRun, kind: ImportKind, *, most: Limits | None = None, watch: Watch | None = None) -> None:
    """Check a file and write it in one go, for who asked for that without a preview: a command says so.

    Raises FileRefused("same_file") where another run of this very file was quicker.
    """

    def work(sheet: Sheet) -> None:
        with trail.together():
            batch = batches.opened(run, Findings())
            written = _written(sheet, kind, batch, None)
            batches.tell_totals(batch, written, by=run.asked_by)
            _say_written(run, batch, written, findings=written.as_json(), encoding=sheet.file.encoding)

    try:
        with transaction.atomic():
            is_moved = any(_move(run, state, RunState.WRITING) for state in (RunState.WAITING, RunState.READY))
    except IntegrityError as error:
        raise FileRefused("same_file", _("This very file was imported already.")) from error
    if is_moved:
        _told(run, kind, work, Pulse(run.pk, watch), most)
    if run.state == RunState.WRITTEN:
        files.forget(run.pk)


def _written(sheet: Sheet, kind: ImportKind, batch: ImportBatch, fingerprint: str | None) -> Findings:
    written = kind.write(sheet, batch, fingerprint=fingerprint)
    if sheet.faults:
        raise Faulty
    # The last moment at which it can be stopped.
    sheet.progress(written.rows)
    return written


def _say_written(run: ImportRun, batch: ImportBatch, written: Findings, **values: Any) -> None:
    _go_on(run, RunState.WRITTEN, batch=batch, rows_done=written.rows, ended_at=timezone.now(), **values)


def _told(run: ImportRun, kind: ImportKind, work: Callable[[Sheet], None], alive: Pulse, most: Limits | None) -> None:
    """Do the work of a step, and say in the run what became of it, whichever way it ends."""
    now, held = run.state, list[Sheet]()
    try:
        with alive, translation.override(run.language), _opened(run, kind, most, alive) as sheet:
            held.append(sheet)
            # Whoever works it off, a worker too, sees what the person sees who handed it in.
            with asked_by(sheet.by):
                work(sheet)
    except Faulty:
        _say_faulty(run, now, held[0])
    except Moved:
        _leave(run, RunState.WAITING, now, refusal={"code": "moved"})
    except FileRefused as refused:
        _end(run, now, RunState.REFUSED, refusal={"code": refused.code, "message": str(refused)})
    except PermissionDenied:
        _end(run, now, RunState.REFUSED, refusal={"code": "right"})
    except (KeyboardInterrupt, SystemExit):
        _put_back(run, now)
        raise
    except Exception as error:
        if workers.ending.is_set():
            _put_back(run, now)
            raise SystemExit(0) from error
        _say_broken(run, now, error, is_stopping=alive.is_stopping)


def _put_back(run: ImportRun, now: str) -> None:
    """Let another worker take a run up, where this one was asked to end."""
    _leave(run, RunState.WAITING if now == RunState.CHECKING else RunState.QUEUED, now)


def _say_broken(run: ImportRun, now: str, error: Exception, *, is_stopping: bool) -> None:
    """An import that ends in what nobody foresaw; a cancelled one may, in the midst of a statement."""
    if isinstance(error, Cancelled) or is_stopping:
        _end(run, now, RunState.CANCELLED)
    elif isinstance(error, OperationalError) and is_busy(error) and now == RunState.WRITING:
        _leave(run, RunState.READY, now, refusal={"code": "busy"})
    else:
        log.error("Import %s broke off.", run.pk, exc_info=error)
        _end(run, now, RunState.FAILED)


@contextmanager
def _opened(run: ImportRun, kind: ImportKind, most: Limits | None, alive: Pulse) -> Iterator[Sheet]:
    """The file as a sheet. Raises FileRefused, also where it is not the one that was handed in."""
    by = User.objects.get(pk=run.asked_by_id)
    refuse_without_right(kind, by, run.area)
    most = most or limits()
    try:
        with opened(files.file_of(run.pk), name=run.file_name, limits=most) as file:
            if file.sha256 != run.sha256:
                raise FileRefused("changed", _("The file on the server is not the one that was handed in."))
            yield Sheet(file, kind.columns, by, run.area, most, alive)
    except FileNotFoundError as error:
        raise FileRefused("gone", _("The file is not on the server any more. Hand it in again.")) from error


def _say_faulty(run: ImportRun, now: str, sheet: Sheet) -> None:
    found = sheet.ordered_faults()
    faults.keep(run.pk, found, is_cut_short=sheet.is_cut_short)
    _leave(run, RunState.FAULTY, now, fault_count=len(found), ended_at=timezone.now())


def _end(run: ImportRun, now: str, state: RunState, **values: Any) -> None:
    """Leave a run for good; one that was told broken off stays so."""
    _leave(run, state, now, ended_at=timezone.now(), **values)
    files.forget(run.pk)


def _go_on(run: ImportRun, state: RunState, **values: Any) -> None:
    """Raises Cancelled where somebody has told the run broken off meanwhile: what it did is not to stand."""
    if not _leave(run, state, run.state, **values):
        raise Cancelled


def _leave(run: ImportRun, state: RunState, now: str, **values: Any) -> bool:
    """Move a run on, with patience: another import may hold SQLite's one writer for longer than others would wait."""
    for _attempt in range(PATIENCE):
        try:
            return _move(run, now, state, **values)
        except OperationalError as error:
            if not is_busy(error) or connection.in_atomic_block:
                raise
    return _move(run, now, state, **values)


def _move(run: ImportRun, now: str, state: str, **values: Any) -> bool:
    """Take a run from one state to another; no where it was in another one by now."""
    values |= {"state": state, "seen_at": timezone.now()}
    moved = ImportRun.objects.filter(pk=run.pk, state=now).update(**values)
    run.refresh_from_db()
    return bool(moved)


def tell_broken(run: ImportRun) -> None:
    """Say of a run that nobody has given a sign of life of for long that it broke off."""
    if run.state not in (RunState.UNDER_WAY if run.is_attended else (RunState.CHECKING, RunState.WRITING)):
        return
    is_silent = run.seen_at < timezone.now() - timedelta(seconds=pulse.LOST_AFTER)
    if is_silent and last_sign(run.pk).is_lost and _move(run, run.state, RunState.FAILED, ended_at=timezone.now()):
        files.forget(run.pk)
