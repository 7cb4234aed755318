"""What `check --deploy` says of a server that is open to more than its own machine."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning
from django.db import DatabaseError, connection

from alleviation.accounts.models import User
from alleviation.common.production import is_here


def example_sign_ins(**_rest: Any) -> list[CheckMessage]:
    """Everybody knows the example's password; a proxy on the same machine may look like a browser there."""
    try:
        is_there = User.objects.filter(is_example=True, is_active=True).exists()
    except DatabaseError:
        # No database yet, or no tables: nobody can sign in either.
        return []
    if not is_there:
        return []
    hint = "Remove the example before real work starts: manage.py remove_example"
    return [Warning("The example's sign-ins are in the database.", hint=hint, id="alleviation.W001")]


def office_database(**_rest: Any) -> list[CheckMessage]:
    """SQLite lets one write at a time, and keeps no rows apart from whoever reads its file."""
    if not settings.PRODUCTION or connection.vendor != "sqlite":
        return []
    hint = "Set DATABASE_URL=postgresql://… Silence it (SILENCED_CHECKS=alleviation.W002) where few people work."
    return [Warning("The office's records are in an SQLite file.", hint=hint, id="alleviation.W002")]


def open_lines(**_rest: Any) -> list[CheckMessage]:
    """What goes to another machine goes sealed, and to the machine that is meant."""
    there: dict[str, Any] = connection.settings_dict
    found: list[CheckMessage] = []
    if not is_here(there["HOST"]) and there["OPTIONS"].get("sslmode") != "verify-full":
        hint = "Add ?sslmode=verify-full&sslrootcert=… to DATABASE_URL."
        found.append(Warning("The database on another machine may be another's.", hint=hint, id="alleviation.W003"))
    is_sealed = settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL
    if settings.EMAIL_BACKEND.endswith("smtp.EmailBackend") and not is_here(settings.EMAIL_HOST) and not is_sealed:
        hint = "Let EMAIL_URL begin with smtp+tls:// or smtp+ssl://."
        found.append(Warning("Mails go to another machine in the open.", hint=hint, id="alleviation.W004"))
    return found
