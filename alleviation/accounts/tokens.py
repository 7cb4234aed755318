"""The secret of a token, and who reads by it. docs/api.md."""

import re
import secrets
from copy import copy
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from alleviation.accounts.models import ApiToken, User
from alleviation.common.areas import covers
from alleviation.common.guard import writing

# So begins every token: whoever looks for secrets that were left lying finds it, and so does what scrubs the logs.
BEGINNING = "alv_"
BYTES = 32
SHAPE = re.compile(rf"{BEGINNING}[A-Za-z0-9_-]{{43}}")
# What the list shows of a token: enough to know it again, far too little to guess the rest.
SHOWN = 10
# That a token is used is written down no more often than this.
NOTED_EVERY = timedelta(minutes=1)


def new_secret() -> str:
    """A token as its owner sees it, once: 256 bits drawn by lot."""
    return BEGINNING + secrets.token_urlsafe(BYTES)


def digest_of(secret: str) -> str:
    """What the database knows of a token, keyed on SECRET_KEY. It is long and random: a quick digest will do."""
    return salted_hmac("alleviation.accounts.token", secret, algorithm="sha256").hexdigest()


def found(secret: str) -> ApiToken | None:
    """The token, with its owner as they are now; None for one that nobody has."""
    if not SHAPE.fullmatch(secret):
        return None
    return ApiToken.objects.select_related("user").filter(digest=digest_of(secret)).first()


def is_in_reach(token: ApiToken) -> bool:
    """Whether its area still lies in that of its owner: one that was moved reads nothing by it, not another area."""
    return covers(token.user.area, token.area)


def reader_of(token: ApiToken) -> User:
    """The owner as the program reads in their name: in the token's area, with no right that it lacks. Never saved."""
    reader = copy(token.user)
    reader.area, reader.granted = token.area, token.granted
    return reader


def note_use(token: ApiToken, place: str) -> None:
    """Note that it is used, once a minute at most."""
    now = timezone.now()
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - NOTED_EVERY)
    if token.last_used_at is None or token.last_used_at < now - NOTED_EVERY:
        with writing():
            ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now, last_place=place)
