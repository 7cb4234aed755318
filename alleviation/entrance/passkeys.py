"""Passkeys: what the browser is asked, and what it answers. The ceremony is allauth's, the proof fido2's.

The page's own script (static/js/passkeys.js) carries both: the policy of our pages lets nothing inline run.
"""

import json
import struct
from typing import Any

from allauth.core import context
from cryptography.exceptions import InvalidSignature
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from alleviation.accounts import limits
from alleviation.accounts.models import User
from alleviation.audit import sign_ins
from alleviation.entrance import factors

# An answer is some kilobytes.
LONGEST = 20_000
# Over what the libraries stumble that read what somebody has sent: it proves nothing then.
NO_PROOF = (
    *(ValidationError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, AssertionError),
    *(RecursionError, struct.error, InvalidSignature),
)


def offered(request: HttpRequest, user: User) -> str:
    """What the browser is asked to make a passkey of, as JSON."""
    with context.request_context(request):
        return json.dumps(_ceremony().begin_registration(user, passwordless=False))


def set_up(request: HttpRequest, user: User, *, name: str, said: str) -> None:
    """Take a new passkey. Raises ValidationError where it does not answer what was asked."""
    with context.request_context(request):
        try:
            credential = json.loads(said[:LONGEST])
            _ceremony().parse_registration_response(credential)
            _ceremony().complete_registration(credential)
        except NO_PROOF as error:
            raise ValidationError(_("The key did not answer what it was asked. Try again."), code="key") from error
    factors.add_passkey(user, name=name, credential=credential)


def asked(request: HttpRequest, user: User) -> str:
    """What the browser is asked to prove, as JSON."""
    with context.request_context(request):
        return json.dumps(_ceremony().begin_authentication(user))


def answered(request: HttpRequest, user: User, said: str) -> bool:
    """Whether a passkey of theirs proved it; what was asked is asked once."""
    if not limits.may_prove(user.pk, "code"):
        return False
    with context.request_context(request):
        try:
            credential = json.loads(said[:LONGEST])
            _ceremony().parse_authentication_response(credential)
            row = _ceremony().complete_authentication(user, credential)
        except NO_PROOF:
            _ceremony().clear_state()
            sign_ins.failed_again(user)
            return False
    factors.note_use(row)
    limits.proved(user.pk, "code")
    return True


def _ceremony() -> Any:
    """Of allauth; read when first needed, since it reads the list of all domain endings."""
    from allauth.mfa.webauthn.internal import auth

    return auth
