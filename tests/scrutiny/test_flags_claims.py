"""The rule about claims: a case just over its threshold and one just under it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from alleviation.common.query import Query
from alleviation.scrutiny.flags.catalogue import BY_SLUG
from alleviation.scrutiny.flags.found import found_by
from tests.factories import ClaimFactory, DocumentFactory, LedgerEntryFactory, ProjectFactory

FLAG = BY_SLUG["unsupported-claims"]


def claim(project, *, published_on, **facts):
    """That 100 yuan were spent for a project."""
    document = DocumentFactory(published_on=published_on)
    spent = {"measure": "I", "qualifier": "exact", "low": 100, "high": 100, "unit": "CNY", "status": "spent"}
    return ClaimFactory(document=document, project=project, **{**spent, **facts})


def years_ago(years, days=0):
    today = timezone.localdate()
    return date(today.year - years, today.month, min(today.day, 28)) - timedelta(days=days)


def keys(query):
    return [one.case.key for one in found_by(FLAG, query)]


@pytest.mark.parametrize(("days", "is_case"), [(-7, False), (7, True)])
def test_a_claim_has_a_year_to_be_borne_out(days, is_case, ruoduo, everything):
    claim(ProjectFactory(division=ruoduo), published_on=years_ago(1, days), code="C1")

    assert keys(everything) == (["C1"] if is_case else [])


@pytest.mark.parametrize(("spent", "is_case"), [("100.00", False), ("99.99", True)])
def test_what_is_on_record_bears_a_claim_out(spent, is_case, ruoduo, everything):
    project = ProjectFactory(division=ruoduo)
    LedgerEntryFactory(division=ruoduo, project=project, kind="expenditure", year=2018, amount=Decimal(spent))
    claim(project, published_on=date(2019, 5, 1), code="C1")

    assert keys(everything) == (["C1"] if is_case else [])


def test_a_case_is_of_the_year_of_its_document_and_of_the_place_of_its_project(ruoduo, everything):
    claim(ProjectFactory(division=ruoduo), published_on=date(2020, 2, 29), code="C1")

    (found,) = found_by(FLAG, everything.of_years(2020, 2020))

    case = found.case
    assert (case.year, case.area, case.since, case.url) == (2020, ruoduo.code, date(2021, 3, 2), "/claims/C1/")
    assert case.details == "RMB 100: not yet recorded."
    assert found_by(FLAG, everything.of_years(2021, 2021)) == []


def test_a_document_without_a_date_is_told(ruoduo, everything):
    claim(ProjectFactory(division=ruoduo), published_on=None)

    assert keys(everything) == []
    assert FLAG.not_judged(everything).startswith("1 claims are of documents without a date")


def test_a_claim_about_a_place_is_for_those_in_whose_area_it_lies(ruoduo, hezhou, clerk, stranger, manager):
    claim(ProjectFactory(division=ruoduo), published_on=date(2019, 5, 1), code="OURS")
    claim(ProjectFactory(division=hezhou), published_on=date(2019, 5, 1), code="THEIRS")

    assert [keys(Query(user=user)) for user in (clerk, stranger, manager)] == [
        ["OURS"],
        ["THEIRS"],
        ["THEIRS", "OURS"],
    ]
