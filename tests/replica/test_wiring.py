"""What REPLICA_URL changes in the settings, and what a process remembers of each of the two."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.urls import resolve

from alleviation.accounts.models import User
from alleviation.accounts.rights import Role
from alleviation.common.query import Query
from alleviation.common.replica.pages import MOVED
from alleviation.common.replica.settings import CONTEXT, MIDDLEWARE, ROUTER, replica
from alleviation.scrutiny import remembered
from tests.house.test_urls import every_address
from tests.test_settings import started

PRIMARY_URL = {"ENGINE": "django.db.backends.postgresql", "NAME": "office"}


def wired(found: dict) -> list[bool]:
    processors = found["TEMPLATES"][0]["OPTIONS"]["context_processors"]
    routers = found.get("DATABASE_ROUTERS", [])
    return [
        MIDDLEWARE in found["MIDDLEWARE"],
        CONTEXT in processors,
        ROUTER in routers,
        "replica" in found["DATABASES"],
    ]


def test_without_a_replica_nothing_of_it_is_in_the_way(monkeypatch):
    monkeypatch.delenv("REPLICA_URL", raising=False)

    assert wired(started(monkeypatch)) == [False] * 4


def test_a_replica_is_read_by_a_router_and_the_innermost_middleware(monkeypatch):
    found = started(
        monkeypatch, DATABASE_URL="postgresql://user@primary/office", REPLICA_URL="postgresql://user@replica/office"
    )

    assert wired(found) == [True] * 4
    assert found["MIDDLEWARE"][-1] == MIDDLEWARE


@pytest.mark.parametrize("url", ["sqlite:///copy.sqlite3", "citus://user@replica/office"])
def test_a_replica_of_another_kind_is_refused(url):
    with pytest.raises(ImproperlyConfigured, match="REPLICA_URL goes with postgresql"):
        replica(url, PRIMARY_URL)


def test_pages_that_are_read_from_a_replica_exist_and_take_no_form(rf):
    found = {match.view_name: match for match in map(resolve, every_address()) if match.view_name in MOVED}
    sent = rf.post("/")
    sent.user = User(role=Role.MANAGER)

    answers = {name: match.func(sent, *match.args, **match.kwargs).status_code for name, match in found.items()}

    assert answers == dict.fromkeys(MOVED, 405)


def test_the_primary_is_no_replica_of_itself(monkeypatch):
    url = "postgresql://user@primary/office"

    with pytest.raises(ImproperlyConfigured, match="REPLICA_URL is DATABASE_URL once more"):
        started(monkeypatch, DATABASE_URL=url, REPLICA_URL=url)


def test_a_replica_is_read_only_and_given_up_soon():
    found = replica("postgresql://user@replica/office", PRIMARY_URL)

    assert found["OPTIONS"]["connect_timeout"] == 2
    assert found["OPTIONS"]["options"].endswith(" -c default_transaction_read_only=on")


def test_a_number_of_the_primary_is_not_remembered_for_the_replica(manager, monkeypatch):
    query = Query(user=manager)
    here = remembered._known_by(query)
    monkeypatch.setattr(remembered, "reading", lambda: "replica")
    monkeypatch.setattr(remembered, "connections", {"replica": connection})

    there = remembered._known_by(query)

    assert [one for one, other in zip(here, there, strict=True) if one != other] == ["default"]
