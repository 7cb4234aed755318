"""What a record says, in words: the kinds of record that a figure is made of, and those that it is held against."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.common import words
from alleviation.common.tables import explain_url
from alleviation.dashboards.figures.pledge_tables import years_in_words
from alleviation.dashboards.records.parts import (
    Fact,
    Link,
    both_names,
    fact,
    facts_of,
    not_stated,
    place_link,
    pledge_url,
    seen,
    source_url,
)
from alleviation.scrutiny.catalogue import BY_SLUG
from alleviation.scrutiny.figures.lines import KEPT_BY, named
from alleviation.scrutiny.figures.proof import record_url
from alleviation.scrutiny.flags.homes import household_url
from beneficiaries.models import Enrolment, IncomeRecord, PovertyLine
from projects.choices import EntryState
from projects.models import LedgerEntry, Milestone, Pledge, Project

# Each word of the ledger for another entry, by the column that holds its voucher.
NAMED = {
    "allocation": _("Paid out of"),
    "handed_down_from": _("Handed down from"),
    "reverses": _("Reverses"),
    "replaces": _("Replaces"),
}
COMPONENTS = {
    "wage_income": _("wage income"),
    "business_income": _("business income"),
    "property_income": _("property income"),
    "transfer_income": _("transfer income"),
    "expenses": _("expenses"),
}


def facts_about(record: Model, user: User) -> list[Fact]:
    """What a record says; another area's record that it names is neither named nor linked."""
    return FACTS[type(record)](record, user)


def title_of(record: Any) -> str:
    """What the page of a record is called; no person is named in it."""
    kind = capfirst(record._meta.verbose_name)
    if isinstance(record, LedgerEntry):
        return f"{kind} {record.voucher or record.draft_name}"
    if isinstance(record, IncomeRecord | Enrolment):
        return gettext("%(kind)s %(number)s of %(year)s") % {
            "kind": kind,
            "number": f"#{record.pk}",
            "year": record.year,
        }
    if isinstance(record, PovertyLine):
        return named(record)
    return f"{kind} #{record.pk}"


def admin_url(record: Any, user: User) -> str:
    """The form of the record, or of what it is part of, for those who may open it."""
    if not user.can_open_records:
        return ""
    whole = getattr(record, getattr(record, "is_part_of", ""), record)
    return reverse(f"admin:{whole._meta.app_label}_{whole._meta.model_name}_change", args=[whole.pk])


def _of_entry(entry: LedgerEntry, user: User) -> list[Fact]:
    source = entry.source
    return [
        fact(_("Kind"), entry.get_kind_display()),
        Fact(_("Amount"), (Link(_money(entry.amount), _explained(entry)),)),
        fact(_("Date"), entry.booked_on),
        fact(_("Year"), entry.year),
        fact(_("State"), entry.get_state_display()),
        Fact(_("Funding source"), (Link(both_names(source), source_url(source.code), source.is_made_up),)),
        Fact(_("Place"), (place_link(entry.division, user),)),
        Fact(_("Project"), (_project(entry.project, user),)),
        *_vouchers(entry, user),
        fact(_("Own voucher number"), entry.document_number),
        fact(_("Note"), entry.note),
        *_people(entry),
    ]


def _vouchers(entry: LedgerEntry, user: User) -> list[Fact]:
    """The entries that this one names, and that name it as what they take back or stand for."""
    rows = LedgerEntry.objects.visible_to(user)
    named = {column: getattr(entry, column) for column in NAMED if getattr(entry, column)}
    found = {one.voucher: one for one in rows.with_voucher(*sorted(set(named.values())))} if named else {}
    facts = [Fact(NAMED[column], (_voucher(voucher, found.get(voucher)),)) for column, voucher in named.items()]
    if entry.voucher:
        kept = rows.exclude(state=EntryState.WITHDRAWN)
        later = ((_("Reversed by"), kept.reversing(entry.voucher)), (_("Replaced by"), kept.replacing(entry.voucher)))
        facts += [facts_of(label, map(_entry, ones)) for label, ones in later if ones]
    return facts


def _voucher(voucher: str, entry: LedgerEntry | None) -> Link:
    return _entry(entry) if entry else Link(voucher)


def _entry(entry: LedgerEntry) -> Link:
    return Link(entry.voucher or entry.draft_name, record_url(LedgerEntry, entry.pk), entry.is_made_up)


def _people(entry: LedgerEntry) -> list[Fact]:
    """Who did what, and when; a step that was not taken is left out."""
    taken = (
        (_("Entered by"), entry.drafted_by, entry.drafted_at),
        (_("Imported by"), entry.imported_by, None),
        (_("Submitted by"), entry.submitted_by, entry.submitted_at),
        (_("Checked by"), entry.checked_by, entry.checked_at),
    )
    told = [fact(label, _by_and_when(name, at)) for label, name, at in taken if name]
    why = ((_("Why it was returned"), entry.return_note), (_("Why it was corrected"), entry.reason))
    return [*told, *(fact(label, reason) for label, reason in why if reason)]


