"""The pages of claims: figures with their hedges, quotes read from the text, totals that say they are gross."""

from decimal import Decimal
from typing import Any

import pytest

from alleviation.accounts.models import User
from alleviation.common.figures import Figure
from projects.choices import Basis, ClaimStatus, Measure, Unit
from projects.models import Claim, Division, Document
from tests.conftest import signed_in
from tests.factories import AllianceFactory, ClaimFactory, DocumentFactory, OfficialFactory, OrganisationFactory

TEXT = "Before it. The firm gave over 300,000 yuan for the road. After it."
QUOTE = "gave over 300,000 yuan"


@pytest.fixture
def document(db: None) -> Document:
    return DocumentFactory(title="The road", text=TEXT, length=len(TEXT), sha256="a" * 64)


@pytest.fixture
def spent(document: Document) -> Claim:
    start = TEXT.index(QUOTE)
    return ClaimFactory(
        code="A20",
        document=document,
        start=start,
        end=start + len(QUOTE),
        subject="The firm",
        attribute="paid for the road",
        measure=Measure.INFRASTRUCTURE,
        qualifier="over",
        low=Decimal("300000"),
        unit=Unit.CNY,
        basis=Basis.CUMULATIVE,
        status=ClaimStatus.SPENT,
        period="2018",
    )


def table(user: User, slug: str, **filters: Any) -> Any:
    return signed_in(user).get("/claims/", filters).context["tables"][slug].table


def test_list_shows_figure_unit_basis_status_and_quote(manager: User, spent: Claim) -> None:
    rows = table(manager, "claims").rows

    assert rows == [
        {
            "code": "A20",
            "fact": "The firm: paid for the road",
            "measure": "infrastructure spend",
            "figure": Figure.over("300000"),
            "unit": "yuan",
            "unit_code": "CNY",
            "basis": "cumulative",
            "period": "2018",
            "status": "spent",
            "adopted": "",
            "document": "The road",
            "quote": QUOTE,
            "_url": "/claims/A20/",
            "_urls": {"document": f"/documents/{spent.document_id}/#A20"},
            "_asked": {"of": "A20"},
            "_made_up": False,
        }
    ]


def test_list_says_where_a_text_is_not_added(manager: User) -> None:
    ClaimFactory(code="B01")

    (row,) = table(manager, "claims").rows

    assert (row["quote"], row["figure"], row["basis"]) == ("text not added", None, "")


def test_list_filters_by_measure_and_status(manager: User, spent: Claim) -> None:
    ClaimFactory(code="B01", measure=Measure.PEOPLE, status=ClaimStatus.REACHED)
    ClaimFactory(code="B02", measure=Measure.PEOPLE, status=ClaimStatus.TARGETED)

    def codes(**filters: str) -> list[str]:
        return [row["code"] for row in table(manager, "claims", **filters).rows]

    assert codes() == ["A20", "B01", "B02"]
    assert codes(measure="P") == ["B01", "B02"]
    assert codes(measure="P", status="reached") == ["B01"]


def test_list_shows_no_claim_for_a_wrong_filter(manager: User, spent: Claim) -> None:
    response = signed_in(manager).get("/claims/", {"measure": "nonsense"})

    assert response.context["tables"] == {}
    assert list(response.context["form"].errors) == ["measure"]


def test_totals_add_one_class_only_and_count_what_has_no_number(manager: User) -> None:
    people = {"measure": Measure.PEOPLE, "unit": Unit.PERSON, "status": ClaimStatus.REACHED}
    ClaimFactory(**people, qualifier="over", low=Decimal(3000))
    ClaimFactory(**people, qualifier="over", low=Decimal(40000))
    ClaimFactory(**people, qualifier="unstated")
    ClaimFactory(**(people | {"status": ClaimStatus.TARGETED}), qualifier="exact", low=Decimal(4032), high=4032)

    found = table(manager, "claim_totals")

    # 3,000 + 40,000 = 43,000 reached, one without a number beside it; the targeted are another class.
    assert [(row["status"], row["claims"], row["gross"], row["not_stated"]) for row in found.rows] == [
        ("reached", 3, Figure.over(43000), 1),
        ("targeted", 1, Figure.exact(4032), 0),
    ]
    assert str(found.title) == "Totals by class, gross"
    assert str(found.note).startswith("Claims may overlap")


