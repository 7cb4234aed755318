"""Every form that the office prints: what it is for, who may print it, by what it is asked, and where one starts."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right, Role


@dataclass(frozen=True)
class Form:
    """One form. `words` stand on the button that leads to it, beside the record that it is printed of.

    `asked_by` names what narrows it beside its record; `begins` is the page, and `choose` the words, by which one
    comes to a record.
    """

    slug: str
    words: Any
    name: Any
    purpose: Any
    asked_by: tuple[str, ...]
    begins: str
    choose: Any
    right: Right = Right.VIEW_RECORDS

    def is_for(self, user: User) -> bool:
        """Whether this person may print it."""
        return user.may(self.right)

    @property
    def printed_by(self) -> list[Any]:
        """The roles that may print it."""
        return [role.label for role in Role if self.right in role.rights]


_LEDGER, _NOTICE = _("Ledger on paper"), _("Public notice")
_PROJECT, _AREA = _("Choose a project"), _("Choose an area")
FORMS = (
    Form(
        "year-ledger",
        _LEDGER,
        _("Funding ledger of a year"),
        _("Each posted entry of a year by day and voucher, with who entered and who checked it, and the sums."),
        ("area", "kind", "source", "as_of"),
        "dashboards:funding",
        _("Choose a year"),
    ),
    Form(
        "area-ledger",
        _LEDGER,
        _("Funding ledger of a place"),
        _("The same for a village, a township, a county or more: for its own file, or for an inspection."),
        ("year", "plan", "kind", "source", "as_of"),
        "dashboards:areas",
        _AREA,
    ),
    Form(
        "project-ledger",
        _LEDGER,
        _("Funding ledger of a project"),
        _("The same for one project: goes with its accounts when it is accepted."),
        ("year", "plan", "source", "as_of"),
        "dashboards:projects",
        _PROJECT,
    ),
    Form(
        "project-notice",
        _NOTICE,
        _("Public notice of a project"),
        _("What is built, where, by whom, with whose money, and where to call: put up before work begins and after."),
        ("year", "plan", "as_of"),
        "dashboards:projects",
        _PROJECT,
    ),
    Form(
        "area-notice",
        _NOTICE,
        _("Public notice of the projects of a place"),
        _("All projects of a village, a township or a county with their money: put up once a year."),
        ("year", "plan", "kind", "source", "as_of"),
        "dashboards:areas",
        _AREA,
    ),
    Form(
        "register-notice",
        _("Register on paper"),
        _("Public notice of a village's register"),
        _("Which households are on the register, by number, with masked names: put up in the village."),
        ("household_status",),
        "dashboards:areas",
        _("Choose a village"),
        Right.VIEW_HOUSEHOLDS,
    ),
    Form(
        "household-handbook",
        _("Handbook on paper"),
        _("Handbook of a household"),
        _("Members with masked names, living conditions, incomes, benefits and visits: signed by its head."),
        (),
        "dashboards:households",
        _("Choose a household"),
        Right.VIEW_HOUSEHOLDS,
    ),
    Form(
        "alliance-record",
        _("Record on paper"),
        _("Record of an alliance"),
        _("Parties, agreement, term, activities, what was undertaken and what was done: signed by the parties."),
        (),
        "dashboards:alliances",
        _("Choose an alliance"),
    ),
)
BY_SLUG = {form.slug: form for form in FORMS}
