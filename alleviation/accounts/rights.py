"""What a role may do. A right is asked for by name; nothing asks for a role."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Right(StrEnum):
    """One thing a person may do."""

    VIEW_FIGURES = "view_figures"
    VIEW_RECORDS = "view_records"
    VIEW_HOUSEHOLDS = "view_households"
    ENTER_RECORDS = "enter_records"
    EXPORT_REPORTS = "export_reports"
    CHECK_ENTRIES = "check_entries"
    PROPOSE_CLOSING = "propose_closing"
    CLOSE_YEARS = "close_years"
    JUDGE_CLAIMS = "judge_claims"
    ASK_WAIVERS = "ask_waivers"
    WAIVE_FLAGS = "waive_flags"
    REVEAL_PERSONS = "reveal_persons"
    ERASE_PERSONS = "erase_persons"
    APPROVE_DOWNLOADS = "approve_downloads"
    VIEW_TRAIL = "view_trail"
    MANAGE_ACCOUNTS = "manage_accounts"
    MANAGE_REFERENCE = "manage_reference"


class Role(models.TextChoices):
    """The kinds of people of an office; each carries its rights."""

    CLERK = "clerk", _("clerk")
    REVIEWER = "reviewer", _("reviewer")
    MANAGER = "manager", _("manager")
    AUDITOR = "auditor", _("auditor")
    ADMINISTRATOR = "administrator", _("administrator")

    @property
    def rights(self) -> frozenset[Right]:
        return RIGHTS_OF[self]


_READING = {Right.VIEW_FIGURES, Right.VIEW_RECORDS, Right.EXPORT_REPORTS}

RIGHTS_OF: dict[Role, frozenset[Right]] = {
    Role.CLERK: frozenset(
        _READING
        | {Right.VIEW_HOUSEHOLDS, Right.REVEAL_PERSONS}
        | {Right.ENTER_RECORDS, Right.PROPOSE_CLOSING, Right.ASK_WAIVERS}
    ),
    Role.REVIEWER: frozenset(
        _READING
        | {Right.VIEW_HOUSEHOLDS, Right.REVEAL_PERSONS, Right.ERASE_PERSONS}
        | {Right.CHECK_ENTRIES, Right.JUDGE_CLAIMS, Right.APPROVE_DOWNLOADS}
        | {Right.PROPOSE_CLOSING, Right.CLOSE_YEARS, Right.ASK_WAIVERS, Right.WAIVE_FLAGS}
    ),
    Role.MANAGER: frozenset(_READING),
    Role.AUDITOR: frozenset(
        _READING | {Right.VIEW_HOUSEHOLDS, Right.REVEAL_PERSONS, Right.VIEW_TRAIL, Right.APPROVE_DOWNLOADS}
    ),
    Role.ADMINISTRATOR: frozenset({Right.MANAGE_ACCOUNTS, Right.MANAGE_REFERENCE}),
}


class Scope(models.TextChoices):
    """What a token lets another program read, as far as its owner may; each report is of one of them."""

    FIGURES = "figures", _("money, projects, claims, sums of incomes")
    HOUSEHOLDS = "households", _("single households, with masked names")
    TRAIL = "trail", _("the audit trail")

    @property
    def rights(self) -> frozenset[Right]:
        """What it grants. Reading goes with each: a report may look at projects to tell of households."""
        return frozenset(_READING | RIGHT_OF_SCOPE.get(self, set()))

    @classmethod
    def of(cls, right: Right) -> "Scope":
        """The scope of a report that asks for this right."""
        return next((one for one, rights in RIGHT_OF_SCOPE.items() if right in rights), cls.FIGURES)


RIGHT_OF_SCOPE: dict[Scope, set[Right]] = {
    Scope.HOUSEHOLDS: {Right.VIEW_HOUSEHOLDS},
    Scope.TRAIL: {Right.VIEW_TRAIL},
}

# No one person may do both: who enters does not check, who keeps accounts does neither, nor reads what is in them.
APART: tuple[tuple[Right, Right], ...] = (
    (Right.ENTER_RECORDS, Right.CHECK_ENTRIES),
    (Right.ENTER_RECORDS, Right.VIEW_TRAIL),
    (Right.CHECK_ENTRIES, Right.VIEW_TRAIL),
    (Right.MANAGE_ACCOUNTS, Right.ENTER_RECORDS),
    (Right.MANAGE_ACCOUNTS, Right.CHECK_ENTRIES),
    (Right.MANAGE_ACCOUNTS, Right.VIEW_TRAIL),
)


def roles_apart() -> list[tuple[Role, Role]]:
    """Pairs of roles, in both orders, that one person may not have where their areas meet."""
    pairs = ((one, other) for one in Role for other in Role if one != other)
    return [(one, other) for one, other in pairs if any(_hold(one, other, *both) for both in APART)]


def are_apart(role: str, area: str, other_role: str, other_area: str) -> bool:
    """Whether nobody may have both: an administrator's area says nothing, all others' areas have to meet."""
    if (Role(role), Role(other_role)) not in roles_apart():
        return False
    do_meet = area.startswith(other_area) or other_area.startswith(area)
    return do_meet or Role.ADMINISTRATOR in (role, other_role)


def _hold(one: Role, other: Role, this: Right, that: Right) -> bool:
    return (this in one.rights and that in other.rights) or (that in one.rights and this in other.rights)
