"""Records without evidence: numbers, sums and rows by hand, and of any records against plain Python."""

import random
from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest
from django.utils import timezone

from alleviation.accounts.models import User
from alleviation.common.tables import PARTLY
from alleviation.evidence.models import Evidence
from alleviation.scrutiny.unproven import KINDS
from beneficiaries.models import Enrolment, IncomeRecord
from projects.models import Division, LedgerEntry, Milestone
from tests.factories import (
    EnrolmentFactory,
    EvidenceFactory,
    HouseholdFactory,
    IncomeRecordFactory,
    LedgerEntryFactory,
    ProjectFactory,
)
from tests.opening import added_up, question

FIGURES = ("needs-evidence", "without-evidence", "money-without-evidence")


@pytest.fixture
def spent(heishui: Division, ruoduo: Division, xili: Division) -> list[LedgerEntry]:
    """Money that was spent; of the third the file was withdrawn, the fifth waits.

    | place   | year | amount | proven | made up |
    | Heishui | 2005 |   1.00 |        |         |
    | Ruoduo  | 2018 |  20.50 | twice  |         |
    | Ruoduo  | 2019 |   3.25 |        | yes     |
    | Xili    | 2019 |   4.00 |        |         |
    | Xili    | 2019 |  99.00 |        |         |  draft
    All: 4, of which 3 without: 1.00 + 3.25 + 4.00 = 8.25. Of 2019: 2 without, 7.25. Of Ruoduo: 1 of 2, 3.25.
    """
    rows = [(heishui, 2005, "1.00"), (ruoduo, 2018, "20.50"), (ruoduo, 2019, "3.25"), (xili, 2019, "4.00")]
    made: list[LedgerEntry] = [
        LedgerEntryFactory(
            division=where, year=year, kind="expenditure", amount=D(amount), is_made_up=amount == "3.25"
        )
        for where, year, amount in rows
    ]
    LedgerEntryFactory(division=xili, kind="expenditure", amount=D("99.00"), state="draft")
    for _n in range(2):
        EvidenceFactory(subject_id=made[1].pk)
    withdrawn(EvidenceFactory(subject_id=made[2].pk))
    # What proves a record of another kind with the same number proves nothing here.
    EvidenceFactory(subject_type="projects.pledge", subject_id=made[3].pk)
    return made


def withdrawn(evidence: Evidence) -> None:
    Evidence.objects.filter(pk=evidence.pk).update(
        withdrawn_by="a-clerk", withdrawn_at=timezone.now(), withdrawn_reason="of another"
    )


def opened(user: User, of: str, asked: str = "") -> list[Any]:
    return [question(f"/explain/{slug}/?of={of}{asked}", user) for slug in FIGURES]


ASKED = [
    ("", ["4", "3", "8.25"]),
    ("&year=2019", ["2", "2", "7.25"]),
    ("&plan=13", ["3", "2", "7.25"]),
    ("&outside_plans=1", ["1", "1", "1.00"]),
    ("&area=513228212205", ["2", "1", "3.25"]),
    ("&at=513228000000", ["1", "1", "1.00"]),
    ("&inside=513228212000&first=2019&last=2019", ["2", "2", "7.25"]),
    ("&above=5", ["1", "1", "1.00"]),
    ("&year=2018", ["1", "0", "0.00"]),
    ("&year=2010", ["0", "0", "0.00"]),
]


def test_each_narrowing_is_as_added_up_by_hand(spent: list[LedgerEntry], manager: User) -> None:
    for asked, expected in ASKED:
        found = opened(manager, "entry-expenditure", asked)

        assert [figure.words(query) for figure, query in found] == expected, asked
        assert [added_up(figure, query) for figure, query in found] == [one.value(query) for one, query in found], (
            asked
        )


def test_the_rows_say_what_each_rests_on(spent: list[LedgerEntry], manager: User) -> None:
    (needs, query), (without, same), (money, _same) = opened(manager, "entry-expenditure")

    rows = [(row["record"], row["year"], str(row["amount"]), row["evidence"]) for row in needs.rows(query)]

    assert rows == [
        (entry.voucher, entry.year, str(entry.amount), files) for entry, files in zip(spent, (0, 2, 0, 0), strict=True)
    ]
    assert (needs.proven(query), without.proven(same)) == (1, 0)
    assert (needs.mark(query), without.mark(same)) == (PARTLY, PARTLY)
    assert without.working(same) == "4 records, of which 1 have evidence"
    # The sum of the unproven stands beneath the unproven alone.
    assert ["amount" in figure.total(same) for figure in (needs, without, money)] == [False, True, True]


