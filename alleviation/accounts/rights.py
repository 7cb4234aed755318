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
