"""Which rows a person sees: each rule with a witness who sees what the other does not."""

import pytest

from alleviation.accounts.models import User
from alleviation.accounts.rights import Role
from alleviation.common.query import Query
from beneficiaries.models import Enrolment, Household, IncomeRecord, Person, PovertyLine
from beneficiaries.rollups import income_total
from projects.models import Alliance, Award, Claim, Division, Document, FundingSource, LedgerEntry, Pledge, Project
from tests.factories import (
    AllianceFactory,
    AwardFactory,
    ClaimFactory,
    DocumentFactory,
    EnrolmentFactory,
    FundingSourceFactory,
    HouseholdFactory,
    IncomeRecordFactory,
    LedgerEntryFactory,
    PersonFactory,
    PledgeFactory,
    PovertyLineFactory,
    ProjectFactory,
)

LOCAL = {
    LedgerEntry: lambda place: LedgerEntryFactory(division=place),
    Project: lambda place: ProjectFactory(division=place),
    Pledge: lambda place: PledgeFactory(division=place),
    Alliance: lambda place: AllianceFactory(division=place),
}
OF_HOUSEHOLDS = {
    Household: lambda place: HouseholdFactory(village=place),
    Person: lambda place: PersonFactory(household__village=place),
    IncomeRecord: lambda place: IncomeRecordFactory(household__village=place),
    Enrolment: lambda place: EnrolmentFactory(household__village=place),
}
EVERYWHERE = {
    Award: lambda: AwardFactory(),
    Claim: lambda: ClaimFactory(),
    Document: lambda: DocumentFactory(),
    FundingSource: lambda: FundingSourceFactory(),
}


def seen(model, user) -> list[int]:
    return sorted(model.objects.visible_to(user).values_list("pk", flat=True))


@pytest.mark.parametrize(("model", "make"), (LOCAL | OF_HOUSEHOLDS).items(), ids=lambda x: getattr(x, "__name__", ""))
def test_a_clerk_sees_their_own_area_and_the_stranger_theirs(model, make, clerk, stranger, ruoduo, hezhou):
    here, there = make(ruoduo), make(hezhou)

    assert seen(model, clerk) == [here.pk]
    assert seen(model, stranger) == [there.pk]


@pytest.mark.parametrize(("model", "make"), (LOCAL | OF_HOUSEHOLDS).items(), ids=lambda x: getattr(x, "__name__", ""))
def test_a_clerk_of_a_countryside_does_not_see_the_next_one(model, make, clerk, county_clerk, ruoduo, erniunai):
    here, next_door = make(ruoduo), make(erniunai)

    assert seen(model, clerk) == [here.pk]
    assert seen(model, county_clerk) == [here.pk, next_door.pk]


@pytest.mark.parametrize(("model", "make"), LOCAL.items(), ids=lambda x: getattr(x, "__name__", ""))
def test_a_record_of_the_county_itself_is_not_a_countrysides(model, make, clerk, reviewer, heishui):
    record = make(heishui)

    assert seen(model, clerk) == []
    assert seen(model, reviewer) == [record.pk]


@pytest.mark.parametrize(("model", "make"), LOCAL.items(), ids=lambda x: getattr(x, "__name__", ""))
def test_a_manager_and_an_auditor_see_every_area(model, make, manager, auditor, ruoduo, hezhou):
    both = sorted([make(ruoduo).pk, make(hezhou).pk])

    assert seen(model, manager) == both
    assert seen(model, auditor) == both


@pytest.mark.parametrize(("model", "make"), OF_HOUSEHOLDS.items(), ids=lambda x: getattr(x, "__name__", ""))
def test_a_manager_sees_no_single_household(model, make, manager, auditor, ruoduo):
    record = make(ruoduo)

    assert seen(model, manager) == []
    assert seen(model, auditor) == [record.pk]


@pytest.mark.parametrize(("model", "make"), (LOCAL | OF_HOUSEHOLDS).items(), ids=lambda x: getattr(x, "__name__", ""))
def test_an_administrator_sees_no_business_data(model, make, administrator, auditor, ruoduo):
    record = make(ruoduo)

    assert seen(model, administrator) == []
    assert seen(model, auditor) == [record.pk]


@pytest.mark.parametrize(("model", "make"), EVERYWHERE.items(), ids=lambda x: getattr(x, "__name__", ""))
def test_public_records_are_seen_by_every_reader_and_not_by_the_administrator(
    model, make, clerk, stranger, manager, administrator
):
    record = make()

    assert [seen(model, user) for user in (clerk, stranger, manager)] == [[record.pk]] * 3
    assert seen(model, administrator) == []


@pytest.mark.parametrize(("model", "make"), (LOCAL | OF_HOUSEHOLDS).items(), ids=lambda x: getattr(x, "__name__", ""))
def test_someone_disabled_sees_nothing(model, make, auditor, ruoduo):
    record = make(ruoduo)
    before = seen(model, auditor)

    auditor.is_active = False

    assert (before, seen(model, auditor)) == ([record.pk], [])


def test_a_project_without_a_place_is_for_those_whose_area_is_everywhere(clerk, manager):
    project = ProjectFactory(division=None)

    assert seen(Project, clerk) == []
    assert seen(Project, manager) == [project.pk]


def test_places_and_lines_are_public_for_everyone_who_may_sign_in(administrator, stranger, ruoduo):
    line = PovertyLineFactory()

    assert Division.objects.visible_to(stranger).filter(pk=ruoduo.pk).exists()
    assert seen(PovertyLine, stranger) == [line.pk]
    administrator.is_active = False
    assert seen(Division, administrator) == []


def test_an_income_stays_with_the_village_of_its_year(clerk, county_clerk, ruoduo, erniunai):
    moved = HouseholdFactory(village=erniunai)
    income = IncomeRecordFactory(household=moved, village=ruoduo)

    assert seen(IncomeRecord, clerk) == [income.pk]
    assert seen(Household, clerk) == []
    assert seen(Household, county_clerk) == [moved.pk]


def test_figures_need_no_right_to_see_single_households(manager, clerk, stranger, ruoduo):
    IncomeRecordFactory(household__village=ruoduo, persons=4)

    assert [income_total(Query(user=user)).persons for user in (manager, clerk, stranger)] == [4, 4, 0]
    assert seen(IncomeRecord, manager) == []


def test_figures_are_not_the_administrators(administrator, manager, ruoduo):
    IncomeRecordFactory(household__village=ruoduo, persons=4)

    assert [income_total(Query(user=user)).persons for user in (manager, administrator)] == [4, 0]


def test_an_area_ends_at_its_prefix(ruoduo, db):
    sees = User(role=Role.CLERK, area="51322821")
    LedgerEntryFactory(division=ruoduo)

    assert LedgerEntry.objects.visible_to(sees).count() == 1
    sees.area = "51322822"
    assert LedgerEntry.objects.visible_to(sees).count() == 0


def test_in_any_area_of_nowhere_is_nothing(manager, ruoduo):
    LedgerEntryFactory(division=ruoduo)
    visible = LedgerEntry.objects.visible_to(manager)

    assert [visible.in_any_area([]).count(), visible.in_any_area(["51", "45"]).count()] == [0, 1]