def _of_pledge(pledge: Pledge, user: User) -> list[Fact]:
    source, document = pledge.source, pledge.stated_in
    stated = Link(document.title, document.get_absolute_url(), document.is_made_up) if document else None
    return [
        fact(_("Amount"), pledge.figure.words("CNY"), pledge_url(pledge.pk)),
        fact(_("Paid"), pledge.get_basis_display()),
        fact(_("Years"), years_in_words(pledge)),
        Fact(_("Pledged by"), (Link(both_names(source), source_url(source.code), source.is_made_up),)),
        Fact(_("For"), (place_link(pledge.division, user),)),
        Fact(_("Project"), (_project(pledge.project, user),)),
        Fact(_("Stated in"), (stated or Link(not_stated("")),)),
        fact(_("Note"), pledge.note),
        *([fact(_("Why it was revised"), pledge.reason)] if pledge.reason else []),
    ]


def _of_milestone(milestone: Milestone, user: User) -> list[Fact]:
    return [
        fact(_("Milestone"), milestone.local_title),
        Fact(_("Project"), (_project(milestone.project, user),)),
        fact(_("Due on"), not_stated(milestone.due_on)),
        fact(_("Reached on"), milestone.reached_on or gettext("not yet")),
        fact(_("Note"), milestone.note),
    ]


def _of_income(income: IncomeRecord, user: User) -> list[Fact]:
    parts = ((label, getattr(income, name)) for name, label in COMPONENTS.items())
    why = [fact(_("Why it was corrected"), income.reason)] if income.reason else []
    later = [fact(_("Corrected at"), _when(income.superseded_at))] if income.superseded_at else []
    return [
        *_of_part(income, user),
        Fact(_("Village in that year"), (place_link(income.village, user),)),
        fact(_("Persons counted"), income.persons),
        *(fact(capfirst(label), _money(amount)) for label, amount in parts),
        fact(_("Net income"), _money(income.net_income)),
        fact(_("Status"), income.get_status_display()),
        *why,
        fact(_("Recorded at"), _when(income.recorded_at)),
        *later,
    ]


def _of_enrolment(enrolment: Enrolment, user: User) -> list[Fact]:
    return [
        *_of_part(enrolment, user),
        Fact(_("Project"), (_project(enrolment.project, user),)),
        fact(_("Kind of benefit"), enrolment.get_role_display()),
        fact(_("Amount"), not_stated("" if enrolment.amount is None else _money(enrolment.amount))),
    ]


def _of_part(record: IncomeRecord | Enrolment, user: User) -> list[Fact]:
    """The household by its number, which leads to its own page, names masked there; the year."""
    household = record.household
    opens = household_url(household.pk) if user.may(Right.VIEW_HOUSEHOLDS) else ""
    return [
        Fact(_("Household"), (Link(household.number, opens, household.is_made_up),)),
        fact(_("Year"), record.year),
    ]


def _of_line(line: PovertyLine, user: User) -> list[Fact]:
    return [
        fact(_("Kind"), line.get_kind_display()),
        fact(_("Year"), line.year),
        Fact(_("Area"), (place_link(line.division, user),)) if line.division else fact(_("Area"), gettext("Nation")),
        fact(_("Amount"), line.figure.words("CNY"), explain_url("poverty-line", {"of": line.pk})),
        fact(_("Income concept"), line.get_concept_display()),
        fact(_("Price base"), not_stated(line.price_base)),
        fact(_("Source"), line.source),
        fact(_("Kept by"), KEPT_BY),
    ]


def _project(project: Project | None, user: User) -> Link:
    """The project it is for; a foreign one is neither named nor linked."""
    if project is None:
        return Link(gettext("Not tied to a project"))
    if not seen([project], user):
        return Link(gettext("A project outside your area"))
    return Link(f"{project.code} {project.local_name}", project.get_absolute_url(), project.is_made_up)


def _money(amount: Decimal) -> str:
    """As booked, to the fen."""
    return f"{words.yuan(amount)} {pgettext('unit', 'yuan')}"


def _explained(entry: LedgerEntry) -> str:
    """The explanation of the amount, which only a posted entry has."""
    is_figure = entry.is_posted and "entry" in BY_SLUG
    return explain_url("entry", {"of": entry.voucher}) if is_figure else ""


def _by_and_when(name: str, at: datetime | None) -> str:
    return f"{name}, {_when(at)}" if at else name


def _when(at: datetime) -> str:
    return date_format(localtime(at), "DATETIME_FORMAT")


FACTS: dict[type[Model], Callable[[Any, User], list[Fact]]] = {
    LedgerEntry: _of_entry,
    Pledge: _of_pledge,
    Milestone: _of_milestone,
    IncomeRecord: _of_income,
    Enrolment: _of_enrolment,
    PovertyLine: _of_line,
}
