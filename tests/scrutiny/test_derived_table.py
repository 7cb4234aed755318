"""Derived figures by a table: which line an income is held against, what a division keeps, and what opens to what."""

import random
from decimal import Decimal as D
from fractions import Fraction
from typing import Any

import pytest
from django.http import Http404

from alleviation.accounts.models import User
from alleviation.common.figures import Figure, Qualifier, total
from alleviation.common.query import Query
from alleviation.scrutiny.catalogue import BY_SLUG
from alleviation.scrutiny.derived import derived_figures
from projects.models import Claim, Division, Project
from tests.factories import ClaimFactory, DocumentFactory, PovertyLineFactory, ProjectFactory
from tests.opening import question
from tests.scrutiny.explained import opened, taken

RENT = {"measure": "Y", "unit": "CNY", "basis": "per person per year"}
FUND = {"measure": "F", "unit": "CNY", "basis": "per year", "status": "pledged"}
PEOPLE = {"measure": "P", "unit": "person", "status": "targeted"}
QUALIFIERS = ("exact", "over", "at_least", "under", "at_most", "about", "range")


def claim(code: str, qualifier: str, number: str, **facts: Any) -> Claim:
    """A claim of this number; a range reaches to twice as much."""
    low = None if qualifier in ("under", "at_most") else D(number)
    high = None if qualifier in ("over", "at_least") else D(number) * (2 if qualifier == "range" else 1)
    return ClaimFactory(code=code, qualifier=qualifier, low=low, high=high, **facts)


@pytest.fixture
def lines(heishui: Division, hezhou: Division) -> None:
    """Two lines of the nation, one of Sichuan, one of a county and one to monitor by.

    | year | area    | kind    | amount   |
    | 2014 | nation  | poverty | 2,800.00 |
    | 2016 | nation  | poverty | 3,000.00 |
    | 2016 | Sichuan | poverty | 3,200.00 |
    | 2017 | Heishui | poverty | 9,000.00 | of no province: no claim is held against it
    | 2018 | nation  | monitor | 6,000.00 | no poverty line
    """
    sichuan = Division.objects.get(code="510000000000")
    PovertyLineFactory(year=2014, amount=D("2800.00"), concept="net", price_base="prices of 2014")
    PovertyLineFactory(year=2016, amount=D("3000.00"))
    PovertyLineFactory(year=2016, amount=D("3200.00"), division=sichuan, qualifier="about")
    PovertyLineFactory(year=2017, amount=D("9000.00"), division=heishui)
    PovertyLineFactory(year=2018, amount=D("6000.00"), kind="monitoring")


@pytest.mark.parametrize(
    ("year", "where", "words", "title"),
    [
        # 2,400 ÷ 3,000; ÷ 3,200; ÷ 2,800 = 0.857142…
        (2016, None, "80%", "Share of the poverty line of 2016"),
        (2016, "513228212205", "about 75%", "Share of the poverty line of 2016"),
        (2016, "451102000000", "80%", "Share of the poverty line of 2016"),
        (2015, "513228212205", "about 85.71%", "of 2014, the last one listed: there is none of 2015"),
        (2018, None, "80%", "of 2016, the last one listed: there is none of 2018"),
        (2018, "513228212205", "about 75%", "of 2016, the last one listed: there is none of 2018"),
        (2013, None, "", ""),
        (None, None, "", ""),
    ],
)
def test_an_income_is_held_against_the_line_of_its_year_and_province(
    manager: User, ruoduo: Division, lines: None, year: int | None, where: str | None, words: str, title: str
) -> None:
    place = Division.objects.get(code=where) if where else None
    claim("A19", "exact", "2400", first_year=year, division=place, **RENT)

    found = derived_figures(Query(user=manager))

    assert [one.words for one in found] == ([words] if words else [])
    assert [str(one.title).endswith(title) for one in found] == ([True] if words else [])


@pytest.mark.parametrize(
    ("first_year", "published_on", "event_on", "words"),
    [
        (None, "2016-02-01", "2014-05-01", "80%"),
        (None, None, "2014-05-01", "about 85.71%"),
        (2014, "2016-02-01", None, "about 85.71%"),
    ],
)
def test_the_year_is_the_claims_own_else_that_of_its_document(
    manager: User, lines: None, first_year: int | None, published_on: str | None, event_on: str | None, words: str
) -> None:
    document = DocumentFactory(published_on=published_on, event_on=event_on)
    document.refresh_from_db()
    claim("A19", "exact", "2400", first_year=first_year, document=document, **RENT)

    assert [one.words for one in derived_figures(Query(user=manager))] == [words]


