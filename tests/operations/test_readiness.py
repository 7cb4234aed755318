"""Whether a server can do its work, for whoever replaces one by the next."""

import pytest
from django.test import Client

from alleviation.accounts.models import User
from alleviation.audit.trail import record_words
from alleviation.common.guard import writing
from alleviation.common.sealing import seal
from alleviation.operations.metrics import places, readiness
from beneficiaries.models import PersonNumber
from tests.security.carried import lacking


@pytest.fixture(autouse=True)
def asked_anew():
    readiness.is_migrated.cache_clear()
    yield
    readiness.is_migrated.cache_clear()


def ready(client: Client) -> tuple[int, str]:
    answer = client.get("/healthz?ready")
    assert lacking(answer) == []
    return answer.status_code, answer.content.decode()


def test_a_server_that_lacks_nothing_is_ready(client, db):
    record_words(verb="signed_in", what="x", by="x", kind="session")

    assert ready(client) == (200, "ready\n")


def test_another_key_of_the_trail_keeps_a_server_from_its_work(client, db, settings):
    record_words(verb="signed_in", what="x", by="x", kind="session")
    settings.TRAIL_KEY = "another"

    assert ready(client) == (503, f"{readiness.TRAIL_KEY}\n")
    # Whoever only asks whether it answers is not told.
    assert client.get("/healthz").status_code == 200


def test_other_keys_of_persons_keep_a_server_from_its_work(client, db, settings):
    sealed = {"kind": "id", "digest": "x", "household_number": 1, "person_number": 1}
    with writing():
        PersonNumber.objects.create(**sealed, sealed=seal("110101199003078515"))
    before = ready(client)
    settings.PERSONAL_KEYS = ["another" * 8]

    assert (before[0], ready(client)) == (200, (503, f"{readiness.PERSONAL_KEYS}\n"))


def test_a_disk_that_is_nearly_full_is_named(client, db, monkeypatch):
    monkeypatch.setattr(places, "LEAST_FREE", 2**80)

    assert ready(client)[1].startswith("The disk is nearly full: evidence, imports")


def test_tables_of_another_release_are_told_and_looked_at_again(client, db, monkeypatch):
    plans = [[("a", False)], []]
    monkeypatch.setattr(readiness.MigrationExecutor, "migration_plan", lambda *_words: plans.pop(0))

    answers = [ready(client) for _time in range(3)]

    # Once they fit, nobody looks again.
    assert [status for status, _words in answers] == [503, 200, 200]
    assert (answers[0][1], plans, User.objects.count()) == (f"{readiness.MIGRATE}\n", [], 0)
