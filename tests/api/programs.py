"""Programs with tokens of somebody's."""

import json
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from alleviation.accounts.models import ApiToken, User
from alleviation.accounts.tokens import SHOWN, digest_of, new_secret

EVERYTHING = "figures households trail"


def token_of(user: User, **given: Any) -> tuple[ApiToken, str]:
    """A token of this person's, without the form that makes one, and its secret."""
    secret = new_secret()
    fields = {"name": "a program", "scopes": EVERYTHING, "area": user.area} | given
    fields.setdefault("expires_on", timezone.localdate() + timedelta(days=30))
    return ApiToken.objects.create(user=user, digest=digest_of(secret), prefix=secret[:SHOWN], **fields), secret


def program_of(user: User, **given: Any) -> Client:
    """A program that has a token of this person's."""
    client = bearing(token_of(user, **given)[1])
    client.raise_request_exception = False
    return client


def bearing(secret: str) -> Client:
    """A program that sends this token."""
    return Client(headers={"authorization": f"Bearer {secret}"})


def said(response: Any) -> bytes:
    """All that an answer says, streamed or not."""
    return b"".join(response) if response.streaming else response.content


def read(response: Any) -> Any:
    """The JSON of an answer."""
    return json.loads(said(response))
