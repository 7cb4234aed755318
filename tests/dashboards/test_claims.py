"""The pages of claims: figures with their hedges, quotes read from the text, totals that say they are gross."""

import re
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

import pytest

from alleviation.accounts.models import User
from alleviation.common.figures import Figure
from projects.choices import Basis, ClaimStatus, Measure, Unit
from projects.models import Claim, Division, Document
from tests.conftest import signed_in
from tests.factories import (
    AllianceFactory,
    ClaimFactory,
    ClaimRelationFactory,
    DocumentFactory,
    EnrolmentFactory,
    OfficialFactory,
    OrganisationFactory,
    PersonFactory,
    PovertyLineFactory,
    ProjectFactory,
)

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
            "_quoted": ("paid for the road", QUOTE),
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


@pytest.mark.slow
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


def people(code: str, low: int, qualifier: str = "over", **values: Any) -> Claim:
    given = {"measure": Measure.PEOPLE, "unit": Unit.PERSON, "status": ClaimStatus.REACHED, "low": Decimal(low)}
    high = {"high": Decimal(low)} if qualifier in ("exact", "about") else {}
    return ClaimFactory(code=code, qualifier=qualifier, **(given | high | values))


def test_totals_of_each_class_stand_apart_with_what_has_no_number(manager: User) -> None:
    people("C1", 3000)
    people("C2", 40000)
    ClaimFactory(code="C3", measure="P", unit="person", status="reached", qualifier="unstated")
    people("C4", 4032, "exact", status=ClaimStatus.TARGETED)

    found = table(manager, "claim_totals")

    # 3,000 + 40,000 = 43,000 reached, one without a number beside it; the targeted are another class.
    assert [(row["status"], row["claims"], row["unique"], str(row["gross"])) for row in found.rows] == [
        ("reached", "C1, C2, C3", Figure.over(40000), "over 43,000 and 1 not stated"),
        ("targeted", "C4", Figure.exact(4032), "4,032"),
    ]
    assert [row["not_stated"] for row in found.rows] == [1, 0]
    assert str(found.title) == "Totals by class, unique and gross"
    assert "counts whatever two claims share twice" in str(found.note)


def test_totals_name_a_few_claims_and_count_the_rest(manager: User) -> None:
    for number in range(9):
        people(f"C{number}", 10)

    (row,) = table(manager, "claim_totals").rows

    assert row["claims"] == "C0, C1, C2, C3, C4, C5 and 3 more"


def test_a_relation_narrows_the_unique_figure_and_the_line_says_what_would(manager: User) -> None:
    one, other = people("C1", 3, "exact"), people("C2", 5, "exact")
    before = table(manager, "claim_totals").rows[0]
    ClaimRelationFactory(one=one, other=other, kind="part_of")

    after = table(manager, "claim_totals").rows[0]

    assert (before["unique"], after["unique"]) == (Figure.between(5, 8), Figure.exact(5))
    assert before["narrowing"].startswith("To decide how C1 and C2 overlap would narrow it:")
    assert (str(after["gross"]), after["narrowing"]) == ("8", "")


def shown_rows(user: User, slug: str, path: str = "/claims/") -> list[list[str]]:
    """The cells of a table as a reader sees them on the page."""
    page = rows_of(signed_in(user).get(path).content.decode(), slug)
    assert page
    return page


def rows_of(content: str, slug: str) -> list[list[str]]:
    block = content.split(f'<section class="table-block" id="{slug}"', 1)[1].split("</section>", 1)[0]
    body = block.split("<tbody>", 1)[1].split("</tbody>", 1)[0]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    return [[cell_text(cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)] for row in rows]


