"""Incomes from a file: what is found wrong, what is written, what is taken back."""

from decimal import Decimal
from itertools import chain

import pytest
from django.core.exceptions import ValidationError

from alleviation.audit import trail
from alleviation.audit.models import AuditEvent, ImportBatch, Verb
from alleviation.audit.verification.bulk import batches_that_are_not_what_came
from alleviation.audit.verification.tables import table_faults
from alleviation.intake.kinds import Moved
from beneficiaries.actions import find, move_household, record_income, verify_incomes
from beneficiaries.choices import NumberKind
from beneficiaries.models import Household, IncomeRecord, Person
from tests.closings import closed
from tests.factories import IncomeRecordFactory, UserFactory
from tests.imports.incomes.rows import NUMBERS
from tests.imports.sheets import checked, written

OTHER = {"household_no": "0002", "head_name": "李四"}


def standing() -> list[tuple[str, int, Decimal]]:
    rows = IncomeRecord.objects.standing().order_by("household__number", "year")
    return [(one.household.number, one.year, one.wage_income) for one in rows.select_related("household")]


def faults_of_the_trail() -> list[str]:
    told = (table_faults(model) for model in (Household, Person, IncomeRecord))
    return [*chain.from_iterable(told), *batches_that_are_not_what_came()]


def test_a_file_is_previewed_and_nothing_is_written(kind, registered, importer, file_of):
    findings, faults = checked(kind, file_of({}, OTHER, {**OTHER, "year": "2019", "wage_income": "1.5"}), importer)

    assert faults == []
    assert (findings.rows, findings.new, findings.changed, findings.same, findings.refused) == (3, 3, 0, 0, 0)
    assert findings.controls["wage_income"] == Decimal("24001.50")
    assert [(one.year, one.before, one.after) for one in findings.years] == [
        (2018, Decimal("0.00"), Decimal("16600.50")),
        (2019, Decimal("0.00"), Decimal("-3698.25")),
    ]
    assert (Household.objects.count(), IncomeRecord.objects.count()) == (1, 0)


def test_a_file_registers_whom_it_names_and_records_all_with_one_event(kind, registered, importer, file_of):
    batch = written(kind, file_of({}, OTHER), importer)

    assert standing() == [("0001", 2018, Decimal("12000.00")), ("0002", 2018, Decimal("12000.00"))]
    income = IncomeRecord.objects.get(household__number="0002")
    assert (income.persons, income.business_income, income.expenses) == (4, Decimal("3500.50"), Decimal("9000.25"))
    assert (income.state, income.recorded_by, income.concept) == ("submitted", importer, "disposable")
    (event,) = AuditEvent.objects.filter(batch=batch, subject_type="beneficiaries.incomerecord")
    assert (event.verb, event.after["rows"]) == (Verb.CREATED, 2)
    assert faults_of_the_trail() == []


def test_a_new_head_is_found_by_the_number(kind, importer, file_of):
    written(kind, file_of(OTHER), importer)

    person = Person.objects.get(household__number="0002")
    (number,) = find(NumberKind.RESIDENT_ID, NUMBERS[1])
    assert (person.name, person.relation, person.id_tail) == ("李四", "head", NUMBERS[1][-4:])
    assert (number.person_number, number.household_number) == (person.key, person.household_id)


def test_what_is_recorded_the_same_is_left_alone_and_what_differs_is_corrected(kind, registered, importer, file_of):
    written(kind, file_of({}, OTHER), importer)

    path = file_of({}, {**OTHER, "wage_income": "99"}, name="again.csv")
    findings, faults = checked(kind, path, importer)
    written(kind, path, importer)

    assert faults == []
    assert (findings.new, findings.changed, findings.same) == (0, 1, 1)
    assert findings.years[0].after - findings.years[0].before == Decimal("-11901.00")
    assert standing() == [("0001", 2018, Decimal("12000.00")), ("0002", 2018, Decimal("99.00"))]
    assert IncomeRecord.objects.get(wage_income=Decimal(99)).reason == "Imported from again.csv"
    assert faults_of_the_trail() == []


def test_our_own_masked_cells_are_taken_for_whom_the_register_knows(kind, registered, importer, file_of):
    masked = {"head_name": "张*", "id_number": f"****{NUMBERS[0][-4:]}"}

    assert checked(kind, file_of(masked, {**masked, "year": "2019", "id_number": ""}), importer)[1] == []


