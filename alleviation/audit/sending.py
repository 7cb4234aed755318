"""A form that is sent twice is saved once, whatever its sender was told the first time.

The page of a form carries a number of its own. It is noted in the transaction that saves the form, so both are there
or neither: whoever was told that it is not known whether their form was saved sends it again, and finds out. What a
number of a form or a key of its table forbids to stand twice (a version, a file's digest) needs no such note.
"""

from datetime import timedelta
from secrets import token_urlsafe

from django.db.models import Model
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import Tally, User

# What a page carries its number in.
FIELD = "sending"
# No page is left open for longer than this and then sent once more.
REMEMBERED = timedelta(days=7)
# What a tally holds; what has a higher number is looked for in the list.
LARGEST = 2**31 - 1


SENT_BEFORE = _("This form was sent before, and it is saved. It was not saved a second time.")


class SentAlready(Exception):
    """This very form was sent before, and what it held is saved."""


def new_number() -> str:
    """The number of a page that is opened now."""
    return token_urlsafe(16)


def saved_as(number: str, *, by: User) -> int | None:
    """The number of the record that the form of this number was saved as; 0 where it is not noted, None if it was not.

    A form without a number is known to nobody.
    """
    return Tally.objects.filter(key=_key(number, by)).values_list("number", flat=True).first() if number else None


def claim(number: str, *, by: User) -> None:
    """Note that a form is being saved. Call it first in the transaction that saves it.

    Raises SentAlready where it was saved before, also by somebody who pressed twice and waits for their first press.
    """
    if not number:
        return
    until = timezone.now() + REMEMBERED
    _noted, is_new = Tally.objects.get_or_create(key=_key(number, by), defaults={"number": 0, "until": until})
    if not is_new:
        raise SentAlready


def note(number: str, record: Model, *, by: User) -> None:
    """Note as what a form was saved, so that who sends it again is led there."""
    if number and record.pk <= LARGEST:
        Tally.objects.filter(key=_key(number, by)).update(number=record.pk)


def _key(number: str, by: User) -> str:
    return salted_hmac("alleviation.audit.sending", f"{by.pk}\n{number}", algorithm="sha256").hexdigest()
