"""Last year's entries and promises as the beginning of this year's."""

from decimal import Decimal

import pytest
from django.utils.timezone import localdate

from projects.models import LedgerEntry
from tests.admin_pages import page, typed
from tests.conftest import signed_in
from tests.factories import LedgerEntryFactory, PledgeFactory, ProjectFactory

ENTRY, PLEDGE = "projects_ledgerentry", "projects_pledge"


@pytest.fixture
def posted(ruoduo) -> LedgerEntry:
    project = ProjectFactory(division=ruoduo)
    return LedgerEntryFactory(division=ruoduo, project=project, year=2023, note="Second part", document_number="7-12")


def test_entry_begins_like_last_years_without_voucher_date_and_amount(county_clerk, posted):
    client = signed_in(county_clerk)
    offered = client.get(page(ENTRY, "change", posted.pk)).context["copy"]

    filled = typed(client.get(offered.address))

    facts = {"kind": posted.kind, "source": posted.source_id, "division": posted.division_id}
    assert filled == {**facts, "project": posted.project_id, "note": "Second part", "year": 2024} | {
        name: "" for name in filled if filled[name] == ""
    }
    assert not any(filled.get(name) for name in ("booked_on", "amount", "document_number", "allocation"))


@pytest.mark.slow
@pytest.mark.parametrize(("state", "year"), [("draft", 2023), ("posted", localdate().year)])
def test_entry_that_is_not_posted_or_is_of_this_year_is_not_copied(county_clerk, posted, state, year):
    entry = LedgerEntryFactory(division=posted.division, state=state, year=year)

    assert signed_in(county_clerk).get(page(ENTRY, "change", entry.pk)).context["copy"] is None


@pytest.mark.slow
def test_entry_of_another_area_is_not_copied(clerk, posted, erniunai):
    foreign = LedgerEntryFactory(division=erniunai, note="Theirs")

    assert "Theirs" not in signed_in(clerk).get(page(ENTRY, "add"), {"copy": foreign.pk}).content.decode()


@pytest.mark.slow
def test_promise_goes_on_for_as_many_years_with_its_amount_to_check(county_clerk, ruoduo):
    pledge = PledgeFactory(
        division=ruoduo, low=Decimal("4032000"), high=Decimal("4032000"), first_year=2021, last_year=2023
    )
    client = signed_in(county_clerk)
    offered = client.get(page(PLEDGE, "change", pledge.pk)).context["copy"]

    opened = client.get(offered.address)

    filled = typed(opened)
    assert (filled["first_year"], filled["last_year"], filled["low"]) == (2024, 2026, Decimal("4032000.00"))
    assert not filled.get("stated_in")
    assert not filled.get("reason")
    assert "Check the amount" in opened.context["copied"]
