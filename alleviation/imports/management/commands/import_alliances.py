"""manage.py import_alliances FILE --by USER: alliances of party branches, one row for each."""

from alleviation.imports.commanding import ImportCommand
from projects.imports.alliances import AllianceImport


class Command(ImportCommand):
    """Branches that the file names must be recorded."""

    help = "Import alliances from CSV or XLSX, all of the file or nothing."
    kind = AllianceImport()
