"""Stores the payloads in every text field of every model: python -m tests.security.payloads_stored --round 0

In a round each field holds six of the sixty one after the other, begun by another one in each record; ten rounds have
all of them in each field. DATABASE_URL names the database, which `--make` builds first. What could never be stored by
the app stays as it is: choices, and what a field's validators refuse of each payload.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.security.payloads import PAYLOADS

EACH = 6
ROUNDS = len(PAYLOADS) // EACH
# Made by the app itself from nothing that anybody types, or what people come in by.
OURS = {
    *("password", "session_data", "session_key", "sha256", "digest", "mac", "request_id", "address", "language"),
    *("subject_type", "import_kind", "slug", "sealed", "key_mark", "area", "report", "flag", "case_key", "kind"),
    *(
        "key",
        "code",
        "county",
        "former",
        "controls",
        "encoding",
        "voucher",
        "reverses",
        "replaces",
        "handed_down_from",
    ),
}
PASSWORD = "example-only"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.security.payloads_stored")
    parser.add_argument("--make", action="store_true", help="build the tables and their records first")
    parser.add_argument("--round", type=int, default=0)
    given = parser.parse_args()
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alleviation.settings")
    django.setup()
    if given.make:
        make()
    sys.stdout.write(f"{len(set(store(given.round)))} fields\n")
    return 0


def make() -> None:
    """The world of these tests, in tables as the models have them."""
    from django.conf import settings
    from django.core.management import call_command

    from alleviation.accounts.models import User
    from alleviation.common import guard
    from tests.browser.making import NoMigrations
    from tests.security.fuzz_world import build

    settings.MIGRATION_MODULES = NoMigrations()
    call_command("migrate", run_syncdb=True, verbosity=0)
    Path(settings.IMPORT_ROOT).mkdir(parents=True, exist_ok=True)
    with guard.writing():
        build()
        for user in User.objects.all():
            user.set_password(PASSWORD)
            user.save()


def store(number: int) -> Iterator[str]:
    """Write the payloads of a round into every text of every record, past the rules of the tables."""
    from tests.house.ground import own_models

    with without_rules():
        for model in own_models():
            names = [one.name for one in texts_of(model)]
            for place, record in enumerate(model._default_manager.order_by("pk")):
                for turn, name in enumerate(names):
                    if is_written(record, name, number, place + turn):
                        yield f"{model.__name__}.{name}"
        yield from tell_of_changes(number)


def tell_of_changes(number: int) -> Iterator[str]:
    """What an event tells that a field held before and after."""
    from alleviation.audit.models import AuditEvent

    for event in AuditEvent.objects.order_by("pk"):
        words = {name: payloads_of(number, event.pk) for name in (*event.after, "note")}
        AuditEvent.objects.filter(pk=event.pk).update(before=words, after=words)
        yield "AuditEvent.after"


def payloads_of(number: int, turn: int) -> str:
    """The six payloads of a round, begun by another one each turn."""
    return " ".join(turned(number, turn))


def turned(number: int, turn: int) -> list[str]:
    ours = [PAYLOADS[(number * EACH + n) % len(PAYLOADS)] for n in range(EACH)]
    return ours[turn % EACH :] + ours[: turn % EACH]


def is_written(record: Any, name: str, number: int, turn: int) -> bool:
    """Write six payloads into a field, as long as they are; whether the database took them."""
    from django.db import IntegrityError, transaction

    text = " ".join(one for one in turned(number, turn) if is_taken(record._meta.get_field(name), one))
    # Unique among its like, as the field may have to be.
    words = f"{text} {record.pk}" if record._meta.get_field(name).unique else text
    try:
        with transaction.atomic():
            return bool(text) and bool(type(record)._base_manager.filter(pk=record.pk).update(**{name: words}))
    except IntegrityError:
        return False


def texts_of(model: Any) -> list[Any]:
    """The fields of a model that hold what somebody typed."""
    from django.db import models

    kinds = (models.CharField, models.TextField)
    fields = [one for one in model._meta.local_concrete_fields if isinstance(one, kinds) and not one.choices]
    return [one for one in fields if one.name not in OURS and any(is_taken(one, text) for text in PAYLOADS)]


def is_taken(field: Any, text: str) -> bool:
    """Whether a form would let this text through, were it short enough."""
    from django.core.exceptions import ValidationError
    from django.core.validators import MaxLengthValidator

    try:
        for check in field.validators:
            if not isinstance(check, MaxLengthValidator):
                check(text)
    except ValidationError:
        return False
    return True


@contextmanager
def without_rules() -> Iterator[None]:
    """The database looks away: what is posted or written in the trail changes too."""
    from django.db import connection

    from alleviation.audit import triggers
    from alleviation.common import guard

    triggers.remove(connection)
    try:
        with guard.writing():
            yield
    finally:
        triggers.install(connection)


if __name__ == "__main__":
    sys.exit(main())
