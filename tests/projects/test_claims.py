"""What documents claim, gathered by class: only one class adds, and what is not stated stands beside."""

from decimal import Decimal as D

import pytest

from alleviation.common.figures import Figure, FigureSum
from alleviation.common.query import Query
from projects.rollups import claim_totals
from projects.rollups.claims import claims
from tests.factories import ClaimFactory, DocumentFactory, ProjectFactory


def reached(low: str | None, qualifier: str = "over", **facts):
    high = D(low) if low and qualifier in {"exact", "about"} else None
    return ClaimFactory(
        **{
            "measure": "P",
            "unit": "person",
            "status": "reached",
            "qualifier": qualifier,
            "low": D(low) if low else None,
            "high": high,
            **facts,
        }
    )


def totals(query: Query) -> dict:
    return {(c.measure, c.unit, c.basis, c.status): (c.claims, c.gross) for c in claim_totals(query)}


def test_figures_of_one_class_add_up(everything):
    reached("40000")
    reached("3000", "exact")

    assert totals(everything) == {("P", "person", "", "reached"): (2, FigureSum(Figure.over("43000.0000"), 0))}


def test_another_status_is_another_class(everything):
    reached("40000")
    reached("4032", "exact", status="targeted")

    assert totals(everything) == {
        ("P", "person", "", "reached"): (1, FigureSum(Figure.over("40000.0000"), 0)),
        ("P", "person", "", "targeted"): (1, FigureSum(Figure.exact("4032.0000"), 0)),
    }


@pytest.mark.parametrize("other", [{"unit": "household"}, {"basis": "per year"}, {"measure": "H"}])
def test_another_unit_basis_or_measure_is_another_class(everything, other):
    reached("1", "exact")
    reached("1", "exact", **other)

    assert [found.claims for found in claim_totals(everything)] == [1, 1]


def test_what_is_not_stated_is_counted_beside_the_sum(everything):
    reached("40000")
    reached(None, "unstated")
    reached(None, "most")

    assert totals(everything) == {("P", "person", "", "reached"): (3, FigureSum(Figure.over("40000.0000"), 2))}


def test_a_claim_without_figure_is_in_no_class(everything):
    ClaimFactory()

    assert claim_totals(everything) == []
    assert claims(everything).count() == 1


def test_a_class_of_nothing_but_unstated_has_no_sum(everything):
    reached(None, "unstated")

    assert totals(everything) == {("P", "person", "", "reached"): (1, FigureSum(None, 1))}


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ({}, ["A", "B", "C"]),
        ({"measure": "P"}, ["A", "B"]),
        ({"status": "reached"}, ["A"]),
        ({"project_code": "P-1"}, ["C"]),
        ({"prefixes": ("513228",)}, ["B"]),
        ({"prefixes": ()}, []),
    ],
)
def test_a_question_narrows_the_claims(manager, ruoduo, asked, codes):
    document = DocumentFactory()
    reached("1", code="A", document=document)
    reached("1", code="B", document=document, status="targeted", division=ruoduo)
    ClaimFactory(code="C", document=document, project=ProjectFactory(code="P-1", division=ruoduo))

    assert sorted(claims(Query(user=manager, **asked)).values_list("code", flat=True)) == codes


def test_an_administrator_reads_no_claims(administrator, clerk):
    reached("1")

    assert [claims(Query(user=user)).count() for user in (clerk, administrator)] == [1, 0]
    assert claim_totals(Query(user=administrator)) == []


def test_claims_ask_the_database_once(everything, django_assert_num_queries):
    for more in (1, 2, 27):
        for _n in range(more):
            reached("1")

        with django_assert_num_queries(1):  # the claims with a figure
            claim_totals(everything)
