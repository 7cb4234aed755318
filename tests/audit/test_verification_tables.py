"""Each column of each audited table against the trail, one by one, whatever the database itself keeps."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Model
from django.utils import timezone

from alleviation.accounts.models import ApiToken, User
from alleviation.audit import trail
from alleviation.audit.models import FrozenReport, ImportBatch, Verb, YearClosing
from alleviation.audit.values import values_of
from alleviation.audit.verification.tables import table_faults
from alleviation.common.guard import audited_models
from alleviation.evidence.models import Evidence, StoredFile
from alleviation.scrutiny.models import BulkDownload, Waiver
from beneficiaries.models import (
    Enrolment,
    Household,
    HouseholdLink,
    HouseholdMove,
    IncomeRecord,
    LargeExpense,
    Monitoring,
    Person,
    PovertyLine,
    Responsibility,
    StatusChange,
    SupportMeasure,
    Visit,
)
from projects.models import (
    Alliance,
    AllianceActivity,
    AllianceParty,
    AlliancePledge,
    Award,
    Claim,
    ClaimRelation,
    Document,
    FundingSource,
    LedgerEntry,
    Milestone,
    Official,
    Organisation,
    PartyBranch,
    Pledge,
    Post,
    Project,
    ProjectSite,
)
from tests import factories as make
from tests.audit.tampering import change, checks_away, other_than, run

MAKERS: dict[type[Model], Callable[[], Model]] = {
    User: lambda: make.UserFactory(first_name="Li", email="li@example.org", last_name="Na"),
    ApiToken: make.ApiTokenFactory,
    ImportBatch: lambda: ImportBatch.objects.create(kind="file", title="x", created_by="clerk"),
    YearClosing: lambda: a_closing(),
    FrozenReport: lambda: FrozenReport.objects.create(
        closing=a_closing(), slug="x", language="en", file_name="x.csv", content=b"x", sha256="0" * 64, rows=1
    ),
    Organisation: make.OrganisationFactory,
    PartyBranch: make.PartyBranchFactory,
    Official: make.OfficialFactory,
    Post: lambda: Post.objects.create(
        official=make.OfficialFactory(), organisation=make.OrganisationFactory(), title="secretary"
    ),
    Award: make.AwardFactory,
    Project: lambda: make.ProjectFactory(capacity=Decimal("4.95"), capacity_unit="MW"),
    ProjectSite: lambda: ProjectSite.objects.create(project=make.ProjectFactory(), division=make.DivisionFactory()),
    Milestone: lambda: Milestone.objects.create(project=make.ProjectFactory(), title="accepted"),
    Alliance: make.AllianceFactory,
    AllianceParty: lambda: AllianceParty.objects.create(
        alliance=make.AllianceFactory(), branch=make.PartyBranchFactory()
    ),
    AllianceActivity: lambda: AllianceActivity.objects.create(
        alliance=make.AllianceFactory(), kind="visit", title="a visit"
    ),
    AlliancePledge: lambda: AlliancePledge.objects.create(alliance=make.AllianceFactory(), undertaking="to help"),
    FundingSource: make.FundingSourceFactory,
    LedgerEntry: make.LedgerEntryFactory,
    Document: lambda: make.DocumentFactory(text="0123456789" * 200, published_on=date(2019, 1, 1)),
    Pledge: make.PledgeFactory,
    Claim: make.ClaimFactory,
    ClaimRelation: make.ClaimRelationFactory,
    StoredFile: make.StoredFileFactory,
    Evidence: make.EvidenceFactory,
    Waiver: make.WaiverFactory,
    BulkDownload: make.BulkDownloadFactory,
    Household: make.HouseholdFactory,
    StatusChange: make.StatusChangeFactory,
    HouseholdMove: make.HouseholdMoveFactory,
    HouseholdLink: make.HouseholdLinkFactory,
    Responsibility: make.ResponsibilityFactory,
    SupportMeasure: make.SupportMeasureFactory,
    Visit: make.VisitFactory,
    Monitoring: make.MonitoringFactory,
    LargeExpense: make.LargeExpenseFactory,
    Person: lambda: make.PersonFactory(birth_year=1961, id_tail="001X", sex="female"),
    IncomeRecord: make.IncomeRecordFactory,
    Enrolment: make.EnrolmentFactory,
    PovertyLine: make.PovertyLineFactory,
}


def a_closing() -> YearClosing:
    return YearClosing.objects.create(
        area="513228", year=2018, proposed_by="a", proposed_at=timezone.now(), state="proposed"
    )


def told(model: type[Model]) -> Model:
    """One row of a table with its event."""
    row = MAKERS[model]()
    row.refresh_from_db()
    trail.record(verb=Verb.CREATED, subject=row, by="clerk", after=values_of(row))
    return row


def name(row: Model) -> str:
    return f"{row._meta.verbose_name} {row.pk}"


def test_every_audited_model_is_sampled():
    assert set(MAKERS) == set(audited_models())


@pytest.mark.slow
@pytest.mark.parametrize("model", MAKERS, ids=lambda model: model.__name__)
def test_each_changed_column_is_named_with_its_record(db, model):
    row = told(model)
    kept = getattr(model, "unkept_fields", ())
    fields = [field for field in model._meta.concrete_fields if not field.primary_key and field.name not in kept]
    untampered = list(table_faults(model))

    found = {}
    with checks_away(model._meta.db_table):
        for field in fields:
            value = field.get_db_prep_value(getattr(row, field.attname), connection)
            change(model._meta.db_table, row.pk, field.column, other_than(field, getattr(row, field.attname)))
            found[field.attname] = list(table_faults(model))
            change(model._meta.db_table, row.pk, field.column, value)

    assert untampered == []
    assert {key: len(faults) for key, faults in found.items()} == {field.attname: 1 for field in fields}
    for field in fields:
        assert found[field.attname][0].startswith(f"{name(row)}: {field.verbose_name} is ")
    assert list(table_faults(model)) == []


@pytest.mark.parametrize("model", MAKERS, ids=lambda model: model.__name__)
@pytest.mark.slow
def test_a_row_that_is_gone_is_named(db, model):
    row = told(model)

    run(f'DELETE FROM "{model._meta.db_table}" WHERE id = %s', row.pk)

    assert list(table_faults(model)) == [f"{name(row)}: the trail says it is there, and it is gone"]


@pytest.mark.parametrize("model", MAKERS, ids=lambda model: model.__name__)
def test_a_row_that_nobody_entered_is_named(db, model):
    row = MAKERS[model]()

    assert list(table_faults(model))[-1] == f"{name(row)}: no event tells who entered it"


def test_the_amount_is_told_as_it_is_and_as_it_was(ruoduo):
    entry = told(LedgerEntry)

    change("projects_ledgerentry", entry.pk, "amount", 500)

    assert list(table_faults(LedgerEntry)) == [f"ledger entry {entry.pk}: amount is 5.00, the trail says 100.00"]


def test_what_must_not_be_told_is_not_told(db):
    person = told(Person)

    change("beneficiaries_person", person.pk, "name", "张三丰")

    assert list(table_faults(Person)) == [f"person {person.pk}: name is not what the trail says"]


def test_a_text_of_a_document_is_not_told(db):
    document = told(Document)

    change("projects_document", document.pk, "text", "another")

    assert list(table_faults(Document)) == [f"document {document.pk}: text is not what the trail says"]


def test_a_record_with_another_number_is_one_too_many_and_one_too_few(db):
    source = told(FundingSource)

    run("UPDATE projects_fundingsource SET id = id + 1")

    assert list(table_faults(FundingSource)) == [
        f"funding source {source.pk}: the trail says it is there, and it is gone",
        f"funding source {source.pk + 1}: no event tells who entered it",
    ]


def test_events_are_played_in_their_order(db):
    source = FundingSource(code="county", name="County", level="county")
    trail.write(source, by="clerk")
    source.name = "County budget"
    trail.write(source, by="clerk")
    other = FundingSource(code="other", name="Other", level="social")
    trail.write(other, by="clerk")
    trail.remove(other, by="clerk")

    assert list(table_faults(FundingSource)) == []


def test_a_row_put_back_after_it_was_removed_is_named(db):
    source = FundingSource(code="county", name="County", level="county")
    trail.write(source, by="clerk")
    number = source.pk
    trail.remove(source, by="clerk")

    FundingSource.objects.create(pk=number, code="county", name="County", level="county")

    assert list(table_faults(FundingSource)) == [f"funding source {number}: no event tells who entered it"]
