"""manage.py load_reference: load the places and poverty lines that come with the project."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from alleviation.audit.trail import together
from beneficiaries.imports.reference import load_lines
from projects.imports.reference import load_bundled_places

BY = "manage.py load_reference"


class Command(BaseCommand):
    """Loads reference data, all or none; what a person entered or changed stays, and a second run changes nothing."""

    help = "Load the division codes, successions and poverty lines that come with the project."

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        with together():
            lists = load_bundled_places(by=BY)
            lines = load_lines(by=BY)
        if not verbosity:
            return
        for year, done in lists.items():
            self.stdout.write(
                _("List of %(year)s: %(added)s places added, %(changed)s changed, %(same)s as before, %(kept)s kept.")
                % {"year": year, **vars(done)}
            )
        self.stdout.write(_("%(number)s poverty lines.") % {"number": lines})
