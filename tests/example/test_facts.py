"""The facts of the two documents, as claims and as records; the texts themselves are not here."""

from collections import Counter
from decimal import Decimal

import pytest

from alleviation.audit.models import AuditEvent, Verb
from alleviation.common.figures import Figure
from alleviation.common.query import Query
from alleviation.example.shelf import rows_of
from projects.models import (
    Alliance,
    AllianceActivity,
    Award,
    Claim,
    Document,
    LedgerEntry,
    Official,
    Organisation,
    Pledge,
    Post,
    Project,
    ProjectSite,
)
from projects.rollups import claim_totals
from projects.rollups.derived import derived

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("example")]
FIGURES = ("low", "high")
WORDS = ("subject", "attribute", "measure", "qualifier", "unit", "basis", "period", "status")
LINKS = {"project": "code", "division": "code"}


def of_documents() -> list[Claim]:
    return list(Claim.objects.filter(document__is_made_up=False).with_documents().order_by("code"))


def test_facts_are_all_entered():
    codes = [claim.code for claim in of_documents()]

    assert codes == [f"A{n:02}" for n in range(1, 27)] + [f"B{n:02}" for n in range(1, 25)]


def test_facts_by_measure():
    measures = Counter(claim.measure for claim in of_documents())

    assert measures == {"Q": 33, "P": 6, "K": 2, "F": 2, "Y": 2, "E": 1, "T": 1, "H": 1, "C": 1, "I": 1}


def test_facts_say_what_their_row_says():
    rows = {row["code"]: row for row in rows_of("claims.csv")}

    for claim in Claim.objects.with_documents():
        row = rows[claim.code]
        assert {name: getattr(claim, name) for name in WORDS} == {name: row.get(name, "") for name in WORDS}
        assert (claim.start, claim.end) == (int(row["start"]), int(row["end"]))
        assert [getattr(claim, name) for name in FIGURES] == [Decimal(row[n]) if n in row else None for n in FIGURES]


def test_facts_are_linked_to_what_they_are_about():
    rows = {row["code"]: row for row in rows_of("claims.csv")}

    for claim in Claim.objects.with_documents():
        for name, key in LINKS.items():
            linked = getattr(claim, name)
            assert (getattr(linked, key) if linked else None) == rows[claim.code].get(name)
        for name in ("alliance", "organisation", "official"):
            assert bool(getattr(claim, name)) == (name in rows[claim.code])


@pytest.mark.parametrize(
    ("code", "figure", "unit", "basis", "status"),
    [
        ("A15", Figure.exact(30), "MW", "", ""),
        ("A17", Figure.exact(4032), "person", "", "targeted"),
        ("A18", Figure.exact(4_032_000), "CNY", "per year", "pledged"),
        ("A19", Figure.about(2640), "CNY", "per person per year", "expected"),
        ("A20", Figure.over(300_000), "CNY", "cumulative", "spent"),
        ("A23", Figure.most(), "person", "", "happened"),
        ("A24", Figure.between(20_000, 100_000), "CNY", "per household", "happened"),
        ("B11", Figure.exact(4_950_000_000), "CNY", "", "expected"),
        ("B12", Figure.exact(225_000_000), "CNY", "", "expected"),
        ("B17", Figure.over(40), "ton", "", "delivered"),
        ("B21", Figure.over(200_000_000), "CNY", "cumulative", "contributed"),
        ("B22", Figure.over(40_000), "person", "cumulative", "reached"),
    ],
)
def test_fact_keeps_its_hedge(code: str, figure: Figure, unit: str, basis: str, status: str):
    claim = Claim.objects.get(code=code)

    assert (claim.figure, claim.unit, claim.basis, claim.status) == (figure, unit, basis, status)


def test_years_are_those_of_the_plan_period():
    claim = Claim.objects.get(code="B21")

    assert (claim.first_year, claim.last_year) == (2016, 2020)


def test_documents_come_without_their_text():
    documents = Document.objects.filter(is_made_up=False).order_by("pk")

    assert list(documents.values_list("file_name", "length", "text")) == [
        ("000_52eaff3f8f94faed.txt", 3412, ""),
        ("001_f3f9952ab0a6799e.txt", 3733, ""),
    ]
    assert [str(document.event_on) for document in documents] == ["2018-11-23", "2021-02-25"]
    assert {claim.quote for claim in of_documents()} == {""}


def test_made_up_document_shows_every_quote():
    quotes = {claim.code: claim.quote for claim in Claim.objects.filter(document__is_made_up=True).with_documents()}

    assert quotes == {
        "M01": "capacity of 300 kW",
        "M02": "a dividend to about 120 households every year",
        "M03": "promised RMB 300,000 a year from 2017 to 2022",
        "M04": "cost more than RMB 2 million in all",
        "M05": "tap water to at least 900 people",
        "M06": "between RMB 50,000 and RMB 80,000 is expected from donors",
        "M07": "taught most of its members how to graft peppers",
        "M08": "Each participating household earned about RMB 3,500 in 2021",
        "M09": "Scholarships were paid to 46 students",
        "M10": "the number of books given to the village schools was not counted",
        "M11": "signed their agreement on 20 June 2019 for a term of five years",
    }


