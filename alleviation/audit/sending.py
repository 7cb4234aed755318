"""A form that is sent twice is saved once, whatever its sender was told the first time.

The page of a form carries a number of its own. It is noted in the transaction that saves the form, so both are there
or neither: whoever was told that it is not known whether their form was saved sends it again, and finds out. What a
number of a form or a key of its table forbids to stand twice (a version, a file's digest) needs no such note.
"""

from datetime import timedelta
from secrets import token_urlsafe

from django.utils import timezone
from django.utils.crypto import salted_hmac

from alleviation.accounts.models import Tally, User

# What a page carries its number in.
FIELD = "sending"
# No page is left open for longer than this and then sent once more.
REMEMBERED = timedelta(days=7)


class SentAlready(Exception):
    """This very form was sent before, and what it held is saved."""


def new_number() -> str:
    """The number of a page that is opened now."""
    return token_urlsafe(16)


def is_saved(number: str, *, by: User) -> bool:
    """Whether the form of this number was saved; a form without a number is known to nobody."""
    return bool(number) and Tally.objects.filter(key=_key(number, by)).exists()


def note_saved(number: str, *, by: User) -> None:
    """Note that a form is saved. Call it in the transaction that saves it.

    Raises SentAlready where it was noted before, also by somebody who pressed twice and waits for their first press.
    """
    if not number:
        return
    until = timezone.now() + REMEMBERED
    _noted, is_new = Tally.objects.get_or_create(key=_key(number, by), defaults={"number": 1, "until": until})
    if not is_new:
        raise SentAlready


def _key(number: str, by: User) -> str:
    return salted_hmac("alleviation.audit.sending", f"{by.pk}\n{number}", algorithm="sha256").hexdigest()
