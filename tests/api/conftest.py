"""A program with a token of somebody's."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from alleviation.accounts.models import ApiToken, User
from alleviation.accounts.tokens import SHOWN, digest_of, new_secret

Program = Callable[..., Client]
EVERYTHING = "figures households trail"


def token_of(user: User, **given: Any) -> tuple[ApiToken, str]:
    """A token of this person's, without the form that makes one, and its secret."""
    secret = new_secret()
    fields = {"name": "a program", "scopes": EVERYTHING, "area": user.area} | given
    fields.setdefault("expires_on", timezone.localdate() + timedelta(days=30))
    return ApiToken.objects.create(user=user, digest=digest_of(secret), prefix=secret[:SHOWN], **fields), secret


def program_of(user: User, **given: Any) -> Client:
    """A program that has a token of this person's."""
    token, secret = token_of(user, **given)
    client = Client(headers={"authorization": f"Bearer {secret}"})
    client.token, client.secret = token, secret
    return client


@pytest.fixture
def program() -> Program:
    return program_of