def test_made_up_document_says_so_in_title_and_first_line():
    document = Document.objects.get(is_made_up=True)

    assert document.title == document.text.splitlines()[0]
    assert document.title.startswith("Made-up report")


def test_documents_book_no_money():
    booked = LedgerEntry.objects.filter(is_made_up=False) | LedgerEntry.objects.filter(project__is_made_up=False)

    assert booked.count() == 0
    assert LedgerEntry.objects.count() > 0


def test_pledge_has_no_stated_years():
    pledge = Pledge.objects.get(is_made_up=False)

    assert (pledge.low, pledge.high, pledge.basis) == (Decimal("4032000.00"), Decimal("4032000.00"), "per_year")
    assert (pledge.first_year, pledge.last_year, pledge.shown_from) == (None, None, 2018)
    assert (str(pledge.project)[:11], pledge.division.code) == ("HS-PV-ZHAWO", "513228000000")


def test_projects_of_the_documents():
    projects = Project.objects.filter(is_made_up=False)

    assert list(projects.values_list("code", flat=True)) == [
        "HS-PV-ZHAWO",
        "HS-ROAD-XILI-RUODUO",
        "HZ-CHARITY",
        "HZ-CIRCULAR",
        "HZ-DISINFECTANT",
        "HZ-GD-POWER",
        "HZ-GRID",
        "HZ-HERBS",
    ]
    assert str(projects.get(code="HS-PV-ZHAWO").capacity) == "30.0000"


def test_road_stands_in_both_villages():
    sites = ProjectSite.objects.filter(project__code="HS-ROAD-XILI-RUODUO").values_list("division__code", flat=True)

    assert list(sites) == ["513228212200", "513228212205"]


def test_alliances_join_their_branches():
    alliances = Alliance.objects.filter(is_made_up=False).order_by("division__code")

    parties = {one.division.code: [str(party) for party in one.parties.all()] for one in alliances}

    assert parties == {
        "513228212205": ["Party branch of Heishui Project", "Party branch of Ruoduo Village"],
        "513228213201": ["Second Party branch of Southwest China Region", "Party branch of Erniunai Village"],
    }
    assert {str(one.signed_on) for one in alliances} == {"2018-11-23"}
    assert {(one.term_from, one.term_to) for one in alliances} == {(None, None)}


def test_activities_have_no_number_that_is_not_stated():
    activities = AllianceActivity.objects.filter(alliance__is_made_up=False)

    kinds = Counter(activities.values_list("kind", "number"))

    assert kinds == {("ceremony", None): 2, ("nameplate", None): 2, ("visit", None): 2, ("co_built", None): 4}


def test_awards_of_zuo_junjie():
    awards = Award.objects.filter(official__name="Zuo Junjie")

    assert Counter(str(award.conferred_on) for award in awards) == {"2021-02-25": 1, "None": 5}


def test_posts_are_held_or_former():
    posts = Post.objects.filter(official__name__in=["Zuo Junjie", "Liu Wei", "Liu Yunjian"])

    assert Counter(posts.values_list("official__name", "is_former")) == {
        ("Liu Wei", False): 2,
        ("Liu Yunjian", False): 1,
        ("Zuo Junjie", False): 1,
        ("Zuo Junjie", True): 4,
    }


def test_facts_leave_their_events():
    created = AuditEvent.objects.filter(verb=Verb.CREATED, actor="load_example")

    for model in (Claim, Official, Organisation):
        assert created.filter(subject_type=model._meta.label_lower).count() == model.objects.count()


def test_facts_come_to_these_classes(asked: Query):
    found = [one for one in claim_totals(asked) if not one.is_made_up and one.measure in Claim.COUNTED]

    assert [(one.of, str(one.unique or "not known"), str(one.gross)) for one in found] == [
        ("E|CNY||expected|0", "4,950,000,000", "4,950,000,000"),
        ("F|CNY|cumulative|contributed|0", "over 200,000,000", "over 200,000,000"),
        ("F|CNY|per year|pledged|0", "4,032,000", "4,032,000"),
        ("H|household||reached|0", "over 15,000", "over 15,000"),
        ("I|CNY|cumulative|spent|0", "over 300,000", "over 300,000"),
        ("P|person||happened|0", "not known", "2 not stated"),
        ("P|person||reached|0", "over 40,000", "over 43,000"),
        ("P|person||targeted|0", "4,032", "4,032"),
        ("P|student||reached|0", "over 60", "over 60"),
        ("T|CNY||expected|0", "225,000,000", "225,000,000"),
        ("Y|CNY|per household|happened|0", "20,000–100,000", "20,000–100,000"),
        ("Y|CNY|per person per year|expected|0", "about 2,640", "about 2,640"),
    ]


def test_facts_imply_1000_each_and_1000_to_1200_households(asked: Query):
    found = [(one.of, one.words) for one in derived(asked) if not one.is_made_up]

    assert found == [
        ("fund-per-person|A18|A17", "RMB 1,000 per person a year"),
        ("households-by-capacity|A15", "1,000–1,200 households"),
    ]
