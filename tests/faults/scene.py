"""The people, places and sources of the fault runs, each written with its event."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils import timezone

from alleviation.accounts.models import User
from alleviation.accounts.rights import Role
from alleviation.audit import trail
from alleviation.audit.entry import enter
from beneficiaries.models import Household, IncomeRecord, concept_of
from projects.models import Division, FundingSource, LedgerEntry

COMMAND = "fault runner"
VILLAGES = ("513228212205", "513229200201")
YEARS = (2019, 2020)
PAIRS = 8


@dataclass(frozen=True)
class Scene:
    """Who writes, where, and from what money."""

    source: FundingSource
    villages: list[Division]
    clerks: list[User] = field(default_factory=list)
    reviewers: list[User] = field(default_factory=list)

    def entry(self, tag: str, number: int) -> LedgerEntry:
        """An allocation that can be told by its tag; the number decides its county, year and amount."""
        year = YEARS[number // 2 % 2]
        return LedgerEntry(
            kind="allocation",
            year=year,
            booked_on=date(year, 6, 30),
            amount=Decimal(number * 100 + 7).scaleb(-2),
            source=self.source,
            division=self.villages[number % 2],
            document_number=tag,
        )

    def imported(self, tag: str, number: int) -> list[LedgerEntry]:
        """A file of entries, as drafts of the command that reads it."""
        entries = [self.entry(tag, one) for one in range(1, number + 1)]
        for entry in entries:
            entry.imported_by = entry.drafted_by = COMMAND
            entry.drafted_at = timezone.now()
        return entries

    def households(self, tag: str, number: int) -> list[Household]:
        return [Household(village=self.villages[0], number=f"{tag}-{one}") for one in range(number)]

    def income(self, household: Household) -> IncomeRecord:
        parts = ("wage_income", "business_income", "property_income", "transfer_income", "expenses")
        amounts = {name: Decimal(f"{place}00.10") for place, name in enumerate(parts)}
        return IncomeRecord(
            household=household, year=2019, village=household.village, persons=4, concept=concept_of(2019), **amounts
        )


def build(password: str = "") -> Scene:
    """Write the scene into an empty database; with a hashed password its people can sign in."""
    villages = [Division.objects.create(code=code, level=5, vintage=2019, name="村") for code in VILLAGES]
    for code in ("513228", "513229"):
        Division.objects.create(code=code.ljust(12, "0"), level=3, vintage=2019, name="县")
    source = FundingSource(code="fund", name="A fund", level="social")
    enter(source, by=COMMAND)
    scene = Scene(source, villages)
    for number in range(PAIRS):
        scene.clerks.append(_person(f"clerk-{number}", Role.CLERK, password))
        scene.reviewers.append(_person(f"reviewer-{number}", Role.REVIEWER, password))
    return scene


def _person(name: str, role: Role, password: str) -> User:
    person = User(username=name, role=role, area="51", password=password)
    if not password:
        person.set_unusable_password()
    trail.write(person, by=COMMAND)
    return person
