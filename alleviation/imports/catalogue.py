"""The kinds of files that can be imported, listed by hand in the order in which an office meets them."""

from alleviation.accounts.models import User
from alleviation.intake.kinds import ImportKind
from beneficiaries.imports.incomes import IncomeImport

CATALOGUE: tuple[ImportKind, ...] = (IncomeImport(),)
BY_SLUG: dict[str, ImportKind] = {kind.slug: kind for kind in CATALOGUE}


def kinds_for(user: User) -> tuple[ImportKind, ...]:
    """What somebody may import."""
    return tuple(kind for kind in BY_SLUG.values() if user.may(kind.right))
