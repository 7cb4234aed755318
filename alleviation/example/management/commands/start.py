"""Set everything up and serve it on this machine."""

import os
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from django.utils.translation import gettext as _

from alleviation.accounts.models import User
from alleviation.example import starting
from alleviation.example.people import EXAMPLE_PASSWORD, sign_ins


class Command(BaseCommand):
    """manage.py start [--port 8000] [--empty]"""

    help = "Set up the database, load the example into an empty one, and serve on this machine."
    # `handle` checks once the port is known to be free.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=str, default="8000", help=_("The port to serve on (default 8000)."))
        parser.add_argument("--empty", action="store_true", help=_("Do not load the example."))

    def handle(self, *args: Any, **options: Any) -> None:
        port = starting.port_number(str(options["port"]))
        starting.refuse_taken_port(port)
        if settings.DEBUG:
            self.stdout.write(_("DEBUG is on in the environment; start serves with DEBUG off."))
        self.check()
        self.set_up(with_example=not options["empty"])
        self.tell(port)
        connection.close()
        starting.serve(starting.server_command(port), starting.server_environment(os.environ))

    def set_up(self, *, with_example: bool) -> None:
        """Bring the database up to date; an example is loaded only where nobody has entered anything."""
        try:
            call_command("migrate", verbosity=0, interactive=False)
        except OperationalError as error:
            raise CommandError(_("The database cannot be used: %(reason)s") % {"reason": error}) from error
        self.stdout.write(_("The database is up to date."))
        call_command("load_reference", verbosity=0, stdout=self.stdout)
        # Packed copies of styles and scripts: a page and all it needs is a third of what it was.
        call_command("collectstatic", verbosity=0, interactive=False)
        if with_example and starting.is_untouched():
            self.stdout.write(_("Loading the example …"))
            call_command("load_example", verbosity=0, stdout=self.stdout)

    def tell(self, port: int) -> None:
        """Where to go, and as whom."""
        self.stdout.write(
            _("Alleviation is at http://%(host)s:%(port)s/ (Ctrl-C ends it)") % {"host": starting.HOST, "port": port}
        )
        if names := sign_ins():
            words = {"names": ", ".join(names), "password": EXAMPLE_PASSWORD}
            self.stdout.write(_("Sign in as %(names)s; the password of each is %(password)s") % words)
        elif not User.objects.exists():
            self.stdout.write(_("Nobody can sign in yet. Make an administrator: manage.py createsuperuser"))
