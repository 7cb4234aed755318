"""Take the example out again, but for what people changed or built on."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from alleviation.accounts.models import User
from alleviation.audit.models import ImportBatch
from alleviation.example.loading import current_batch
from alleviation.example.removal import Removal, remove


class Command(BaseCommand):
    """manage.py remove_example [--dry-run]"""

    help = "Remove the example and its sign-ins; what people changed or built on stays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help=_("Only say what would be removed."))

    def handle(self, *args: Any, **options: Any) -> None:
        if current_batch() is None:
            self.stdout.write(_("There is no example to remove."))
            return
        # Earlier examples too: what stayed of them may have nobody any more who needs it.
        batches = list(ImportBatch.objects.filter(kind=ImportBatch.Kind.EXAMPLE))
        self.tell(remove(batches, dry_run=options["dry_run"]))
        self.stdout.write(_("Nothing was removed yet.") if options["dry_run"] else _("The example is removed."))
        if not User.objects.filter(is_example=False, is_active=True).exists():
            self.stdout.write(
                _("Without the example nobody can sign in. Make the first administrator: manage.py createsuperuser")
            )

    def tell(self, removal: Removal) -> None:
        for model, number in removal.gone.items():
            self.stdout.write(f"{number:>6} {model._meta.verbose_name_plural}")
        for record in removal.staying:
            self.stdout.write(
                _("Stays, as someone changed it or built on it: %(kind)s %(name)s")
                % {"kind": record._meta.verbose_name, "name": record}
            )
