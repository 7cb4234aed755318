"""Where the forms of a record are, for the pages of the records. What the filter asks is added by the page."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.dashboards.records.parts import Link
from projects.choices import Level
from projects.models import Alliance, Division, Project

# Of a larger place there is too much for a sheet that is put up.
LARGEST_NOTICE = Level.COUNTY


def project_papers(project: Project) -> list[Link]:
    """The ledger of a project, and the notice of it."""
    return [
        _link(_("Ledger on paper"), "project-ledger", project.code),
        _link(_("Notice on paper"), "project-notice", project.code),
    ]


def area_papers(place: Division | None, user: User) -> list[Link]:
    """The ledger of a place, the notice of its projects, and, of a village, that of its register."""
    if place is None:
        return []
    found = [_link(_("Ledger on paper"), "area-ledger", place.code)]
    if place.level >= LARGEST_NOTICE:
        found.append(_link(_("Notice on paper"), "area-notice", place.code))
    if place.level == Level.VILLAGE and user.may(Right.VIEW_HOUSEHOLDS):
        found.append(_link(_("Register on paper"), "register-notice", place.code))
    return found


def year_papers(year: int | None) -> list[Link]:
    """The ledger of a year."""
    return [_link(_("Ledger on paper"), "year-ledger", year)] if year else []


def alliance_papers(alliance: Alliance) -> list[Link]:
    """The record of an alliance."""
    return [_link(_("Record on paper"), "alliance-record", alliance.pk)]


def household_papers(number: int) -> list[Link]:
    """The handbook of a household."""
    return [_link(_("Handbook on paper"), "household-handbook", number)]


def _link(text: object, paper: str, key: object) -> Link:
    return Link(str(text), reverse(f"dashboards:paper-{paper}", args=[key]))
