"""manage.py import_enrolments FILE --by USER: parts of households in projects, one row for each."""

from alleviation.imports.commanding import ImportCommand
from beneficiaries.imports.enrolments import EnrolmentImport


class Command(ImportCommand):
    """Households and projects must be registered."""

    help = "Import parts in projects from CSV or XLSX, all of the file or nothing."
    kind = EnrolmentImport()
