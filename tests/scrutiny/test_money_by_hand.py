"""Money handed down two levels, given back, reversed and entered anew, as an auditor adds it up by hand."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal as D
from typing import Any

import pytest
from django.http import Http404

from alleviation.accounts.models import User
from alleviation.common.query import Query
from alleviation.common.tables import PARTLY
from alleviation.scrutiny.figures import changes, money, outside, vouchers, waiting
from projects.models import Division, Project
from tests.factories import FundingSourceFactory, LedgerEntryFactory, ProjectFactory
from tests.opening import added_up, question

HEISHUI, ZHAWO, RUODUO, XILI = "513228000000", "513228212000", "513228212205", "513228212200"


@pytest.fixture
def handed_down(heishui: Division, zhawo: Division, ruoduo: Division, xili: Division) -> Project:
    """County money of 2018 that comes down to two villages; a mistake, its reversal and the entry for it.

    | voucher | kind       | year | place   | project | amount | from |
    | A-1     | allocation | 2018 | Heishui |         | 100.00 |      |
    | A-2     | allocation | 2018 | Zhawo   |         |  60.00 | A-1  |
    | A-3     | allocation | 2018 | Ruoduo  | ROAD    |  25.00 | A-2  |
    | A-4     | allocation | 2018 | Xili    |         |  10.00 | A-2  |
    | E-1     | spent      | 2018 | Ruoduo  | ROAD    |  20.05 |      |
    | E-2     | spent      | 2018 | Ruoduo  | ROAD    | -20.05 |      |  reverses E-1
    | E-3     | spent      | 2018 | Ruoduo  | ROAD    |   5.00 |      |  replaces E-1
    | R-1     | refund     | 2019 | Ruoduo  | ROAD    |   4.00 |      |
    | R-2     | refund     | 2019 | Zhawo   |         |   4.00 | R-1  |

    Allocated: Heishui itself 100 - 60 = 40, Zhawo itself 60 - 25 - 10 = 25, Ruoduo 25, Xili 10: together 100.00.
    Spent: 20.05 - 20.05 + 5 = 5.00. Refunded: 4.00 of Ruoduo, and Zhawo, which passed it on, 4 - 4 = 0.
    """
    road: Project = ProjectFactory(code="ROAD", name="Road", division=ruoduo)
    rows: list[tuple[str, str, int, Division, Project | None, str, dict[str, str]]] = [
        ("A-1", "allocation", 2018, heishui, None, "100.00", {}),
        ("A-2", "allocation", 2018, zhawo, None, "60.00", {"handed_down_from": "A-1"}),
        ("A-3", "allocation", 2018, ruoduo, road, "25.00", {"handed_down_from": "A-2"}),
        ("A-4", "allocation", 2018, xili, None, "10.00", {"handed_down_from": "A-2"}),
        ("E-1", "expenditure", 2018, ruoduo, road, "20.05", {}),
        ("E-2", "expenditure", 2018, ruoduo, road, "-20.05", {"reverses": "E-1", "reason": "wrong"}),
        ("E-3", "expenditure", 2018, ruoduo, road, "5.00", {"replaces": "E-1", "reason": "wrong"}),
        ("R-1", "refund", 2019, ruoduo, road, "4.00", {}),
        ("R-2", "refund", 2019, zhawo, None, "4.00", {"handed_down_from": "R-1"}),
    ]
    for voucher, kind, year, place, project, amount, names in rows:
        LedgerEntryFactory(
            voucher=voucher, kind=kind, year=year, division=place, project=project, amount=D(amount), **names
        )
    return road


ASKED = [
    # asked, allocated, spent, refunded
    ("", "100.00", "5.00", "4.00"),
    (f"?area={ZHAWO}", "60.00", "5.00", "4.00"),
    (f"?area={RUODUO}", "25.00", "5.00", "4.00"),
    (f"?at={HEISHUI}", "40.00", "0.00", "0.00"),
    (f"?at={ZHAWO}", "25.00", "0.00", "0.00"),
    (f"?inside={ZHAWO}", "60.00", "5.00", "4.00"),
    # Above the villages: 40 of Heishui and 25 of Zhawo; above the countrysides Heishui alone.
    ("?above=5", "65.00", "0.00", "0.00"),
    ("?above=4", "40.00", "0.00", "0.00"),
    ("?above=3", "0.00", "0.00", "0.00"),
    (f"?area={ZHAWO}&above=5", "25.00", "0.00", "0.00"),
    # What Zhawo handed on to the road was in no project there: 100 - 60 + 60 - 25 - 10 + 10.
    ("?project_id=0", "75.00", "0.00", "0.00"),
    ("?project=ROAD", "25.00", "5.00", "4.00"),
    ("?tied=1", "25.00", "5.00", "4.00"),
    ("?kind=road", "25.00", "5.00", "4.00"),
    ("?kind=water", "0.00", "0.00", "0.00"),
    ("?year=2018", "100.00", "5.00", "0.00"),
    ("?year=2019", "0.00", "0.00", "4.00"),
    ("?first=2018&last=2019", "100.00", "5.00", "4.00"),
    ("?plan=13", "100.00", "5.00", "4.00"),
    ("?outside_plans=1", "0.00", "0.00", "0.00"),
    ("?source=county", "100.00", "5.00", "4.00"),
    ("?source=central", "0.00", "0.00", "0.00"),
]


# Each eighth of them by default.
@pytest.mark.parametrize("step", [8, pytest.param(1, marks=pytest.mark.slow)])
def test_each_narrowing_is_as_added_up_by_hand(handed_down: Project, manager: User, step: int) -> None:
    for asked, *expected in ASKED[::step]:
        opened = [question(f"/explain/{slug}/{asked}", manager) for slug in ("allocated", "spent", "refunded")]

        assert [str(figure.value(query)) for figure, query in opened] == expected, asked
        assert [str(added_up(figure, query)) for figure, query in opened] == expected, asked


def test_each_row_says_what_became_of_the_money(handed_down: Project, everything: Query) -> None:
    zhawo = replace(everything, place_code=ZHAWO)

    allocated, refunded = (list(figure.rows(zhawo)) for figure in (money.ALLOCATED, money.REFUNDED))

    assert [(row["voucher"], str(row["allocated"]), row["project"], row["remark"]) for row in allocated] == [
        ("A-2", "60.00", "", "Handed down from A-1"),
        ("A-4", "-10.00", "", "Handed on to Xili Village, counted there"),
        ("A-3", "-25.00", "", "Handed on to Ruoduo Village, counted there"),
    ]
    assert [(row["voucher"], str(row["refunded"]), row["remark"]) for row in refunded] == [
        ("R-2", "4.00", "Handed down from R-1"),
        ("R-2", "-4.00", "Counted where it was given back first: R-1"),
    ]


def test_what_was_taken_back_and_entered_anew_stays_among_the_rows(handed_down: Project, everything: Query) -> None:
    rows = {row["voucher"]: (str(row["spent"]), row["remark"]) for row in money.SPENT.rows(everything)}

    assert rows == {"E-1": ("20.05", ""), "E-2": ("-20.05", "Reverses E-1"), "E-3": ("5.00", "Replaces E-1")}
    assert money.SPENT.working(everything) == "Σ of 3 entries = 5.00"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("", "195.00 booked − 95.00 handed on and counted where it arrived = 100.00"),
        (f"?at={ZHAWO}", "60.00 booked − 35.00 handed on and counted where it arrived = 25.00"),
        (f"?at={XILI}", "Σ of 1 entry = 10.00"),
        ("?year=2019", "Σ of 0 entries = 0.00"),
    ],
)
def test_the_formula_has_its_numbers_put_in(asked: str, expected: str, handed_down: Project, manager: User) -> None:
    figure, query = question(f"/explain/allocated/{asked}", manager)

    assert figure.working(query) == expected


def test_the_rate_is_told_with_its_parts(handed_down: Project, everything: Query) -> None:
    """5.00 / 100.00 = 5.0 %; at Zhawo itself nothing was spent of 25.00; in 2019 nothing was allocated at all."""
    rate = money.ExecutionRate()
    queries = [everything, replace(everything, place_code=ZHAWO), everything.of_years(2019, 2019)]

    assert [rate.words(query) for query in queries] == ["5.0", "0.0", "—"]
    assert [rate.working(query) for query in queries] == [
        "5.00 ÷ 100.00 = 5.0%",
        "0.00 ÷ 25.00 = 0.0%",
        "0.00 ÷ 0.00 = —",
    ]
    assert [(str(one.label), one.words, one.figure, one.asked) for one in rate.parts(queries[1])] == [
        ("Spent", "0.00", "spent", {"at": ZHAWO}),
        ("Allocated", "25.00", "allocated", {"at": ZHAWO}),
    ]


def test_what_was_handed_on_is_left_out_by_number_and_amount(handed_down: Project, everything: Query) -> None:
    found = list(outside.of_booked(replace(everything, place_code=ZHAWO), "allocated"))

    assert [(one.number, one.figure, one.url) for one in found] == [(2, "RMB 35", "")]


def test_a_clerk_is_told_that_the_county_may_hold_more(handed_down: Project, clerk: User) -> None:
    figure, query = question("/explain/allocated/", clerk)

    assert str(figure.value(query)) == "60.00"
    assert [(str(one.reason).split(":")[0], one.number) for one in figure.left_out(query)] == [
        ("Money that these places or projects handed on", 2),
        ("What lies outside your area, Zhawo Countryside", None),
    ]


# --- one voucher --------------------------------------------------------------------------------------------------


def test_a_voucher_is_the_amount_as_booked_whatever_was_handed_on(handed_down: Project, everything: Query) -> None:
    entry, off = vouchers.Entry(), vouchers.HandedOn()

    told = {of: str(entry.value(replace(everything, of=of))) for of in ("A-2", "E-2", "R-2")}
    taken = {of: str(off.value(replace(everything, of=of))) for of in ("A-2", "A-3", "R-2")}

    assert told == {"A-2": "60.00", "E-2": "-20.05", "R-2": "4.00"}
    assert taken == {"A-2": "-60.00", "A-3": "-25.00", "R-2": "-4.00"}
    assert [str(added_up(off, replace(everything, of=of))) for of in taken] == list(taken.values())


def test_a_voucher_names_all_that_came_out_of_it(handed_down: Project, everything: Query, ruoduo: Division) -> None:
    LedgerEntryFactory(voucher="D-1", kind="disbursement", division=ruoduo, amount=D("7.00"), allocation="A-2")
    entry = vouchers.Entry()

    found = entry.left_out(replace(everything, of="A-2"))

    assert [(str(one.reason), one.figure) for one in found] == [
        ("What was handed on of it, A-3", "RMB 25"),
        ("What was handed on of it, A-4", "RMB 10"),
        ("What was disbursed of it, D-1", "RMB 7"),
    ]


def test_a_voucher_of_another_area_is_not_told_among_what_came_out_of_it(handed_down: Project, clerk: User) -> None:
    """A clerk of Zhawo opens A-2, and what became of it there; A-1 of the county is not theirs."""
    entry = vouchers.Entry()

    assert entry.names_it(Query(user=clerk, of="A-2")) == "A-2 allocation"
    with pytest.raises(Http404):
        entry.names_it(Query(user=clerk, of="A-1"))
    assert vouchers.HandedOn().names_it(Query(user=clerk, of="A-3")) == "A-3 allocation"
    with pytest.raises(Http404):
        vouchers.HandedOn().names_it(Query(user=clerk, of="A-2"))


# --- where it came from, what waits, what changed -----------------------------------------------------------------


def test_money_without_a_source_is_what_stands_and_names_none(handed_down: Project, everything: Query, ruoduo) -> None:
    """County money of a village must have come through the county: N-1 names nothing; N-2 was taken back."""
    facts = {"division": ruoduo, "kind": "allocation"}
    LedgerEntryFactory(**facts, voucher="N-1", amount=D("3.00"))
    LedgerEntryFactory(**facts, voucher="N-2", amount=D("9.00"))
    LedgerEntryFactory(**facts, voucher="N-3", amount=D("-9.00"), reverses="N-2", reason="wrong")
    LedgerEntryFactory(
        **facts, voucher="N-4", amount=D("8.00"), source=FundingSourceFactory(code="F", level="enterprise")
    )
    figure = vouchers.AllocatedWithoutUpstream()

    rows = [(row["voucher"], row["missing"]) for row in figure.rows(everything)]

    assert rows == [("N-1", "no entry it was handed down from")]
    assert str(figure.value(everything)) == str(added_up(figure, everything)) == "3.00"
    assert [str(one.reason) for one in figure.left_out(everything)] == [
        "Reversals, and the entries that they take back"
    ]


def test_what_waits_is_told_with_its_state_and_the_note(everything: Query, ruoduo: Division) -> None:
    LedgerEntryFactory(division=ruoduo, state="returned", amount=D("2.00"), is_made_up=True)
    LedgerEntryFactory(division=ruoduo, state="draft", amount=D("0.05"))
    figure = waiting.PendingAllocated()

    rows = {row["state"]: (row["remark"], row["made_up"], row["checked_by"]) for row in figure.rows(everything)}

    assert rows == {"draft": ("", "", ""), "returned": ("Look at the date", "made up", "a-reviewer")}
    assert (str(figure.value(everything)), figure.mark(everything)) == ("2.05", PARTLY)
    assert figure.names_it(replace(everything, of="returned")) == "returned"


def test_as_of_a_past_day_the_page_says_that_nothing_waits(everything: Query, ruoduo: Division) -> None:
    LedgerEntryFactory(division=ruoduo, state="draft")
    then = replace(everything, as_of=datetime(2020, 1, 1, tzinfo=UTC))
    figure = waiting.PendingEntries()

    assert (figure.value(then), list(figure.rows(then))) == (0, [])
    assert [str(one.reason) for one in figure.left_out(then)] == [
        "As of a past date nothing waits: what waited then is in no figure of that date"
    ]


@pytest.mark.parametrize(
    ("year", "expected", "working"),
    [
        (2019, "-100.0", "0.00 ÷ 5.00 − 1 = -100.0%"),
        (2018, "—", "5.00 ÷ 0.00 − 1 = —"),
    ],
)
def test_a_change_tells_both_years(
    year: int, expected: str, working: str, handed_down: Any, everything: Query
) -> None:
    query = replace(everything.of_years(year, year), of="spent")
    change = changes.Change()

    assert (change.words(query), change.working(query)) == (expected, working)
    assert [(row["year"], row["_url"]) for row in change.rows(query)] == [
        (one, f"/explain/spent/?year={one}") for one in (year, year - 1)
    ]


def test_of_the_first_year_no_change_is_told(handed_down: Project, manager: User) -> None:
    """No page has the year before it, so that its part would lead to what is no question."""
    for year, is_there in ((1949, False), (1950, True)):
        try:
            figure, query = question(f"/explain/change/?of=spent&year={year}", manager)
        except Http404:
            assert not is_there, year
        else:
            assert is_there, year
            assert [part.asked["year"] for part in figure.parts(query)] == ["1950", "1949"]
