"""Somebody who reads the pages that are measured."""

from benchmarks.inside import inside

NAME = "reader-of-benchmarks"


def session_of(url: str, role: str = "auditor", area: str = "") -> str:
    """The session of somebody with a role and an area, or every area: the value of its cookie."""
    return str(inside(url, open_session, role=role, area=area))


def open_session(role: str, area: str = "", number: int | None = None) -> str:
    """Runs inside: makes the person, if need be, and opens a session; a `number` tells people of one role apart."""
    from alleviation.accounts.models import User
    from alleviation.audit.trail import write

    name = "-".join(filter(None, (NAME, role, area, "" if number is None else str(number))))
    if not User.objects.filter(username=name).exists():
        person = User(username=name, role=role, area=area)
        person.set_unusable_password()
        write(person, by="benchmarks")
    return session_for(name)


def session_for(name: str) -> str:
    """Runs inside: opens a session for somebody who is there."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from alleviation.accounts.models import User

    person = User.objects.get(username=name)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return str(session.session_key)
