"""Accounts that a command makes or changes are told like all others."""

from io import StringIO
from unittest.mock import patch

from django.core.management import call_command

from alleviation.accounts.models import User
from alleviation.audit.models import AuditEvent
from alleviation.audit.values import is_sealed
from tests.factories import UserFactory


def test_the_first_administrator_is_told(db):
    call_command("createsuperuser", interactive=False, username="first", email="", verbosity=0)

    event = AuditEvent.objects.get()
    assert (event.actor, event.verb, event.after["username"]) == ("manage.py createsuperuser", "created", "first")
    assert User.objects.get().role == "administrator"


def test_a_new_password_is_told_and_not_kept(db):
    UserFactory(username="li")

    with patch("getpass.getpass", return_value="a long enough word"):
        call_command("changepassword", "li", verbosity=0, stdout=StringIO())

    event = AuditEvent.objects.get()
    assert (event.actor, event.verb) == ("manage.py changepassword", "changed")
    # Whoever runs the command knows it: it is for one sign-in.
    assert list(event.after) == ["password", "password_given_at"]
    assert is_sealed(event.after["password"])
