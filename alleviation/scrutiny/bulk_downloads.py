"""Who may take away a file of many households, and how that is asked for and decided (docs/privacy.md)."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit.entry import enter
from alleviation.audit.trail import name_of, together
from alleviation.common.query import Query
from alleviation.common.reports import Report
from alleviation.scrutiny.decisions import decide, refuse_without_note, to_be_decided
from alleviation.scrutiny.models import BulkDownload, RequestState
from beneficiaries.models import Household

# So long what was approved can be taken; then it is asked for anew.
HOLDS = timedelta(days=7)
# How far the households of a file are counted when it is asked for.
COUNTED = 100_000


def is_of_households(report: Report) -> bool:
    """Whether each row of the report tells of one household."""
    return report.permission == Right.VIEW_HOUSEHOLDS


def is_bulk(report: Report, query: Query) -> bool:
    """Whether a file of this report holds more households than one takes away without asking (BULK_HOUSEHOLDS)."""
    most: int = settings.BULK_HOUSEHOLDS
    return is_of_households(report) and report.number_up_to(query, most + 1) > most


def filter_of(query: Query) -> str:
    """The filter as one text, the same for the same question."""
    return urlencode(sorted(query.asked().items()))


def leave_for(report: Report, query: Query) -> BulkDownload | None:
    """The leave that this person has for just this file, the latest; None: there is none.

    Leave that was given for so many households does not cover a file that has grown by more than a tenth since.
    """
    leave = _in_force(query.user, report.slug, filter_of(query))
    if leave is None or leave.rows >= COUNTED:
        return leave
    most = leave.rows + leave.rows // 10
    return leave if report.number_up_to(query, most + 1) <= most else None


def may_take_all(slug: str, user: User) -> bool:
    """Whether this person may take away what is recorded of every household of their area.

    They may where these are few, or with leave for all that the report `slug` holds of the area.
    """
    most: int = settings.BULK_HOUSEHOLDS
    are_few = Household.objects.visible_to(user).order_by()[: most + 1].count() <= most
    asked = urlencode({"area": user.area.ljust(12, "0")}) if user.area else ""
    return are_few or _in_force(user, slug, asked) is not None


def _in_force(user: User, slug: str, asked: str) -> BulkDownload | None:
    own = BulkDownload.objects.visible_to(user).filter(asked_by=user.get_username(), report=slug, filter=asked)
    return own.in_force(timezone.localdate()).first()


def ask_for_download(report: Report, query: Query, *, by: User, reason: str) -> BulkDownload:
    """Ask to take away a file of many households; somebody else approves or declines it.

    Raises ValidationError (no reason, asked for already, a filter too long to be kept), PermissionDenied.
    """
    asked = BulkDownload(
        report=report.slug,
        filter=filter_of(query),
        area=query.area_code or by.area,
        rows=report.number_up_to(query, COUNTED),
        reason=reason.strip(),
        asked_by=name_of(by),
    )
    try:
        with together():
            enter(asked, by=by, right=Right(report.permission), reason=asked.reason)
    except IntegrityError as error:
        # Sent twice: the one came between the check and the write of the other.
        message = _("You have asked for this already; it waits for a decision.")
        raise ValidationError(message, code="asked") from error
    return asked


def approve_download(asked: BulkDownload, *, by: User, note: str = "") -> BulkDownload:
    """Let somebody else take the file away, for seven days.

    Raises ValidationError (decided already), PermissionDenied (asked for by the same person, outside their area).
    """
    with together():
        stored: BulkDownload = to_be_decided(BulkDownload.objects.visible_to(by), asked, by=by)
        stored.expires_on = timezone.localdate() + HOLDS
        decide(stored, RequestState.APPROVED, by=by, right=Right.APPROVE_DOWNLOADS, note=note)
    return stored


def decline_download(asked: BulkDownload, *, by: User, note: str) -> BulkDownload:
    """Decline it with a note that says why. Raises ValidationError (no note, decided already), PermissionDenied."""
    refuse_without_note(note)
    with together():
        stored: BulkDownload = to_be_decided(BulkDownload.objects.visible_to(by), asked, by=by)
        decide(stored, RequestState.DECLINED, by=by, right=Right.APPROVE_DOWNLOADS, note=note)
    return stored
