"""Django's changepassword, with its event in the trail."""

from typing import Any

from django.contrib.auth.management.commands import changepassword

from alleviation.audit.management.accounts import told


class Command(changepassword.Command):
    """The stock command; what it writes is told."""

    def handle(self, *args: Any, **options: Any) -> Any:
        with told("manage.py changepassword"):
            return super().handle(*args, **options)
