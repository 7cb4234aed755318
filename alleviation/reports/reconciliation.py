"""The report of what documents claim beside what our records hold."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.common.reports import Report, Row
from alleviation.scrutiny.reconciled import COLUMNS, NOTE, reconciled_row
from alleviation.scrutiny.reconciliation import reconcile


class Reconciliation(Report):
    """Claimed against recorded, claim by claim."""

    slug = "reconciliation"
    title = _("Claimed and recorded")
    description = NOTE
    permission = Right.VIEW_RECORDS
    filters = ("area", "measure", "status")
    columns = COLUMNS
    empty = _("No claim is recorded for this filter.")

    def rows(self, query: Query) -> Iterable[Row]:
        return (reconciled_row(one) for one in reconcile(query))

    def total(self, query: Query) -> None:
        return None
