"""What follows from what documents state, with its working."""

from decimal import Decimal as D

import pytest

from alleviation.common.figures import Figure
from alleviation.common.query import Query
from projects.models import Claim, Document, Project
from projects.rollups.derived import Check, derived, share_of_line
from tests.factories import ClaimFactory, DocumentFactory, ProjectFactory


@pytest.fixture
def station(db: None) -> Project:
    return ProjectFactory(code="PV", kind="pv_centralised")


@pytest.fixture
def document(db: None) -> Document:
    return DocumentFactory()


def capacity(project: Project | None, low: str, unit: str = "MW", **facts) -> Claim:
    facts = {"qualifier": "exact", "high": D(low)} | facts
    return ClaimFactory(code="A15", project=project, measure="C", low=D(low), unit=unit, **facts)


def people(document: Document, project: Project | None, low: str | None = "4032", **facts) -> Claim:
    number = D(low) if low else None
    stated = {"code": "A17", "measure": "P", "unit": "person", "status": "targeted", "qualifier": "exact"}
    return ClaimFactory(**stated | {"document": document, "project": project, "low": number, "high": number} | facts)


def fund(document: Document, project: Project | None, low: str = "4032000", **facts) -> Claim:
    stated = {"code": "A18", "measure": "F", "unit": "CNY", "basis": "per year", "status": "pledged"}
    number = {"qualifier": "exact", "low": D(low), "high": D(low)}
    return ClaimFactory(**stated | number | {"document": document, "project": project} | facts)


def told(query: Query) -> list[tuple[str, Figure, str]]:
    return [(one.of, one.result, one.working) for one in derived(query)]


# --- a fund for each of the people --------------------------------------------------------------------------------


def test_golden_annual_fund_is_1000_each(everything, document, station):
    fund(document, station)
    people(document, station)

    (found,) = derived(everything)

    assert (found.result, found.words) == (Figure.exact(1000), "RMB 1,000 per person a year")
    assert found.working == "RMB 4,032,000 a year (A18) ÷ 4,032 persons (A17) = RMB 1,000 per person a year"
    assert (found.of, [claim.code for claim in found.claims]) == ("fund-per-person|A18|A17", ["A18", "A17"])
    assert str(found.source).startswith("Arithmetic alone.")
    assert not found.is_made_up


def test_fund_keeps_the_hedge_of_each(everything, document, station):
    fund(document, station, "9000", qualifier="over", high=None)
    people(document, station, "30", qualifier="about")

    assert told(everything) == [
        (
            "fund-per-person|A18|A17",
            Figure.about(300) + Figure.over(0),
            "over RMB 9,000 a year (A18) ÷ about 30 persons (A17) = about RMB 300 per person a year or more",
        )
    ]


@pytest.mark.parametrize(
    ("fund_facts", "people_facts"),
    [
        ({"basis": "once"}, {}),
        ({"status": "contributed"}, {}),
        ({"measure": "T"}, {}),
        ({}, {"status": "reached"}),
        ({}, {"unit": "student"}),
        ({}, {"low": None, "qualifier": "unstated"}),
        ({}, {"low": "0"}),
        ({}, {"low": None, "high": D(9), "qualifier": "under"}),
    ],
)
def test_other_figures_make_no_share_of_a_fund(everything, document, station, fund_facts, people_facts):
    fund(document, station, **fund_facts)
    people(document, station, **people_facts)

    assert told(everything) == []


def test_fund_and_people_of_other_documents_or_projects_are_not_divided(everything, document, station):
    fund(document, station)
    people(DocumentFactory(), station)
    people(document, ProjectFactory(code="OTHER"), code="A99")
    people(document, None, code="A98")

    assert told(everything) == []


def test_fund_and_people_of_no_project_are_not_divided(everything, document):
    fund(document, None)
    people(document, None)

    assert told(everything) == []


# --- households by capacity ---------------------------------------------------------------------------------------


