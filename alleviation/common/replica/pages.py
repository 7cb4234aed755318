"""Which pages are read from the replica, by the names of their addresses. All others stay with the primary.

A page belongs here if it is only read and shows nothing that is then written back: no form that is sent with the
version it was shown, no sign-in, no import that is watched, no right that somebody may just have lost.
"""

FIGURES = "overview funding sources source pledge income areas area claims reconciliation red-flags red-flag"
EXPLAINED = "explain explain-csv record evidence documents document"
RECORDS = "households household household-warnings projects project alliances alliance people person"
NAMED = "organisation branch award help help-figures help-handbook"
PAPERS = (
    "papers paper-project-ledger paper-area-ledger paper-year-ledger paper-project-notice paper-area-notice "
    "paper-register-notice paper-household-handbook paper-alliance-record"
)
DASHBOARDS = " ".join((FIGURES, EXPLAINED, RECORDS, NAMED, PAPERS))
REPORTS = "index detail csv datapackage xlsx zip all"

MOVED = frozenset(
    f"{part}:{name}" for part, names in (("dashboards", DASHBOARDS), ("reports", REPORTS)) for name in names.split()
)
