"""Who came in, who went, and who failed to."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models import QuerySet
from django.utils import timezone

from alleviation.accounts.models import Session, User
from alleviation.audit import trail
from alleviation.audit.models import Verb
from alleviation.common.guard import writing

LAST_LOGIN = "update_last_login"
NOBODY_KNOWN = "(unknown name)"


def connect() -> None:
    """Listen for sign-ins, under the name of Django's own listener, which writes past the trail and so stays away."""
    user_logged_in.connect(came_in, dispatch_uid=LAST_LOGIN)
    user_logged_out.connect(went, dispatch_uid="trail")
    user_login_failed.connect(failed, dispatch_uid="trail")


def came_in(*, user: User, **_rest: Any) -> None:
    """Keep the moment, and tell it."""
    with trail.together():
        with writing():
            User.objects.filter(pk=user.pk).update(last_login=timezone.now())
        _tell(Verb.SIGNED_IN, user.get_username())


def went(*, user: User | None, **_rest: Any) -> None:
    if user is not None:
        _tell(Verb.SIGNED_OUT, user.get_username())


def failed(*, credentials: dict[str, Any], **_rest: Any) -> None:
    """Tell of a name that exists; what else was typed may be a password, and is kept nowhere."""
    name = str(credentials.get("username") or "")
    _tell(Verb.SIGN_IN_FAILED, name if User.objects.filter(username=name).exists() else NOBODY_KNOWN)


def failed_again(user: User) -> None:
    """Tell of somebody who gave the right name, and then a wrong code, or a wrong password when asked again."""
    _tell(Verb.SIGN_IN_FAILED, user.get_username())


def end_sessions(some: QuerySet[Session], *, of: User, by: User) -> int:
    """End sessions of a person, and tell of it where there were any. Returns how many."""
    with trail.together():
        _rows, by_table = some.filter(user=of).delete()
        if number := by_table.get(Session._meta.label, 0):
            name = of.get_username()
            trail.record_words(verb=Verb.SIGNED_OUT, what=name, by=by, kind="session", details={"ended": number})
    return number


def _tell(verb: Verb, name: str) -> None:
    trail.record_words(verb=verb, what=name, by=name, kind="session")
