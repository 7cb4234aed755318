"""What the page of a record says, line by line, and how its history is told."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from alleviation.audit import trail
from alleviation.dashboards.records.sheet_facts import admin_url, facts_about, title_of
from alleviation.dashboards.records.sheet_history import happenings
from alleviation.evidence.actions import attach, withdraw
from alleviation.evidence.models import Evidence
from beneficiaries.actions import record_income
from beneficiaries.models import IncomeRecord
from projects.actions import correct_entry, draft_entry, post_entry, return_entry, submit_entry
from projects.models import LedgerEntry, Milestone
from tests.factories import (
    NO_OTHER_INCOME,
    DocumentFactory,
    EnrolmentFactory,
    FundingSourceFactory,
    HouseholdFactory,
    IncomeRecordFactory,
    LedgerEntryFactory,
    PledgeFactory,
    ProjectFactory,
)


def told(record, user) -> dict[str, str]:
    """The lines of a page by their label; those that say nothing are left out."""
    lines = {str(fact.label): "; ".join(link.text for link in fact.links) for fact in facts_about(record, user)}
    return {label: text for label, text in lines.items() if text}


def links(record, user) -> dict[str, str]:
    return {str(fact.label): link.url for fact in facts_about(record, user) for link in fact.links if link.url}


def story(record, user) -> list[tuple[str, str, str, list[tuple[str, str, str]]]]:
    """The history in the order in which it happened."""
    evidence = Evidence.objects.of(type(record), [record.pk])
    found = happenings(record, evidence, user)
    return [
        (one.actor, one.what, one.reason, [(c.label, c.before, c.after) for c in one.changes])
        for one in reversed(found)
    ]


def sheet(record) -> str:
    return reverse("dashboards:record", args=[record._meta.label_lower, record.pk])


@pytest.fixture
def drafted(ruoduo, clerk) -> LedgerEntry:
    """An expenditure of 1,234.50 that the clerk drafted."""
    entry = LedgerEntry(
        kind="expenditure",
        year=2019,
        booked_on=date(2019, 5, 1),
        amount=Decimal("1234.50"),
        source=FundingSourceFactory(),
        division=ruoduo,
        note="Gravel",
    )
    draft_entry(entry, by=clerk)
    return entry


@pytest.fixture
def posted(drafted, clerk, reviewer) -> LedgerEntry:
    submit_entry(drafted, by=clerk)
    post_entry(drafted, by=reviewer)
    return LedgerEntry.objects.get()


# --- what a record says -------------------------------------------------------------------------------------------


def test_a_posted_entry_says_what_was_booked_and_who_had_a_hand_in_it(posted, manager):
    said = told(posted, manager)

    people = {label: said.pop(label).partition(",")[0] for label in ("Entered by", "Submitted by", "Checked by")}
    assert people == {
        "Entered by": "clerk-of-zhawo",
        "Submitted by": "clerk-of-zhawo",
        "Checked by": "reviewer-of-heishui",
    }
    assert said == {
        "Kind": "expenditure",
        "Amount": "1,234.50 yuan",
        "Date": "2019-05-01",
        "Year": "2019",
        "State": "posted",
        "Funding source": "County budget",
        "Place": "Ruoduo Village (若多村) 513228212205",
        "Project": "Not tied to a project",
        "Note": "Gravel",
    }


def test_the_amount_of_a_posted_entry_leads_to_its_explanation_and_that_of_a_draft_nowhere(posted, manager, ruoduo):
    draft = LedgerEntryFactory(division=ruoduo, state="draft")

    assert links(posted, manager)["Amount"] == f"/explain/entry/?of={posted.voucher}"
    assert "Amount" not in links(draft, manager)


def test_entries_lead_to_those_that_they_name_and_that_name_them(posted, clerk, reviewer):
    anew = LedgerEntry(**{name: getattr(posted, name) for name in ("kind", "year", "booked_on", "source", "division")})
    anew.amount = Decimal("1000.00")
    made = correct_entry(posted, by=clerk, reason="typed wrongly", replacement=anew)
    reversal, replacement = made.reversal, made.replacement

    assert {name: url for name, url in links(posted, clerk).items() if "by" in name} == {
        "Reversed by": sheet(reversal),
        "Replaced by": sheet(replacement),
    }
    assert (links(reversal, clerk)["Reverses"], links(replacement, clerk)["Replaces"]) == (sheet(posted),) * 2
    assert told(reversal, clerk)["Why it was corrected"] == "typed wrongly"


def test_an_entry_of_another_area_is_named_by_its_voucher_and_leads_nowhere(ruoduo, hezhou, clerk):
    foreign = LedgerEntryFactory(division=hezhou)
    own = LedgerEntryFactory(division=ruoduo, kind="disbursement", allocation=foreign.voucher)

    assert told(own, clerk)["Paid out of"] == foreign.voucher
    assert "Paid out of" not in links(own, clerk)


def test_a_returned_entry_says_why(drafted, clerk, reviewer):
    submit_entry(drafted, by=clerk)
    return_entry(drafted, by=reviewer, note="Which road?")
    drafted.refresh_from_db()

    assert told(drafted, clerk)["Why it was returned"] == "Which road?"


def test_a_promise_says_what_its_document_states(ruoduo, manager):
    document = DocumentFactory(title="A report")
    pledge = PledgeFactory(
        division=ruoduo, stated_in=document, qualifier="over", low=Decimal("300000.00"), high=None, basis="per_year"
    )

    said = told(pledge, manager)

    assert (said["Stated in"], said["Paid"], said["Pledged by"]) == ("A report", "per year", "County budget")
    assert said["Amount"].replace("\xa0", " ") == "over RMB 300,000"
    assert links(pledge, manager)["Amount"] == f"/pledges/{pledge.pk}/"


def test_a_milestone_says_when_it_was_to_be_reached_and_was(ruoduo, manager):
    project = ProjectFactory(division=ruoduo, code="P-1", name="Road")
    reached = Milestone.objects.create(
        project=project, title="Opened", due_on=date(2019, 1, 1), reached_on=date(2019, 2, 1)
    )
    open_ = Milestone.objects.create(project=project, title="Paid for")

    assert told(reached, manager) == {
        "Milestone": "Opened",
        "Project": "P-1 Road",
        "Due on": "2019-01-01",
        "Reached on": "2019-02-01",
    }
    assert (told(open_, manager)["Due on"], told(open_, manager)["Reached on"]) == ("not stated", "not yet")


def test_an_income_says_its_parts_and_what_is_left(ruoduo, clerk):
    household = HouseholdFactory(village=ruoduo, number="H-17")
    income = IncomeRecordFactory(household=household, wage_income=Decimal("5000.00"), expenses=Decimal("120.30"))

    said = told(income, clerk)
    said.pop("Recorded at")

    assert said == {
        "Household": "H-17",
        "Year": "2019",
        "Village in that year": "Ruoduo Village (若多村) 513228212205",
        "Persons counted": "4",
        "Wage income": "5,000.00 yuan",
        "Business income": "0.00 yuan",
        "Property income": "0.00 yuan",
        "Transfer income": "0.00 yuan",
        "Expenses": "120.30 yuan",
        "Net income": "4,879.70 yuan",
        "Status": "received",
    }


def test_an_enrolment_without_an_amount_says_so(ruoduo, clerk):
    enrolment = EnrolmentFactory(household=HouseholdFactory(village=ruoduo), project=ProjectFactory(division=ruoduo))

    assert told(enrolment, clerk)["Amount"] == "not stated"


def test_pages_are_named_without_naming_a_person(ruoduo):
    household = HouseholdFactory(village=ruoduo)
    records = [
        LedgerEntryFactory(division=ruoduo, voucher="V-aB1"),
        PledgeFactory(division=ruoduo),
        Milestone.objects.create(project=ProjectFactory(division=ruoduo), title="Opened"),
        IncomeRecordFactory(household=household),
        EnrolmentFactory(household=household, year=2020),
    ]

    numbers = [record.pk for record in records]

    assert [title_of(record) for record in records] == [
        "Ledger entry V-aB1",
        f"Pledge #{numbers[1]}",
        f"Milestone #{numbers[2]}",
        f"Income record #{numbers[3]} of 2019",
        f"Enrolment #{numbers[4]} of 2020",
    ]


def test_the_form_is_offered_to_those_who_may_open_it(ruoduo, clerk, auditor, manager):
    income = IncomeRecordFactory(household=HouseholdFactory(village=ruoduo))
    form = f"/admin/beneficiaries/household/{income.household_id}/change/"

    assert [admin_url(income, user) for user in (clerk, auditor, manager)] == [form, form, ""]


# --- what became of it --------------------------------------------------------------------------------------------


def test_the_history_of_an_entry_is_told_in_words_from_draft_to_evidence(posted, clerk, manager):
    evidence = attach(posted, b"Receipt", title="Receipt", by=clerk)
    withdraw(evidence, by=clerk, reason="of another entry")

    assert story(posted, manager) == [
        (
            "clerk-of-zhawo",
            "Ledger entry: created",
            "",
            [
                ("kind", "—", "expenditure"),
                ("year", "—", "2019"),
                ("date", "—", "2019-05-01"),
                ("amount", "—", "1,234.50"),
                ("funding source", "—", "County budget"),
                ("area", "—", "Ruoduo Village"),
                ("note", "—", "Gravel"),
                ("state", "—", "draft"),
            ],
        ),
        ("clerk-of-zhawo", "Ledger entry: changed", "", [("state", "draft", "submitted")]),
        (
            "reviewer-of-heishui",
            "Ledger entry: changed",
            "",
            [("voucher", "—", posted.voucher), ("state", "submitted", "posted")],
        ),
        ("clerk-of-zhawo", "Evidence: created", f"SHA-256 {evidence.file.sha256}", [("what it is", "—", "Receipt")]),
        (
            "clerk-of-zhawo",
            "Evidence: changed",
            "of another entry",
            [("why it was withdrawn", "—", "of another entry")],
        ),
    ]


def test_a_history_names_no_record_that_the_reader_may_not_see(drafted, clerk, county_clerk, hezhou):
    foreign = ProjectFactory(division=hezhou, name="Far away")
    own = ProjectFactory(division=drafted.division, name="Our road")
    for project in (foreign, own):
        drafted.project = project
        trail.write(drafted, by="an import")

    told_of_projects = [changes for _actor, _what, _reason, changes in story(drafted, clerk)][1:]

    assert told_of_projects == [
        [("project", "—", f"#{foreign.pk}")],
        [("project", f"#{foreign.pk}", str(own.local_name))],
    ]


def test_an_income_that_was_corrected_says_so_on_either_page(ruoduo, clerk):
    household = HouseholdFactory(village=ruoduo)
    first = IncomeRecord(household=household, year=2019, persons=4, **NO_OTHER_INCOME)
    record_income(first, by=clerk)
    again = IncomeRecord.objects.get()
    again.persons, again.reason = 3, "a child had moved"
    record_income(again, by=clerk)

    pages = {one.persons: told(one, clerk) for one in IncomeRecord.objects.all()}

    assert {persons: page.get("Why it was corrected") for persons, page in pages.items()} == {
        4: None,
        3: "a child had moved",
    }
    assert ["Corrected at" in pages[persons] for persons in (4, 3)] == [True, False]
