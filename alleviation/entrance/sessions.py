"""Ending sessions of one's own, and of others; the trail tells of it."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext as _

from alleviation.accounts.models import Session, User
from alleviation.accounts.rights import Right
from alleviation.accounts.sessions import digest_of
from alleviation.audit.sign_ins import end_sessions


def end_others(request: HttpRequest, user: User) -> int:
    """End every session of somebody but the one at hand."""
    here = digest_of(request.session.session_key)
    return end_sessions(Session.objects.exclude(digest=here), of=user, by=user)


def end_all_of(user: User, *, by: User) -> int:
    """An administrator signs somebody out everywhere. Raises PermissionDenied without the right."""
    if not by.may(Right.MANAGE_ACCOUNTS):
        raise PermissionDenied(_("Your role does not cover this."))
    return end_sessions(Session.objects.all(), of=user, by=by)
