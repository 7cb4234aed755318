"""The steps of `start`, each small enough to be tried alone."""

import os
import socket
import subprocess
import sys
from collections.abc import Mapping

from django.apps import apps
from django.conf import settings
from django.core.management.base import CommandError
from django.db.models import Model
from django.utils.translation import gettext as _

from alleviation.accounts.models import User
from alleviation.audit.models import ImportBatch

HOST = "127.0.0.1"
HIGHEST_PORT = 65535
# Files are served from where they are written; nothing need be collected first.
NO_STATIC_ROOT = "ignore:No directory at:UserWarning"
# Rows of these come with the software, or count others.
REFERENCE = {"projects.division", "projects.succession", "projects.voucherseries", "beneficiaries.povertyline"}


def port_number(text: str) -> int:
    """The port that was typed. Raises CommandError where it is not one."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= HIGHEST_PORT):
        raise CommandError(_("%(port)s is not a port. Choose one from 1024 to 65535.") % {"port": text})
    return int(text)


def refuse_taken_port(port: int) -> None:
    """Raises CommandError, with what to do, where the server could not listen on the port."""
    with socket.socket() as probe:
        # As the server does: a port that was just given up may be taken at once.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            other = port + 1 if port < HIGHEST_PORT else port - 1
            raise CommandError(
                _(
                    "Port %(port)s cannot be used (%(reason)s): perhaps Alleviation runs there already. "
                    "Choose another: manage.py start --port %(other)s"
                )
                % {"port": port, "reason": error.strerror, "other": other}
            ) from error


def is_untouched() -> bool:
    """Whether nobody has entered anything yet: no people, no records, and no example that came or went."""
    example = ImportBatch.objects.filter(kind=ImportBatch.Kind.EXAMPLE)
    return not (User.objects.exists() or example.exists() or any(map(has_rows, business_models())))


def business_models() -> list[type[Model]]:
    models = [
        model for app in ("evidence", "projects", "beneficiaries") for model in apps.get_app_config(app).get_models()
    ]
    return [model for model in models if model._meta.label_lower not in REFERENCE]


def has_rows(model: type[Model]) -> bool:
    return model._default_manager.exists()


def server_command(port: int) -> list[str]:
    """One process, eight threads, loopback only; it says something only when something is wrong."""
    options = {
        "--config": str(settings.BASE_DIR / "gunicorn.conf.py"),
        "--bind": f"{HOST}:{port}",
        "--chdir": str(settings.BASE_DIR),
        "--worker-class": "gthread",
        "--workers": "1",
        "--threads": "8",
        "--log-level": "warning",
    }
    words = [word for option in options.items() for word in option]
    return [sys.executable, "-W", NO_STATIC_ROOT, "-m", "gunicorn", "alleviation.wsgi", *words]


def server_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of the server: DEBUG is off, whatever it was, and the collected files are those to serve."""
    return {**environment, "DEBUG": "False", "STATIC_COLLECTED": "True"}


def worker_command(parent: int) -> list[str]:
    """The worker of imports, which ends when the process with this number does."""
    manage = str(settings.BASE_DIR / "manage.py")
    return [sys.executable, "-W", NO_STATIC_ROOT, manage, "run_imports", "--parent", str(parent)]


def serve(command: list[str], environment: dict[str, str]) -> None:
    """Become the server, with a worker of imports beside it: Ctrl-C ends both. Does not return."""
    sys.stdout.flush()
    sys.stderr.flush()
    # The server keeps our number, so the worker stays its child.
    subprocess.Popen(worker_command(os.getpid()), env=environment)  # noqa: S603  # nosec B603 # our own interpreter, no shell
    os.execve(command[0], command, environment)  # noqa: S606  # nosec B606 # our own interpreter, no shell
