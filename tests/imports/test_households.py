"""Households and their members from a file."""

import pytest
from django.core.exceptions import ValidationError

from alleviation.accounts.models import User
from alleviation.accounts.rights import Role
from alleviation.audit import trail
from alleviation.audit.models import ImportBatch
from beneficiaries.imports.households import HouseholdImport
from beneficiaries.models import Household, Person, PersonNumber
from tests.factories import HouseholdFactory, IncomeRecordFactory, PersonFactory, UserFactory, place
from tests.imports.files import csv_of
from tests.imports.incomes.rows import NUMBERS
from tests.imports.sheets import checked, written

KIND = HouseholdImport()
HEAD = {
    "village_code": "110101001001",
    "household_no": "0001",
    "name": "张三",
    "id_number": NUMBERS[0],
    "relation": "户主",
    "category": "general",
    "housing_area": "80",
}
CHILD = {**HEAD, "name": "张四", "id_number": NUMBERS[1], "relation": "child", "health": "healthy"}


@pytest.fixture
def importer(db: None) -> User:
    place("110101001001")
    place("220202002002")
    return UserFactory(username="importer", role=Role.CLERK, area="110101")


def members() -> list[tuple[str, str, str]]:
    return list(Person.objects.order_by("pk").values_list("household__number", "name", "relation"))


def test_a_household_comes_with_its_members(importer, tmp_path):
    path = csv_of(KIND, tmp_path, HEAD, CHILD)

    findings, faults = checked(KIND, path, importer)
    assert (faults, findings.new, Household.objects.count()) == ([], 2, 0)
    written(KIND, path, importer, findings.fingerprint)

    household = Household.objects.get()
    assert (household.category, household.housing_area) == ("general", 80)
    assert members() == [("0001", "张三", "head"), ("0001", "张四", "child")]
    assert PersonNumber.objects.count() == 2


def test_the_same_file_again_changes_nothing_and_a_different_fact_is_a_change(importer, tmp_path):
    written(KIND, csv_of(KIND, tmp_path, HEAD, CHILD), importer)
    masked = {**HEAD, "name": "张*", "id_number": f"****{NUMBERS[0][-4:]}"}

    again, no_faults = checked(KIND, csv_of(KIND, tmp_path, masked, CHILD), importer)
    other, _faults = checked(KIND, csv_of(KIND, tmp_path, HEAD, {**CHILD, "health": "disabled"}), importer)

    assert (no_faults, again.new, again.changed, again.same) == ([], 0, 0, 2)
    assert (other.new, other.changed, other.same) == (0, 1, 1)


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("rows", "faults"),
    [
        ([HEAD, HEAD], [(2, "name", "duplicate"), (3, "name", "duplicate")]),
        ([{**HEAD, "village_code": "220202002002"}], [(2, "village_code", "out_of_scope")]),
        ([{**HEAD, "relation": "cousin"}], [(2, "relation", "bad_choice")]),
        ([HEAD, {**CHILD, "id_number": NUMBERS[0]}], [(3, "id_number", "id_number_taken")]),
        ([{**HEAD, "name": "张*"}], [(2, "name", "masked")]),
        ([{**HEAD, "second_cause": "land"}], [(2, None, "invalid")]),
    ],
)
def test_what_a_form_refuses_a_file_does_too(importer, tmp_path, rows, faults):
    path = csv_of(KIND, tmp_path, *rows)

    assert checked(KIND, path, importer)[1] == faults
    with pytest.raises(AssertionError):
        written(KIND, path, importer)
    assert members() == []


def test_members_of_one_name_are_told_apart_by_their_number_or_not_at_all(importer, tmp_path):
    household = HouseholdFactory(village__code="110101001009", number="7")
    for tail in ("0011", "0022"):
        PersonFactory(household=household, name="李四", id_tail=tail)
    row = {**HEAD, "village_code": "110101001009", "household_no": "7", "name": "李四", "category": ""}

    told = [
        checked(KIND, csv_of(KIND, tmp_path, {**row, "id_number": number}), importer)[1] for number in ("", "****0022")
    ]

    assert told == [[(2, "name", "ambiguous")], []]


def test_a_file_is_taken_back_unless_something_rests_on_it(importer, tmp_path):
    first = written(KIND, csv_of(KIND, tmp_path, HEAD), importer)
    second = written(KIND, csv_of(KIND, tmp_path, {**HEAD, "housing_area": "90"}, CHILD), importer)
    reversal = trail.open_batch(kind=ImportBatch.Kind.FILE, title="back", by=importer)

    KIND.undo(second, reversal, by=importer, reason="The wrong file.")

    assert members() == [("0001", "张三", "head")]
    assert Household.objects.get().housing_area == 80
    IncomeRecordFactory(household=Household.objects.get())
    with pytest.raises(ValidationError):
        KIND.undo(first, reversal, by=importer, reason="The wrong file.")
    assert members() == [("0001", "张三", "head")]
