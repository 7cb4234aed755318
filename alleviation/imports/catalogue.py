"""The kinds of files that can be imported, listed by hand in the order in which an office meets them."""

from alleviation.accounts.models import User
from alleviation.intake.kinds import ImportKind
from beneficiaries.imports.enrolments import EnrolmentImport
from beneficiaries.imports.households import HouseholdImport
from beneficiaries.imports.incomes import IncomeImport
from projects.imports.alliances import AllianceImport
from projects.imports.ledger import LedgerImport
from projects.imports.places import PlaceImport
from projects.imports.projects import ProjectImport

CATALOGUE: tuple[ImportKind, ...] = (
    ProjectImport(),
    LedgerImport(),
    HouseholdImport(),
    IncomeImport(),
    EnrolmentImport(),
    AllianceImport(),
    PlaceImport(),
)
BY_SLUG: dict[str, ImportKind] = {kind.slug: kind for kind in CATALOGUE}


def kinds_for(user: User) -> tuple[ImportKind, ...]:
    """What somebody may import."""
    return tuple(kind for kind in BY_SLUG.values() if user.may(kind.right))
