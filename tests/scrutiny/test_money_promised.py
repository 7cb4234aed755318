"""Promised money opened: golden promises, and any promises against plain Python, narrowed in every way."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal as D
from typing import Any

import pytest

from alleviation.accounts.models import User
from alleviation.common.figures import FigureSum
from alleviation.common.query import Query
from alleviation.common.tables import PARTLY
from alleviation.common.years import PLAN_PERIODS
from alleviation.scrutiny.figures import money, pledges, unproven_promises
from projects.models import Division, Pledge, Succession
from tests.factories import (
    DocumentFactory,
    EvidenceFactory,
    FundingSourceFactory,
    LedgerEntryFactory,
    PledgeFactory,
    ProjectFactory,
    place,
)
from tests.opening import added_up, question

PLEDGED = pledges.Pledged()
# The year up to which promises without an end are shown, where these tests ask.
THEN = datetime(2021, 12, 31, tzinfo=UTC)


@pytest.fixture
def promises(heishui: Division, ruoduo: Division, xili: Division) -> dict[str, Pledge]:
    """Four promises; the years that each is due in, as the version that holds has it.

    | promise | basis    | place   | 2017 | 2018    | 2019 | 2020 |
    | firm    | yearly   | Ruoduo  |      | 10.00   | 7.50 | 0    |  revised in 2019, taken back in 2020
    | county  | once     | Heishui | 3.00 |         |      |      |
    | fund    | once     | Xili    |      | over 20 |      |      |
    | words   | once     | Xili    |      | a lot   |      |      |  no amount
    2017: 3.00. 2018: 10.00 + over 20 = over 30, and 1 not stated. 2019: 7.50. 2020: 0. All: over 40.50, 1 not stated.
    """
    firm = FundingSourceFactory(code="firm", name="Firm", level="enterprise")
    road = ProjectFactory(code="ROAD", name="Road", kind="road", division=ruoduo)
    facts = {"source": firm, "division": ruoduo, "project": road, "basis": "per_year"}
    first = PledgeFactory(**facts, first_year=2018, last_year=2020, low=D("10.00"), stated_in=DocumentFactory())
    for year, amount in ((2019, "7.50"), (2020, "0.00")):
        years = {"first_year": year, "last_year": year, "reason": "less"}
        PledgeFactory(**facts, revises=first, low=D(amount), **years, is_made_up=year == 2019)
    county = PledgeFactory(division=heishui, first_year=2017, low=D("3.00"))
    fund = PledgeFactory(division=xili, first_year=2018, qualifier="over", low=D("20.00"), high=None)
    words = PledgeFactory(division=xili, first_year=2018, qualifier="unstated", low=None, high=None)
    return {"firm": first, "county": county, "fund": fund, "words": words}


ASKED = [
    ("", "over RMB 40.50 and 1 not stated"),
    ("?year=2017", "RMB 3"),
    ("?year=2018", "over RMB 30 and 1 not stated"),
    ("?year=2019", "RMB 7.50"),
    ("?year=2020", "RMB 0"),
    ("?year=2016", "—"),
    ("?first=2018&last=2019", "over RMB 37.50 and 1 not stated"),
    ("?outside_plans=1", "—"),
    ("?area=513228212205", "RMB 17.50"),
    ("?at=513228000000", "RMB 3"),
    ("?above=5", "RMB 3"),
    ("?inside=513228212000", "over RMB 37.50 and 1 not stated"),
    ("?project_id=0", "over RMB 23 and 1 not stated"),
    ("?project=ROAD&year=2019", "RMB 7.50"),
    ("?tied=1", "RMB 17.50"),
    ("?kind=road", "RMB 17.50"),
    ("?kind=water", "—"),
    ("?source=enterprise", "RMB 17.50"),
    ("?source_code=county", "over RMB 23 and 1 not stated"),
]


def test_each_narrowing_of_the_promises_is_as_added_up_by_hand(promises: dict[str, Pledge], manager: User) -> None:
    told = {asked: question(f"/explain/pledged/{asked}", manager) for asked, _words in ASKED}

    assert {asked: figure.words(query) for asked, (figure, query) in told.items()} == dict(ASKED)
    assert [asked for asked, (one, query) in told.items() if one.number(query) and not adds_up(one, query)] == []


def adds_up(figure: Any, query: Query) -> bool:
    """The lines of the file make the figure, and the total row tells it with what has no amount."""
    value, total = figure.value(query), figure.total(query)
    return added_up(figure, query) == value == total["pledged"] and total["pledged_not_stated"] == value.not_stated


def test_one_promise_is_opened_by_any_of_its_versions(promises: dict[str, Pledge], everything: Query) -> None:
    versions = Pledge.objects.filter(source__code="firm").order_by("pk")
    told = [PLEDGED.words(replace(everything, of=str(one.pk))) for one in versions]

    assert told == ["RMB 17.50"] * 3
    query = replace(everything.of_years(2019, 2020), of=str(promises["firm"].pk))
    assert [(row["year"], str(row["pledged"]), row["version"], row["made_up"]) for row in PLEDGED.rows(query)] == [
        (2019, "7.5", "Revision 1", "made up"),
        (2020, "0", "Revision 2", ""),
    ]
    assert (PLEDGED.mark(query), PLEDGED.names_it(query)) == (PARTLY, "Firm")


def test_one_version_is_what_is_paid_each_time(promises: dict[str, Pledge], everything: Query) -> None:
    figure, versions = pledges.OnePledge(), Pledge.objects.filter(source__code="firm").order_by("pk")
    queries = [replace(everything, of=str(one.pk)) for one in versions]

    assert [figure.words(query) for query in queries] == ["RMB 10", "RMB 7.50", "RMB 0"]
    assert [[one.figure for one in figure.left_out(query)] for query in queries[:2]] == [
        ["RMB 7.50", "RMB 0"],
        ["RMB 10", "RMB 0"],
    ]
    assert [(row["year"], row["version"]) for query in queries for row in figure.rows(query)] == [
        (None, "First version"),
        (None, "Revision 1"),
        (None, "Revision 2"),
    ]


def test_a_part_of_the_promises_is_in_order_and_whole(promises: dict[str, Pledge], everything: Query) -> None:
    every = [(row["year"], row["promise"]) for row in PLEDGED.rows(everything)]

    parts = [PLEDGED.part(everything, first, first + 4) for first in (0, 4)]

    assert [year for year, _promise in every] == [2017, 2018, 2018, 2018, 2019, 2020]
    assert [(row["year"], row["promise"]) for part in parts for row in part] == every


def test_booked_money_names_what_is_promised_beside_it(promises: dict[str, Pledge], manager: User) -> None:
    LedgerEntryFactory(division=promises["firm"].division, project=promises["firm"].project, amount=D("5.00"))
    figure, query = question("/explain/allocated/?project=ROAD&year=2019", manager)

    promised = figure.left_out(query)[-1]

    assert (figure.words(query), promised.figure) == ("5.00", "RMB 7.50")
    other, there = question(promised.url, manager)
    assert (other.slug, other.words(there)) == ("pledged", "RMB 7.50")
    assert [one.figure for one in money.REFUNDED.left_out(query.of_years(2016, 2016))] == []


def test_promises_of_no_year_are_left_out_by_why(everything: Query, ruoduo: Division) -> None:
    """No year at all; begins in 2090 without an end; and ended before the document that states it."""
    PledgeFactory(division=ruoduo)
    PledgeFactory(division=ruoduo, basis="per_year", first_year=2090)
    dated = DocumentFactory(published_on=date(2016, 5, 1))
    PledgeFactory(division=ruoduo, basis="per_year", last_year=2010, stated_in=dated)

    found = [(str(one.reason), one.number) for one in PLEDGED.left_out(everything)[1:]]

    assert found == [
        ("Promises of which neither a first year nor a dated document is known: they are in no year", 1),
        ("Promises whose first year is after the last one that they are shown in: they are in no year", 2),
    ]


def test_a_reader_of_one_area_sees_their_promises_and_is_told(promises: dict[str, Pledge], clerk: User) -> None:
    figure, query = question("/explain/pledged/?year=2017", clerk)

    assert figure.words(query) == "—"
    assert [str(one.reason) for one in figure.left_out(query)] == [
        "Booked money: it stands beside promised money and is never added to it",
        "What lies outside your area, Zhawo Countryside",
    ]
    assert PLEDGED.words(Query(user=clerk)) == "over RMB 37.50 and 1 not stated"


def test_promises_that_no_paper_proves_are_those_without_document_and_file(promises, everything: Query) -> None:
    """The first version of the firm's is stated in a document; its revisions are not; the county's has a file."""
    EvidenceFactory(subject_type="projects.pledge", subject_id=promises["county"].pk)
    gone = EvidenceFactory(subject_type="projects.pledge", subject_id=promises["fund"].pk)
    type(gone).objects.filter(pk=gone.pk).update(
        withdrawn_by="a-clerk", withdrawn_at=gone.attached_at, withdrawn_reason="of another"
    )
    figures = unproven_promises.FIGURES

    assert [figure.words(everything) for figure in figures] == ["6", "4", "over RMB 27.50 and 1 not stated"]
    assert [figure.words(everything.of_years(2018, 2018)) for figure in figures] == [
        "3",
        "2",
        "over RMB 20 and 1 not stated",
    ]
    assert [figure.proven(everything) for figure in figures] == [1, 0, 0]
    assert [added_up(figure, everything) for figure in figures] == [6, 4, figures[2].value(everything)]


# --- whatever was promised ----------------------------------------------------------------------------------------


def any_promises(rng: random.Random, places: list[Division], projects: list[Any]) -> None:
    """Promises once and yearly, with and without years, revised up to three times, some taken back."""
    sources = [FundingSourceFactory(code=level, level=level) for level in ("county", "central")]
    for _count in range(14):
        years = sorted(rng.choices([2005, 2012, 2017, 2018, 2020, 2023], k=2))
        kept = {
            "basis": rng.choice(["once", "per_year"]),
            "source": rng.choice(sources),
            "division": rng.choice(places),
        }
        kept["project"] = rng.choice([None, *projects])
        document = rng.choice([None, DocumentFactory(published_on=date(2016, 5, 1)), DocumentFactory()])
        first = PledgeFactory(**kept, **figure_of(rng), **spanned(rng, years), stated_in=document)
        for _revision in range(rng.choice([0, 0, 1, 3])):
            named = spanned(rng, sorted(rng.choices([2012, 2017, 2019, 2022], k=2)))
            PledgeFactory(**kept, **figure_of(rng), **named, revises=first, reason="told anew")


def spanned(rng: random.Random, years: list[int]) -> dict[str, int | None]:
    return {"first_year": rng.choice([years[0], None]), "last_year": rng.choice([years[1], None])}


def figure_of(rng: random.Random) -> dict[str, Any]:
    low = D(rng.randint(1, 99999)) / 100
    figures = [
        ("exact", low, low),
        ("over", low, None),
        ("about", low, low),
        ("range", low, low + 1),
        ("exact", D(0), D(0)),
    ]
    qualifier, low_, high = rng.choice([*figures, ("unstated", None, None)])
    return {"qualifier": qualifier, "low": low_, "high": high}


def held(first: Pledge, until: int) -> dict[int, Pledge]:
    """The version of each year: of those that name it the last; without any year named, all there were."""
    document = first.stated_in.published_on if first.stated_in else None
    start = first.first_year or (document.year if document else None)
    end = start if first.basis == "once" else first.last_year or until
    found = {year: first for year in range(1949, 2101) if start and end and start <= year <= end}
    for one in Pledge.objects.filter(revises=first).order_by("pk"):
        if first.basis == "once":
            named = one.first_year or one.last_year
            found = {named: one} if named else dict.fromkeys(found, one)
        elif one.first_year or one.last_year:
            low = one.first_year or min(found, default=2101)
            high = one.last_year or max([until, *found])
            found |= dict.fromkeys(range(low, high + 1), one)
        else:
            found = dict.fromkeys(found, one)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.long) for seed in (2, 3, 4))])
def test_any_promises_are_those_of_plain_python(seed, manager, clerk, heishui, zhawo, ruoduo, hezhou) -> None:
    rng = random.Random(seed)
    former = place("513228107200", "former village")
    Succession.objects.create(predecessor=former, successor=ruoduo, kind="recoded", source="a list")
    roads = [ProjectFactory(kind="road", division=ruoduo), ProjectFactory(kind="water", division=hezhou)]
    any_promises(rng, [heishui, zhawo, ruoduo, hezhou, former], roads)
    firsts = list(Pledge.objects.filter(revises=None).select_related("division", "source", "project", "stated_in"))
    until = Query(user=manager).present_year
    tests: dict[str, Any] = {
        "": lambda first, year: True,
        "?year=2018": lambda first, year: year == 2018,
        "?plan=13": lambda first, year: 2016 <= year <= 2020,
        "?outside_plans=1": lambda first, year: not any(year in plan.years for plan in PLAN_PERIODS),
        "?kind=road": lambda first, year: first.project == roads[0],
        "?project_id=0": lambda first, year: first.project is None,
        "?source=central&year=2017": lambda first, year: first.source.code == "central" and year == 2017,
        f"?area={ruoduo.code}": lambda first, year: first.division in (ruoduo, former),
        f"?at={ruoduo.code}": lambda first, year: first.division == ruoduo,
        f"?inside={ruoduo.code}": lambda first, year: first.division in (ruoduo, former),
        f"?inside={zhawo.code}": lambda first, year: first.division in (ruoduo, zhawo),
        "?above=5&last=2020": lambda first, year: first.division not in (ruoduo, former) and year <= 2020,
    }
    for user in (manager, clerk):
        mine = [one for one in firsts if one.division.code.startswith(user.area)]
        for asked, is_asked in tests.items():
            figure, query = question(f"/explain/pledged/{asked}", user)
            rows = [(year, one) for first in mine for year, one in held(first, until).items() if is_asked(first, year)]
            assert_promised(figure, replace(query, memory={}), rows, f"{user} {asked}")


def assert_promised(figure: Any, query: Query, rows: list[tuple[int, Pledge]], where: str) -> None:
    """The years, the bounds of the sum, and how many have no amount."""
    known = [one for _year, one in rows if one.qualifier != "unstated"]
    told = [(row["year"], row["_record"][1]) for row in figure.rows(query)]
    assert sorted(told) == sorted((year, one.pk) for year, one in rows), where
    value = figure.value(query)
    if not rows:
        assert value is None, where
        return
    assert value.not_stated == len(rows) - len(known), where
    low, high = sum((one.low or D(0) for one in known), D(0)), [one.high for one in known]
    bounds = (low, None if None in high else sum(filter(None, high), D(0))) if known else None
    assert (value.figure and (value.figure.low, value.figure.high)) == bounds, where
    assert isinstance(value, FigureSum)
    assert added_up(figure, query) == value, where
