"""Promises: made, and revised. A promise is never written over: a new version names the years it is about."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from alleviation.audit import entry as guarded
from alleviation.audit.models import ImportBatch
from alleviation.audit.trail import Actor, together
from alleviation.common.figures import Qualifier
from projects.models import Document, Pledge

# What all versions of a promise have in common: else it would be another promise.
COMMON = ("source", "division", "project", "basis", "is_made_up")


def enter_pledge(pledge: Pledge, *, by: Actor, batch: ImportBatch | None = None) -> None:
    """Save a pledge, or a revision that names the first version of one. Amounts in yuan.

    Raises ValidationError (numbers that make no figure, a revision of a revision, without a reason, or of another
    source, place, project or basis), PermissionDenied.
    """
    with together():
        if pledge.revises_id is not None:
            _refuse_another_promise(pledge, _locked(pledge.revises_id))
        elif pledge.pk is not None:
            _refuse_change_of_common(pledge)
        guarded.enter(pledge, by=by, batch=batch, reason=pledge.reason)


def revise_pledge(
    pledge: Pledge,
    *,
    by: Actor,
    reason: str,
    qualifier: str = Qualifier.EXACT,
    low: Decimal | None = None,
    high: Decimal | None = None,
    first_year: int | None = None,
    last_year: int | None = None,
    stated_in: Document | None = None,
    note: str = "",
) -> Pledge:
    """Enter a new version of a promise for the years it names; without any, for all. Amounts in yuan.

    Source, place, project and basis are those of the first version. Exactly 0 takes the promise back for these years.
    Raises ValidationError (no reason, numbers that make no figure), PermissionDenied.
    """
    first = pledge if pledge.revises is None else pledge.revises
    revision = Pledge(
        **{name: getattr(first, name) for name in COMMON},
        revises=first,
        reason=reason.strip(),
        qualifier=qualifier,
        low=low,
        high=high,
        first_year=first_year,
        last_year=last_year,
        stated_in=stated_in,
        note=note,
    )
    enter_pledge(revision, by=by)
    return revision


def _locked(number: int) -> Pledge:
    """The first version, held while another is added."""
    return Pledge.objects.select_for_update().order_by().get(pk=number)


def _refuse_another_promise(revision: Pledge, first: Pledge) -> None:
    if first.revises_id is not None or first.pk == revision.pk:
        raise ValidationError(
            {"revises": ValidationError(_("Name the first version of the promise, not a revision."), code="revision")}
        )
    if not revision.reason.strip():
        raise ValidationError({"reason": ValidationError(_("Say why the promise is revised."), code="reason_missing")})
    for name in COMMON:
        if _value(revision, name) != _value(first, name):
            message = _("This is not what was promised first (%(first)s). Enter another promise for that.")
            told = {"first": _told(first, name)}
            at = None if name == "is_made_up" else name
            raise ValidationError({at or "revises": ValidationError(message % told, code="another_promise")})


def _refuse_change_of_common(first: Pledge) -> None:
    """A promise that was revised keeps what its versions have in common."""
    stored = _locked(first.pk)
    changed = [name for name in COMMON if _value(stored, name) != _value(first, name)]
    if changed and Pledge.objects.filter(revises=stored).exists():
        message = _("This promise was revised; what all its versions have in common stays as it is.")
        raise ValidationError({changed[0]: ValidationError(message, code="revised")})


def _value(pledge: Pledge, name: str) -> object:
    return getattr(pledge, Pledge._meta.get_field(name).attname)  # type: ignore[union-attr]


def _told(pledge: Pledge, name: str) -> object:
    return pledge.get_basis_display() if name == "basis" else getattr(pledge, name) or "—"