def cell_text(cell: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", cell)).split())


@pytest.fixture
def published(db: None) -> None:
    """The figures of the two documents that could be added wrongly."""
    document = DocumentFactory(title="A", event_on=date(2018, 11, 23))
    station = ProjectFactory(code="HS-PV", kind="pv_centralised")
    of_station = {"document": document, "project": station}
    people("B15", 3000)
    people("B22", 40000, basis="cumulative", first_year=2016, last_year=2020)
    people("A17", 4032, "exact", status="targeted", **of_station)
    money = {"measure": "F", "unit": "CNY"}
    people("A18", 4_032_000, "exact", basis="per year", status="pledged", **money, **of_station)
    people("B21", 200_000_000, basis="cumulative", status="contributed", **money)
    people("B11", 4_950_000_000, "exact", measure="E", unit="CNY", status="expected")
    people("B12", 225_000_000, "exact", measure="T", unit="CNY", status="expected")
    rent = {"measure": "Y", "unit": "CNY", "basis": "per person per year", "status": "expected"}
    people("A19", 2640, "about", **rent, **of_station)
    people("A15", 30, "exact", measure="C", unit="MW", status="", **of_station)


def test_the_golden_cases_hold_on_the_page(manager: User, published: None) -> None:
    rows = {cells[3]: cells for cells in shown_rows(manager, "claim-totals")}

    told = {claims: (cells[4], cells[5]) for claims, cells in rows.items()}
    assert told == {
        "B15, B22": ("over 40,000 persons", "over 43,000 persons"),
        "A17": ("4,032 persons", "4,032 persons"),
        "A18": ("RMB 4,032,000", "RMB 4,032,000"),
        "B21": ("over RMB 200,000,000", "over RMB 200,000,000"),
        "B11": ("RMB 4,950,000,000", "RMB 4,950,000,000"),
        "B12": ("RMB 225,000,000", "RMB 225,000,000"),
        "A19": ("about RMB 2,640", "about RMB 2,640"),
        "A15": ("30 MW", "30 MW"),
    }
    assert [rows[code][0] for code in ("B21", "A18", "B11", "B12")] == [
        "poverty-alleviation fund",
        "poverty-alleviation fund",
        "economic output",
        "tax",
    ]
    assert "To decide how B15 and B22 overlap would narrow it" in rows["B15, B22"][6]


@pytest.mark.slow
def test_what_follows_from_claims_is_shown_as_derived(manager: User, published: None) -> None:
    PovertyLineFactory(year=2016, amount=Decimal("2952.00"))
    PovertyLineFactory(year=2018, amount=Decimal("3000.00"), concept="net")
    PovertyLineFactory(year=2020, amount=Decimal("4000.00"))

    rows = shown_rows(manager, "derived")
    on_the_project = shown_rows(manager, "derived", "/projects/HS-PV/")

    assert [cells[:2] for cells in rows] == [
        ["Annual fund per person targeted", "RMB 1,000"],
        ["Households that the capacity is counted for", "1,000–1,200 households"],
        ["Share of the poverty line of 2018", "about 88%"],
    ]
    assert "net income" in rows[2][5]
    assert on_the_project == rows
    assert str(table(manager, "derived").title) == "Derived by us, stated nowhere"


@pytest.mark.slow
def test_a_year_without_a_line_is_not_invented(manager: User, published: None) -> None:
    assert [cells[0] for cells in shown_rows(manager, "derived")][2:] == []
    PovertyLineFactory(year=2020, amount=Decimal("4000.00"))
    assert [cells[0] for cells in shown_rows(manager, "derived")][2:] == []
    PovertyLineFactory(year=2016, amount=Decimal("2640.00"))

    last = shown_rows(manager, "derived")[-1]

    assert last[:2] == [
        "Share of the poverty line of 2016, the last one listed: there is none of 2018",
        "about 100%",
    ]


def test_the_page_tells_what_our_records_hold(manager: User, clerk: User, ruoduo: Division) -> None:
    project = ProjectFactory(code="P-1", division=ruoduo)
    enrolment = EnrolmentFactory(project=project, household__village=ruoduo)
    PersonFactory.create_batch(3, household=enrolment.household)
    people("C1", 4, "exact", project=project)
    people("C2", 4, "exact")

    def told(user: User, code: str) -> dict[str, list[tuple[str, str]]]:
        found = signed_in(user).get(f"/claims/{code}/").context["recorded"]
        return {str(one.label): [(link.text, link.url) for link in one.links] for one in found}

    assert told(clerk, "C1") == {
        "State": [("partly supported", "")],
        "Persons enrolled": [("3 persons", "/explain/enrolled-persons/?project=P-1"), ("P-1", "")],
        "Persons on the register": [
            ("3 persons", f"/explain/register-persons/?area={ruoduo.code}"),
            ("Ruoduo Village", ""),
        ],
        "Claimed less recorded": [("1 person", "/explain/claim-difference/?of=C1")],
    }
    assert told(manager, "C2") == {
        "State": [("not comparable: It names no project, place or payer of our records.", "")]
    }


def test_income_for_each_person_makes_a_total_once_the_persons_are_known(manager: User, ruoduo: Division) -> None:
    rent = {"measure": "Y", "unit": "CNY", "basis": "per person per year", "status": "expected"}
    people("A19", 2640, "about", division=ruoduo, **rent)

    def told() -> str:
        found = signed_in(manager).get("/claims/A19/").context["recorded"]
        return found[-1].links[0].text

    before = told()
    PersonFactory.create_batch(100, household__village=ruoduo)

    assert before == "not known while the persons of the place are not on the register"
    assert told() == "about RMB 2,640 × 100 persons on the register = about RMB 264,000 a year"


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
        "Place": ("Erniunai Village (二牛奶村) 513228213201", "/areas/513228213201/"),
    }
    assert subjects(clerk) == {**shared, "Place": ("Erniunai Village (二牛奶村) 513228213201", "")}


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

    # session, user, whether the example is loaded, the claims, their documents; relations, the claims with a figure by
    # class; what follows from claims, and from incomes
    with django_assert_num_queries(9):
        client.get("/claims/")
