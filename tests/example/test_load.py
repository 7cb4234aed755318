"""Made-up data of any size: the same on every database, linked as it should be, and only where nobody works."""

from datetime import date
from decimal import Decimal
from hashlib import sha256
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.models import Count, F, Q, Sum

from alleviation.accounts.models import User
from alleviation.audit import triggers
from alleviation.audit.models import AuditEvent
from alleviation.example.load.size import Size
from beneficiaries.choices import CheckState
from beneficiaries.models import Enrolment, Household, IncomeRecord, Person, StatusChange
from projects.choices import Level
from projects.models import Division, LedgerEntry, VoucherSeries
from tests.factories import HouseholdFactory

# Two villages, the second of them not full.
HOUSEHOLDS = 50


@pytest.fixture
def counties(db, settings):
    """A list of places down to three counties, and DEBUG."""
    settings.DEBUG = True
    places = (("510000000000", Level.PROVINCE), *((f"51322{n}000000", Level.COUNTY) for n in (1, 4, 8)))
    for code, level in places:
        Division.objects.create(code=code, level=level, name=f"地{code}", vintage=2023)


@pytest.fixture
def loaded(counties):
    call_command("generate_load", households=HOUSEHOLDS, years=2, first_year=2019, verbosity=0)


TOLD = {
    Division: ("code", "level", "name", "name_en", "parent__code", "vintage"),
    Household: ("village__code", "number", "status", "status_since", "main_cause", "category", "farmland"),
    Person: ("household__number", "key", "name", "sex", "birth_year"),
    StatusChange: ("household__number", "was", "status", "happened_on"),
    IncomeRecord: (
        *("village__code", "household__number", "year", "persons", "state", "income_year", "recorded_at"),
        *("wage_income", "business_income", "property_income", "transfer_income", "expenses", "superseded_at"),
    ),
    Enrolment: ("household__number", "project__code", "year", "amount"),
    LedgerEntry: ("voucher", "kind", "amount", "source__code", "division__code", "checked_at"),
}


def fingerprint() -> str:
    """What the load says, in the order in which it was written."""
    rows = (row for model, columns in TOLD.items() for row in model.objects.order_by("pk").values_list(*columns))
    return sha256("\n".join(map(repr, rows)).encode()).hexdigest()[:16]


def test_load_is_the_same_on_every_database(loaded):
    assert fingerprint() == "c8b51ae1432f7754"


def test_load_has_what_its_size_says(loaded):
    rows = {
        model.__name__: model.objects.count()
        for model in (Household, Person, StatusChange, Enrolment, LedgerEntry, VoucherSeries)
    }
    standing = IncomeRecord.objects.standing()

    # 7, 17 … 47 have a history of two steps; 3, 23 and 43 a part in each year; 4 kinds from 4 sources a year.
    assert rows == {
        "Household": 50, "Person": 50, "StatusChange": 10, "Enrolment": 6, "LedgerEntry": 32, "VoucherSeries": 2
    }  # fmt: skip
    assert list(standing.values_list("year").annotate(Count("pk")).order_by("year")) == [(2019, 50), (2020, 50)]
    # Of 500, number 7 was counted again; of 20, number 0 waits.
    assert IncomeRecord.objects.filter(superseded_at__isnull=False).count() == 1
    assert list(standing.filter(state=CheckState.SUBMITTED).values_list("household__number", "year")) == [
        ("0001", 2020), ("0021", 2020), ("0011", 2020)
    ]  # fmt: skip


def test_first_household_of_the_load_is_as_counted_by_hand(loaded):
    income = IncomeRecord.objects.order_by("pk").first()

    # One person with 1,800.00 yuan: 25 % wages, 10 % transfers, no property, no expenses, farming the rest.
    assert (income.persons, income.net_income) == (1, Decimal("1800.00"))
    assert (income.wage_income, income.transfer_income) == (Decimal("450.00"), Decimal("180.00"))
    assert (income.business_income, income.property_income, income.expenses) == (
        Decimal("1170.00"), Decimal("0.00"), Decimal("0.00")
    )  # fmt: skip


def test_load_hangs_together(loaded):
    elsewhere = IncomeRecord.objects.exclude(village=F("household__village")).count()
    misplaced = Division.objects.filter(level=Level.VILLAGE).exclude(parent__level=Level.TOWNSHIP).count()
    exits = StatusChange.objects.filter(status="exited", happened_on=date(2018, 12, 31), household__status="exited")
    booked = dict(LedgerEntry.objects.filter(year=2019).values_list("kind").annotate(Sum("amount")))

    assert (elsewhere, misplaced, exits.count()) == (0, 0, 5)
    assert list(Household.objects.values_list("village__code").annotate(Count("pk")).order_by("village__code")) == [
        ("513221900200", 30),
        ("513221900201", 20),
    ]
    assert Household.objects.filter(is_made_up=False).count() == 0
    assert booked["expenditure"] < booked["disbursement"] < booked["allocation"]


def test_load_leaves_the_rules_in_force_one_event_and_free_numbers(loaded):
    event = AuditEvent.objects.filter(subject_type="load").get()
    household = HouseholdFactory(village=Division.objects.filter(level=Level.VILLAGE).first(), number="9001")

    assert triggers.missing(connection) == []
    # 1 township, 2 villages; 1 project, 4 sources, 32 entries, 2 series; 50 + 50 + 10; 100 + 1 incomes, 6 parts.
    assert event.after == {"households": 50, "years": [2019, 2020], "rows": 259}
    assert household.pk > Household.objects.filter(is_made_up=True).order_by("pk").last().pk
    assert list(User.objects.filter(Q(is_active=True) | Q(username="")).values_list("username")) == []


def test_load_spreads_over_the_counties_of_the_list():
    size = Size(15_000)

    assert (size.villages, size.townships, size.counties) == (500, 50, 5)
    assert (Size(3_000_000).villages, Size(3_000_000).counties) == (100_000, 834)


def test_load_takes_counties_from_one_end_of_the_list_to_the_other(counties):
    call_command("generate_load", households=3601, years=1, verbosity=0)

    taken = Division.objects.filter(level=Level.TOWNSHIP).values_list("parent__code").order_by().distinct()
    assert sorted(taken) == [("513221000000",), ("513224000000",)]


def test_load_keeps_within_an_area_when_asked_to(counties):
    call_command("generate_load", households=1, years=1, area="513224", verbosity=0)

    assert Household.objects.get().village.code == "513224900200"


def refusal(**options) -> str:
    with pytest.raises(CommandError) as refused:
        call_command("generate_load", verbosity=0, **options)
    return str(refused.value)


def test_load_is_refused_where_it_does_not_belong(counties, settings):
    assert refusal(households=10_801) == "10801 households fill 4 counties, and the list has 3."
    assert "from 1949 to 2100" in refusal(households=50, first_year=2099)
    call_command("generate_load", households=1, years=1, verbosity=0)
    assert refusal(households=1) == "This database holds a load already. Use an empty one."
    HouseholdFactory(is_made_up=False)
    assert refusal(households=1) == "This database holds households that are not made up. Use an empty one."
    settings.DEBUG = False
    assert refusal(households=1) == "This fills a database with made-up data: it runs with DEBUG=True alone."


def test_load_tells_how_far_it_has_come(counties):
    said, progress = StringIO(), StringIO()

    call_command("generate_load", households=50, years=2, stdout=said, stderr=progress)

    assert (
        said.getvalue()
        == "12 sums were added up anew.\n259 rows: 50 households in 2 villages of 1 counties made up.\n"
    )
    assert progress.getvalue().endswith("259 of 259 rows\n")
