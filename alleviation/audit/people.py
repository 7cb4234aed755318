"""Writing accounts: like every write, with its event."""

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from alleviation.accounts.models import Session, User
from alleviation.accounts.rights import Right, Role, are_apart
from alleviation.audit import trail
from alleviation.audit.sign_ins import end_sessions

# What a person may not change of themselves: which would be to give oneself rights, or to take one's own away.
OTHERS_TO_SAY = ("role", "area", "is_active")


def save_user(user: User, *, by: User) -> None:
    """Save a person's account with its event, which tells that a password was set, never which.

    A user name stays: the trail and the ledger speak of people by it, and two people by the same would be one. With
    another role, area or password, or without being active, every session of theirs ends. A password that somebody
    else has set is for the next sign-in only.
    Raises PermissionDenied without the right; ValidationError for another user name, for rights of one's own, for two
    roles that one person may not have, and where no administrator would be left.
    """
    with trail.together():
        _refuse_former_administrator(by)
        stored = User.objects.select_for_update().filter(pk=user.pk).first()
        if stored is not None:
            _refuse_renaming(user, stored)
            _refuse_own_rights(user, stored, by)
        _refuse_nobody_in_particular(user)
        refuse_two_roles(user)
        if stored is None or stored.password != user.password:
            user.password_given_at = None if by.pk == user.pk else timezone.now()
        trail.write(user, by=by)
        if stored is not None and (
            stored.get_session_auth_hash() != user.get_session_auth_hash() or not user.is_active
        ):
            end_sessions(Session.objects.all(), of=user, by=by)


def refuse_two_roles(user: User) -> None:
    """Raises ValidationError where the same person has another account whose role does not go with this one's.

    A person is known by the e-mail address, however it is written, or by the staff number.
    """
    same = Q(pk__in=[])
    if user.email:
        same |= Q(email__iexact=user.email)
    if user.staff_number:
        same |= Q(staff_number=user.staff_number)
    for other in User.objects.filter(same, is_active=True).exclude(pk=user.pk):
        if user.is_active and are_apart(user.role, user.area, other.role, other.area):
            words = {"name": other.get_username(), "role": other.get_role_display()}
            raise ValidationError(
                {"role": _("This person has the account %(name)s as %(role)s: nobody may have both roles.") % words},
                code="apart",
            )


def _refuse_former_administrator(by: User) -> None:
    """Administrators are locked one after the other: two who disable each other at once would leave none.

    Raises PermissionDenied for whoever is none, or is none any more.
    """
    administrators = User.objects.select_for_update().filter(role=Role.ADMINISTRATOR, is_active=True).order_by("pk")
    numbers = [one.pk for one in administrators]
    if not by.may(Right.MANAGE_ACCOUNTS) or by.pk not in numbers:
        raise PermissionDenied(_("Your role does not cover this."))


def _refuse_renaming(user: User, stored: User) -> None:
    if stored.username != user.username:
        raise ValidationError({"username": _("A user name stays: the trail speaks of people by it.")}, code="renamed")


def _refuse_own_rights(user: User, stored: User, by: User) -> None:
    """Whoever writes is an administrator who stays one: so there is always one left."""
    if user.pk == by.pk and any(getattr(user, name) != getattr(stored, name) for name in OTHERS_TO_SAY):
        raise ValidationError(
            _("You cannot take your own rights away: another administrator has to."), code="own_rights"
        )


def _refuse_nobody_in_particular(user: User) -> None:
    """In production it must be known who it is: two accounts of one person are found by it."""
    if settings.PRODUCTION and user.is_active and not (user.email or user.staff_number):
        raise ValidationError({"email": _("Enter an e-mail address or a staff number.")}, code="who")
