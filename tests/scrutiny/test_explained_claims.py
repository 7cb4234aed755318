"""The figures of claims opened: what each is, which claims make it, and that its rows add up to it."""

from dataclasses import replace
from decimal import Decimal
from itertools import combinations
from random import Random
from typing import Any

import pytest
from django.http import Http404

from alleviation.accounts.models import User
from alleviation.common.figures import Figure, total
from alleviation.common.query import Query
from alleviation.scrutiny.catalogue import BY_SLUG
from alleviation.scrutiny.counted import makeup_of
from projects.models import Claim, Division
from projects.rollups.claims import claim_totals
from tests.conftest import signed_in
from tests.factories import (
    ClaimFactory,
    ClaimRelationFactory,
    DocumentFactory,
    EnrolmentFactory,
    LedgerEntryFactory,
    PersonFactory,
    PovertyLineFactory,
    ProjectFactory,
)

TEXT = "The fund helps 4,032 people and over 3,000 more."
REACHED = "P|person||reached|0"


def claim(code: str, number: int, qualifier: str = "exact", **values: Any) -> Claim:
    given = {"measure": "P", "unit": "person", "status": "reached", "qualifier": qualifier, "low": Decimal(number)}
    if qualifier in ("exact", "about"):
        given["high"] = Decimal(number)
    if qualifier in ("under", "at_most"):
        given |= {"low": None, "high": Decimal(number)}
    return ClaimFactory(code=code, **(given | values))


def asked(user: User, of: str) -> Query:
    return replace(Query(user=user), of=of)


def page(user: User, slug: str, of: str) -> Any:
    return signed_in(user).get(f"/explain/{slug}/", {"of": of})


def test_a_claim_opens_to_its_words_its_hash_and_who_entered_it(manager: User) -> None:
    document = DocumentFactory(title="The fund", text=TEXT, length=len(TEXT))
    one = claim("A17", 4032, document=document, start=15, end=27)
    ClaimRelationFactory(one=one, other=claim("B1", 1), kind="part_of", decided_by="r", reason="so")

    context = page(manager, "claim", "A17").context
    (row,) = context["table"].rows

    assert (context["words"], context["named"]) == ("4,032 persons", "A17 A village")
    assert context["working"] == "characters 15 to 27: “4,032 people”"
    assert {key: row[key] for key in ("quote", "start", "end", "sha256", "relations")} == {
        "quote": "4,032 people",
        "start": 15,
        "end": 27,
        "sha256": document.sha256,
        "relations": "A17 part of B1 (r: so)",
    }
    assert row["_urls"] == {"document": f"/documents/{document.pk}/#A17"}


def test_gross_and_unique_open_to_the_claims_of_their_class(manager: User) -> None:
    claim("B15", 3000, "over")
    claim("B22", 40000, "over")
    claim("A17", 4032, status="targeted")

    gross, unique = (page(manager, slug, REACHED).context for slug in ("claims-gross", "claims-unique"))

    assert (gross["words"], gross["working"]) == (
        "over 43,000 persons",
        "over 3,000 + over 40,000 = over 43,000 persons",
    )
    assert unique["words"] == "over 40,000 persons"
    assert unique["working"] == (
        "From: over 40,000 (B22). To: open, since B15, B22 state no upper bound. 1 pair is not related: they may "
        "share anything. Hence over 40,000 persons."
    )
    assert [row["code"] for row in gross["table"].rows] == ["B15", "B22"]
    assert [(row["code"], str(row["counts"])) for row in unique["table"].rows] == [
        ("B15", "over 3,000"),
        ("B22", "over 40,000"),
        ("", "-3,000–0"),
    ]
    assert str(unique["left_out"][0].reason).startswith("It is open above: no upper bound is stated in B15, B22.")


