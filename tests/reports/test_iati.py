"""Projects and their money for IATI: the same sums as everywhere, nothing that is not exact, nobody's name."""

import random
from dataclasses import replace
from datetime import date
from decimal import Decimal as D
from xml.etree import ElementTree

import pytest

from alleviation.common.query import Query
from alleviation.reports.iati import codes
from alleviation.reports.iati.asked import Counted
from projects.choices import EntryKind, ProjectKind, ProjectStatus
from projects.models import ProjectSite
from projects.rollups import area_query, funding_total
from projects.rollups.funding import SUMS
from tests.factories import (
    FundingSourceFactory,
    LedgerEntryFactory,
    OrganisationFactory,
    PledgeFactory,
    ProjectFactory,
)
from tests.golden import golden_money
from tests.ledgers import random_ledger
from tests.reports.published import by_key, faults, published, sums, sums_by_type, told, written


def rolled_up(query: Query) -> dict[str, D]:
    total = funding_total(query)
    return {kind: getattr(total, name) for name, kind in SUMS.items()}


@pytest.fixture
def road(ruoduo, xili):
    """A road through two villages, about which everything is known that may be."""
    made = ProjectFactory(
        **{"code": "ROAD", "name": "Road to Ruoduo", "name_zh": "若多公路", "division": ruoduo, "kind": "road"},
        **{"status": "closed", "operator": OrganisationFactory(name="Road bureau", kind="government")},
        **{"capacity": D("12.5"), "capacity_unit": "km", "summary": "通村公路"},
        **{"started_on": date(2018, 3, 1), "due_on": date(2019, 6, 30), "finished_on": date(2019, 9, 30)},
    )
    ProjectSite.objects.create(project=made, division=xili)
    return made


def test_every_kind_of_project_status_and_money_has_its_code():
    assert set(codes.SECTOR) == set(ProjectKind)
    assert set(codes.STATUS) == set(ProjectStatus) - {ProjectStatus.UNKNOWN}
    assert set(codes.TRANSACTION) == set(EntryKind)
    assert codes.TRANSACTION == {"allocation": "2", "disbursement": "3", "expenditure": "4", "refund": "3"}


def test_the_golden_money_is_the_same_in_the_file(everything, heishui, ruoduo, erniunai):
    golden_money(heishui, ruoduo, erniunai)

    root = published(everything)

    assert {kind: str(value) for kind, value in sums(root).items()} == {
        "allocation": "1800.00",
        "disbursement": "400.00",
        "expenditure": "350.05",
        "refund": "10.00",
    }
    # 400.00 - 10.00 that was given back.
    assert {code: str(value) for code, value in sums_by_type(root).items()} == {
        "2": "1800.00",
        "3": "390.00",
        "4": "350.05",
    }
    assert list(by_key(root)) == ["PROJECT-PV", "PROJECT-ROAD", "NO-PROJECT"]
    assert faults(root) == []


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.slow
def test_any_ledger_adds_up_to_its_roll_up(seed, everything, clerk, heishui, zhawo, ruoduo, erniunai):
    rng, sources = random.Random(seed), [FundingSourceFactory(), FundingSourceFactory(code="firm", level="enterprise")]
    places = [heishui, zhawo, ruoduo, erniunai]
    projects = [ProjectFactory(division=one) for one in (ruoduo, erniunai, heishui)]
    random_ledger(rng, places=places, sources=sources, projects=projects, years=[2018, 2019], number=80)
    asked = [everything, Query(user=clerk), *(area_query(everything, place) for place in places)]

    for query in (*asked, replace(everything, first_year=2019), replace(asked[-1], last_year=2018)):
        root = published(query, with_made_up=True)
        assert sums(root) == rolled_up(query)
        assert faults(root) == []


