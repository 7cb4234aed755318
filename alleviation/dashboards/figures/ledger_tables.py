"""What stands beside the official figures: what waits to be checked, and what came from nowhere."""

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.common.query import Query
from alleviation.common.tables import Column, Kind, Table, mark_of
from alleviation.common.words import sentences
from alleviation.dashboards.figures.funding_tables import MONEY
from projects.reports import ReceivedWithoutUpstream
from projects.reports.ledger import lacking_rows, opened
from projects.rollups import Funding, pending_funding
from projects.rollups.ledger import without_upstream as lacking

Row = dict[str, Any]
ENTRIES = Column("entries", _("Entries"), Kind.COUNT, explained="pending-entries")
SUMS = tuple(replace(column, explained=f"pending-{column.key}") for column in MONEY if column.kind is Kind.YUAN)
# As many rows as a page can hold; the report has all of them.
SHOWN = 20


def pending(query: Query) -> list[Table]:
    """A table of what nobody has checked yet; none where nothing waits."""
    found = pending_funding(query)
    if not found:
        return []
    return [
        Table(
            slug="pending",
            title=_("Waiting to be checked: not in the figures"),
            columns=(Column("state", _("State")), ENTRIES, *SUMS),
            rows=[{"state": one.key.label, "_asked": {"of": one.key.value}, **_cells(one)} for one in found],
            total={"state": gettext("Total"), **_cells(sum(found, Funding()))},
            note=_(
                "Entries of the ledger that are drafted, submitted or returned. They are in no other figure until "
                "somebody else has posted them."
            ),
            asked=query.asked(),
        )
    ]


def without_upstream(query: Query) -> Table:
    """The first entries that do not say where their money came from; nothing is added up of more than are shown."""
    report = ReceivedWithoutUpstream()
    rows = [opened(row) for row in lacking_rows(lacking(query)[: SHOWN + 1], query)]
    if len(rows) <= SHOWN:
        table = report.table(query)
        return replace(table, rows=rows, total=table.total if rows else None)
    cut = gettext("Only the first are shown here; the report holds all of them.")
    note = sentences(report.description, cut)
    return Table(report.slug, report.title, report.columns, rows[:SHOWN], note=note, asked=query.asked())


def _cells(funding: Funding) -> Row:
    sums = {column.key: getattr(funding, column.key) for column in SUMS}
    return {**sums, "entries": funding.entries, "_made_up": mark_of(funding.made_up, funding.entries)}