def test_unique_says_which_relations_it_uses(manager: User) -> None:
    part, whole, rival, apart = claim("C1", 3), claim("C2", 5), claim("C3", 5), claim("C4", 7)
    for one, kind, other in ((part, "part_of", whole), (whole, "same", rival), (apart, "disjoint", whole)):
        ClaimRelationFactory(one=one, other=other, kind=kind)

    context = page(manager, "claims-unique", REACHED).context

    assert context["words"] == "12 persons"
    assert context["working"] == (
        "From: 5 (C2) + 7 (C4). To: 5 (C2) + 7 (C4), less what lies in two of them. Relations used: C1 part of C2; "
        "C2 the same as C3; C4 disjoint from C2. 3 pairs are not related: they may share anything. Hence 12 persons."
    )
    assert [(row["code"], str(row["counts"])) for row in context["table"].rows] == [
        ("C1", "0"),
        ("C2", "5"),
        ("C3", "0"),
        ("C4", "7"),
    ]


QUALIFIERS = ("exact", "over", "at_least", "under", "at_most")
KINDS = ("unknown", "unknown", "part_of", "disjoint", "same")


@pytest.mark.parametrize("seed", range(12))
def test_the_rows_add_up_whatever_the_relations_are(manager: User, seed: int) -> None:
    random = Random(seed)
    found = [claim(f"C{n}", random.randint(1, 9), random.choice(QUALIFIERS)) for n in range(5)]
    for one, other in combinations(found, 2):
        ClaimRelationFactory(one=one, other=other, kind=random.choice(KINDS))
    query = asked(manager, REACHED)
    (one_class,) = claim_totals(query)

    rows = list(BY_SLUG["claims-unique"].rows(query))

    assert total(row["figure"] for row in rows if row.get("figure")) == one_class.gross
    made = total(row["counts"] for row in rows).figure
    unique = one_class.unique
    if unique is not None:
        assert made is not None
        assert (made.low or 0, made.high) == (unique.low or 0, unique.high)
    assert set(makeup_of(one_class).counts) == {one.code for one in found}


@pytest.mark.parametrize(
    ("slug", "of"),
    [
        ("claim", "C9"),
        ("claim", "Q1"),
        ("claim", ""),
        ("claims-gross", "P|person||spent|0"),
        ("claims-unique", ""),
        ("claims-gross", "Y|CNY|per household||0"),
        ("fund-per-person", "fund-per-person|C1|C1"),
        ("claim-difference", "C1"),
        ("claims-in-state", "nonsense"),
    ],
)
def test_what_is_not_there_is_not_found(manager: User, slug: str, of: str) -> None:
    claim("C1", 3)
    ClaimFactory(code="Q1")
    for code in ("Y1", "Y2"):
        claim(code, 3, measure="Y", unit="CNY", basis="per household", status="")

    assert page(manager, slug, of).status_code == 404
    with pytest.raises(Http404):
        BY_SLUG[slug].names_it(asked(manager, of))


@pytest.mark.parametrize("slug", ["claim", "claims-gross", "claims-unique", "share-of-line", "claim-difference"])
def test_who_sees_no_records_opens_no_claim(administrator: User, slug: str) -> None:
    claim("C1", 3)

    assert page(administrator, slug, "C1" if slug == "claim" else REACHED).status_code == 403


