"""What goes with the example, and what stays because people changed it or built on it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Model

from alleviation.accounts.models import Session, User
from alleviation.audit.models import AuditEvent, ImportBatch, Verb
from alleviation.example.loading import load
from alleviation.example.removal import Removal, remove
from alleviation.example.starting import business_models
from beneficiaries.actions import record_income, register_person
from beneficiaries.choices import Sex
from beneficiaries.models import Enrolment, Household, IncomeRecord, Person
from projects.actions import correct_entry, draft_entry, enter, post_entry
from projects.choices import EntryKind
from projects.models import (
    Alliance,
    AllianceActivity,
    Claim,
    Division,
    Document,
    FundingSource,
    LedgerEntry,
    Milestone,
    Organisation,
    Pledge,
    Project,
    ProjectSite,
)
from tests.beneficiaries.numbers import id_number
from tests.conftest import signed_in
from tests.example.conftest import PER_VILLAGE
from tests.factories import NO_OTHER_INCOME
from tests.projects.test_ledger import close

pytestmark = pytest.mark.usefixtures("example")
KEPT_SUMS = (
    "projects.PlaceMoney",
    "projects.CountyProjectMoney",
    "projects.CountyMoney",
    "beneficiaries.VillageYear",
    "beneficiaries.CountyYear",
    "beneficiaries.MergedYear",
)


def counts() -> dict[str, int]:
    """How many rows each table of the business holds, where it holds any."""
    models: list[type[Model]] = [*business_models(), User]
    found = {model._meta.label: model._default_manager.count() for model in models}
    return {label: number for label, number in found.items() if number}


def removed() -> Removal:
    return remove(list(ImportBatch.objects.filter(is_removed=False)))


def names(removal: Removal) -> list[str]:
    return sorted(f"{type(record).__name__} {record}" for record in removal.staying)


def own_entry(by: User, **values: Any) -> LedgerEntry:
    """Money that a person booked."""
    source = FundingSource(code="own", name="Our budget", level="county")
    enter(source, by=by)
    entry = LedgerEntry(
        kind=EntryKind.EXPENDITURE,
        year=2024,
        booked_on=date(2024, 5, 1),
        amount=Decimal("10.00"),
        source=source,
        **values,
    )
    draft_entry(entry, by=by)
    return entry


@pytest.mark.slow
def test_removal_leaves_nothing():
    before = counts()

    removal = removed()

    # Kept sums go with what they are made of, and are told with nothing.
    assert sum(removal.gone.values()) == sum(number for label, number in before.items() if label not in KEPT_SUMS)
    assert counts() == {}
    assert removal.staying == []
    assert ImportBatch.objects.get().is_removed is True


@pytest.mark.slow
def test_removal_leaves_the_places():
    places = Division.objects.count()

    removed()

    assert Division.objects.count() == places


@pytest.mark.slow
def test_removal_leaves_an_event_for_each_record():
    removal = removed()

    events = AuditEvent.objects.filter(verb=Verb.REMOVED, actor="remove_example")
    assert events.count() == sum(removal.gone.values())
    assert events.filter(subject_type="projects.project", subject__startswith="EX-PV").get().before["code"] == "EX-PV"


@pytest.mark.slow
def test_dry_run_removes_nothing_and_prints_counts(capsys: Any):
    before = counts()

    call_command("remove_example", dry_run=True)

    lines = capsys.readouterr().out.splitlines()
    assert f"{before['beneficiaries.Household']:>6} households" in lines
    assert lines[-2:] == [
        "Nothing was removed yet.",
        "Without the example nobody can sign in. Make the first administrator: manage.py createsuperuser",
    ]
    assert counts() == before


@pytest.mark.slow
def test_own_project_on_an_example_village_stays(county_clerk: User):
    village = Division.objects.get(code="513228212205")
    enter(Project(code="OWN-1", name="Our road", kind="road", division=village), by=county_clerk)

    removal = removed()

    assert list(Project.objects.values_list("code", flat=True)) == ["OWN-1"]
    assert removal.staying == []


@pytest.mark.slow
def test_example_project_with_own_money_stays_with_what_is_its_own(county_clerk: User):
    project = Project.objects.get(code="EX-PV")
    entry = own_entry(county_clerk, project=project, division=project.division)

    removal = removed()

    assert names(removal) == ["Organisation Example Power Company", "Project EX-PV Example village PV station"]
    assert list(LedgerEntry.objects.values_list("voucher", flat=True)) == [entry.voucher]
    assert ProjectSite.objects.filter(project=project).count() == 2
    assert Milestone.objects.count() == 2


@pytest.mark.slow
def test_household_with_an_own_income_stays_whole(county_clerk: User):
    household = Household.objects.first()
    record_income(IncomeRecord(household=household, year=2025, persons=1, **NO_OTHER_INCOME), by=county_clerk)
    theirs = [model.objects.filter(household=household).count() for model in (Person, IncomeRecord, Enrolment)]

    removal = removed()

    assert f"Household {household}" in names(removal)
    assert list(Household.objects.all()) == [household]
    assert [model.objects.count() for model in (Person, IncomeRecord, Enrolment)] == theirs


@pytest.mark.slow
def test_person_with_an_identity_number_stays(county_clerk: User):
    person = Person.objects.all()[0]
    number = id_number(700 + (person.sex == Sex.MALE), born=f"{person.birth_year}0101")
    register_person(person, by=county_clerk, id_number=number)

    removed()

    assert Person.objects.filter(pk=person.pk).exists()


def rename_organisation(by: User) -> None:
    charity = Organisation.objects.get(name="Example Charity")
    charity.name_zh = "慈善会"
    enter(charity, by=by)


def add_activity(by: User) -> None:
    alliance = Alliance.objects.get(title="Example alliance of Dingzhai Village")
    enter(AllianceActivity(alliance=alliance, kind="study", title="Ours"), by=by)


def change_pledge(by: User) -> None:
    pledge = Pledge.objects.get(project__code="EX-SALES")
    pledge.note = "Checked"
    enter(pledge, by=by)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("touch", "kept"),
    [
        (rename_organisation, "Organisation Example Charity"),
        (add_activity, "Alliance Example alliance of Dingzhai Village"),
        (change_pledge, "Pledge Partner city (example) per year"),
    ],
)
def test_what_someone_changed_stays_and_is_named(county_clerk: User, touch: Callable[[User], None], kept: str, capsys):
    touch(county_clerk)

    call_command("remove_example")

    kind, name = kept.split(" ", 1)
    lines = [line.casefold() for line in capsys.readouterr().out.splitlines()]
    assert f"stays, as someone changed it or built on it: {kind} {name}".casefold() in lines


@pytest.mark.slow
def test_document_with_an_own_note_stays_with_its_claims(county_clerk: User):
    document = Document.objects.get(is_made_up=True)
    document.date_note = "Checked by us."
    enter(document, by=county_clerk)

    removed()

    assert Document.objects.get() == document
    assert Claim.objects.count() == 11


@pytest.mark.slow
def test_sign_ins_go_even_when_someone_changed_them(our_manager: User):
    clerk = User.objects.get(username="clerk")
    clerk.first_name = "Changed"
    enter(clerk, by="manage.py")

    removed()

    assert User.objects.filter(is_example=True).count() == 0
    assert User.objects.get() == our_manager


@pytest.mark.slow
def test_sessions_of_the_sign_ins_end_and_others_do_not(our_manager: User):
    signed_in(User.objects.get(username="auditor"))
    signed_in(our_manager)

    removed()

    assert list(Session.objects.values_list("user", flat=True)) == [our_manager.pk]


@pytest.mark.slow
def test_example_loads_again_after_its_removal():
    before = counts()
    removed()

    load(per_village=PER_VILLAGE)

    assert counts() == before
    assert ImportBatch.objects.filter(is_removed=False).count() == 1


@pytest.mark.slow
def test_example_takes_up_what_stayed_and_lets_go_of_it_later(county_clerk: User):
    project = Project.objects.get(code="EX-PV")
    rename_organisation(county_clerk)
    own_entry(county_clerk, project=project, division=project.division)
    add_activity(county_clerk)
    change_pledge(county_clerk)
    record_income(
        IncomeRecord(household=Household.objects.first(), year=2025, persons=1, **NO_OTHER_INCOME), by=county_clerk
    )
    kept = removed()
    before = Alliance.objects.count()

    load(per_village=PER_VILLAGE)
    again = remove(list(ImportBatch.objects.all()))

    assert before == 1
    assert names(again) == names(kept)


@pytest.mark.slow
def test_removal_says_when_there_is_nothing(capsys: Any):
    removed()

    call_command("remove_example")

    assert capsys.readouterr().out == "There is no example to remove.\n"


@pytest.mark.slow
def test_reload_repeats_nothing_that_stayed(county_clerk: User):
    before = counts()
    add_activity(county_clerk)
    change_pledge(county_clerk)
    removed()

    load(per_village=PER_VILLAGE)

    changed = {label: number - before.get(label, 0) for label, number in counts().items()}
    assert {label: number for label, number in changed.items() if number} == {"projects.AllianceActivity": 1}


@pytest.mark.slow
def test_what_a_person_took_back_stays_with_its_reversal():
    clerk, reviewer = (User.objects.get(username=name) for name in ("clerk", "reviewer"))
    entry = LedgerEntry.objects.posted().not_reversed().filter(kind=EntryKind.EXPENDITURE).first()
    correction = correct_entry(entry, by=clerk, reason="Tried out")
    post_entry(correction.reversal, by=reviewer)

    removed()

    left = LedgerEntry.objects.order_by("pk").values_list("voucher", flat=True)
    assert list(left) == [entry.voucher, LedgerEntry.objects.get(reverses=entry.voucher).voucher]


def test_a_closed_year_keeps_the_example(capsys: Any):
    close("513228", 2019)
    before = counts()

    with pytest.raises(CommandError) as refused:
        call_command("remove_example")

    assert str(refused.value) == (
        "The year 2019 of 513228 is closed with records of the example. Have it reopened first."
    )
    assert counts() == before
