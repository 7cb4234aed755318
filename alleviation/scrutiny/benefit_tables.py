"""Benefits beside disbursements as rows of a table, for the report and the page of a project alike."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import Column, Kind, mark_of
from alleviation.scrutiny.benefits import Benefit
from beneficiaries.reports.reach import few_each, reach_cells
from projects.reports.cells import marked, project_cells

YEAR = Column("year", _("Year"), Kind.YEAR)
SUMS = (
    Column("amount", _("Received by households"), Kind.YUAN, explained="received"),
    Column("unknown", _("Amount not known"), Kind.COUNT, explained="received-not-known"),
    Column("disbursed", _("Disbursed"), Kind.YUAN, explained="disbursed"),
    Column("spent", _("Spent"), Kind.YUAN, explained="spent"),
    Column("difference", _("Disbursed less received"), Kind.YUAN, explained="benefits-difference"),
)
VERDICT = Column("verdict", _("How they compare"))
NOTE = _(
    "What households and their members received, beside what the ledger has as disbursed and spent for the project in "
    "the year. They can rightly differ: a part of what is disbursed builds and buys; rents, wages and dividends are "
    "often paid out of what a project earns, outside the ledger. A difference is a question, not a finding."
)
EMPTY = _("Nobody has a part in a project here.")


def benefit_row(one: Benefit, query: Query) -> Row:
    """One project and year; of several together the numbers lead nowhere, since no one address asks for them."""
    if one.project is None:
        closed = {"_explained": {column.key: "" for column in SUMS}}
        verdict = one.verdict.label if one.reached.withheld else ""
        return {**benefit_names(one, query), **_sums(one, query), "difference": None, "verdict": verdict, **closed}
    return {**benefit_names(one, query), **_sums(one, query), "verdict": one.verdict.label}


def benefit_names(one: Benefit, query: Query) -> Row:
    """The project and the year, and what asks for them; of several together, that they are of few households."""
    if one.project is None:
        return {"project": few_each()}
    cells = project_cells(one.project, query.user.area)
    is_named = bool(cells["project_code"])
    named = {} if is_named else {"project": gettext("A project outside your area")}
    return {
        **cells,
        **named,
        "year": one.year,
        "_asked": {"project_id": str(one.project.pk), "year": str(one.year)},
        "_url": one.project.get_absolute_url() if is_named else "",
    }


def total_row(one: Benefit, query: Query) -> Row:
    """All together. A difference of sums of which some rows cannot be compared is none."""
    if not one.reached.services and not one.booked.entries:
        return {}
    # Just the money of the projects in which somebody has a part.
    explained = {"disbursed": "benefits-disbursed", "spent": "benefits-spent"}
    return {**_sums(one, query), "difference": None, "_explained": explained}


def _sums(one: Benefit, query: Query) -> Row:
    reached, booked = one.reached, one.booked
    cells = reach_cells(reached, query) if reached.services else {}
    money = {"disbursed": booked.disbursed, "spent": booked.spent} if booked.entries else {}
    mark = mark_of(reached.made_up + booked.made_up, reached.households + booked.entries)
    return {**cells, **money, "difference": one.difference, **marked(mark)}
