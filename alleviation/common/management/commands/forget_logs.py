"""manage.py forget_logs: take away the log files of days that are longer past than the office keeps them."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from alleviation.common.daily_logs import old_logs

# Six months: Cybersecurity Law of the People's Republic of China, article 21 (3).
LEAST = 180


class Command(BaseCommand):
    """Deletes files of LOG_FOLDER that are older than LOG_DAYS. docs/operate.md."""

    help = "Delete the files of LOG_FOLDER that are older than LOG_DAYS."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="name the files, and delete none")
        parser.add_argument("--fewer", action="store_true", help="keep fewer than 180 days: the law may ask for them")

    def handle(self, *args: Any, dry_run: bool, fewer: bool, verbosity: int, **options: Any) -> None:
        if not settings.LOG_FOLDER:
            raise CommandError(_("LOG_FOLDER names no folder: whoever takes the console's lines keeps them."))
        if settings.LOG_DAYS < LEAST and not fewer:
            told = _(
                "LOG_DAYS is %(days)s, and logs are kept for %(least)s days at least. --fewer does it all the same."
            )
            raise CommandError(told % {"days": settings.LOG_DAYS, "least": LEAST})
        for path in old_logs(Path(settings.LOG_FOLDER), today=datetime.now(UTC).date(), days=settings.LOG_DAYS):
            if not dry_run:
                path.unlink(missing_ok=True)
            if verbosity:
                self.stdout.write(path.name)
