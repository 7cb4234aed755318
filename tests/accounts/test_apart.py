"""No one person has two roles that do not go together, nobody gives themselves one, and one administrator stays."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction

from alleviation.accounts.models import User
from alleviation.accounts.rights import Role, are_apart, roles_apart
from alleviation.audit import people, triggers
from tests.admin_pages import errors, page, submit
from tests.conftest import signed_in
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

# Who may not be whom, written out; both orders.
APART = {
    frozenset(pair)
    for pair in (
        ("clerk", "reviewer"),
        ("clerk", "auditor"),
        ("clerk", "administrator"),
        ("reviewer", "auditor"),
        ("reviewer", "administrator"),
        ("auditor", "administrator"),
    )
}
COUNTY, TOWN, ELSEWHERE = "513228", "513228212", "451102"


def test_roles_that_do_not_go_together():
    assert {frozenset(map(str, pair)) for pair in roles_apart()} == APART
    assert len(roles_apart()) == 2 * len(APART)


@pytest.mark.parametrize(
    ("area", "other", "expected"),
    [(COUNTY, COUNTY, True), (TOWN, COUNTY, True), (COUNTY, TOWN, True), (COUNTY, ELSEWHERE, False), ("", TOWN, True)],
)
def test_areas_that_do_not_meet_may_have_a_clerk_and_a_reviewer_in_one_person(area, other, expected):
    assert are_apart(Role.CLERK, area, Role.REVIEWER, other) is expected


def one_person(role: str, area: str, **known: str) -> User:
    return UserFactory.build(username=f"li-{role}", password="!", role=role, area=area, is_active=True, **known)


def written_as(user: User, role: str) -> None:
    """Past every action: a row, and then its role."""
    user.save()
    User.objects.filter(pk=user.pk).update(role=role)


@pytest.mark.parametrize(
    ("known", "same"),
    [
        ({"email": "li@office.example"}, {"email": "LI@Office.example"}),
        ({"email": "", "staff_number": "7"}, {"email": "", "staff_number": "7"}),
    ],
)
@pytest.mark.parametrize("way", ["action", "database", "database later"])
def test_a_second_role_is_refused_on_every_way(administrator, known, same, way):
    one_person("clerk", TOWN, **known).save()
    second = one_person("reviewer", COUNTY, **same)

    if way == "action":
        with pytest.raises(ValidationError) as refused:
            people.save_user(second, by=administrator)
        assert list(refused.value.message_dict) == ["role"]
    else:
        role, second.role = second.role, "manager" if way.endswith("later") else second.role
        with pytest.raises(IntegrityError, match="one person may not have both roles"), transaction.atomic():
            written_as(second, role)
    assert User.objects.filter(role="reviewer").count() == 0


def test_a_form_says_at_the_role_which_account_stands_in_the_way(administrator):
    one_person("clerk", COUNTY, email="li@office.example").save()
    password = "a long enough phrase"
    new = {"username": "li-2", "role": "administrator", "email": "LI@office.example"}

    response = submit(
        signed_in(administrator), page("accounts_user", "add"), **new, password1=password, password2=password
    )

    assert errors(response) == {
        "role": ["This person has the account li-clerk as clerk: nobody may have both roles."],
    }


def test_a_disabled_account_stands_in_nobodys_way_until_it_is_made_active(administrator):
    former = one_person("clerk", TOWN, email="li@office.example")
    former.is_active = False
    former.save()
    people.save_user(one_person("reviewer", COUNTY, email="li@office.example"), by=administrator)
    former.is_active = True

    with pytest.raises(ValidationError):
        people.save_user(former, by=administrator)


def test_two_that_were_there_before_the_rule_still_sign_in(administrator):
    triggers.remove(connection)
    for role, area in (("clerk", TOWN), ("reviewer", COUNTY)):
        one_person(role, area, email="li@office.example").save()
    triggers.install(connection)

    assert (
        User.objects.filter(email="li@office.example").update(last_login="2026-01-01T00:00:00Z", first_name="Li") == 2
    )


def test_nobody_changes_their_own_rights(administrator):
    administrator.area = "51"

    with pytest.raises(ValidationError, match="another administrator has to"):
        people.save_user(administrator, by=administrator)


def test_of_two_administrators_who_disable_each_other_one_stays(administrator):
    other = UserFactory(username="other", password="!", role="administrator")
    administrator.password, administrator.is_active = "!", False
    people.save_user(administrator, by=other)
    other.is_active = False
    # As the other's page still has it: signed in, and active.
    stale = User(pk=administrator.pk, username="administrator", role="administrator", is_active=True)

    with pytest.raises(PermissionDenied):
        people.save_user(other, by=stale)

    assert User.objects.filter(role="administrator", is_active=True).count() == 1


def test_in_production_an_account_says_who_it_is_of(administrator, settings):
    settings.PRODUCTION = True

    with pytest.raises(ValidationError) as refused:
        people.save_user(one_person("manager", "", email=""), by=administrator)

    assert refused.value.message_dict == {"email": ["Enter an e-mail address or a staff number."]}
