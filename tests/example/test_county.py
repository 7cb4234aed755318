"""The made-up county: marked, the same each time, and true to the rules of real records."""

from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command

from alleviation.accounts.models import User
from alleviation.audit.models import AuditEvent, ImportBatch
from alleviation.common.query import Query
from alleviation.example.loading import load
from alleviation.example.removal import remove
from alleviation.example.shelf import tables_of
from alleviation.scrutiny.flags.found import all_found
from beneficiaries.models import Enrolment, Household, IncomeRecord, Person
from beneficiaries.rollups import per_capita_income
from projects.choices import EntryKind
from projects.models import Alliance, LedgerEntry, Organisation, Project
from projects.rollups import funding_by_year
from tests.example.conftest import PER_VILLAGE

VILLAGES = 12
YEARS = range(2016, 2025)


@pytest.mark.slow
def test_county_has_households_in_every_village(example: None):
    villages = Counter(Household.objects.values_list("village__code", flat=True))

    assert villages == dict.fromkeys(tables_of("county.toml")["villages"], PER_VILLAGE)
    assert len(villages) == VILLAGES


@pytest.mark.parametrize("model", [Household, LedgerEntry])
def test_county_is_marked_as_made_up(example: None, model: Any):
    assert model.objects.count() > 0
    assert model.objects.filter(is_made_up=False).count() == 0


@pytest.mark.parametrize("model", [Project, Alliance, Organisation])
def test_facts_are_not_marked_as_made_up(example: None, model: Any):
    marks = Counter(model.objects.values_list("is_made_up", flat=True))

    assert sorted(marks) == [False, True]


def test_persons_have_made_up_names_and_no_number(example: None):
    persons = Person.objects.all()

    assert persons.count() > VILLAGES * PER_VILLAGE
    assert persons.exclude(name__startswith="示例").count() == 0
    assert persons.exclude(id_tail="").count() == 0


def test_each_household_has_an_income_of_each_year(example: None):
    years = Counter(IncomeRecord.objects.values_list("year", flat=True))

    assert years == dict.fromkeys(YEARS, VILLAGES * PER_VILLAGE)


def test_incomes_count_the_persons_of_the_household(example: None):
    members = Counter(Person.objects.values_list("household", flat=True))

    counted = dict(IncomeRecord.objects.filter(year=2024).values_list("household", "persons"))

    assert counted == members


def test_incomes_rise_from_below_the_line_to_well_above(example: None, asked: Query):
    per_head = [income.per_capita or Decimal(0) for income in per_capita_income(asked)]

    assert per_head == sorted(per_head)
    assert per_head[0] < Decimal("2952.00")
    assert per_head[-1] > Decimal("8000.00")


def test_wages_take_over_and_transfers_fall(example: None, asked: Query):
    incomes = per_capita_income(asked)
    first, last = incomes[0], incomes[-1]

    assert last.wage_income / last.net_income > first.wage_income / first.net_income
    assert last.transfer_income / last.net_income < first.transfer_income / first.net_income


def test_no_grant_spends_more_than_it_has(example: None):
    sums: dict[tuple[Any, ...], Counter[str]] = defaultdict(Counter)
    # As first booked: what was corrected later, and what was handed down a second time, aside.
    for entry in LedgerEntry.objects.posted().filter(reverses="", replaces="", handed_down_from=""):
        sums[entry.project_id, entry.source_id, entry.year][entry.kind] += int(entry.amount * 100)

    for booked in sums.values():
        assert booked[EntryKind.ALLOCATION] >= booked[EntryKind.DISBURSEMENT] >= booked[EntryKind.EXPENDITURE]
        assert booked[EntryKind.REFUND] in {0, booked[EntryKind.DISBURSEMENT] - booked[EntryKind.EXPENDITURE]}
    assert sum(booked[EntryKind.REFUND] > 0 for booked in sums.values()) > 0


def test_ledger_spans_the_years_and_leaves_some_without_a_project(example: None):
    entries = LedgerEntry.objects.all()

    assert sorted(set(entries.values_list("year", flat=True))) == list(YEARS)
    assert 300 < entries.count() < 700
    assert set(entries.filter(project=None).values_list("division__code", flat=True)) == {"513228000000"}


def test_money_of_the_state_comes_down_through_the_county(example: None):
    handed_down = LedgerEntry.objects.exclude(handed_down_from="")
    received = {entry.voucher: entry for entry in LedgerEntry.objects.filter(division__code="513228000000")}

    assert handed_down.count() > 20
    for entry in handed_down:
        earlier = received[entry.handed_down_from]
        assert (earlier.amount, earlier.source, earlier.project) == (entry.amount, entry.source, entry.project)
        assert entry.source.level in {"central", "provincial", "municipal"}


def test_each_disbursement_names_its_allocation(example: None):
    disbursements = LedgerEntry.objects.posted().filter(kind=EntryKind.DISBURSEMENT)

    assert disbursements.count() > 100
    assert not disbursements.filter(allocation="").exists()


def test_one_entry_was_corrected_and_some_wait(example: None):
    (reversal,) = LedgerEntry.objects.exclude(reverses="")
    replacement = LedgerEntry.objects.get(replaces=reversal.reverses)
    wrong = LedgerEntry.objects.get(voucher=reversal.reverses)

    assert (wrong.amount + reversal.amount, wrong.amount - replacement.amount) == (Decimal("0.00"), Decimal("900.00"))
    assert sorted(LedgerEntry.objects.pending().values_list("state", flat=True)) == ["draft", "submitted", "submitted"]


def test_vouchers_follow_the_days(example: None):
    entries = LedgerEntry.objects.posted().filter(year=2019).order_by("voucher")

    days = list(entries.values_list("booked_on", flat=True))

    assert days == sorted(days)
    assert entries[0].voucher == "EX513228-2019-00001"


def county_in_numbers(query: Query) -> list[Any]:
    households = Household.objects.order_by("number").values_list("number", "status", "status_since")
    enrolments = Enrolment.objects.order_by("household__number", "project__code", "role", "year")
    return [
        funding_by_year(query),
        per_capita_income(query),
        list(households),
        list(enrolments.values_list("household__number", "amount")),
    ]


@pytest.mark.slow
def test_county_is_the_same_every_time(example: None, asked: Query):
    first = county_in_numbers(asked)

    remove(list(ImportBatch.objects.all()))
    load(per_village=PER_VILLAGE)

    assert county_in_numbers(asked) == first
    assert first[0][0].allocated > 0


def test_second_load_says_that_it_is_there(example: None, capsys: Any):
    events = AuditEvent.objects.count()

    call_command("load_example")

    assert capsys.readouterr().out == "The example is loaded already.\n"
    assert AuditEvent.objects.count() == events


def test_most_red_flags_have_a_case_to_learn_on(example: None):
    reader = User.objects.get(username="auditor")

    found = Counter(one.flag.slug for one in all_found(Query(user=reader)))

    # With so few households no village has three that got the same.
    assert found == {
        "idle-money": 1,
        "without-beneficiaries": 1,
        "without-publicity": 2,
        "past-due": 1,
        "exit-not-earned": 1,
        "same-person-twice": 1,
        "unsupported-claims": 6,
    }


def test_one_household_exits_on_what_it_expects(example: None):
    income = IncomeRecord.objects.get(status="expected")

    assert (income.household.status, income.household.status_since) == ("exited", date(income.year, 12, 31))
