"""The example's people sign in from this machine, and from no other."""

from typing import Any

import pytest
from django.test import Client

from alleviation.accounts.models import User
from alleviation.accounts.rights import Role
from alleviation.audit.models import AuditEvent
from alleviation.audit.values import is_sealed
from alleviation.example.people import EXAMPLE_PASSWORD, sign_ins

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("example")]


def sign_in(name: str, **where: Any) -> Client:
    client = Client()
    client.post("/sign-in/", {"username": name, "password": EXAMPLE_PASSWORD}, **where)
    return client


def signed_in_as(client: Client) -> str | None:
    number = client.session.get("_auth_user_id")
    return User.objects.get(pk=number).username if number else None


@pytest.mark.parametrize("name", Role.values)
@pytest.mark.slow
def test_sign_in_from_this_machine(name: str):
    assert signed_in_as(sign_in(name, REMOTE_ADDR="127.0.0.1")) == name


@pytest.mark.parametrize("where", [{"REMOTE_ADDR": "192.0.2.7"}, {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}])
def test_sign_in_from_elsewhere_is_refused(where: dict[str, str]):
    assert signed_in_as(sign_in("clerk", **where)) is None


def test_each_role_has_its_sign_in():
    people = User.objects.filter(is_example=True)

    assert {person.username: (person.role, person.area) for person in people} == {
        "clerk": ("clerk", "513228"),
        "reviewer": ("reviewer", "513228"),
        "manager": ("manager", ""),
        "auditor": ("auditor", ""),
        "administrator": ("administrator", ""),
    }
    assert sign_ins() == ["clerk", "reviewer", "manager", "auditor", "administrator"]


def test_trail_holds_no_password():
    events = AuditEvent.objects.filter(subject_type="accounts.user")

    assert events.count() == 5
    assert [event for event in events if not is_sealed(event.after["password"])] == []
    assert [user for user in User.objects.all() if user.password in str(events.values())] == []
