"""Accounts in the admin: every change of a person's rights leaves an event, and no hash leaves the table."""

import pytest
from django.core.exceptions import ValidationError

from alleviation.accounts.models import User
from alleviation.audit import people
from alleviation.audit.models import AuditEvent
from alleviation.audit.values import is_sealed
from tests.admin_pages import errors, page, shown, submit, typed
from tests.conftest import signed_in
from tests.factories import UserFactory

PASSWORD = "a long enough phrase"
NEW = {"username": "new", "role": "clerk", "area": "513228", "password1": PASSWORD, "password2": PASSWORD}


def test_administrator_makes_a_clerk(administrator):
    submit(signed_in(administrator), page("accounts_user", "add"), **NEW)

    user = User.objects.get(username="new")
    event = AuditEvent.objects.get()
    assert (user.role, user.area, user.is_active, user.check_password(PASSWORD)) == ("clerk", "513228", True, True)
    assert (event.actor, event.verb, event.subject) == ("administrator", "created", "new")
    assert is_sealed(event.after["password"])
    assert "last_login" not in event.after


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"password2": "something else"}, "password2"),
        ({"password1": "", "password2": ""}, "password1"),
        ({"password1": "12345678", "password2": "12345678"}, "password1"),
        ({"area": ""}, "__all__"),
        ({"area": "5"}, "area"),
        ({"username": "administrator"}, "username"),
    ],
)
def test_account_that_cannot_be_is_told_at_its_field(administrator, fields, field):
    response = submit(signed_in(administrator), page("accounts_user", "add"), **(NEW | fields))

    assert field in errors(response)
    assert User.objects.count() == 1


def test_new_role_leaves_what_changed_and_keeps_the_password(administrator, clerk):
    clerk.set_password(PASSWORD)
    clerk.save()

    submit(signed_in(administrator), page("accounts_user", "change", clerk.pk), role="reviewer")

    clerk.refresh_from_db()
    event = AuditEvent.objects.get()
    assert (clerk.role, clerk.check_password(PASSWORD)) == ("reviewer", True)
    assert (event.before, event.after) == ({"role": "clerk"}, {"role": "reviewer"})


def test_new_password_is_told_without_its_hash(administrator, clerk):
    fields = {"password1": PASSWORD, "password2": PASSWORD}

    submit(signed_in(administrator), page("accounts_user", "change", clerk.pk), **fields)

    clerk.refresh_from_db()
    assert clerk.check_password(PASSWORD)
    assert is_sealed(AuditEvent.objects.get().after["password"])


def test_half_a_new_password_is_refused(administrator, clerk):
    response = submit(signed_in(administrator), page("accounts_user", "change", clerk.pk), password1=PASSWORD)

    assert list(errors(response)) == ["password2"]


@pytest.mark.parametrize("fields", [{"role": "manager"}, {"is_active": ""}])
def test_administrator_cannot_take_away_their_own_rights(administrator, fields):
    response = submit(signed_in(administrator), page("accounts_user", "change", administrator.pk), **fields)

    administrator.refresh_from_db()
    assert errors(response) == {
        "__all__": ["You cannot take your own rights away: another administrator has to."],
    }
    assert (administrator.role, administrator.is_active) == ("administrator", True)


def test_page_knows_no_superusers_groups_or_hashes(administrator, clerk):
    clerk.set_password(PASSWORD)
    clerk.save()

    response = signed_in(administrator).get(page("accounts_user", "change", clerk.pk))

    assert list(response.context["adminform"].form.fields) == [
        *(
            "last_name",
            "first_name",
            "email",
            "staff_number",
            "role",
            "area",
            "is_active",
            "password1",
            "password2",
            "version",
        ),
    ]
    assert clerk.password not in response.content.decode()


@pytest.mark.parametrize("who", ["clerk", "reviewer", "manager", "auditor"])
def test_accounts_are_closed_to_others(request, who, administrator):
    client = signed_in(request.getfixturevalue(who))

    assert client.get(page("accounts_user")).status_code == 403
    assert client.get(page("accounts_user", "change", administrator.pk)).status_code in {403, 404}
    assert client.post(page("accounts_user", "add"), NEW).status_code == 403


@pytest.mark.parametrize("query", ["?password__startswith=md5", "?username__regex=(", "?is_superuser__exact=1"])
def test_accounts_are_not_guessed_by_lookups(administrator, query):
    assert signed_in(administrator).get(page("accounts_user") + query).status_code == 400


def test_list_tells_who_may_do_what(administrator, clerk):
    text = shown(signed_in(administrator).get(page("accounts_user")))

    assert "clerk-of-zhawo — clerk 513228212" in text


def test_a_user_name_stays(administrator, clerk):
    clerk.set_password(PASSWORD)
    clerk.save()
    client, address = signed_in(administrator), page("accounts_user", "change", clerk.pk)

    response = client.get(address)
    submit(client, address, username="another", first_name="Ann")

    clerk.refresh_from_db()
    assert "username" not in response.context["adminform"].form.fields
    assert "clerk-of-zhawo" in shown(response)
    assert (clerk.username, clerk.first_name) == ("clerk-of-zhawo", "Ann")


def test_no_code_renames_a_person_either(administrator, clerk):
    clerk.username = "another"

    with pytest.raises(ValidationError) as refused:
        people.save_user(clerk, by=administrator)

    assert refused.value.message_dict == {"username": ["A user name stays: the trail speaks of people by it."]}
    assert not AuditEvent.objects.exists()


def test_two_administrators_at_one_account_are_told_of_each_other(administrator, clerk):
    other = UserFactory(username="other-administrator", role="administrator")
    clerk.set_password(PASSWORD)
    clerk.save()
    client, address = signed_in(administrator), page("accounts_user", "change", clerk.pk)
    opened = {name: "" if value is None else value for name, value in typed(client.get(address)).items()}
    clerk.role = "auditor"
    clerk.area = ""
    people.save_user(clerk, by=other)

    response = client.post(address, opened | {"role": "reviewer"})

    clerk.refresh_from_db()
    (message,) = errors(response)["__all__"]
    assert message.startswith("other-administrator changed this on ")
    assert "role: auditor" in message
    assert clerk.role == "auditor"