@pytest.mark.slow
def test_a_share_opens_to_the_claim_and_the_line_with_its_concept_and_its_source(manager: User, lines: None) -> None:
    claim("A19", "over", "1400", first_year=2014, **RENT)
    of = "share-of-line|A19"

    context = opened(manager, "share-of-line", of=of)
    rows, last = taken(manager, "share-of-line", of=of)

    assert (context["words"], context["number"]) == ("over 50%", 2)
    assert [(row["Claim"], row["Divided: low"], row["Divided by: low"]) for row in rows] == [
        ("A19", "1400.00", ""),
        ("", "", "2800.00"),
    ]
    assert (last["Divided: low"], last["Divided: high"], last["Divided by: high"]) == ("1400.00", "", "2800.00")
    assert "for net income" in rows[1]["What it is"]
    (told,) = context["left_out"]
    assert "prices of 2014 (made up for a test)" in str(told.reason)


@pytest.fixture
def station(db: None) -> Project:
    return ProjectFactory(code="PV", kind="pv_centralised")


@pytest.mark.parametrize(
    ("fund", "people", "each"),
    [
        ("exact", "exact", Figure.exact(300)),
        ("over", "exact", Figure.over(300)),
        ("at_least", "exact", Figure.at_least(300)),
        ("under", "exact", Figure.under(300)),
        ("about", "exact", Figure.about(300)),
        # 9,000 to 18,000 ÷ 30; 9,000 ÷ 30 to 60.
        ("range", "exact", Figure.between(300, 600)),
        ("exact", "range", Figure.between(150, 300)),
        ("range", "range", Figure.between(150, 600)),
        ("exact", "over", Figure.between(0, 300)),
        ("over", "over", Figure.over(0)),
        ("under", "over", Figure.under(300)),
        # What is open below may be on both sides of 0: nothing follows.
        ("exact", "at_most", None),
        ("over", "under", None),
    ],
)
def test_a_fund_for_each_keeps_what_both_leave_open(
    manager: User, station: Project, fund: str, people: str, each: Figure | None
) -> None:
    of_station = {"document": DocumentFactory(), "project": station}
    claim("A18", fund, "9000", **FUND, **of_station)
    claim("A17", people, "30", **PEOPLE, **of_station)

    found = [one.result for one in derived_figures(Query(user=manager))]

    assert found == ([each] if each else [])


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 5))])
def test_each_derived_figure_is_the_quotient_of_its_rows_and_holds_every_case(
    manager: User, lines: None, station: Project, seed: int
) -> None:
    rng = random.Random(seed)
    village = ProjectFactory(kind="pv_village")
    document = DocumentFactory(is_made_up=seed % 2 == 1)
    for n, qualifier in enumerate(rng.sample(QUALIFIERS, 4)):
        of_one = {"project": rng.choice([station, village]), "document": document}
        claim(f"F{n}", qualifier, str(rng.randint(1, 10**6)), **FUND, **of_one)
        claim(f"P{n}", rng.choice(QUALIFIERS), str(rng.randint(1, 900)), **PEOPLE, **of_one)
        claim(f"K{n}", qualifier, str(rng.randint(1, 90)), measure="C", unit=rng.choice(("kW", "MW")), **of_one)
        claim(f"Y{n}", qualifier, str(rng.randint(1, 9000)), first_year=2016, document=document, **RENT)

    found = derived_figures(Query(user=manager))

    assert len(found) > 6
    for one in found:
        figure, query = question(f"/explain/{one.slug}/?of={one.of}", manager)
        rows = list(figure.rows(query))
        made = figure.made_of([total(row[key] for row in rows if key in row) for key in figure.adds_up])
        assert figure.value(query) == made == one.result, one.of
        assert (figure.mark(query), figure.words(query)) == (document.is_made_up, one.result.words(one.unit))
        holds(one.result, *(row[key] for row, key in zip(rows, figure.adds_up, strict=True)), one.unit)


def holds(result: Figure, dividend: Figure, divisor: Figure, unit: str) -> None:
    """Each end of the one ÷ each end of the other lies in the result, but for what is about."""
    ends = [
        Fraction(above) / Fraction(below) * (100 if unit == "%" else 1)
        for above in (dividend.low, dividend.high)
        for below in (divisor.low, divisor.high)
        if above is not None and below
    ]
    assert ends or Qualifier.ABOUT in (dividend.qualifier, divisor.qualifier)
    low, high = result.low, result.high
    assert all((low is None or low <= end) and (high is None or end <= high) for end in ends), (result, ends)


@pytest.mark.parametrize("of", ["share-of-line|A18", "share-of-line", "households-by-capacity|A19", "share-of-line|"])
def test_a_key_of_another_check_or_of_no_claim_is_not_found(manager: User, lines: None, of: str) -> None:
    claim("A19", "exact", "2400", first_year=2016, **RENT)
    claim("A18", "exact", "2400", first_year=2016, **{**RENT, "basis": "per household"})

    with pytest.raises(Http404):
        BY_SLUG["share-of-line"].names_it(Query(user=manager, of=of))
