"""Writing accounts: like every write, with its event."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit import trail


def save_user(user: User, *, by: User) -> None:
    """Save a person's account with its event, which tells that a password was set, never which.

    A user name stays: the trail and the ledger speak of people by it, and two people by the same would be one.
    Raises PermissionDenied without the right; ValidationError for another user name, and where administrators would
    lock themselves out.
    """
    if not by.may(Right.MANAGE_ACCOUNTS):
        raise PermissionDenied(_("Your role does not cover this."))
    if user.pk == by.pk and not user.may(Right.MANAGE_ACCOUNTS):
        raise ValidationError(
            _("You cannot take your own rights away: another administrator has to."), code="own_rights"
        )
    if User.objects.filter(pk=user.pk).exclude(username=user.username).exists():
        raise ValidationError({"username": _("A user name stays: the trail speaks of people by it.")}, code="renamed")
    trail.write(user, by=by)
