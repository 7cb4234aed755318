"""manage.py import_incomes FILE --by USER: incomes of households, one row for each household and year."""

from alleviation.imports.commanding import ImportCommand
from beneficiaries.imports.incomes import IncomeImport


class Command(ImportCommand):
    """What the household register does not know is registered with it."""

    help = "Import incomes of households from CSV or XLSX, all of the file or nothing."
    kind = IncomeImport()
