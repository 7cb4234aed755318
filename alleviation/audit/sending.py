"""A form that is sent twice is saved once, whatever its sender was told the first time.

The page of a form carries a number of its own. It is noted in the transaction that saves the form, so both are there
or neither: whoever was told that it is not known whether their form was saved sends it again, and finds out. Beside it
a digest of what the form held is noted: who changed it meanwhile is told that the change was not saved. What a
number of a form or a key of its table forbids to stand twice (a version, a file's digest) needs no such note.
"""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any, NoReturn

from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import Tally, User

# What a page carries its number in.
FIELD = "sending"
# What is of the page, and not of what was filled in.
APART = (FIELD, "csrfmiddlewaretoken")
# No page is left open for longer than this and then sent once more.
REMEMBERED = timedelta(days=7)
# What a tally holds; what has a higher number is looked for in the list.
LARGEST = 2**31 - 1


SENT_BEFORE = _("This form was sent before, and it is saved. It was not saved a second time.")


SENT_OTHERWISE = _(
    "This page was sent before with something else in it, and that is saved. What stands here now was NOT saved. Look "
    "at what is saved; if this is to be saved as well, press the button again."
)


class SentAlready(Exception):
    """This very form was sent before, and what it held is saved: as the record of this number; 0: none is noted."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class SentOtherwise(Exception):
    """A form of this number was saved before, and it held something else, or was another form."""


@dataclass(frozen=True)
class Sending:
    """A form as it comes in: by whom, the number of its page, and a digest of all that it holds."""

    by: User
    number: str
    content: str

    @classmethod
    def of(cls, request: HttpRequest) -> "Sending":
        """The form in a request. Which of its buttons was pressed says nothing of what it holds."""
        held = {name: values for name, values in request.POST.lists() if name not in APART and name[0:1] != "_"}
        given: Any = request.FILES.lists()
        files = sorted((name, file.name, file.size) for name, many in given for file in many)
        content = sha256(repr((request.path, sorted(held.items()), files)).encode()).hexdigest()
        return cls(request.user, request.POST.get(FIELD, ""), content)  # type: ignore[arg-type]

    def refuse_again(self) -> None:
        """Raises SentAlready, SentOtherwise where its page was saved before; one without a number nobody knows."""
        if self.number and Tally.objects.filter(key=self._of_page).exists():
            self._refuse()

    def claim(self) -> None:
        """Note that it is being saved. Call it first in the transaction that saves it.

        Raises SentAlready, SentOtherwise where its page was saved before, also for somebody who pressed twice and
        waits for their first press.
        """
        if not self.number:
            return
        until = timezone.now() + REMEMBERED
        _noted, is_new = Tally.objects.get_or_create(key=self._of_page, defaults={"until": until})
        if not is_new:
            self._refuse()
        Tally.objects.create(key=self._of_content, until=until)

    def note(self, record: Model) -> None:
        """Note as what it was saved, so that who sends it again is led there."""
        if self.number and record.pk <= LARGEST:
            Tally.objects.filter(key=self._of_content).update(number=record.pk)

    def _refuse(self) -> NoReturn:
        saved = Tally.objects.filter(key=self._of_content).values_list("number", flat=True).first()
        if saved is None:
            raise SentOtherwise
        raise SentAlready(saved)

    @property
    def _of_page(self) -> str:
        return self._key(self.number)

    @property
    def _of_content(self) -> str:
        return self._key(self.number, self.content)

    def _key(self, *words: str) -> str:
        told = "\n".join((str(self.by.pk), *words))
        return salted_hmac("alleviation.audit.sending", told, algorithm="sha256").hexdigest()


def new_number() -> str:
    """The number of a page that is opened now."""
    return token_urlsafe(16)
