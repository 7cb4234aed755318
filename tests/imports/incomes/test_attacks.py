"""Files of incomes that mean harm, or are about households with a past: nothing leaks, nothing is left half done."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from itertools import chain

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from stdnum.cn import ric

from alleviation.accounts.models import User
from alleviation.audit import trail
from alleviation.audit.models import AuditEvent, ImportBatch
from alleviation.audit.verification.bulk import batches_that_are_not_what_came
from alleviation.audit.verification.tables import table_faults
from beneficiaries.actions import (
    end_household,
    erase_person,
    leave_household,
    move_household,
    record_income,
    register_household,
    register_person,
    split_household,
    verify_incomes,
)
from beneficiaries.models import Household, IncomeRecord, Person
from beneficiaries.verification.cells import cells_that_are_not_their_incomes
from projects.models import Division
from tests.closings import closed
from tests.factories import HouseholdFactory, IncomeRecordFactory, PersonFactory, UserFactory, place
from tests.imports.incomes.rows import NUMBERS
from tests.imports.sheets import checked, sheet_of, written

# Of somebody born on another day, with the same last four digits.
SAME_TAIL = next(
    body + NUMBERS[0][-1]
    for body in (f"110101196101{day}{NUMBERS[0][-4:-1]}" for day in range(10, 29))
    if ric.calc_check_digit(body + "0") == NUMBERS[0][-1]
)
OTHER = {"household_no": "0002", "head_name": "李四"}


def faults_of_the_trail() -> list[str]:
    told = (table_faults(model) for model in (Household, Person, IncomeRecord))
    return [*chain.from_iterable(told), *batches_that_are_not_what_came()]


def state_of_all() -> list[tuple[object, ...]]:
    """Every income there is, whatever holds."""
    return list(IncomeRecord.objects.order_by("pk").values_list("pk", "wage_income", "state", "superseded_at"))


def taken_back(kind, batch: ImportBatch, by: User) -> int:
    with trail.together():
        reversal = trail.open_batch(kind=ImportBatch.Kind.FILE, title="Taken back", by=by)
        return int(kind.undo(batch, reversal, by=by, reason="The wrong file."))


@contextmanager
def nothing_written() -> Iterator[None]:
    """What is refused leaves neither a row nor an event."""
    before = state_of_all(), AuditEvent.objects.count()
    yield
    assert (state_of_all(), AuditEvent.objects.count()) == before


def test_of_a_village_outside_nothing_is_told(kind, importer, villages, file_of):
    foreign = PersonFactory(
        household=HouseholdFactory(village=villages[2], number="0001"), name="王五", id_tail="1234", relation="head"
    )
    IncomeRecordFactory(household=foreign.household, year=2018)
    rows = [{"village_code": villages[2].code, "head_name": name} for name in ("王五", "张三")]

    assert [checked(kind, file_of(row), importer)[1] for row in rows] == [[(2, "village_code", "out_of_scope")]] * 2


def test_a_year_in_another_area_is_not_the_importers(kind, registered, importer, villages, file_of, days_ago):
    there = place("110102001001", "village")
    everywhere = UserFactory(role="clerk", area="1101")
    move_household(registered, to=there, on=days_ago(1), reason="move", by=everywhere)
    newcomer = UserFactory(role="clerk", area="110102")
    path = file_of({"village_code": there.code})

    assert checked(kind, path, newcomer)[1] == [(2, "year", "out_of_scope")]
    assert checked(kind, path, everywhere)[1] == []
    written(kind, path, everywhere)
    assert [len(list(kind.recorded(by=one))) for one in (importer, newcomer, everywhere)] == [0, 0, 1]


def test_a_file_of_the_old_village_is_told_that_the_household_moved(
    kind, registered, importer, villages, file_of, days_ago
):
    move_household(registered, to=villages[1], on=days_ago(1), reason="village_merger", number="77", by=importer)

    faults = checked(kind, file_of({}), importer)[1]

    assert faults == [(2, "village_code", "moved"), (2, "id_number", "taken")]


def test_somebody_else_may_get_the_number_of_one_who_moved(kind, registered, importer, villages, file_of, days_ago):
    move_household(registered, to=villages[1], on=days_ago(1), reason="move", by=importer)

    written(kind, file_of({"head_name": "李四", "id_number": NUMBERS[3]}), importer)

    assert IncomeRecord.objects.get().household != registered


def test_years_outside_of_a_households_life_are_refused(kind, registered, importer, file_of, days_ago):
    other = Person(household=registered, name="李四", relation="child")
    register_person(other, by=importer)
    made = split_household(registered, number="0009", members=[other], on=date(2020, 5, 1), by=importer)
    for person in registered.persons.present():
        leave_household(person, on=date(2021, 3, 1), how="death", by=importer)
    registered.refresh_from_db()
    end_household(registered, on=date(2021, 3, 1), how="died_out", by=importer)
    split = {"household_no": made.number, "head_name": "", "id_number": ""}
    rows = [{"year": year} for year in ("2021", "2022")] + [{**split, "year": year} for year in ("2019", "2020")]

    faults = checked(kind, file_of(*({**row, "head_name": "", "id_number": ""} for row in rows)), importer)[1]

    assert faults == [(3, "year", "ended"), (4, "year", "not_begun")]


def test_two_lists_of_one_village_are_one_village(kind, registered, importer, villages, file_of):
    later = place(villages[0].code, vintage=2023)

    written(kind, file_of({}, OTHER), importer)

    assert list(IncomeRecord.objects.order_by("household__number").values_list("village", flat=True)) == [
        villages[0].pk,
        later.pk,
    ]
    HouseholdFactory(village=later, number="0001")
    assert checked(kind, file_of({"id_number": ""}), importer)[1][0] == (2, "household_no", "ambiguous")


def test_two_heads_are_ambiguous_and_an_erased_one_is_held_against_nothing(kind, registered, importer, file_of):
    extra = PersonFactory(household=registered, name="李四", relation="head")
    assert checked(kind, file_of({"id_number": ""}), importer)[1] == [(2, "household_no", "ambiguous")]
    Person.objects.filter(pk=extra.pk).update(relation="child")
    head = registered.persons.get(relation="head")
    erase_person(head, by=UserFactory(role="reviewer", area="110101"), reason="The law asks for it")

    assert checked(kind, file_of({"head_name": "王五", "id_number": NUMBERS[9]}), importer)[1] == []


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("rows", "faults"),
    [
        ([{"household_no": "1"}], [(2, "household_no", "alike"), (2, "id_number", "taken")]),
        (
            [{"household_no": "0A1", "id_number": NUMBERS[4]}, {"household_no": "0a1", "id_number": NUMBERS[5]}],
            [(3, "household_no", "alike")],
        ),
        (
            [OTHER, {**OTHER, "head_name": "王五", "year": "2019"}],
            [(2, "head_name", "other_head"), (3, "head_name", "other_head")],
        ),
        ([OTHER, {**OTHER, "head_name": "李*", "year": "2019"}], []),
        ([{**OTHER, "head_name": "李*"}, {**OTHER, "year": "2019"}], []),
        ([{"id_number": SAME_TAIL}], [(2, "id_number", "other_person")]),
    ],
)
def test_heads_and_numbers_that_do_not_fit_are_found(kind, registered, importer, file_of, rows, faults):
    assert checked(kind, file_of(*rows), importer)[1] == faults


def test_a_correction_keeps_what_a_file_does_not_say_and_waits_to_be_verified_again(
    kind, registered, importer, file_of
):
    income = IncomeRecord(household=registered, year=2013, persons=4, status="expected", income_year="october")
    for name in ("wage_income", "business_income", "property_income", "transfer_income", "expenses"):
        setattr(income, name, Decimal("1.00"))
    record_income(income, by=importer)
    verify_incomes([income], by=UserFactory(role="reviewer", area="110101"))

    written(kind, file_of({"year": "2013"}, {"year": "2014"}), importer)

    told = IncomeRecord.objects.standing().order_by("year").values_list("status", "income_year", "concept", "state")
    assert list(told) == [
        ("expected", "october", "net", "submitted"),
        ("received", "calendar", "disposable", "submitted"),
    ]
    assert faults_of_the_trail() == []


def test_amounts_at_the_limits_are_exact(kind, registered, importer, file_of):
    most = "9999999999.99"
    written(kind, file_of({"wage_income": most, "business_income": f"-{most}", "expenses": most}), importer)

    income = IncomeRecord.objects.get()

    assert (income.wage_income, income.business_income) == (Decimal(most), -Decimal(most))
    assert faults_of_the_trail() == []


def test_a_file_that_changes_nothing_leaves_no_event_of_incomes(kind, registered, importer, file_of):
    written(kind, file_of({}), importer)
    events = AuditEvent.objects.filter(subject_type="beneficiaries.incomerecord").count()

    batch = written(kind, file_of({}, name="again.csv"), importer)

    assert AuditEvent.objects.filter(subject_type="beneficiaries.incomerecord").count() == events
    assert taken_back(kind, batch, importer) == 0


def test_a_closed_year_above_is_closed_until_it_is_reopened(kind, registered, importer, file_of):
    written(kind, file_of({"year": "2019"}), importer)
    closing = closed(UserFactory(role="reviewer", area="11"), area="11", year=2019)
    same, other = file_of({"year": "2019"}, name="same.csv"), file_of({"year": "2019", "size": "5"})

    faults = checked(kind, same, importer)[1], checked(kind, other, importer)[1]

    assert faults == ([], [(2, "year", "closed")])
    assert closing.area == "11"


@pytest.mark.sampled(1)
@pytest.mark.parametrize("what", ["verified", "closed", "corrected"])
def test_what_something_rests_on_is_not_taken_back(kind, registered, importer, file_of, what):
    batch = written(kind, file_of({}, {"year": "2019"}), importer)
    income = IncomeRecord.objects.get(year=2019)
    reviewer = UserFactory(role="reviewer", area="110101")
    if what == "verified":
        verify_incomes([income], by=reviewer)
    elif what == "closed":
        closed(reviewer, area="110101", year=2019)
    else:
        income.persons, income.reason = 7, "Counted again."
        record_income(income, by=importer)

    with nothing_written(), pytest.raises(ValidationError) as refused:
        taken_back(kind, batch, importer)

    told = getattr(refused.value, "error_dict", {}).get("year") or refused.value.error_list
    assert {error.code for error in told} == {what}


def test_a_batch_is_taken_back_once_and_only_by_whom_it_concerns(kind, registered, importer, file_of):
    batch = written(kind, file_of({}), importer)

    with nothing_written(), pytest.raises(PermissionDenied):
        taken_back(kind, batch, UserFactory(role="clerk", area="220202"))
    assert taken_back(kind, batch, importer) == 1
    with nothing_written(), pytest.raises(ValidationError):
        taken_back(kind, batch, importer)

    assert not IncomeRecord.objects.standing().exists()
    assert Household.objects.filter(number="0001").exists()
    assert faults_of_the_trail() == []


def test_after_a_move_a_batch_is_taken_back_where_it_was(kind, registered, importer, villages, file_of, days_ago):
    batch = written(kind, file_of({}), importer)
    move_household(registered, to=villages[1], on=days_ago(1), reason="move", by=importer)

    assert taken_back(kind, batch, importer) == 1
    assert faults_of_the_trail() == []


@pytest.mark.slow
def test_a_whole_village_that_moved_is_looked_through_at_once(
    kind, importer, villages, file_of, days_ago, django_assert_max_num_queries
):
    rows = []
    for number in range(1, 41):
        home = Household(village=villages[0], number=f"{number:04}")
        register_household(home, by=importer)
        move_household(home, to=villages[1], on=days_ago(1), reason="village_merger", by=importer)
        rows.append({"village_code": villages[1].code, "household_no": home.number, "head_name": "", "id_number": ""})

    with django_assert_max_num_queries(45), sheet_of(kind, file_of(*rows), importer) as sheet:
        findings = kind.check(sheet)

    assert (findings.new, sheet.faults) == (40, [])
    written(kind, file_of(*rows), importer)
    homes: set[Division] = {one.village for one in IncomeRecord.objects.all()}
    assert homes == {villages[0]}


@pytest.mark.slow
def test_the_example_goes_but_for_a_household_with_an_income_from_a_file(kind, db, file_of):
    call_command("load_reference", verbosity=0)
    call_command("load_example", verbosity=0)
    home = Household.objects.filter(is_made_up=True, incomes__isnull=False, moves__isnull=True).order_by("pk")[0]
    village = home.village.code
    clerk = UserFactory(role="clerk", area=village[:6])
    named = {"village_code": village, "household_no": home.number, "head_name": "", "id_number": ""}
    written(kind, file_of({**named, "year": "2025"}), clerk)

    call_command("remove_example", verbosity=0)

    kept = Household.objects.filter(is_made_up=True)
    assert (list(kept), IncomeRecord.objects.filter(recorded_by=clerk).count()) == ([home], 1)
    assert [*faults_of_the_trail(), *cells_that_are_not_their_incomes()] == []