def test_claim_shows_the_quote_in_its_context(manager: User, spent: Claim) -> None:
    response = signed_in(manager).get("/claims/A20/")

    assert f"Before it. The firm <mark>{QUOTE}</mark> for the road. After it." in response.content.decode()
    facts = {str(one.label): [link.text for link in one.links] for one in response.context["facts"]}
    assert facts["Figure"] == ["over RMB 300,000"]
    assert facts["Where in it"] == [f"characters {spent.start} to {spent.end}"]
    assert facts["SHA-256 of the text"] == ["a" * 64]


def test_claim_without_text_says_where_to_add_it(manager: User) -> None:
    claim = ClaimFactory(code="B01")

    content = signed_in(manager).get("/claims/B01/").content.decode()

    assert "<mark>" not in content
    assert f'<a href="/documents/{claim.document_id}/">How to add it</a>' in content


def test_claim_links_to_what_it_is_about_as_far_as_the_reader_may_see(
    clerk: User, county_clerk: User, erniunai: Division
) -> None:
    alliance = AllianceFactory(title="Alliance of Erniunai", division=erniunai)
    firm, person = OrganisationFactory(name="Firm", name_zh="公司"), OfficialFactory(name="Liu Wei")
    ClaimFactory(code="A09", alliance=alliance, organisation=firm, official=person, division=erniunai)

    def subjects(user: User) -> dict[str, tuple[str, str]]:
        facts = signed_in(user).get("/claims/A09/").context["facts"]
        wanted = {"Alliance", "Organisation", "Person", "Place"}
        return {str(one.label): (one.links[0].text, one.links[0].url) for one in facts if str(one.label) in wanted}

    shared = {
        "Organisation": ("Firm (公司)", f"/organisations/{firm.pk}/"),
        "Person": ("Liu Wei", f"/people/{person.pk}/"),
    }
    assert subjects(county_clerk) == {
        **shared,
        "Alliance": ("Alliance of Erniunai", f"/alliances/{alliance.pk}/"),
        "Place": ("Erniunai Village 513228213201", "/areas/513228213201/"),
    }
    assert subjects(clerk) == {**shared, "Place": ("Erniunai Village 513228213201", "")}


@pytest.mark.parametrize("path", ["/claims/none/", "/claims/A20%00/", "/claims/A%2020/"])
def test_claim_that_is_not_there_is_not_found(manager: User, spent: Claim, path: str) -> None:
    assert signed_in(manager).get("/claims/A20/").status_code == 200

    assert signed_in(manager).get(path).status_code == 404


@pytest.mark.parametrize("path", ["/claims/", "/claims/A20/"])
def test_administrator_sees_no_claim(administrator: User, spent: Claim, path: str) -> None:
    response = signed_in(administrator).get(path)

    assert response.status_code == 403
    assert QUOTE not in response.content.decode()


def test_made_up_claims_are_marked(manager: User) -> None:
    ClaimFactory(code="M01", document__is_made_up=True)

    (row,) = table(manager, "claims").rows
    content = signed_in(manager).get("/claims/M01/").content.decode()

    assert row["_made_up"] is True
    assert "badge-made-up" in content


def test_hostile_words_are_escaped(manager: User) -> None:
    text = "<script>alert(1)</script>"
    document = DocumentFactory(text=text, length=len(text), title="<b>bold</b>")
    ClaimFactory(code="H01", document=document, start=0, end=8, subject="<i>x</i>")

    for path in ("/claims/", "/claims/H01/"):
        content = signed_in(manager).get(path).content.decode()
        assert "<script>alert" not in content
        assert "<b>bold" not in content
        assert "<i>x" not in content


def test_csv_has_the_bounds_of_each_figure(manager: User, spent: Claim) -> None:
    response = signed_in(manager).get("/claims/", {"csv": "claims"})

    lines = b"".join(response).decode("utf-8-sig").split("\r\n")
    assert lines[1] == (
        "A20,The firm: paid for the road,infrastructure spend,over,300000.00,,yuan,cumulative,2018,spent,,The road,"
        f'"{QUOTE}"'
    )


@pytest.mark.parametrize("number", [1, 3, 30])
def test_list_costs_the_same_for_any_number_of_claims(
    manager: User, number: int, django_assert_num_queries: Any
) -> None:
    client = signed_in(manager)
    ClaimFactory.create_batch(number, qualifier="over", low=Decimal(1))

    # session, user, whether the example is loaded, the claims, their documents, the claims with a figure by class,
    # and again for the reach
    with django_assert_num_queries(7):
        client.get("/claims/")
