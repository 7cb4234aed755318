"""The guarded write: the right first, the area before and after, nothing left where it is refused."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from alleviation.accounts.rights import Right
from alleviation.audit.entry import enter
from alleviation.audit.models import AuditEvent
from projects.models import LedgerEntry, Project
from tests.factories import FundingSourceFactory, ProjectFactory


def an_entry(place) -> LedgerEntry:
    return LedgerEntry(
        kind="allocation",
        year=2019,
        booked_on=date(2019, 6, 30),
        amount=Decimal("1.00"),
        source=FundingSourceFactory(),
        division=place,
        drafted_by="somebody",
        drafted_at=timezone.now(),
    )


def test_a_clerk_enters_a_record_of_their_area(clerk, ruoduo):
    entry = an_entry(ruoduo)

    enter(entry, by=clerk)

    assert LedgerEntry.objects.get() == entry
    assert AuditEvent.objects.get().actor == "clerk-of-zhawo"


@pytest.mark.parametrize("name", ["reviewer", "manager", "auditor", "administrator"])
def test_a_role_without_the_right_enters_nothing(name, request, ruoduo):
    with pytest.raises(PermissionDenied):
        enter(an_entry(ruoduo), by=request.getfixturevalue(name))

    assert (LedgerEntry.objects.count(), AuditEvent.objects.count()) == (0, 0)


def test_someone_disabled_enters_nothing(clerk, ruoduo):
    clerk.is_active = False

    with pytest.raises(PermissionDenied):
        enter(an_entry(ruoduo), by=clerk)

    assert LedgerEntry.objects.count() == 0


def test_a_foreign_area_is_refused_and_not_written(clerk, stranger, hezhou):
    with pytest.raises(PermissionDenied):
        enter(an_entry(hezhou), by=clerk)
    assert (LedgerEntry.objects.count(), AuditEvent.objects.count()) == (0, 0)

    enter(an_entry(hezhou), by=stranger)

    assert LedgerEntry.objects.count() == 1


def test_the_county_above_is_foreign_to_a_clerk_of_a_countryside(clerk, heishui):
    with pytest.raises(PermissionDenied):
        enter(an_entry(heishui), by=clerk)

    assert LedgerEntry.objects.count() == 0


def test_a_record_cannot_be_moved_out_of_ones_area(clerk, ruoduo, erniunai):
    project = ProjectFactory(division=ruoduo)
    project.division = erniunai

    with pytest.raises(PermissionDenied):
        enter(project, by=clerk)

    assert Project.objects.get().division == ruoduo


def test_a_foreign_record_cannot_be_fetched_into_ones_area(clerk, ruoduo, erniunai):
    project = ProjectFactory(division=erniunai)
    project.division = ruoduo

    with pytest.raises(PermissionDenied):
        enter(project, by=clerk)

    assert Project.objects.get().division == erniunai


def test_within_ones_area_a_record_may_move(county_clerk, ruoduo, erniunai):
    project = ProjectFactory(division=ruoduo)
    project.division = erniunai

    enter(project, by=county_clerk)

    assert Project.objects.get().division == erniunai


def test_a_command_acts_under_its_own_name_everywhere(hezhou):
    enter(an_entry(hezhou), by="manage.py load_example")

    assert AuditEvent.objects.get().actor == "manage.py load_example"


def test_another_right_may_be_asked_for(administrator, clerk, ruoduo):
    source = FundingSourceFactory.build(code="new")

    with pytest.raises(PermissionDenied):
        enter(source, by=clerk, right=Right.MANAGE_REFERENCE)

    assert AuditEvent.objects.count() == 0


def test_a_record_that_is_not_valid_is_refused_after_the_right(clerk, manager, ruoduo):
    entry = an_entry(ruoduo)
    entry.amount = Decimal("0.00")

    with pytest.raises(ValidationError):
        enter(entry, by=clerk)
    with pytest.raises(PermissionDenied):
        enter(entry, by=manager)

    assert LedgerEntry.objects.count() == 0
