"""The batch that a file becomes, and the one that takes it back: what an auditor knows of them."""

import json
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit import trail
from alleviation.audit.models import ImportBatch
from alleviation.common.areas import covers, within
from alleviation.intake.kinds import Findings, ImportKind
from alleviation.intake.models import ImportRun, RunState


def opened(run: ImportRun, shown: Findings) -> ImportBatch:
    """The batch of a run, with its control totals in its event. Call it in the transaction that writes the rows."""
    batch = ImportBatch(
        kind=ImportBatch.Kind.FILE,
        title=run.file_name[:200],
        created_by=run.asked_by.get_username(),
        import_kind=run.kind,
        area=run.area,
        sha256=run.sha256,
        rows=shown.rows,
        controls=_controls(shown),
    )
    trail.write(batch, by=run.asked_by)
    return batch


def tell_totals(batch: ImportBatch, written: Findings, *, by: User) -> None:
    """The rows and control totals of a batch that was opened before they were known."""
    batch.rows, batch.controls = written.rows, _controls(written)
    trail.write(batch, by=by)


def _controls(findings: Findings) -> str:
    return json.dumps({name: str(value) for name, value in findings.controls.items()}, sort_keys=True)


def seen_by(user: User, kinds: tuple[ImportKind, ...]) -> models.QuerySet[ImportBatch]:
    """The batches of files that somebody may see: all for auditors, else those of their area and of these kinds."""
    brought = ImportBatch.objects.filter(kind=ImportBatch.Kind.FILE).exclude(import_kind="")
    if user.may(Right.VIEW_TRAIL):
        return brought
    return brought.filter(within(user.area, "area"), import_kind__in=[kind.slug for kind in kinds])


def may_undo(batch: ImportBatch, kind: ImportKind, user: User) -> bool:
    """Whether somebody may take a batch back: who could have brought it."""
    return user.may(kind.right) and covers(user.area, batch.area)


def undo(batch: ImportBatch, kind: ImportKind, *, by: User, reason: str) -> ImportBatch:
    """Take back what a batch brought, in one transaction, and answer with the batch that tells of it.

    Raises PermissionDenied; ValidationError without a reason, where it was taken back before, or where something rests
    on what it brought.
    """
    if not may_undo(batch, kind, by):
        raise PermissionDenied
    if not reason.strip():
        raise ValidationError(_("Say why it is taken back."), code="reason")
    with trail.together():
        run = ImportRun.objects.select_for_update().filter(batch=batch, state=RunState.WRITTEN).first()
        if run is None:
            raise ValidationError(_("This import was taken back already."), code="undone")
        reversal = _reversal(batch, by)
        trail.write(reversal, by=by, reason=reason.strip())
        reversal.rows = kind.undo(batch, reversal, by=by, reason=reason.strip())
        trail.write(reversal, by=by, reason=reason.strip())
        ImportRun.objects.filter(pk=run.pk).update(
            state=RunState.UNDONE, reversal=reversal, seen_at=timezone.now(), ended_at=timezone.now()
        )
    return reversal


def _reversal(batch: ImportBatch, by: User) -> ImportBatch:
    words: dict[str, Any] = {"title": batch.title, "number": batch.pk}
    return ImportBatch(
        kind=ImportBatch.Kind.FILE,
        title=(_("Taken back: %(title)s (%(number)s)") % words)[:200],
        created_by=by.get_username(),
        import_kind=batch.import_kind,
        area=batch.area,
        sha256=batch.sha256,
        reverses=batch,
    )
