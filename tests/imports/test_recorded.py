"""Export → import is the identity: what is recorded, as a file, changes nothing when it comes back."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import translation

from alleviation.accounts.models import User
from alleviation.accounts.rights import Role
from alleviation.imports.catalogue import CATALOGUE
from alleviation.intake.recorded import recorded_csv
from tests.factories import (
    AllianceFactory,
    EnrolmentFactory,
    HouseholdFactory,
    IncomeRecordFactory,
    LedgerEntryFactory,
    PersonFactory,
    ProjectFactory,
    UserFactory,
    place,
)
from tests.imports.sheets import checked

ROWS = {"projects": 2, "ledger": 2, "households": 3, "incomes": 3, "enrolments": 1, "alliances": 1, "divisions": 2}


@pytest.fixture
def county(db: None) -> None:
    """A little of everything, with texts that spreadsheets like to change; and a household elsewhere."""
    village = place("110101001001")
    names = {"name": '=1+1, "x"', "name_zh": "-村", "summary": "@home"}
    project = ProjectFactory(code="PV-1", division=village, started_on=date(2019, 5, 1), **names)
    ProjectFactory(code="007", division=village, capacity=Decimal("30.5"), capacity_unit="MW")
    homes = [HouseholdFactory(village=village, number=number) for number in ("0007", "12")]
    for home, name, tail in ((homes[0], "张三", "0011"), (homes[0], "李四", ""), (homes[1], "欧阳·娜", "002X")):
        PersonFactory(household=home, name=name, id_tail=tail, relation="child" if name == "李四" else "head")
    IncomeRecordFactory(household=homes[0], year=2018, business_income=Decimal("-0.05"))
    IncomeRecordFactory(household=homes[0], year=2019)
    IncomeRecordFactory(household=homes[1], year=2013, persons=1, expenses=Decimal("1234567.89"))
    EnrolmentFactory(household=homes[1], project=project, amount=None)
    AllianceFactory(division=village, title="Alliance; one", note="+86")
    for number in ("A-1", "=A2"):
        LedgerEntryFactory(division=village, document_number=number, note="@?", project=None)
    IncomeRecordFactory(household=HouseholdFactory(village=place("220202002002")))


@pytest.fixture
def by(county: None) -> dict[str, User]:
    clerk = UserFactory(username="importer", role=Role.CLERK, area="110101")
    return {**dict.fromkeys(ROWS, clerk), "divisions": UserFactory(username="admin-1", role=Role.ADMINISTRATOR)}


@pytest.mark.sampled(5)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("kind", CATALOGUE, ids=lambda kind: kind.slug)
def test_what_is_recorded_comes_back_as_the_same(kind, language, by, tmp_path):
    with translation.override(language):
        content = "".join(recorded_csv(kind, by=by[kind.slug]))
    path: Path = tmp_path / "recorded.csv"
    path.write_text(content, encoding="utf-8", newline="")

    findings, faults = checked(kind, path, by[kind.slug])

    assert faults == []
    assert (findings.new, findings.changed, findings.same) == (0, 0, ROWS[kind.slug])
