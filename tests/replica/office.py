"""An office on a primary and a replica: its records are the example's, and its people browse in this process."""

import os
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from html import unescape
from io import StringIO
from typing import Any

from tests.replica.clusters import Pair

AS_OF = re.compile(
    r"Read from a copy of the database: everything entered up to (.+?), (\d\d:\d\d:\d\d) is in this page"
)
# Longer than any trial takes on a busy machine; the one that is about lateness shortens it.
LATEST_SECONDS = 300


def open_on(two: Pair) -> None:
    """Start Django on the pair, make the tables and load the example; then have the replica follow.

    The app signs in as a plain role, whom row-level security binds, on both.
    """
    # It goes with the pair.
    folder = two.primary.folder
    os.environ |= {
        "DATABASE_URL": two.primary.url,
        "REPLICA_URL": two.replica.url,
        "REPLICA_LATEST_SECONDS": str(LATEST_SECONDS),
        "ROW_SECURITY": "true",
        "EVIDENCE_ROOT": f"{folder}/evidence",
        "IMPORT_ROOT": f"{folder}/imports",
        "DJANGO_SETTINGS_MODULE": "alleviation.settings",
    }
    import django
    from django.conf import settings
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    django.setup()
    setup_test_environment()
    from alleviation.common.replica import breaker

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MIGRATION_MODULES = Unmigrated()
    quiet: dict[str, Any] = {"verbosity": 0, "stdout": StringIO()}
    call_command("migrate", run_syncdb=True, **quiet)
    call_command("load_reference", **quiet)
    call_command("load_example", **quiet)
    two.primary.ask("ANALYZE")
    # Until a trial says that the time has come to try again.
    breaker.RETRY_SECONDS = 3600


@contextmanager
def instead(place: Any, name: str, thing: Any) -> Iterator[None]:
    kept = getattr(place, name)
    setattr(place, name, thing)
    try:
        yield
    finally:
        setattr(place, name, kept)


@contextmanager
def as_served() -> Iterator[None]:
    """Without what keeps the forms of each page for a trial, and takes its time."""
    from django.conf import settings
    from django.test.utils import setup_test_environment, teardown_test_environment

    teardown_test_environment()
    with instead(settings, "ALLOWED_HOSTS", ["testserver"]):
        yield
    setup_test_environment()


class Unmigrated(dict[str, None]):
    """The tables as the models have them, at once."""

    def __contains__(self, _app: object) -> bool:
        return True

    def __getitem__(self, _app: str) -> None:
        return None


def browser(name: str) -> Any:
    """The browser of one of the example's people, who is signed in."""
    from django.test import Client

    from alleviation.accounts.models import User

    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(username=name), backend="alleviation.accounts.backends.LoopbackExampleBackend")
    return client


def as_of(response: Any) -> str:
    """The moment at the foot of a page that was read from the replica; "" of one from the primary."""
    found = AS_OF.search(unescape(text_of(response)))
    return " ".join(found.groups()) if found else ""


def text_of(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return " ".join(content.decode().split())


@contextmanager
def counted() -> Iterator[dict[str, list[str]]]:
    """The statements that each of the two is asked in here."""
    from django.db import connections

    asked: dict[str, list[str]] = {"default": [], "replica": []}

    def note(execute: Any, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        asked[context["connection"].alias].append(str(sql))
        return execute(sql, params, many, context)

    with ExitStack() as wrapped:
        for alias in asked:
            wrapped.enter_context(connections[alias].execute_wrapper(note))
        yield asked


def tables_of(statements: list[str]) -> Counter[str]:
    """How often statements name each table first; "" for none."""
    found = (re.search(r'(?:FROM|INTO|UPDATE)\s+"?(\w+)', one) for one in statements)
    return Counter(one[1] if one else "" for one in found)


def rename(client: Any, name: str) -> None:
    """Give the example's first organisation another name, by its form, as a clerk does."""
    address = f"/admin/projects/organisation/{organisation()}/change/"
    data = typed(client.get(address)) | {"name": name, "reason": "renamed"}
    response = client.post(address, data)
    assert response.status_code == 302, text_of(response)


def typed(response: Any) -> dict[str, Any]:
    from tests.admin_pages import typed as as_sent

    return {key: "" if value is None else value for key, value in as_sent(response).items()}


def organisation() -> int:
    from projects.models import Organisation

    return Organisation.objects.order_by("pk").values_list("pk", flat=True)[0]
