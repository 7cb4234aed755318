"""manage.py import_ledger FILE --by USER: ledger entries, one row for each."""

from alleviation.imports.commanding import ImportCommand
from projects.imports.ledger import LedgerImport


class Command(ImportCommand):
    """They come in as submissions of USER; somebody else posts them."""

    help = "Import ledger entries from CSV or XLSX, all of the file or nothing."
    kind = LedgerImport()