def test_a_project_tells_all_that_is_known_of_it(road, everything):
    root = published(everything)

    (activity,) = root
    assert told(activity.find("title")) == {"en": "Road to Ruoduo", "zh": "若多公路"}
    assert [(one.get("type"), one.get("iso-date")) for one in activity.findall("activity-date")] == [
        ("2", "2018-03-01"),
        ("3", "2019-06-30"),
        ("4", "2019-09-30"),
    ]
    assert [(one.get("ref"), told(one.find("name"))["zh"]) for one in activity.findall("location")] == [
        ("513228212205", "若多村"),
        ("513228212200", "西里村"),
    ]
    assert [(one.get("role"), told(one)["en"]) for one in activity.findall("participating-org")] == [
        ("2", "Power company"),
        ("4", "Road bureau"),
    ]
    assert [(one.get("vocabulary"), one.get("code")) for one in activity.findall("sector")] == [
        ("1", "21020"),
        ("99", "road"),
    ]
    assert activity.find("activity-status").get("code") == "4"
    assert activity.find("result/indicator/period/actual").get("value") == "12.5"
    assert [told(one) for one in activity.findall("description")][1:] == [{"zh": "通村公路"}]
    assert faults(root) == []


def test_a_reversal_is_below_zero_and_a_draft_is_nowhere(road, everything, ruoduo):
    facts = {"division": ruoduo, "project": road}
    LedgerEntryFactory(**facts, voucher="V-1", amount=D("30.00"))
    LedgerEntryFactory(**facts, voucher="V-2", amount=D("-30.00"), reverses="V-1", reason="typing error")
    LedgerEntryFactory(**facts, state="draft", amount=D("7.00"))

    found = published(everything).findall(".//transaction")

    assert [(one.get("ref"), one.findtext("value")) for one in found] == [("V-1", "30.00"), ("V-2", "-30.00")]
    assert told(found[1].find("description"))["en"] == "allocation, Ruoduo Village 513228212205. Reverses V-1."


def test_money_handed_on_is_taken_off_above(everything, heishui, ruoduo):
    road, facts = ProjectFactory(code="ROAD", division=ruoduo), {"source": FundingSourceFactory()}
    LedgerEntryFactory(**facts, division=heishui, amount=D("100.00"), voucher="C")
    LedgerEntryFactory(**facts, division=ruoduo, project=road, amount=D("60.00"), voucher="V", handed_down_from="C")

    found = by_key(published(everything))

    values = {key: [value.text for value in one.findall("transaction/value")] for key, one in found.items()}
    assert values == {"PROJECT-ROAD": ["60.00"], "NO-PROJECT": ["100.00", "-60.00"]}


def test_only_exact_promises_of_stated_years_become_numbers(road, everything, ruoduo):
    facts = {"division": ruoduo, "project": road}
    PledgeFactory(**facts, low=D("50.00"), basis="per_year", first_year=2018, last_year=2019)
    PledgeFactory(**facts, low=D("300000.00"), high=None, qualifier="over", first_year=2018)
    PledgeFactory(**facts, low=D("4032000.00"), basis="per_year")
    counted = Counted()

    (activity,) = published(everything, counted=counted)

    planned = activity.findall("planned-disbursement")
    assert [(one.find("period-start").get("iso-date"), one.findtext("value")) for one in planned] == [
        ("2018-01-01", "50.00"),
        ("2019-01-01", "50.00"),
    ]
    assert (counted.planned, counted.promises_in_words) == (2, 2)
    in_words = [told(one)["en"] for one in activity.findall("description")[2:]]
    assert in_words == [
        "Promised by County budget: over RMB 300,000, once. From 2018 on.",
        "Promised by County budget: RMB 4,032,000 a year. The years are not stated.",
    ]
    assert activity.findall("transaction") == []


def test_what_the_standard_has_no_words_for_is_left_out_and_told(everything, road, ruoduo):
    ProjectFactory(code="UNDATED", division=ruoduo)
    ProjectFactory(code="UNKNOWN", division=ruoduo, status="unknown", due_on=date(2020, 1, 1))
    paid = ProjectFactory(code="PAID", division=ruoduo, status="unknown")
    LedgerEntryFactory(division=ruoduo, project=paid, booked_on=date(2019, 5, 4))

    content = written(everything).decode()

    assert "recorded of them: PROJECT-UNDATED, PROJECT-UNKNOWN -->" in content
    activity = by_key(published(everything))["PROJECT-PAID"]
    start = activity.find("activity-date")
    assert (activity.find("activity-status").get("code"), start.get("iso-date")) == ("2", "2019-05-04")
    assert told(start)["en"] == "No start is recorded: the day on which money was first booked or promised."


