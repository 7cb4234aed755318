"""Money that does not say where it came from."""

from django.utils.translation import gettext

from alleviation.common.query import Query
from projects.choices import EntryKind
from projects.models import LedgerEntry
from projects.rollups.funding import Funding, funding_of_entries
from projects.rollups.ledger import is_passed_on, without_upstream


def without_upstream_total(query: Query) -> Funding:
    """Σ amount by kind, in yuan, over the entries that do not say where their money came from, each at its place."""
    return funding_of_entries(without_upstream(query))


def missing_of(entry: LedgerEntry) -> str:
    """What an entry does not say, in words."""
    missing = []
    if entry.kind == EntryKind.DISBURSEMENT and not entry.allocation:
        missing.append(gettext("no allocation it is paid out of"))
    if not entry.handed_down_from and is_passed_on(entry.source.level, entry.division.level, entry.kind):
        missing.append(gettext("no entry it was handed down from"))
    return "; ".join(missing)