def test_golden_30_megawatts_are_counted_for_1000_to_1200_households(everything, station):
    capacity(station, "30")

    (found,) = derived(everything)

    assert (found.result, found.words) == (Figure.between(1000, 1200), "1,000–1,200 households")
    assert found.working == "30 MW (A15) ÷ 25–30 kW per household = 1,000–1,200 households"
    assert "〔2017〕39" in str(found.source)


def test_a_village_station_is_counted_in_less_a_household(everything):
    capacity(ProjectFactory(kind="pv_village"), "300", "kW")

    # 300 ÷ 7 = 42.857…, 300 ÷ 5 = 60
    assert [one.words for one in derived(everything)] == ["42–60 households"]


def test_capacity_of_anything_else_is_not_counted_in_households(everything, station):
    for project, unit in ((ProjectFactory(kind="road"), "MW"), (None, "MW"), (station, "km")):
        Claim.objects.all().delete()
        capacity(project, "30", unit)

        assert told(everything) == []


# --- a share of the poverty line ----------------------------------------------------------------------------------


def test_golden_rent_is_about_a_share_of_the_line():
    found = share_of_line(Claim(**_rent()), Figure.exact(3200), 2018)

    assert found is not None
    assert (found.result, found.words) == (Figure.about("82.5"), "about 82.5%")
    assert found.working == (
        "about RMB 2,640 per person a year (A19) ÷ RMB 3,200 per person a year (poverty line of 2018) = about 82.5%"
    )


def test_share_without_end_is_rounded_in_words_alone():
    found = share_of_line(Claim(**_rent()), Figure.about(2952), 2018)

    assert found is not None
    # 2,640 ÷ 2,952 = 0.89430894308…
    assert (found.result.low, found.result.high) == (D("89.43089430"), D("89.43089431"))
    assert found.words == "about 89.43%"


@pytest.mark.parametrize(
    "facts", [{"basis": "per household"}, {"measure": "F"}, {"qualifier": ""}, {"qualifier": "unstated"}]
)
def test_another_claim_is_no_share_of_the_line(facts):
    facts = {"low": None, "high": None, **facts} if "qualifier" in facts else facts

    assert share_of_line(Claim(**_rent(**facts)), Figure.exact(2952), 2018) is None


def test_share_of_a_line_that_is_not_known_is_not_known():
    assert share_of_line(Claim(**_rent()), None, 2018) is None


def _rent(**facts) -> dict:
    rent = {"code": "A19", "measure": "Y", "unit": "CNY", "basis": "per person per year", "qualifier": "about"}
    return {**rent, "low": D("2640.0000"), "high": D("2640.0000"), **facts}


# --- all of them --------------------------------------------------------------------------------------------------


def test_derived_figures_are_asked_for_by_their_key_and_marked_when_made_up(manager, station):
    made_up = DocumentFactory(is_made_up=True)
    fund(made_up, station)
    people(made_up, station)
    capacity(station, "30", document=made_up)

    assert [one.of for one in derived(Query(user=manager))] == [
        "fund-per-person|A18|A17",
        "households-by-capacity|A15",
    ]
    (found,) = derived(Query(user=manager, of="households-by-capacity|A15"))
    assert found.is_made_up


def test_derived_figures_ask_the_database_once(everything, document, station, django_assert_num_queries):
    fund(document, station)
    for more in (1, 2, 27):
        for n in range(more):
            people(document, station, code=f"P{more}-{n}")

        with django_assert_num_queries(1):  # the claims with a figure, their documents and projects
            found = derived(everything)
        assert {one.words for one in found} == {"RMB 1,000 per person a year"}


def test_derived_figures_are_those_of_the_reader(administrator, document, station):
    fund(document, station)
    people(document, station)

    assert derived(Query(user=administrator)) == []


def test_half_defined_check_is_refused():
    with pytest.raises(TypeError, match="Half lacks formula, source, unit, basis"):
        type("Half", (Check,), {"slug": "half", "title": "Half"})
