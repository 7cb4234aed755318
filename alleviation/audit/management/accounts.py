"""What Django's own commands do to accounts, told in the trail."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils import timezone

from alleviation.accounts.models import User
from alleviation.audit.models import Verb
from alleviation.audit.trail import record, together
from alleviation.audit.values import differing, values_of
from alleviation.common.guard import writing


@contextmanager
def told(by: str) -> Iterator[None]:
    """Let a command save accounts its own way, each with its event.

    The commands ask for a password first: the transaction is that of the save, and nobody waits for the typing.
    """
    save = User.save

    def save_and_tell(user: User, *args: Any, **kwargs: Any) -> None:
        with together():
            stored = User.objects.filter(pk=user.pk).first() if user.pk else None
            if stored is not None and stored.password != user.password:
                # Whoever runs the command knows it: its person chooses another at the next sign-in.
                user.password_given_at = timezone.now()
            with writing():
                save(user, *args, **kwargs)
            _tell(user, stored, by)

    User.save = save_and_tell  # type: ignore[assignment,method-assign]
    try:
        yield
    finally:
        # What it inherits, as before.
        del User.save


def _tell(user: User, stored: User | None, by: str) -> None:
    if stored is None:
        record(verb=Verb.CREATED, subject=user, by=by, after=values_of(user))
        return
    before, after = differing(stored, user)
    if after:
        record(verb=Verb.CHANGED, subject=user, by=by, before=before, after=after)
