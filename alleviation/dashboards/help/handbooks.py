"""The handbooks, one for each role: their sections in order, and the pages that each section explains."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Role


@dataclass(frozen=True)
class Handbook:
    """What one kind of people reads: its words stand in one template for each language.

    `sections` has the anchor of each section, and how the names of the pages begin that it explains.
    """

    role: Role
    title: Any
    sections: dict[str, tuple[str, ...]]

    @property
    def template(self) -> str:
        """The template with its words, in the reader's language."""
        return f"help/{folder()}/{self.role.value}.html"

    @property
    def address(self) -> str:
        """Where it is read."""
        return reverse("dashboards:help-handbook", args=[self.role.value])

    def section_of(self, view_name: str) -> str:
        """The anchor of the section that explains a page; "" where none does."""
        fitting = [
            (len(begins), anchor)
            for anchor, pages in self.sections.items()
            for begins in pages
            if view_name.startswith(begins)
        ]
        return max(fitting, default=(0, ""))[1]

    def address_for(self, view_name: str) -> str:
        """Where a page is explained; the beginning of the handbook where no section is about it."""
        anchor = self.section_of(view_name)
        return f"{self.address}#{anchor}" if anchor else self.address


def folder() -> str:
    """The folder of the reader's language, for templates and pictures alike."""
    return (get_language() or "en").replace("-", "_")


def _named(space: str, begins: str) -> tuple[str, ...]:
    return tuple(f"{space}:{begin}" for begin in begins.split())


def _pages(begins: str) -> tuple[str, ...]:
    """Pages of figures and records."""
    return _named("dashboards", begins)


def _desk(begins: str) -> tuple[str, ...]:
    """Lists and forms of the admin, by app and table."""
    return _named("admin", begins)


STORIES = _pages("alliance branch people person organisation award")
CLERK = Handbook(
    Role.CLERK,
    _("Handbook of the clerk"),
    {
        "day": (*_pages("overview"), *_desk("index app_list")),
        "project": (*_pages("project"), *_desk("projects_project")),
        "alliance": (
            *STORIES,
            *_desk("projects_alliance projects_partybranch projects_organisation projects_official"),
            *_desk("projects_post projects_award projects_division projects_succession"),
        ),
        "money": (*_pages("pledge"), *_desk("projects_ledgerentry projects_pledge projects_fundingsource")),
        "household": (*_pages("household"), *_desk("beneficiaries_")),
        "files": ("imports:",),
        "evidence": (*_pages("document claim evidence record"), *_desk("projects_document projects_claim")),
        "paper": _pages("paper"),
        "correct": (*_pages("person-erase"), *_desk("projects_ledgerentry_correct")),
        "flags": _pages("red-flag"),
        "year": ("closings:",),
        "read": (*_pages("funding source income area explain reconciliation"), "reports:"),
        "words": (),
        "refused": (),
    },
)
REVIEWER = Handbook(
    Role.REVIEWER,
    _("Handbook of the reviewer"),
    {
        "day": (*_pages("overview"), "admin:"),
        "entries": (*_pages("pledge"), *_desk("projects_ledgerentry projects_pledge")),
        "incomes": (*_pages("household"), *_desk("beneficiaries_")),
        "claims": _pages("claim document reconciliation evidence"),
        "flags": _pages("red-flag"),
        "year": ("closings:",),
        "persons": _pages("household-reveal household-find person-erase"),
        "read": (*_pages("funding source income area explain project record paper"), *STORIES, "reports:"),
        "words": (),
        "refused": (),
    },
)
MANAGER = Handbook(
    Role.MANAGER,
    _("Handbook of the manager"),
    {
        "day": _pages("overview"),
        "question": (),
        "drill": (*_pages("area project record"), *STORIES),
        "figure": _pages("explain evidence"),
        "money": _pages("funding source pledge"),
        "income": _pages("income household"),
        "claims": _pages("claim document reconciliation"),
        "attention": (*_pages("red-flag"), "closings:"),
        "take": (*_pages("paper"), "reports:"),
        "words": (),
        "refused": (),
    },
)
AUDITOR = Handbook(
    Role.AUDITOR,
    _("Handbook of the auditor"),
    {
        "day": (*_pages("overview"), "admin:"),
        "figure": (*_pages("explain funding source pledge income area project"), *STORIES, *_desk("projects_")),
        "claims": _pages("claim document reconciliation"),
        "flags": _pages("red-flag"),
        "gaps": _pages("evidence record"),
        "files": (*_pages("paper"), "reports:"),
        "years": ("closings:",),
        "trail": ("audit_trail:", "imports:", *_desk("audit_")),
        "persons": (*_pages("household"), *_desk("beneficiaries_")),
        "words": (),
        "refused": (),
    },
)
ADMINISTRATOR = Handbook(
    Role.ADMINISTRATOR,
    _("Handbook of the administrator"),
    {
        "day": ("admin:",),
        "account": _desk("accounts_"),
        "leave": (),
        "places": (*_desk("projects_division projects_succession"), "imports:"),
        "lines": _desk("beneficiaries_povertyline"),
        "server": (),
        "words": (),
        "refused": (),
    },
)
HANDBOOKS = (CLERK, REVIEWER, MANAGER, AUDITOR, ADMINISTRATOR)
BY_ROLE = {handbook.role.value: handbook for handbook in HANDBOOKS}