@pytest.mark.sampled(5)
@pytest.mark.parametrize(
    ("rows", "faults"),
    [
        ([{}, {}], [(2, "household_no", "duplicate"), (3, "household_no", "duplicate")]),
        (
            [{}, {**OTHER, "id_number": NUMBERS[0]}],
            [(2, "id_number", "duplicate"), (3, "id_number", "duplicate"), (3, "id_number", "taken")],
        ),
        (
            [{**OTHER}, {**OTHER, "id_number": NUMBERS[5]}],
            [(2, "household_no", "duplicate"), (3, "household_no", "duplicate")],
        ),
        (
            [{**OTHER}, {**OTHER, "id_number": NUMBERS[5], "year": "2019"}],
            [(2, "id_number", "other_person"), (3, "id_number", "other_person")],
        ),
        ([{**OTHER, "village_code": "220202002002"}], [(2, "village_code", "out_of_scope")]),
        ([{**OTHER, "village_code": "110101001009"}], [(2, "village_code", "out_of_scope")]),
        ([{"head_name": "李四"}], [(2, "head_name", "other_head")]),
        ([{"id_number": NUMBERS[7]}], [(2, "id_number", "other_person")]),
        ([{**OTHER, "head_name": "李*"}], [(2, "head_name", "masked")]),
        ([{**OTHER, "id_number": ""}], [(2, "id_number", "blank")]),
        ([{**OTHER, "id_number": NUMBERS[0]}], [(2, "id_number", "taken")]),
        ([{"year": "2017"}, {"size": "31"}], [(2, "year", "closed"), (3, "size", "out_of_range")]),
        (
            [{"wage_income": "-1"}, {**OTHER, "business_income": "-1"}, {"expenses": "x", "year": "2031"}],
            [(2, "wage_income", "negative"), (4, "year", "bad_year"), (4, "expenses", "bad_number")],
        ),
    ],
)
def test_what_is_wrong_is_told_all_at_once_and_nothing_is_written(kind, registered, importer, file_of, rows, faults):
    closed(UserFactory(role="reviewer", area="110101"), area="110101", year=2017)
    path = file_of(*rows)

    assert checked(kind, path, importer)[1] == faults
    with pytest.raises(AssertionError):
        written(kind, path, importer)
    assert (Household.objects.count(), IncomeRecord.objects.count()) == (1, 0)


def test_a_preview_that_the_register_has_left_behind_is_refused(kind, registered, importer, file_of):
    path = file_of({}, OTHER)
    findings, _faults = checked(kind, path, importer)
    IncomeRecordFactory(household=registered, year=2018)

    with pytest.raises(Moved):
        written(kind, path, importer, fingerprint=findings.fingerprint)

    assert IncomeRecord.objects.count() == 1


def test_the_same_state_has_the_same_fingerprint(kind, registered, importer, file_of):
    path = file_of({}, OTHER)

    first, second = (checked(kind, path, importer)[0] for _ in range(2))

    written(kind, path, importer, fingerprint=first.fingerprint)
    assert first == second


def test_an_income_of_before_a_move_stays_in_the_village_of_its_year(
    kind, registered, importer, file_of, villages, days_ago
):
    move_household(registered, to=villages[1], on=days_ago(1), reason="move", by=importer)

    written(kind, file_of({"village_code": "110101001002"}), importer)

    assert IncomeRecord.objects.get().village == villages[0]


def test_a_batch_is_taken_back_and_what_it_corrected_stands_again(kind, registered, importer, file_of):
    written(kind, file_of({}), importer)
    batch = written(kind, file_of({"wage_income": "5"}, OTHER, name="again.csv"), importer)

    with trail.together():
        reversal = trail.open_batch(kind=ImportBatch.Kind.FILE, title="Taken back: again.csv", by=importer)
        number = kind.undo(batch, reversal, by=importer, reason="The wrong file.")

    assert number == 2
    assert standing() == [("0001", 2018, Decimal("12000.00"))]
    assert IncomeRecord.objects.standing().get().reason == "The wrong file."
    assert faults_of_the_trail() == []


def test_a_batch_of_which_an_income_was_corrected_since_is_not_taken_back(kind, registered, importer, file_of):
    batch = written(kind, file_of({}, OTHER), importer)
    income = IncomeRecord.objects.get(household=registered)
    income.wage_income, income.reason = Decimal(7), "Counted again."
    record_income(income, by=importer)
    reversal = trail.open_batch(kind=ImportBatch.Kind.FILE, title="x", by=importer)

    with pytest.raises(ValidationError, match="1 of its incomes were corrected since"):
        kind.undo(batch, reversal, by=importer, reason="The wrong file.")


def test_imported_incomes_are_verified_by_somebody_else(kind, registered, importer, file_of):
    written(kind, file_of({}), importer)
    income = IncomeRecord.objects.get()

    verify_incomes([income], by=UserFactory(role="reviewer", area="110101"))

    income.refresh_from_db()
    assert income.state == "verified"
    assert faults_of_the_trail() == []
