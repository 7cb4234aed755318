"""From the moment a year is closed no way of writing changes it; other years and other places stay open."""

from datetime import date
from decimal import Decimal

import pytest
from django.core import serializers
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from alleviation.audit import closings, trail
from alleviation.common.guard import WrittenAround
from beneficiaries.actions import record_enrolment, record_income
from beneficiaries.models import Enrolment, IncomeRecord
from projects.actions import book_made_up, draft_entry, post_entry, submit_entry
from projects.models import LedgerEntry
from tests.admin_pages import errors, page, submit
from tests.closings import closed
from tests.conftest import signed_in
from tests.factories import (
    NO_OTHER_INCOME,
    EnrolmentFactory,
    FundingSourceFactory,
    HouseholdFactory,
    IncomeRecordFactory,
    LedgerEntryFactory,
    ProjectFactory,
)

sqlite_only = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has no INSERT OR REPLACE")
CLOSED = "The year 2019 of 513228 is closed. Book a late correction in an open year with its reason, or ask "


# --- the ledger of a closed year --------------------------------------------------------------------------------


@pytest.fixture
def booked(ruoduo, county_clerk) -> LedgerEntry:
    """A posted entry of Ruoduo Village in 2019."""
    return LedgerEntryFactory(division=ruoduo, year=2019, voucher="513228-2019-00001")


def late(division, **fields) -> LedgerEntry:
    """An entry that nobody has saved."""
    facts = {"year": 2019, "booked_on": date(2019, 12, 31), "kind": "allocation", "amount": Decimal("5.00")}
    people = {"state": "submitted", "drafted_by": "a-clerk", "drafted_at": timezone.now()}
    people |= {"submitted_by": "a-clerk", "submitted_at": timezone.now()}
    return LedgerEntry(**{**facts, **people, "division": division, "source": FundingSourceFactory(), **fields})


@pytest.mark.parametrize("area", ["513228212205", "513228212", "513228", "5132", "51"])
def test_no_new_entry_comes_into_a_year_closed_there_or_above(area, booked, ruoduo, reviewer):
    reviewer.area = area[:2]
    closed(reviewer, area=area)

    for act in (
        lambda: late(ruoduo).save(),
        lambda: LedgerEntry.objects.bulk_create([late(ruoduo)]),
        lambda: LedgerEntry.objects.bulk_create([late(ruoduo)], ignore_conflicts=True),
        lambda: trail.write(late(ruoduo), by="a-clerk"),
        lambda: loaded(late(ruoduo, pk=99)),
        lambda: copied_by_sql(booked),
    ):
        with pytest.raises(IntegrityError, match="the year is closed"), transaction.atomic():
            act()

    assert list(LedgerEntry.objects.all()) == [booked]


def loaded(record) -> None:
    """Save a record as a fixture file would bring it."""
    for one in serializers.deserialize("json", serializers.serialize("json", [record])):
        one.save()


