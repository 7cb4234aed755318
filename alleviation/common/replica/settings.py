"""What REPLICA_URL changes in the settings; without it nothing of the replica is in the way of a request."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from alleviation.common.databases import database

POSTGRESQL = "django.db.backends.postgresql"
ROUTER = "alleviation.common.replica.router.ReplicaRouter"
MIDDLEWARE = "alleviation.common.replica.middleware.read_from_replica"
CONTEXT = "alleviation.common.replica.context.tell_as_of"
# It is left for the primary within seconds; nobody waits for it as they would for the database itself.
PATIENCE = {
    "connect_timeout": 2,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "tcp_user_timeout": 5000,
}


def replica(url: str, primary: Mapping[str, Any]) -> dict[str, Any]:
    """Django's settings of the replica. Raises ImproperlyConfigured where it cannot be one of this primary."""
    config = database(url)
    if {primary["ENGINE"], config["ENGINE"]} != {POSTGRESQL}:
        raise ImproperlyConfigured("REPLICA_URL goes with postgresql:// in both DATABASE_URL and REPLICA_URL alone")
    if config == primary:
        raise ImproperlyConfigured("REPLICA_URL is DATABASE_URL once more: name the replica's server")
    options = {**config["OPTIONS"], **PATIENCE}
    options["options"] += " -c default_transaction_read_only=on"
    # Each page begins by asking it how far it is: whether the connection still holds need not be asked before.
    return config | {"OPTIONS": options, "CONN_HEALTH_CHECKS": False, "TEST": {"MIRROR": "default"}}


def add_replica(url: str, settings: dict[str, Any]) -> None:
    """Put the replica into the settings: its database, the router, the middleware and what pages say of it."""
    settings["DATABASES"]["replica"] = replica(url, settings["DATABASES"]["default"])
    settings["DATABASE_ROUTERS"] = [ROUTER]
    settings["MIDDLEWARE"].append(MIDDLEWARE)
    settings["TEMPLATES"][0]["OPTIONS"]["context_processors"].append(CONTEXT)
