"""Makes the database that is looked at: `python -m tests.browser.making`, with DATABASE_URL saying where.

Reference data and the example, as `manage.py start` has them, in tables as the models have them: what migrations lead
to is what other tests look at, and they take longer than the rest together.
"""

import os

import django
from django.conf import settings
from django.core.management import call_command


class NoMigrations:
    """Tells Django that no app has any."""

    def __contains__(self, app: str) -> bool:
        return True

    def __getitem__(self, app: str) -> None:
        return None


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alleviation.settings")
    django.setup()
    settings.MIGRATION_MODULES = NoMigrations()
    call_command("migrate", run_syncdb=True, verbosity=0)
    call_command("load_reference", verbosity=0)
    call_command("load_example", verbosity=0)


if __name__ == "__main__":
    main()