def copied_by_sql(entry: LedgerEntry) -> None:
    columns = [f.column for f in LedgerEntry._meta.concrete_fields if f.column != "id"]
    changed = {"state": "'submitted'", "voucher": "''", "checked_by": "''", "checked_at": "NULL"}
    values = ", ".join(changed.get(column, f'"{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO projects_ledgerentry ({names}) SELECT {values} FROM projects_ledgerentry")


def test_no_entry_is_changed_or_deleted_in_a_closed_year(booked, reviewer):
    closed(reviewer)
    booked.amount = Decimal("1.00")

    for act in (
        booked.save,
        lambda: LedgerEntry.objects.update(amount=1),
        lambda: LedgerEntry.objects.bulk_update([booked], ["amount"]),
        lambda: trail.write(booked, by="a-clerk"),
        lambda: sql("UPDATE projects_ledgerentry SET note = 'x'"),
        lambda: LedgerEntry.objects.all().delete(),
        lambda: sql("DELETE FROM projects_ledgerentry"),
        lambda: loaded(booked),
    ):
        with pytest.raises((IntegrityError, ValidationError)), transaction.atomic():
            act()

    assert LedgerEntry.objects.get().amount == Decimal("100.00")


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_draft_of_an_open_year_is_not_moved_into_a_closed_one(ruoduo, reviewer):
    entry = late(ruoduo, year=2018, booked_on=date(2018, 12, 31))
    entry.save()
    closed(reviewer)

    for act in (
        lambda: LedgerEntry.objects.update(year=2019),
        lambda: sql("UPDATE projects_ledgerentry SET year = 2019"),
    ):
        with pytest.raises(IntegrityError, match="the year is closed"), transaction.atomic():
            act()

    assert LedgerEntry.objects.get().year == 2018


def test_made_up_entries_of_a_closed_year_stay_too(ruoduo, reviewer):
    batch = trail.open_batch(kind="example", title="An example", by="a command")
    book_made_up([late(ruoduo, is_made_up=True)], by="a command", batch=batch)
    closed(reviewer)

    with pytest.raises(IntegrityError, match="the year is closed"), transaction.atomic():
        LedgerEntry.objects.all().delete()

    assert LedgerEntry.objects.count() == 1


@sqlite_only
def test_an_entry_of_a_closed_year_is_not_written_over(booked, reviewer):
    closed(reviewer)

    with pytest.raises(IntegrityError), transaction.atomic():
        sql("INSERT OR REPLACE INTO projects_ledgerentry SELECT * FROM projects_ledgerentry")

    assert list(LedgerEntry.objects.all()) == [booked]


def test_loaddata_brings_nothing_in(booked, reviewer, tmp_path):
    closed(reviewer)
    file = tmp_path / "late.json"
    file.write_text(serializers.serialize("json", [late(booked.division, pk=99)]))

    with pytest.raises(WrittenAround):
        call_command("loaddata", str(file), verbosity=0)

    assert list(LedgerEntry.objects.all()) == [booked]


def test_actions_refuse_a_closed_year_at_the_date(county_clerk, reviewer, second_reviewer, ruoduo):
    entry = late(ruoduo)
    draft_entry(entry, by=county_clerk)
    submitted = late(ruoduo)
    draft_entry(submitted, by=county_clerk)
    submit_entry(submitted, by=county_clerk)
    closed(reviewer)

    for act in (
        lambda: draft_entry(late(ruoduo), by=county_clerk),
        lambda: draft_entry(entry, by=county_clerk),
        lambda: submit_entry(entry, by=county_clerk),
        lambda: post_entry(submitted, by=second_reviewer),
    ):
        with pytest.raises(ValidationError) as refused:
            act()
        assert list(refused.value.message_dict) == ["booked_on"]
        assert refused.value.message_dict["booked_on"][0].startswith(CLOSED)

    assert sorted(LedgerEntry.objects.values_list("state", flat=True)) == ["draft", "submitted"]


def test_the_admin_form_says_at_the_date_that_the_year_is_closed(county_clerk, reviewer, ruoduo):
    closed(reviewer)
    fields = {"kind": "allocation", "booked_on": "2019-06-30", "year": 2019, "amount": "5.00"}
    fields |= {"source": FundingSourceFactory().pk, "division": ruoduo.pk}

    response = submit(signed_in(county_clerk), page("projects_ledgerentry", "add"), **fields)

    assert errors(response)["booked_on"][0].startswith(CLOSED)
    assert LedgerEntry.objects.count() == 0


def test_other_years_and_other_counties_stay_open(reviewer, ruoduo, hezhou):
    closed(reviewer)

    other_year = LedgerEntryFactory(division=ruoduo, year=2018)
    other_county = LedgerEntryFactory(division=hezhou, year=2019)

    assert set(LedgerEntry.objects.all()) == {other_year, other_county}


def test_a_closed_village_leaves_the_county_and_the_next_village_open(reviewer, heishui, ruoduo, xili):
    closed(reviewer, area=ruoduo.code)

    county, village = LedgerEntryFactory(division=heishui), LedgerEntryFactory(division=xili)

    assert set(LedgerEntry.objects.all()) == {county, village}
    with pytest.raises(IntegrityError, match="the year is closed"), transaction.atomic():
        LedgerEntryFactory(division=ruoduo)


def test_a_proposal_closes_nothing_yet(county_clerk, ruoduo):
    closings.propose_closing("513228", 2019, by=county_clerk)

    assert LedgerEntryFactory(division=ruoduo).year == 2019


# --- incomes and parts in projects ------------------------------------------------------------------------------


@pytest.fixture
def income(ruoduo) -> IncomeRecord:
    return IncomeRecordFactory(household=HouseholdFactory(village=ruoduo), year=2019)


@pytest.fixture
def part(ruoduo) -> Enrolment:
    household = HouseholdFactory(village=ruoduo)
    return EnrolmentFactory(household=household, project=ProjectFactory(division=ruoduo), year=2019)


def another(record):
    """The same for another household of the village."""
    household = HouseholdFactory(village=record.household.village)
    if isinstance(record, Enrolment):
        return Enrolment(household=household, project=record.project, role="dividend", year=2019)
    facts = {"village": household.village, "persons": 2, "concept": "disposable", **NO_OTHER_INCOME}
    return IncomeRecord(household=household, year=2019, **facts)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", ["income", "part"])
@pytest.mark.parametrize("area", ["513228212205", "513228", "51"])
def test_nothing_of_a_household_is_written_in_a_closed_year(name, area, request, reviewer):
    record = request.getfixturevalue(name)
    model, table = type(record), type(record)._meta.db_table
    reviewer.area = area[:2]
    closed(reviewer, area=area)

    for act in (
        lambda: another(record).save(),
        lambda: model.objects.bulk_create([another(record)]),
        lambda: trail.write(another(record), by="a-clerk"),
        lambda: loaded(record),
        lambda: model.objects.update(year=2018),
        lambda: model.objects.bulk_update([record], ["year"]),
        lambda: sql(f'UPDATE "{table}" SET year = 2018'),
        lambda: model.objects.all().delete(),
        lambda: sql(f'DELETE FROM "{table}"'),
        lambda: record.household.delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()

    assert list(model.objects.all()) == [record]


@sqlite_only
@pytest.mark.parametrize("name", ["income", "part"])
def test_nothing_of_a_household_is_written_over_in_a_closed_year(name, request, reviewer):
    record = request.getfixturevalue(name)
    table = type(record)._meta.db_table
    closed(reviewer)

    with pytest.raises(IntegrityError, match=r"the year is closed|recorded already"), transaction.atomic():
        sql(f'INSERT OR REPLACE INTO "{table}" SELECT * FROM "{table}"')


def test_actions_refuse_incomes_and_parts_of_a_closed_year_at_the_year(income, part, county_clerk, reviewer):
    closed(reviewer)
    income.persons, income.reason, part.amount = 9, "Counted again", Decimal("1.00")

    for act in (
        lambda: record_income(another(income), by=county_clerk),
        lambda: record_income(income, by=county_clerk),
        lambda: record_enrolment(another(part), by=county_clerk),
        lambda: record_enrolment(part, by=county_clerk),
        lambda: record_enrolment(Enrolment(pk=part.pk, household=part.household, year=2018), by=county_clerk),
    ):
        with pytest.raises(ValidationError) as refused:
            act()
        assert list(refused.value.message_dict) == ["year"]
        assert refused.value.message_dict["year"][0].startswith(CLOSED)

    assert (IncomeRecord.objects.get(), Enrolment.objects.get()) == (income, part)


@pytest.mark.slow
def test_the_household_page_says_at_the_year_that_it_is_closed(county_clerk, reviewer, ruoduo, part):
    closed(reviewer)
    address = page("beneficiaries_household", "change", part.household.pk)

    response = submit(signed_in(county_clerk), address, **{"enrolments-0-amount": "5.00"})

    assert errors(response)["enrolments-0-year"][0].startswith(CLOSED)
    assert Enrolment.objects.get().amount is None


def test_households_of_other_years_and_counties_stay_open(reviewer, income, part, hezhou):
    closed(reviewer)

    IncomeRecordFactory(household=income.household, year=2018)
    IncomeRecordFactory(household=HouseholdFactory(village=hezhou), year=2019)
    EnrolmentFactory(household=part.household, project=part.project, year=2018)

    assert (IncomeRecord.objects.count(), Enrolment.objects.count()) == (3, 2)
