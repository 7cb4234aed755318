"""manage.py import_divisions FILE --by USER: places, one row for each."""

from alleviation.imports.commanding import ImportCommand
from projects.imports.places import PlaceImport


class Command(ImportCommand):
    """Whole national lists are loaded by load_divisions."""

    help = "Import places from CSV or XLSX, all of the file or nothing."
    kind = PlaceImport()
