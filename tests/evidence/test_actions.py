import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from alleviation.audit.models import AuditEvent
from alleviation.common import constraints
from alleviation.evidence.actions import attach, withdraw
from alleviation.evidence.models import Evidence, StoredFile
from alleviation.evidence.models.evidence import subject_models
from projects.models import Milestone
from tests.closings import closed
from tests.evidence import files
from tests.factories import (
    EnrolmentFactory,
    HouseholdFactory,
    IncomeRecordFactory,
    LargeExpenseFactory,
    LedgerEntryFactory,
    PledgeFactory,
    ProjectFactory,
    StatusChangeFactory,
    SupportMeasureFactory,
)

PDF = files.pdf()


@pytest.fixture
def entry(ruoduo):
    return LedgerEntryFactory(division=ruoduo)


def events() -> list[tuple[str, str, str]]:
    return [(e.subject_type, e.verb, e.reason) for e in AuditEvent.objects.order_by("id")]


def test_a_file_is_put_to_a_record_with_its_hash_in_the_trail(entry, clerk):
    evidence = attach(entry, PDF, title=" Receipt ", by=clerk)

    digest = evidence.file.sha256
    assert (evidence.subject_type, evidence.subject_id) == ("projects.ledgerentry", entry.pk)
    assert (evidence.title, evidence.attached_by, evidence.file.kind) == ("Receipt", "clerk-of-zhawo", "pdf")
    assert events() == [
        ("evidence.storedfile", "created", ""),
        ("evidence.evidence", "created", f"SHA-256 {digest}"),
    ]


def test_one_file_may_prove_several_records_and_each_once(entry, clerk, ruoduo):
    other = LedgerEntryFactory(division=ruoduo)
    attach(entry, PDF, title="List", by=clerk)
    attach(other, PDF, title="List", by=clerk)

    with pytest.raises(ValidationError) as caught:
        attach(entry, PDF, title="The same list", by=clerk)

    assert caught.value.messages == ["This very file proves the record already."]
    assert (Evidence.objects.count(), StoredFile.objects.count()) == (2, 1)


def test_the_same_file_attached_at_the_same_moment_is_refused_in_words(entry, clerk, monkeypatch):
    attach(entry, PDF, title="List", by=clerk)
    # What the other one wrote was not to be seen yet when this one was checked.
    monkeypatch.setattr(constraints, "validate", lambda record: None)

    with pytest.raises(ValidationError) as caught:
        attach(entry, PDF, title="List", by=clerk)

    assert caught.value.messages == ["This very file proves the record already."]
    assert Evidence.objects.count() == 1


def test_a_refused_title_leaves_no_row(entry, clerk):
    with pytest.raises(ValidationError):
        attach(entry, PDF, title="  ", by=clerk)

    assert (Evidence.objects.count(), StoredFile.objects.count(), events()) == (0, 0, [])


def test_a_closed_year_takes_evidence(entry, clerk, reviewer):
    closed(reviewer, year=entry.year)

    evidence = attach(entry, PDF, title="Receipt, found later", by=clerk)

    assert list(Evidence.objects.of(type(entry), [entry.pk])) == [evidence]


def test_what_proves_a_made_up_record_is_made_up(ruoduo):
    project = ProjectFactory(division=ruoduo, is_made_up=True)
    household = HouseholdFactory(village=ruoduo, is_made_up=True)
    records = [
        LedgerEntryFactory(division=ruoduo, is_made_up=True),
        PledgeFactory(division=ruoduo, is_made_up=True),
        Milestone.objects.create(project=project, title="Opened"),
        IncomeRecordFactory(household=household),
        EnrolmentFactory(household=household, project=project),
        StatusChangeFactory(household=household),
        SupportMeasureFactory(household=household),
        LargeExpenseFactory(household=household),
    ]

    made = [attach(one, f"Receipt {n}".encode(), title="Receipt", by="test") for n, one in enumerate(records)]

    assert [type(one) for one in records] == subject_models()
    assert [(one.is_made_up, one.file.is_made_up) for one in made] == [(True, True)] * 8


def test_evidence_is_withdrawn_once_with_a_reason_and_kept(entry, clerk, reviewer):
    evidence = attach(entry, PDF, title="Receipt", by=clerk)

    withdraw(evidence, by=reviewer, reason=" of another entry ")
    evidence.refresh_from_db()
    with pytest.raises(ValidationError) as caught:
        withdraw(evidence, by=clerk, reason="once more")

    assert caught.value.messages == ["This evidence is withdrawn already."]
    assert (evidence.withdrawn_by, evidence.withdrawn_reason) == ("reviewer-of-heishui", "of another entry")
    assert events()[2:] == [("evidence.evidence", "changed", "of another entry")]
    assert (Evidence.objects.standing().count(), StoredFile.objects.count()) == (0, 1)


def test_evidence_is_not_withdrawn_without_a_reason(entry, clerk):
    evidence = attach(entry, PDF, title="Receipt", by=clerk)

    with pytest.raises(ValidationError) as caught:
        withdraw(evidence, by=clerk, reason="  ")

    assert caught.value.messages == ["Say why it is withdrawn."]
    assert Evidence.objects.standing().count() == 1


def test_a_file_that_was_withdrawn_can_be_attached_again(entry, clerk):
    withdraw(attach(entry, PDF, title="Receipt", by=clerk), by=clerk, reason="by mistake")

    again = attach(entry, PDF, title="Receipt", by=clerk)

    assert list(Evidence.objects.standing()) == [again]


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("clerk", True),
        ("county_clerk", True),
        ("reviewer", True),
        ("manager", False),
        ("auditor", False),
        ("administrator", False),
        ("stranger", False),
    ],
)
def test_clerks_and_reviewers_of_the_area_attach_and_withdraw_and_nobody_else(who, may, entry, request):
    person = request.getfixturevalue(who)
    standing = attach(entry, b"An earlier receipt", title="Receipt", by="test")

    refused = []
    for act in (
        lambda: attach(entry, PDF, title="Receipt", by=person),
        lambda: withdraw(standing, by=person, reason="not ours"),
    ):
        try:
            act()
        except PermissionDenied:
            refused.append(act)

    assert (len(refused), Evidence.objects.count()) == ((0, 2) if may else (2, 1))
    assert Evidence.objects.standing().count() == 1
