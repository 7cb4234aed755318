"""The places that the example names, and a small example on them, loaded once for all tests of a file."""

import socket
from collections.abc import Iterator
from typing import Any
from unittest.mock import Mock, patch

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import override_settings

from alleviation.accounts.models import User
from alleviation.common.areas import LEVEL_LENGTHS, prefix_of
from alleviation.common.query import Query
from alleviation.example import starting
from alleviation.example.loading import load
from alleviation.example.management.commands import load_example, start
from alleviation.example.shelf import codes_named
from projects.models import Division
from tests.factories import UserFactory

# The example has 25 households in each of its twelve villages; two are enough to see whether they are right.
PER_VILLAGE = 2
# Steps of `start` that have tests of their own.
LEFT_OUT = {"migrate", "load_reference", "collectstatic"}

Served = list[tuple[list[str], dict[str, str]]]


def make_places() -> None:
    """Every place that the example names, under its own code."""
    Division.objects.bulk_create(
        Division(code=code, name=f"地{code}", vintage=2019, level=1 + LEVEL_LENGTHS.index(len(prefix_of(code))))
        for code in sorted(codes_named())
    )


@pytest.fixture
def places(db: None) -> None:
    make_places()


@pytest.fixture(scope="module")
def loaded_once(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A transaction around all tests of a file, each of which rolls back to here.

    A test ends by closing its connection, which would end the transaction of the file with it.
    """
    with django_db_blocker.unblock(), transaction.atomic(), patch.object(connection, "close"):
        make_places()
        with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
            load(per_village=PER_VILLAGE)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def example(loaded_once: None, db: None) -> None:
    """The example with few households."""


@pytest.fixture
def our_manager(db: None) -> Any:
    """Someone of the office; the example has a manager of its own."""
    return UserFactory(username="our-manager")


@pytest.fixture
def asked(our_manager: User) -> Query:
    """The question without a filter."""
    return Query(user=our_manager)


@pytest.fixture
def port() -> int:
    """A port that is free right now."""
    with socket.socket() as probe:
        probe.bind((starting.HOST, 0))
        return probe.getsockname()[1]


@pytest.fixture
def served(monkeypatch: Any) -> Served:
    """What would have been served. Reference data and most households are left out, for speed."""
    called: Served = []
    monkeypatch.setattr(starting, "serve", lambda command, environment: called.append((command, environment)))
    monkeypatch.setattr(load_example, "load", lambda: load(per_village=1))
    real = call_command
    monkeypatch.setattr(
        start, "call_command", lambda name, **options: None if name in LEFT_OUT else real(name, **options)
    )
    # Closing the connection would end the transaction of the test.
    monkeypatch.setattr(start, "connection", Mock())
    return called
