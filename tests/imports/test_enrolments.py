"""Parts in projects from a file."""

from decimal import Decimal

import pytest

from alleviation.accounts.models import User
from alleviation.accounts.rights import Role
from alleviation.audit import trail
from alleviation.audit.models import ImportBatch
from beneficiaries.imports.enrolments import EnrolmentImport
from beneficiaries.models import Enrolment
from tests.factories import EnrolmentFactory, HouseholdFactory, ProjectFactory, UserFactory
from tests.imports.files import csv_of
from tests.imports.sheets import checked, written

KIND = EnrolmentImport()
PART = {
    "village_code": "110101001001",
    "household_no": "1",
    "project_code": "PV",
    "role": "分红",
    "year": "2019",
    "amount": "1,000.50",
}


@pytest.fixture
def importer(db: None) -> User:
    """Enters records of a county that has household 1 and project PV."""
    household = HouseholdFactory(village__code="110101001001", number="1")
    ProjectFactory(code="PV", division=household.village)
    return UserFactory(username="importer", role=Role.CLERK, area="110101")


def amounts() -> list[tuple[int, Decimal | None]]:
    return list(Enrolment.objects.order_by("year").values_list("year", "amount"))


def test_parts_are_recorded_changed_and_left_alone(importer, tmp_path):
    written(KIND, csv_of(KIND, tmp_path, PART, {**PART, "year": "2018", "amount": ""}), importer)

    path = csv_of(KIND, tmp_path, {**PART, "amount": "900"}, {**PART, "year": "2018", "amount": ""}, name="again.csv")
    findings, faults = checked(KIND, path, importer)
    written(KIND, path, importer, findings.fingerprint)

    assert faults == []
    assert (findings.new, findings.changed, findings.same, findings.controls) == (
        0,
        1,
        1,
        {"amount": Decimal("900.00")},
    )
    assert [(one.year, one.before, one.after) for one in findings.years] == [
        (2019, Decimal("1000.50"), Decimal("900.00"))
    ]
    assert amounts() == [(2018, None), (2019, Decimal("900.00"))]


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"household_no": "2"}, (2, "household_no", "no_such_household")),
        ({"project_code": "ROAD"}, (2, "project_code", "no_such_project")),
        ({"role": "gift"}, (2, "role", "bad_choice")),
        ({"amount": "-1"}, (2, "amount", "negative")),
    ],
)
def test_a_part_of_nobody_or_nothing_is_told(importer, tmp_path, cells, fault):
    assert checked(KIND, csv_of(KIND, tmp_path, {**PART, **cells}), importer)[1] == [fault]


def test_parts_are_taken_back_to_what_they_were(importer, tmp_path):
    EnrolmentFactory(year=2001)
    first = written(KIND, csv_of(KIND, tmp_path, PART), importer)
    second = written(KIND, csv_of(KIND, tmp_path, {**PART, "amount": "5"}, name="again.csv"), importer)
    reversal = trail.open_batch(kind=ImportBatch.Kind.FILE, title="back", by=importer)

    KIND.undo(second, reversal, by=importer, reason="The wrong file.")
    back = amounts()[1:]
    third = written(KIND, csv_of(KIND, tmp_path, {**PART, "year": "2020"}), importer)
    KIND.undo(third, reversal, by=importer, reason="The wrong file.")

    assert first.pk is not None
    assert back == amounts()[1:] == [(2019, Decimal("1000.50"))]