@pytest.mark.sampled(3)
@pytest.mark.parametrize("of", [kind.key for kind in KINDS])
def test_a_reader_of_one_area_is_told_that_there_may_be_more(of: str, spent: Any, clerk: User, auditor: User) -> None:
    for user, expected in ((clerk, ["What lies outside your area, Zhawo Countryside"]), (auditor, [])):
        figure, query = question(f"/explain/without-evidence/?of={of}", user)

        assert [str(one.reason) for one in figure.left_out(query)] == expected

    for slug in ("pledges-due", "pledges-without-evidence", "pledged-without-evidence"):
        figure, query = question(f"/explain/{slug}/", clerk)
        assert [str(one.reason) for one in figure.left_out(query)] == [
            "What lies outside your area, Zhawo Countryside"
        ]


def test_what_is_known_of_no_amount_is_counted_and_in_no_sum(ruoduo: Division, clerk: User) -> None:
    household, project = HouseholdFactory(village=ruoduo), ProjectFactory(division=ruoduo)
    for year, amount in ((2018, D("70.00")), (2019, None), (2020, None)):
        EnrolmentFactory(household=household, project=project, year=year, amount=amount)

    money, query = opened(clerk, "enrolment")[2]

    assert (money.words(query), added_up(money, query)) == ("70.00", D("70.00"))
    assert [(str(one.reason), one.number) for one in money.left_out(query)] == [
        ("Records among these rows whose amount is not known: counted, and in no sum", 2),
        ("What lies outside your area, Zhawo Countryside", None),
    ]


# --- whatever is recorded -----------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.long) for seed in (2, 3))])
def test_any_records_are_counted_as_plain_python_counts_them(seed, auditor, manager, clerk, ruoduo, xili, erniunai):
    rng = random.Random(seed)
    recorded(rng, [ruoduo, xili, erniunai])
    proven = {(one.subject_type, one.subject_id) for one in Evidence.objects.filter(withdrawn_at=None)}
    for user in (auditor, clerk, manager):
        for kind in KINDS:
            for asked, is_asked in (("", lambda year: True), ("&year=2019", lambda year: year == 2019)):
                every = [one for one in plain(kind.key) if one[1].startswith(user.area) and is_asked(one[2])]
                label = kind.model._meta.label_lower
                lacking = [one for one in every if (label, one[0]) not in proven]
                needs, without = opened_counts(user, kind.key, asked)
                assert [figure.value(query) for figure, query in (needs, without)] == [len(every), len(lacking)]
                assert [added_up(figure, query) for figure, query in (needs, without)] == [len(every), len(lacking)]
                if kind.money and (user != manager or not kind.is_of_household):
                    figure, query = question(f"/explain/money-without-evidence/?of={kind.key}{asked}", user)
                    known = [one[3] for one in lacking if one[3] is not None]
                    assert figure.value(query) == (sum(known, D(0)) if known or not lacking else None), (
                        kind.key,
                        asked,
                    )


def opened_counts(user: User, of: str, asked: str) -> list[Any]:
    return [question(f"/explain/{slug}/?of={of}{asked}", user) for slug in FIGURES[:2]]


def recorded(rng: random.Random, places: list[Division]) -> None:
    """Entries, milestones, incomes and enrolments, some with files, some of which were withdrawn."""
    project = ProjectFactory(division=places[0])
    made: list[Any] = []
    for number in range(24):
        where, year = rng.choice(places), rng.choice([2018, 2019])
        household = HouseholdFactory(village=where)
        amount = rng.choice([None, D(rng.randint(1, 9999)) / 100])
        made += [
            LedgerEntryFactory(division=where, year=year, kind=rng.choice(["allocation", "expenditure", "refund"])),
            Milestone.objects.create(
                project=project, title=f"M{number}", reached_on=rng.choice([None, date(year, 1, 1)])
            ),
            IncomeRecordFactory(household=household, year=year, expenses=D(rng.randint(0, 99))),
            EnrolmentFactory(household=household, project=project, year=year, amount=amount),
        ]
    for one in rng.sample(made, 40):
        file = EvidenceFactory(subject_type=one._meta.label_lower, subject_id=one.pk)
        if rng.random() < 0.4:
            withdrawn(file)


def plain(key: str) -> list[tuple[int, str, int, D | None]]:
    """Id, place, year and amount of every record of a kind."""
    if key == "milestone":
        reached = Milestone.objects.exclude(reached_on=None)
        return [(one.pk, one.project.division.code, one.reached_on.year, None) for one in reached]  # type: ignore[union-attr]
    if key == "income":
        incomes = IncomeRecord.objects.all()
        return [(one.pk, one.village.code, one.year, net(one)) for one in incomes]
    if key == "enrolment":
        return [(one.pk, one.household.village.code, one.year, one.amount) for one in Enrolment.objects.all()]
    entries = LedgerEntry.objects.filter(kind=key.removeprefix("entry-"))
    return [(one.pk, one.division.code, one.year, one.amount) for one in entries]


def net(one: Any) -> D:
    parts = (one.wage_income, one.business_income, one.property_income, one.transfer_income, -one.expenses)
    return sum(parts, D(0))
