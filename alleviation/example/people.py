"""The example's sign-ins: one for each role, for this machine only."""

from collections.abc import Iterator

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password

from alleviation.accounts.models import ApiToken, Session, User
from alleviation.accounts.rights import Role
from alleviation.audit.trail import remove_many
from alleviation.common.guard import writing
from alleviation.example.book import Book

# Known to everyone, so the sign-ins work from loopback only and go with the example.
EXAMPLE_PASSWORD = "example-only"  # noqa: S105  # nosec B105 # no secret: it works from this machine alone
HEISHUI = "513228"
# Who works in one area; all others see every area.
AREAS = {Role.CLERK: HEISHUI, Role.REVIEWER: HEISHUI}


def enter_people(book: Book) -> list[str]:
    """Enter the sign-ins; a name that the office has given to someone stays theirs. Returns those names."""
    taken = set(User.objects.filter(username__in=Role.values).values_list("username", flat=True))
    for person in people():
        if person.username not in taken:
            book.write(person)
    return sorted(taken)


def people() -> Iterator[User]:
    """Someone for each role, named for it."""
    # One hash for all: the password is no secret, and hashing is slow on purpose.
    password = make_password(EXAMPLE_PASSWORD)
    for role in Role:
        yield User(
            username=role.value,
            first_name="Example",
            last_name=role.value.capitalize(),
            password=password,
            role=role,
            area=AREAS.get(role, ""),
            is_example=True,
            is_superuser=role == Role.ADMINISTRATOR,
        )


def sign_ins() -> list[str]:
    """The names that the example's sign-ins go by, as long as they exist."""
    return list(User.objects.filter(is_example=True, is_active=True).order_by("pk").values_list("username", flat=True))


def end_sessions(by: str) -> int:
    """End every session and token of the example's people, and forget their second factors; returns how many ended."""
    remove_many(list(ApiToken.objects.filter(user__is_example=True)), by=by)
    with writing():
        Authenticator.objects.filter(user__is_example=True).delete()
    _every_one, by_table = Session.objects.filter(user__is_example=True).delete()
    return by_table.get(Session._meta.label, 0)
