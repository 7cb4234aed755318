"""Django's createsuperuser, with its event in the trail."""

from typing import Any

from django.contrib.auth.management.commands import createsuperuser

from alleviation.audit.management.accounts import told


class Command(createsuperuser.Command):
    """The stock command; what it writes is told."""

    def handle(self, *args: Any, **options: Any) -> Any:
        with told("manage.py createsuperuser"):
            return super().handle(*args, **options)