def test_a_derived_figure_is_the_quotient_of_its_rows(manager: User) -> None:
    document, project = DocumentFactory(), ProjectFactory(kind="pv_centralised")
    of_project = {"document": document, "project": project}
    claim("A17", 4032, status="targeted", **of_project)
    claim("A18", 4_032_000, measure="F", unit="CNY", basis="per year", status="pledged", **of_project)
    claim("A15", 30, measure="C", unit="MW", status="", **of_project)
    rent = {"measure": "Y", "unit": "CNY", "basis": "per person per year", "first_year": 2018}
    claim("A19", 2640, "about", **rent)
    PovertyLineFactory(year=2018, amount=Decimal("3000.00"))

    claim("A99", 100, measure="C", unit="kW", status="", project=ProjectFactory(kind="pv_centralised"))
    wanted = ("fund-per-person|A18|A17", "households-by-capacity|A15", "households-by-capacity|A99")
    found = {}
    for of in (*wanted, "share-of-line|A19"):
        figure, query = BY_SLUG[of.partition("|")[0]], asked(manager, of)
        rows = list(figure.rows(query))
        made = figure.made_of([total(row[key] for row in rows if key in row) for key in figure.adds_up])
        found[of] = (figure.words(query), made if of.startswith("fund") else "")
        assert made == figure.value(query)

    assert found == {
        "fund-per-person|A18|A17": ("RMB 1,000", Figure.exact(1000)),
        "households-by-capacity|A15": ("1,000–1,200 households", ""),
        "households-by-capacity|A99": ("3–4 households", ""),
        "share-of-line|A19": ("about 88%", ""),
    }
    assert page(manager, "share-of-line", "share-of-line|A19").context["working"] == (
        "about RMB 2,640 per person a year (A19) ÷ RMB 3,000 per person a year (poverty line of 2018) = about 88%"
    )


def test_a_difference_is_the_claim_less_the_records(manager: User, ruoduo: Division) -> None:
    project = ProjectFactory(code="P-1", division=ruoduo)
    LedgerEntryFactory(division=ruoduo, project=project, amount=Decimal("120.00"))
    money = {"measure": "F", "unit": "CNY", "status": "contributed", "project": project}
    claim("C1", 300, "over", **money)

    context = page(manager, "claim-difference", "C1").context

    assert context["words"] == "over RMB 180"
    assert [(row["code"], str(row["figure"])) for row in context["table"].rows] == [("C1", "over 300"), ("", "-120")]
    assert [(str(part.label), part.words, url) for part, url in context["parts"]] == [
        ("Claimed", "over RMB 300", "/explain/claim/?of=C1"),
        ("Allocated", "RMB 120", "/explain/allocated/?project=P-1"),
    ]


def test_a_state_opens_to_its_claims(manager: User, ruoduo: Division) -> None:
    enrolment = EnrolmentFactory(household__village=ruoduo)
    PersonFactory.create_batch(3, household=enrolment.household)
    claim("C1", 3, division=ruoduo)
    claim("C2", 4, division=ruoduo)
    claim("C3", 4)

    context = page(manager, "claims-in-state", "partly").context

    assert (context["words"], context["named"]) == ("1", "partly supported")
    assert [row["code"] for row in context["table"].rows] == ["C2"]


def test_persons_on_the_register_are_counted_by_village(
    manager: User, clerk: User, ruoduo: Division, erniunai: Division
) -> None:
    PersonFactory.create_batch(3, household__village=ruoduo)
    PersonFactory.create_batch(2, household__village=erniunai)

    figure = BY_SLUG["register-persons"]

    assert [(row["place"], row["persons"]) for row in figure.rows(Query(user=manager))] == [
        ("Ruoduo Village", 3),
        ("Erniunai Village", 2),
    ]
    assert [figure.value(Query(user=user)) for user in (manager, clerk)] == [5, 3]


def test_a_clerk_opens_the_class_of_the_page_and_of_an_area_that_is_asked_for(clerk: User, hezhou: Division) -> None:
    claim("B22", 40000, "over", division=hezhou)
    claim("B15", 3000, "over")

    whole = page(clerk, "claims-gross", REACHED).context["words"]
    states = signed_in(clerk).get("/claims/reconciliation/").context["tables"]["states"].table
    count = {str(row["support"]): row["claims"] for row in states.rows}
    opened = page(clerk, "claims-in-state", "not_comparable").context["words"]

    assert whole == "over 43,000 persons"
    assert opened == str(count["not comparable"])


def test_a_class_without_a_claim_in_the_area_asked_for_is_none(clerk: User, hezhou: Division) -> None:
    claim("B22", 40000, "over", division=hezhou)

    answer = signed_in(clerk).get("/explain/claims-gross/", {"of": REACHED, "area": "513228000000"})

    assert answer.status_code == 404
