"""Who came in, who went and who failed stands in the trail, with the request and where it came from."""

from django.test import Client

from alleviation.accounts.models import User
from alleviation.audit.chain import address_hash
from alleviation.audit.models import AuditEvent
from tests.factories import UserFactory

PASSWORD = "a long enough word"


def somebody(name: str = "li") -> User:
    user = UserFactory(username=name)
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(name: str, password: str) -> Client:
    client = Client(REMOTE_ADDR="10.0.0.7")
    client.post("/sign-in/", {"username": name, "password": password})
    return client


def told() -> list[tuple[str, str]]:
    return list(AuditEvent.objects.order_by("id").values_list("verb", "actor"))


def test_coming_and_going_are_told(db):
    somebody()

    sign_in("li", PASSWORD).post("/sign-out/")

    assert told() == [("signed_in", "li"), ("signed_out", "li")]
    assert User.objects.get().last_login is not None


def test_a_wrong_password_is_told_and_not_kept(db):
    somebody()

    sign_in("li", "the wrong word")

    event = AuditEvent.objects.get()
    assert (event.verb, event.actor, event.after) == ("sign_in_failed", "li", {})


def test_a_name_that_nobody_has_is_not_kept(db):
    sign_in("a password typed in the wrong box", "x")

    assert told() == [("sign_in_failed", "(unknown name)")]


def test_the_address_is_kept_as_a_keyed_hash_and_the_request_as_a_number(db):
    somebody()

    sign_in("li", PASSWORD)

    event = AuditEvent.objects.get()
    assert (event.address, len(event.request)) == (address_hash("10.0.0.7"), 32)
    assert "10.0.0.7" not in event.address
    assert address_hash("10.0.0.7") != address_hash("10.0.0.8")


def test_a_command_has_no_address(db):
    from alleviation.audit.trail import record_words

    record_words(verb="downloaded", what="a-report", by="manage.py export_report", kind="report")

    assert list(AuditEvent.objects.values_list("address", "request")) == [("", "")]
