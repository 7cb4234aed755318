"""Who looks after a household, what was done for it, what it had to pay, and what projects bring it."""

from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from alleviation.common.tables import Column, Kind, Row, Table
from alleviation.dashboards.households.handbook import Handbook
from alleviation.dashboards.households.parts import bare_table
from alleviation.dashboards.records.parts import both_names
from alleviation.scrutiny.figures.proof import record_url
from beneficiaries.models import Enrolment, LargeExpense, Monitoring, SupportMeasure
from projects.models import Official

ON = Column("on", _("Date"), Kind.DATE)
NOTE = Column("note", _("Note"))
RESPONSIBLE = (
    Column("who", _("Responsible person")),
    Column("from", _("From"), Kind.DATE),
    Column("until", _("Until")),
)
MEASURES = (
    Column("on", pgettext_lazy("day", "From"), Kind.DATE),
    Column("until", pgettext_lazy("day", "Until"), Kind.DATE),
    Column("kind", _("Kind")),
    Column("what", _("What was done")),
    Column("who", _("Responsible person")),
    Column("cost", _("Cost"), Kind.YUAN),
    Column("effect", _("Effect")),
)
VISITS = (ON, Column("who", _("Visitor")), Column("purpose", _("Purpose")), Column("found", _("What was found")))
MONITORINGS = (
    Column("on", _("Identified on"), Kind.DATE),
    Column("kind", _("Kind")),
    Column("risk", _("Main risk")),
    Column("other_risk", _("Another risk")),
    Column("by", _("Identified by")),
    NOTE,
    Column("cleared_on", _("Cleared on"), Kind.DATE),
    Column("why", _("Why it is cleared")),
)
EXPENSES = (
    ON,
    Column("kind", _("Kind")),
    Column("amount", _("Amount"), Kind.YUAN),
    Column("covered", _("Covered by insurance or relief"), Kind.YUAN),
    Column("borne", _("Borne by the household"), Kind.YUAN),
    NOTE,
)
ENROLMENTS = (
    Column("project", _("Project")),
    Column("year", _("Year"), Kind.YEAR),
    Column("role", _("Kind of benefit")),
    Column("member", _("Member")),
    Column("amount", _("Amount"), Kind.YUAN),
)


def responsible_table(book: Handbook) -> Table:
    """Who was responsible for the household, in time; who is now stands first."""
    rows = (
        {
            "who": both_names(one.official),
            "_url": one.official.get_absolute_url(),
            "from": one.from_on,
            "until": date_format(one.until_on, "DATE_FORMAT") if one.until_on else gettext("still"),
        }
        for one in book.responsible
    )
    empty = _("Nobody is recorded who is responsible for the household.")
    return bare_table("responsible", _("Responsible persons"), RESPONSIBLE, rows, empty)


def measures_table(book: Handbook) -> Table:
    """What was done for the household, the latest first, with its cost and effect."""
    rows = map(_measure_row, book.measures)
    return bare_table("measures", _("Measures"), MEASURES, rows, _("No measure has been recorded."))


def visits_table(book: Handbook) -> Table:
    """Who called on the household and what they found, the latest first."""
    rows = (
        {
            "on": one.visited_on,
            "who": both_names(one.official),
            "purpose": one.purpose,
            "found": one.found,
            "_urls": {"who": one.official.get_absolute_url()},
        }
        for one in book.visits
    )
    return bare_table("visits", _("Visits"), VISITS, rows, _("No visit has been recorded."))


def monitoring_table(book: Handbook) -> Table:
    """When the household was watched, and for which risk."""
    rows = map(_monitoring_row, book.monitorings)
    empty = _("The household has never been monitored.")
    return bare_table("monitoring", _("Monitoring since 2020"), MONITORINGS, rows, empty)


def expenses_table(book: Handbook) -> Table:
    """What the household had to pay in large sums, and what it bore of it itself."""
    rows = map(_expense_row, book.expenses)
    return bare_table("expenses", _("Large expenses"), EXPENSES, rows, _("No large expense has been recorded."))


def enrolments_table(book: Handbook) -> Table:
    """The household's parts in projects, year by year."""
    names = {one.key: one.masked_name for one in book.persons}
    rows = (_enrolment_row(one, book, names) for one in book.enrolments)
    empty = _("No part of the household in a project is recorded.")
    return bare_table("enrolments", _("Benefits from projects"), ENROLMENTS, rows, empty)


def _measure_row(one: SupportMeasure) -> Row:
    return {
        "on": one.begun_on,
        "until": one.ended_on,
        "kind": one.get_kind_display(),
        "what": one.what,
        **_person(one.official),
        "cost": one.cost,
        "effect": one.effect,
    }


def _person(official: Official | None) -> Row:
    if official is None:
        return {}
    return {"who": both_names(official), "_urls": {"who": official.get_absolute_url()}}


def _monitoring_row(one: Monitoring) -> Row:
    return {
        "on": one.identified_on,
        "kind": one.get_kind_display(),
        "risk": one.get_risk_display(),
        "other_risk": one.get_other_risk_display() if one.other_risk else "",
        "by": one.identified_by,
        "note": one.note,
        "cleared_on": one.cleared_on,
        "why": one.cleared_reason,
    }


def _expense_row(one: LargeExpense) -> Row:
    told = {name: getattr(one, name) for name in ("amount", "covered", "borne", "note")}
    return {"on": one.spent_on, "kind": one.get_kind_display(), **told}


def _enrolment_row(one: Enrolment, book: Handbook, names: dict[int, str]) -> Row:
    """A foreign project is neither named nor linked; the sheet of the row has its evidence."""
    project = book.projects.get(one.project_id)
    of_member = names.get(one.person_key or 0, gettext("a former member"))
    return {
        "project": f"{project.code} {project.local_name}" if project else gettext("A project outside your area"),
        "_url": project.get_absolute_url() if project else "",
        "year": one.year,
        "role": one.get_role_display(),
        "member": of_member if one.person_key else gettext("the household"),
        "amount": one.amount,
        "_urls": dict.fromkeys(("year", "amount"), record_url(Enrolment, one.pk)),
        "_made_up": bool(project and project.is_made_up),
    }
