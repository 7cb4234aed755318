"""manage.py import_households FILE --by USER: households, one row for each member."""

from alleviation.imports.commanding import ImportCommand
from beneficiaries.imports.households import HouseholdImport


class Command(ImportCommand):
    """Members stand below each other; nobody leaves by a file."""

    help = "Import households with their members from CSV or XLSX, all of the file or nothing."
    kind = HouseholdImport()
