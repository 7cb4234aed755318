"""A township of two villages, one household on the register, and files of incomes."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from alleviation.accounts.models import User
from alleviation.accounts.rights import Role
from beneficiaries.actions import register_household, register_person
from beneficiaries.imports.incomes import IncomeImport
from beneficiaries.models import Household, Person
from projects.models import Division
from tests.factories import UserFactory, place
from tests.imports.incomes.rows import HEADER, NUMBERS, row

WriteFile = Callable[..., Path]


@pytest.fixture
def villages(db: None) -> list[Division]:
    """Two villages of the importer, and one of another county."""
    return [place(code, "village") for code in ("110101001001", "110101001002", "220202002002")]


@pytest.fixture
def importer(villages: list[Division]) -> User:
    """Enters records of county 110101."""
    return UserFactory(username="importer", role=Role.CLERK, area="110101")


@pytest.fixture
def registered(importer: User, villages: list[Division]) -> Household:
    """Household 0001 of the first village, headed by 张三."""
    household = Household(village=villages[0], number="0001")
    register_household(household, by=importer)
    register_person(Person(household=household, name="张三", relation="head"), by=importer, id_number=NUMBERS[0])
    return household


@pytest.fixture
def file_of(tmp_path: Path) -> WriteFile:
    """Writes a CSV file of these rows below the header."""

    def write(*rows: dict[str, str], name: str = "incomes.csv") -> Path:
        lines = [HEADER, *(row(**one) for one in rows)]
        path = tmp_path / name
        path.write_bytes("\r\n".join(",".join(line) for line in lines).encode())
        return path

    return write


@pytest.fixture
def kind() -> IncomeImport:
    return IncomeImport()


@pytest.fixture
def days_ago() -> Callable[[int], date]:
    """A day so many days before today."""
    return lambda days: timezone.localdate() - timedelta(days=days)
