"""Making and revoking tokens, each with its event. What one opens is asked at each request (alleviation/api)."""

from datetime import date, timedelta
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from alleviation.accounts.models import ApiToken, User
from alleviation.accounts.rights import Right, Scope
from alleviation.accounts.tokens import SHOWN, digest_of, new_secret
from alleviation.audit import trail

# More programs than this nobody keeps an eye on.
MOST = 20


class Wanted(NamedTuple):
    """What a token is to be."""

    name: str
    scopes: list[str]
    area: str
    expires_on: date


def scopes_of(user: User) -> list[Scope]:
    """What this person may let a program read."""
    return [one for one in Scope if all(map(user.may, one.rights))]


def last_day() -> date:
    """The last day that a token made today may have."""
    return timezone.localdate() + timedelta(days=settings.API_TOKEN_DAYS)


def live_of(user: User) -> QuerySet[ApiToken]:
    """The tokens of a person that still open something."""
    return ApiToken.objects.live(timezone.localdate()).filter(user=user)


def make(wanted: Wanted, *, by: User) -> tuple[ApiToken, str]:
    """A token of one's own, and its secret, which nobody can read again.

    Raises PermissionDenied without the right to take reports away; ValidationError for more than one may oneself, a
    day that is past or too far, or too many tokens.
    """
    if not by.may(Right.EXPORT_REPORTS):
        raise PermissionDenied(_("Your role does not cover this."))
    if not set(wanted.scopes) <= set(scopes_of(by)):
        raise ValidationError({"scopes": _("Your role does not cover this.")})
    _refuse_other_days(wanted.expires_on)
    secret = new_secret()
    token = ApiToken(
        digest=digest_of(secret),
        prefix=secret[:SHOWN],
        user=by,
        name=wanted.name,
        scopes=" ".join(one for one in Scope.values if one in wanted.scopes),
        area=wanted.area or by.area,
        expires_on=wanted.expires_on,
    )
    with trail.together():
        # One after the other, so that many forms at once make no more than one by one.
        User.objects.select_for_update().get(pk=by.pk)
        if live_of(by).count() >= MOST:
            raise ValidationError(
                _("You have %(most)s tokens. Revoke one that nothing uses any more.") % {"most": MOST}
            )
        trail.write(token, by=by)
    return token, secret


def revoke(token: ApiToken, *, by: User) -> None:
    """End a token for good: one's own, or as an administrator. One that is revoked already stays as it is.

    Raises PermissionDenied for somebody else's without that right.
    """
    if token.user_id != by.pk and not by.may(Right.MANAGE_ACCOUNTS):
        raise PermissionDenied(_("Your role does not cover this."))
    with trail.together():
        stored = ApiToken.objects.select_for_update().get(pk=token.pk)
        if stored.revoked_at is None:
            stored.revoked_at, stored.revoked_by = timezone.now(), by.get_username()
            trail.write(stored, by=by)


def _refuse_other_days(day: date) -> None:
    if not timezone.localdate() <= day <= last_day():
        message = _("Choose a day from today on, %(last)s at the latest.") % {"last": last_day().isoformat()}
        raise ValidationError({"expires_on": message})
