"""What the steps of a load have to know of each other: the ids from which on their rows stand, and who enters them."""

from dataclasses import dataclass

from django.db.models import Model

from alleviation.accounts.models import User
from alleviation.accounts.rights import Role
from alleviation.audit.trail import write
from alleviation.example.load.size import HOUSEHOLDS_PER_COUNTY, HOUSEHOLDS_PER_VILLAGE, Size
from alleviation.example.load.steps import first_id, listed
from beneficiaries.models import Enrolment, Household, IncomeRecord, Person, StatusChange
from projects.models import Division, FundingSource, LedgerEntry, Project, VoucherSeries

County = tuple[int, str]
BY = "manage.py generate_load"
MAKER, CHECKER = "load-maker", "load-checker"

KEPT: dict[str, type[Model]] = {
    "households": Household,
    "heads": Person,
    "changes": StatusChange,
    "incomes": IncomeRecord,
    "parts": Enrolment,
    "projects": Project,
    "sources": FundingSource,
    "entries": LedgerEntry,
    "series": VoucherSeries,
}


@dataclass(frozen=True)
class Ground:
    """The first id of each kind of record that others refer to, the counties (id, code), and two disabled users."""

    size: Size
    counties: list[County]
    townships: int
    villages: int
    households: int
    heads: int
    changes: int
    incomes: int
    parts: int
    projects: int
    sources: int
    entries: int
    series: int
    maker: int
    checker: int

    def listed_counties(self, name: str) -> str:
        """SQL: a table of number, id and leading digits of each county."""
        return listed([(number, pk, code[:6]) for number, (pk, code) in enumerate(self.counties)], name)

    @property
    def village(self) -> str:
        """SQL: the id of the village of household number `n`."""
        return f"{self.villages} + n / {HOUSEHOLDS_PER_VILLAGE}"

    @property
    def household(self) -> str:
        """SQL: the id of household number `n`."""
        return f"{self.households} + n"

    @property
    def project(self) -> str:
        """SQL: the id of the project of the county of household number `n`."""
        return f"{self.projects} + n / {HOUSEHOLDS_PER_COUNTY}"


def prepared(size: Size, counties: list[County]) -> Ground:
    """The ground for a load, with its two users, of whom nobody can sign in."""
    townships = first_id(Division)
    area = counties[0][1][:2]
    return Ground(
        size=size,
        counties=counties,
        townships=townships,
        villages=townships + size.townships,
        **{name: first_id(model) for name, model in KEPT.items()},
        maker=_user(MAKER, Role.CLERK, area).pk,
        checker=_user(CHECKER, Role.REVIEWER, area).pk,
    )


def _user(name: str, role: Role, area: str) -> User:
    person = User(username=name, role=role, area=area, is_active=False)
    person.set_unusable_password()
    write(person, by=BY)
    return person
