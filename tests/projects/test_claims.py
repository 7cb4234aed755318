"""What documents claim, gathered by class: only one class adds, what is not stated stands beside, overlap is open."""

from decimal import Decimal as D

import pytest
from django.utils import timezone

from alleviation.common.figures import Figure, FigureSum
from alleviation.common.query import Query
from projects.choices import Overlap
from projects.models import Claim
from projects.rollups import claim_totals
from projects.rollups.claims import ClaimClass, Rivals, claims, village_total
from tests.factories import ClaimFactory, ClaimRelationFactory, DocumentFactory, ProjectFactory


def claimed(low: str | None, qualifier: str = "over", **facts) -> Claim:
    high = D(low) if low and qualifier in {"exact", "about"} else None
    return ClaimFactory(**{"qualifier": qualifier, "low": D(low) if low else None, "high": high, **facts})


def reached(low: str | None, qualifier: str = "over", **facts) -> Claim:
    return claimed(low, qualifier, **{"measure": "P", "unit": "person", "status": "reached", **facts})


def money(low: str, qualifier: str = "exact", **facts) -> Claim:
    return claimed(low, qualifier, **{"measure": "F", "unit": "CNY", **facts})


def relate(one: Claim, kind: Overlap, other: Claim) -> None:
    ClaimRelationFactory(one=one, kind=kind, other=other)


def totals(query: Query) -> dict:
    return {(c.measure, c.unit, c.basis, c.status): (c.claims, c.gross) for c in claim_totals(query)}


def only_class(query: Query) -> ClaimClass:
    (found,) = claim_totals(query)
    return found


# --- classes ----------------------------------------------------------------------------------------------------


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


@pytest.mark.parametrize(
    "other", [{"unit": "household"}, {"unit": "student"}, {"basis": "per year"}, {"measure": "H"}]
)
def test_another_unit_basis_or_measure_is_another_class(everything, other):
    reached("1", "exact")
    reached("1", "exact", **other)

    assert [found.claims for found in claim_totals(everything)] == [1, 1]


def test_a_made_up_claim_is_a_class_of_its_own(everything):
    reached("40000")
    reached("7", document=DocumentFactory(is_made_up=True))

    assert [(one.of, one.is_made_up, one.unique) for one in claim_totals(everything)] == [
        ("P|person||reached|0", False, Figure.over(40000)),
        ("P|person||reached|1", True, Figure.over(7)),
    ]


def test_figures_per_year_of_other_years_are_other_classes(everything):
    money("100", basis="per year", first_year=2016, last_year=2018)
    money("200", basis="per year", first_year=2016, last_year=2018)
    money("400", basis="per year", first_year=2019)
    money("800", basis="per year")

    assert [(one.of, one.years, one.gross.figure, one.unique) for one in claim_totals(everything)] == [
        ("F|CNY|per year||0", "", Figure.exact(800), Figure.exact(800)),
        ("F|CNY|per year||0|2016-2018", "2016-2018", Figure.exact(300), Figure.between(200, 300)),
        ("F|CNY|per year||0|2019-", "2019-", Figure.exact(400), Figure.exact(400)),
    ]


def test_years_of_a_number_of_people_make_no_class(everything):
    reached("40000", basis="cumulative", first_year=2016, last_year=2020)
    reached("3000")

    assert [one.of for one in claim_totals(everything)] == ["P|person||reached|0"]


def test_figures_per_person_of_several_claims_make_no_sum(everything):
    for amount in ("2640", "3000"):
        money(amount, "about", measure="Y", basis="per person per year")

    found = only_class(everything)

    assert (found.claims, found.gross, found.unique, found.narrowing) == (2, FigureSum(None, 0), None, None)


def test_what_is_not_stated_is_counted_beside_the_sum_and_leaves_it_open(everything):
    reached("40000", "exact")
    reached(None, "unstated")
    reached(None, "most")

    found = only_class(everything)

    assert (found.claims, found.gross) == (3, FigureSum(Figure.exact("40000.0000"), 2))
    assert found.unique == Figure.at_least(40000)


def test_a_claim_without_figure_is_in_no_class(everything):
    ClaimFactory()

    assert claim_totals(everything) == []
    assert claims(everything).count() == 1


def test_a_class_of_nothing_but_unstated_has_no_sum(everything):
    reached(None, "unstated")

    assert (only_class(everything).gross, only_class(everything).unique) == (FigureSum(None, 1), None)


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


def test_a_question_of_one_class_is_about_that_one(manager):
    reached("1", code="A")
    reached("2", code="B", status="targeted")

    found = only_class(Query(user=manager, of="P|person||reached|0"))

    assert [member.code for member in found.members] == ["A"]


def test_an_administrator_reads_no_claims(administrator, clerk):
    reached("1")

    assert [claims(Query(user=user)).count() for user in (clerk, administrator)] == [1, 0]
    assert claim_totals(Query(user=administrator)) == []


