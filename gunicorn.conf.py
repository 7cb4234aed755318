"""What gunicorn takes by itself where it is started in this folder; options of its command line go before it."""

import sys
from pathlib import Path
from typing import Any

import environ
import gunicorn.http.wsgi

sys.path.insert(0, str(Path(__file__).resolve().parent))
from alleviation.common.logs import FORMATTERS
from alleviation.operations.metrics.processes import forget_dead, forget_living

env = environ.Env()

worker_class = "gthread"
# What no honest browser sends is refused before the app sees it.
limit_request_line = 8190
limit_request_fields = 60
limit_request_field_size = 16_380
# Nor does a proxy on this machine say for anybody below which path the app lies.
forwarder_headers = ""
# Nobody commands it by a socket of its own: systemd does, by signals.
control_socket_disable = True
# Which software answers is nobody's business.
gunicorn.http.wsgi.SERVER = "alleviation"

# Nobody asks the server about itself while it runs: no socket for that in a home, which may not be there to write, and
# no thread beside the one that makes workers.
control_socket_disable = True

# Its own lines in the form of the app's, as the words of a failure may quote a person. Requests the app tells itself
# (ACCESS_LOG), without addresses and without what was typed.
accesslog = None
production = env.bool("PRODUCTION", default=env.bool("HTTPS", default=False))
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"impersonal": {"()": FORMATTERS[env.str("LOG_FORMAT", default="json" if production else "text")]}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "impersonal"}},
    "loggers": {
        "gunicorn.error": {"handlers": ["console"], "propagate": False},
        "gunicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
    },
    "root": {"level": "WARNING", "handlers": ["console"]},
}

# Where workers count (docs/metrics.md), as the settings have it; nothing lies there unless METRICS_TOKEN is set.
counting = (
    Path(env.str("METRICS_FOLDER", default=str(Path(__file__).resolve().parent / "metrics-files"))) / "processes"
)


def on_starting(server: object) -> None:
    """A new server counts from nothing."""
    forget_dead(counting)


def child_exit(server: object, worker: Any) -> None:
    """What a worker that ended was doing is not under way any more."""
    forget_living(counting, worker.pid)
