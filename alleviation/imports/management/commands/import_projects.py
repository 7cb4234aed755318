"""manage.py import_projects FILE --by USER: projects, one row for each."""

from alleviation.imports.commanding import ImportCommand
from projects.imports.projects import ProjectImport


class Command(ImportCommand):
    """What is recorded otherwise is changed."""

    help = "Import projects from CSV or XLSX, all of the file or nothing."
    kind = ProjectImport()
