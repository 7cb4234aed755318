"""Second factors: an app's codes, recovery codes, passkeys. Each write leaves an event of its person.

The rows and what is computed of them are allauth's (docs/decisions/0020). Ours are the limits, the events, and that a
code is used once, in whichever process: allauth remembers used codes in a cache, which each process has for itself.
"""

from collections.abc import Iterable
from typing import Any

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from alleviation.accounts.models import Session, User
from alleviation.accounts.rights import Right
from alleviation.audit import trail
from alleviation.audit.models import Verb
from alleviation.common.guard import writing
from alleviation.common.sealing import Unreadable, seal, unseal

APP, CODES, PASSKEY = Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES, Authenticator.Type.WEBAUTHN
# Recovery codes alone are none: they are for whoever has lost one of these.
PROPER = (APP, PASSKEY)
# Where allauth keeps what is encrypted.
SECRETS = {APP: "secret", CODES: "seed"}
# What the trail calls the factors of a person, and their recovery codes.
TOLD, TOLD_CODES = "second_factor", "recovery_codes"


def of(user: User) -> QuerySet[Authenticator]:
    """What this person has."""
    return Authenticator.objects.filter(user_id=user.pk).order_by("pk")


def has_any(user: User) -> bool:
    """Whether this person has a second factor."""
    return of(user).filter(type__in=PROPER).exists()


def new_secret() -> str:
    """A secret for an app to be."""
    return totp.generate_totp_secret()


def set_up_app(user: User, secret: str, code: str) -> bool:
    """Take an app as a second factor, where it shows the right code for the secret; in place of another one."""
    step = _step(secret, code)
    if step is None:
        return False
    with trail.together(), writing():
        before = _kinds(user)
        of(user).filter(type=APP).delete()
        row = totp.TOTP.activate(user, secret).instance
        row.data["step"] = step
        row.save(update_fields=["data"])
        _tell(user, before, by=user)
    return True


def add_passkey(user: User, *, name: str, credential: dict[str, Any]) -> None:
    """Take a passkey that was proved to be there (alleviation/entrance/passkeys.py)."""
    with trail.together(), writing():
        before = _kinds(user)
        Authenticator(user=user, type=PASSKEY, data={"name": name, "credential": credential}).save()
        _tell(user, before, by=user)


def make_codes(user: User) -> list[str]:
    """New recovery codes; the former ones are worth nothing. They are shown once, and never again."""
    with trail.together(), writing():
        of(user).filter(type=CODES).delete()
        codes = RecoveryCodes.activate(user).generate_codes()
        trail.record(verb=Verb.CHANGED, subject=user, by=user, after={TOLD_CODES: len(codes)})
    return codes


def remove(user: User, numbers: Iterable[int], *, by: User) -> None:
    """Somebody takes away some of their own; with the last proper one the recovery codes go."""
    with trail.together(), writing():
        before = _kinds(user)
        of(user).filter(pk__in=list(numbers), type__in=PROPER).delete()
        if not has_any(user):
            of(user).delete()
        _tell(user, before, by=by)


def take_away(user: User, *, by: User, reason: str) -> None:
    """An administrator takes away all that somebody has lost, and ends their sessions. Nothing of it is shown.

    Raises PermissionDenied without the right, or for one's own; ValidationError without a reason.
    """
    if not by.may(Right.MANAGE_ACCOUNTS) or by.pk == user.pk:
        raise PermissionDenied(_("Your role does not cover this."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    with trail.together(), writing():
        before = _kinds(user)
        of(user).delete()
        Session.objects.filter(user=user).delete()
        _tell(user, before, by=by, reason=reason)


def fits(user: User, code: str) -> bool:
    """Whether this is a code of theirs that was not used before; from now on it was."""
    with trail.together(), writing():
        rows = of(user).select_for_update()
        return _fits_app(rows.filter(type=APP).first(), code) or _fits_codes(rows.filter(type=CODES).first(), code)


def note_use(row: Authenticator) -> None:
    """A passkey was used."""
    with writing():
        row.last_used_at = timezone.now()
        row.save(update_fields=["last_used_at"])


def seal_anew() -> int:
    """Encrypt every secret with the newest key; what no key opens stays as it is, and worth nothing. Returns how many.

    Call it inside the transaction in which the keys are changed.
    """
    done = 0
    with writing():
        for row in Authenticator.objects.select_for_update().filter(type__in=SECRETS).order_by("pk"):
            name = SECRETS[row.type]
            try:
                row.data[name] = seal(unseal(row.data[name]))
            except Unreadable:
                continue
            row.save(update_fields=["data"])
            done += 1
    return done


def codes_left(row: Authenticator) -> int:
    """How many recovery codes were not used."""
    return 10 - int(row.data["used_mask"]).bit_count()


def _step(secret: str, code: str, after: int = 0) -> int | None:
    """The time step of which this is the code; None for none of now. A step that was used is over, with all before."""
    for step in totp.yield_hotp_counters_from_time():
        if step > after and compare_user_code(
            actual=code, expected=totp.format_hotp_value(totp.hotp_value(secret, step))
        ):
            return step
    return None


def _fits_app(row: Authenticator | None, code: str) -> bool:
    if row is None:
        return False
    try:
        step = _step(unseal(row.data["secret"]), code, row.data.get("step", 0))
    except Unreadable:
        return False
    if step is not None:
        row.data["step"], row.last_used_at = step, timezone.now()
        row.save(update_fields=["data", "last_used_at"])
    return step is not None


def _fits_codes(row: Authenticator | None, code: str) -> bool:
    if row is None:
        return False
    codes = RecoveryCodes(row)
    try:
        is_right = codes.validate_code(code)
    except Unreadable:
        return False
    if is_right:
        codes.instance.record_usage()
        user = codes.instance.user
        trail.record(verb=Verb.CHANGED, subject=user, by=user, after={TOLD_CODES: codes_left(codes.instance)})
    return is_right


def _kinds(user: User) -> str:
    return ", ".join(of(user).filter(type__in=PROPER).values_list("type", flat=True))


def _tell(user: User, before: str, *, by: User, reason: str = "") -> None:
    after = {TOLD: _kinds(user)}
    trail.record(verb=Verb.CHANGED, subject=user, by=by, before={TOLD: before}, after=after, reason=reason)
