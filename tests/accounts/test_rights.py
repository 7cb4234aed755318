"""What each role may do, written out, so that a change of rights is a change of this table."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from alleviation.accounts.models import User
from alleviation.accounts.rights import RIGHTS_OF, Right, Role
from alleviation.accounts.trusted import trusted_reader

R = Right
READING = {R.VIEW_FIGURES, R.VIEW_RECORDS, R.EXPORT_REPORTS}


@pytest.mark.parametrize(
    ("role", "rights"),
    [
        (
            Role.CLERK,
            READING | {R.VIEW_HOUSEHOLDS, R.REVEAL_PERSONS} | {R.ENTER_RECORDS, R.PROPOSE_CLOSING, R.ASK_WAIVERS},
        ),
        (
            Role.REVIEWER,
            READING
            | {R.VIEW_HOUSEHOLDS, R.REVEAL_PERSONS, R.ERASE_PERSONS}
            | {R.CHECK_ENTRIES, R.JUDGE_CLAIMS}
            | {R.PROPOSE_CLOSING, R.CLOSE_YEARS, R.ASK_WAIVERS, R.WAIVE_FLAGS, R.APPROVE_DOWNLOADS},
        ),
        (Role.MANAGER, READING),
        (Role.AUDITOR, READING | {R.VIEW_HOUSEHOLDS, R.REVEAL_PERSONS, R.VIEW_TRAIL, R.APPROVE_DOWNLOADS}),
        (Role.ADMINISTRATOR, {R.MANAGE_ACCOUNTS, R.MANAGE_REFERENCE}),
    ],
)
def test_a_role_has_these_rights_and_no_other(role, rights):
    assert role.rights == rights
    assert {right for right in Right if User(role=role).may(right)} == rights


def test_every_role_has_its_rights_written_down():
    assert set(RIGHTS_OF) == set(Role)


@pytest.mark.parametrize("role", Role)
def test_someone_disabled_may_nothing(role):
    user = User(role=role, is_active=False)

    assert [right for right in Right if user.may(right)] == []


def test_only_clerks_enter_records():
    assert [role for role in Role if Right.ENTER_RECORDS in role.rights] == [Role.CLERK]


def test_being_a_superuser_gives_no_business_data():
    user = User(role=Role.ADMINISTRATOR, is_superuser=True)

    assert not user.may(Right.VIEW_RECORDS)
    assert not user.may(Right.VIEW_HOUSEHOLDS)


def test_createsuperuser_makes_an_administrator(db):
    user = User.objects.create_superuser("chief", password="x")

    assert (user.role, user.is_superuser, user.is_staff) == (Role.ADMINISTRATOR, True, True)


@pytest.mark.parametrize(
    ("role", "enters", "opens"),
    [
        (Role.CLERK, True, True),
        (Role.REVIEWER, False, True),
        (Role.MANAGER, False, False),
        (Role.AUDITOR, False, True),
        (Role.ADMINISTRATOR, True, True),
    ],
)
def test_the_admin_is_offered_to_those_it_has_something_for(role, enters, opens):
    user = User(role=role)

    assert (user.can_enter_records, user.can_open_records) == (enters, opens)


@pytest.mark.parametrize("area", ["5", "513", "51322", "5132282", "51322821220", "5132282122051", "ab", "51 ", "五一"])
def test_an_area_is_a_whole_level_of_a_code(area):
    with pytest.raises(ValidationError) as refused:
        User(username="someone", password="x", role=Role.CLERK, area=area).full_clean(validate_unique=False)

    assert "area" in refused.value.error_dict


@pytest.mark.parametrize("area", ["51", "5132", "513228", "513228212", "513228212205"])
def test_each_level_of_a_code_is_an_area(area):
    User(username="someone", password="x", role=Role.CLERK, area=area).full_clean(
        validate_unique=False, validate_constraints=False
    )


@pytest.mark.parametrize("role", [Role.CLERK, Role.REVIEWER])
def test_a_local_role_without_area_is_refused_by_the_database(db, role):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(username="boundless", role=role, area="")


@pytest.mark.parametrize("role", [Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR])
def test_other_roles_may_have_every_area(db, role):
    assert User.objects.create(username="free", role=role, area="").area == ""


def test_the_trusted_reader_reads_everything_and_is_nobody():
    reader = trusted_reader("verify")

    assert (reader.get_username(), reader.area, reader.pk) == ("verify", "", None)
    assert not reader.may(Right.ENTER_RECORDS)
    assert not reader.has_usable_password() or reader.password == ""