def test_an_activity_starts_on_the_same_day_in_each_excerpt(everything, ruoduo, xili):
    paid = ProjectFactory(code="PAID", division=ruoduo, status="under_way")
    for day in (date(2018, 5, 1), date(2020, 6, 1)):
        LedgerEntryFactory(division=ruoduo, project=paid, booked_on=day, year=day.year)
        LedgerEntryFactory(division=xili, project=None, booked_on=day, year=day.year)

    starts = [
        {key: one.find("activity-date").get("iso-date") for key, one in by_key(published(asked)).items()}
        for asked in (everything, replace(everything, first_year=2020, last_year=2020))
    ]

    assert starts == [{"PROJECT-PAID": "2018-05-01", "NO-PROJECT": "2018-05-01"}] * 2


def test_what_was_paid_for_after_its_end_says_why_it_starts_with_that(everything, ruoduo):
    late = ProjectFactory(code="LATE", division=ruoduo, status="closed", finished_on=date(2017, 9, 30))
    LedgerEntryFactory(division=ruoduo, project=late, booked_on=date(2018, 5, 1))

    start, end = by_key(published(everything))["PROJECT-LATE"].findall("activity-date")

    assert (start.get("iso-date"), end.get("iso-date")) == ("2017-09-30", "2017-09-30")
    assert told(start)["en"] == (
        "No start is recorded: the day on which it was finished, since money was booked later alone."
    )


@pytest.mark.parametrize("code", ["P---1", "P----1", "P-"])
def test_a_code_of_many_hyphens_spoils_no_file(code, everything, road, ruoduo):
    ProjectFactory(code=code, division=ruoduo)

    content = written(everything).decode()

    assert len(ElementTree.fromstring(content)) == 1
    assert f"of them: PROJECT-{code}" in content.replace("- ", "-")


def test_the_made_up_example_is_nobodys_project(everything, road, ruoduo):
    example = ProjectFactory(code="EX", division=ruoduo, is_made_up=True, started_on=date(2018, 1, 1))
    LedgerEntryFactory(division=ruoduo, project=example, is_made_up=True, voucher="EX-1")

    assert list(by_key(published(everything))) == ["PROJECT-ROAD"]
    assert list(by_key(published(everything, with_made_up=True))) == ["PROJECT-ROAD", "PROJECT-EX"]


def test_nobody_is_named(road, everything, ruoduo):
    people = {"drafted_by": "CANARY-maker", "submitted_by": "CANARY-maker", "checked_by": "CANARY-checker"}
    LedgerEntryFactory(division=ruoduo, project=road, note="CANARY-note", **people)

    content = written(everything).decode()

    assert "V-" in content
    assert "CANARY" not in content


def test_what_no_xml_may_hold_spoils_no_file(everything, ruoduo):
    ProjectFactory(code="ODD", name='<a href="x">&\x0b\ud7ff--', division=ruoduo, started_on=date(2018, 1, 1))

    (activity,) = published(everything)

    assert told(activity.find("title")) == {"en": '<a href="x">&\ud7ff--'}


def test_the_questions_do_not_grow_with_the_projects(everything, heishui, ruoduo, django_assert_num_queries):
    def more(number: int) -> None:
        for _one in range(number):
            project = ProjectFactory(division=ruoduo, started_on=date(2018, 1, 1))
            PledgeFactory(division=ruoduo, project=project, first_year=2018)
            LedgerEntryFactory(division=ruoduo, project=project)

    more(1)
    with django_assert_num_queries(QUERIES):
        published(everything)
    more(5)
    with django_assert_num_queries(QUERIES):
        published(everything)


# Spans of own and handed-on money, promises, sites, projects, sources, the trail of three tables; then the money of
# projects and of no project, each with its places above; revisions of promises.
QUERIES = 15