@pytest.mark.slow
def test_claims_ask_the_database_twice(everything, django_assert_num_queries):
    for more in (1, 2, 27):
        for _n in range(more):
            relate(reached("1"), Overlap.DISJOINT, reached("2"))

        with django_assert_num_queries(2):  # the relations, the claims with a figure
            found = only_class(everything)
            assert (found.unique, found.rivals, found.contradictions) != (None, None, None)
            assert found.narrowing is not None


# --- overlap ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "unique"),
    [
        (Overlap.UNKNOWN, Figure.between(5, 8)),
        (Overlap.PART_OF, Figure.exact(5)),
        (Overlap.DISJOINT, Figure.exact(8)),
        (Overlap.SAME, Figure.between(3, 5)),
    ],
)
def test_a_relation_narrows_the_unique_figure_and_leaves_the_gross_one(everything, kind, unique):
    relate(reached("3", "exact"), kind, reached("5", "exact"))

    found = only_class(everything)

    assert (found.unique, found.gross) == (unique, FigureSum(Figure.exact(8), 0))


def test_a_relation_with_another_class_changes_neither(everything):
    one, other = reached("3", "exact"), reached("5", "exact")
    target = reached("9", "exact", status="targeted")
    relate(one, Overlap.PART_OF, target)
    relate(target, Overlap.PART_OF, other)

    assert [found.unique for found in claim_totals(everything)] == [Figure.between(5, 8), Figure.exact(9)]


def test_rivals_stand_side_by_side_with_the_adopted_one(everything):
    one, two, three = reached("60", code="A"), reached("46", "exact", code="B"), reached("50", "about", code="C")
    apart = reached("7", "exact", code="D")
    relate(one, Overlap.SAME, two)
    relate(three, Overlap.SAME, two)
    relate(apart, Overlap.DISJOINT, one)

    assert only_class(everything).rivals == [Rivals((one, two, three), None)]

    Claim.objects.filter(pk=two.pk).update(
        adopted_by="r", adopted_at=timezone.now(), adoption_reason="counted by hand"
    )

    found = only_class(everything)
    assert found.rivals == [Rivals((one, two, three), two)]
    # 46 as adopted, and 7 others.
    assert (found.unique, found.contradictions) == (Figure.exact(53), [])


# --- the golden cases of the two documents ----------------------------------------------------------------------


@pytest.fixture
def published(db: None) -> None:
    """The figures of the documents that could be added wrongly."""
    reached("3000", code="B15")
    reached("40000", code="B22", basis="cumulative", first_year=2016, last_year=2020)
    reached("4032", "exact", code="A17", status="targeted")
    money("4032000", code="A18", basis="per year", status="pledged")
    money("200000000", "over", code="B21", basis="cumulative", status="contributed")
    money("4950000000", code="B11", measure="E", status="expected")
    money("225000000", code="B12", measure="T", status="expected")
    money("2640", "about", code="A19", measure="Y", basis="per person per year", status="expected")


def of(query: Query, key: str) -> ClaimClass:
    return next(one for one in claim_totals(query) if one.of == key)


def test_golden_people_reached_are_unique_over_40000_and_gross_over_43000(published, everything):
    found = of(everything, "P|person||reached|0")

    assert (found.unique, found.gross) == (Figure.over(40000), FigureSum(Figure.over(43000), 0))
    assert found.narrowing is not None
    assert found.narrowing.words("person") == (
        "It is open above: no upper bound is stated in B15, B22. To decide how B15 and B22 overlap would narrow it: "
        "the same or B15 part of B22 or B22 part of B15: over 40,000 persons; nothing in common: over 43,000 persons."
    )


def test_golden_people_targeted_are_apart(published, everything):
    found = of(everything, "P|person||targeted|0")

    assert ([one.code for one in found.members], found.unique) == (["A17"], Figure.exact(4032))


def test_golden_output_and_tax_are_in_no_total_of_funds(published, everything):
    funds = [one for one in claim_totals(everything) if {"B11", "B12"} & {claim.code for claim in one.members}]

    assert [(one.measure.value, one.claims) for one in funds] == [("E", 1), ("T", 1)]


def test_golden_funds_a_year_and_in_all_are_not_added(published, everything):
    funds = [one for one in claim_totals(everything) if one.measure == "F"]

    assert [(one.of, one.gross.words("CNY", one.basis)) for one in funds] == [
        ("F|CNY|cumulative|contributed|0", "over RMB 200,000,000, cumulative"),
        ("F|CNY|per year|pledged|0", "RMB 4,032,000 a year"),
    ]


def test_golden_rent_per_person_gives_no_village_total_until_persons_are_known(published):
    rent = Claim.objects.get(code="A19")

    assert [village_total(rent, persons) for persons in (None, 0)] == [None, None]
    # 2,640 × 150
    assert village_total(rent, 150) == Figure.about(396000)
    assert village_total(Claim.objects.get(code="A18"), 150) is None
