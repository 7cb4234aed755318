"""/healthz?ready: whether this process can do its work, for whoever replaces one server by the next."""

from collections.abc import Iterator
from functools import cache

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from alleviation.accounts.asking import beyond_scope
from alleviation.audit.verification.anchors import anchor_of, last_event
from alleviation.common.sealing import Unreadable, unseal
from alleviation.dashboards.health import PLAIN
from alleviation.dashboards.health import healthz as is_well
from alleviation.operations.metrics.places import full_disks
from beneficiaries.models import PersonNumber

READY = "ready"
MIGRATE = "The tables are not those of this release: run migrate."
TRAIL_KEY = "TRAIL_KEY is not the key of the trail."
PERSONAL_KEYS = "PERSONAL_KEYS do not open the numbers of persons."
FULL = "The disk is nearly full: {names}."


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Whether the app and its database answer; asked with ?ready, also what keeps it from its work, or 503."""
    answer = is_well(request)
    if READY not in request.GET or answer.status_code != 200:
        return answer
    try:
        lacking = list(lacks())
    except Error:
        lacking = ["The database does not answer."]
    words = "".join(f"{one}\n" for one in lacking or [READY])
    return HttpResponse(words, content_type=PLAIN, status=503 if lacking else 200)


def lacks() -> Iterator[str]:
    """What is not as it must be, in a line each. Raises Error where the database does not answer."""
    if not is_migrated():
        is_migrated.cache_clear()
        yield MIGRATE
        return
    event = last_event()
    if event and not anchor_of(event).is_genuine:
        yield TRAIL_KEY
    if not opens_numbers():
        yield PERSONAL_KEYS
    if names := full_disks():
        yield FULL.format(names=", ".join(names))


@cache
def is_migrated() -> bool:
    """Whether the tables are those of this release; once they are, they stay so as long as the process lives."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def opens_numbers() -> bool:
    """Whether the number that was sealed last can be read; true where there is none."""
    with beyond_scope("whether a key opens a number tells nothing of whose it is"):
        sealed = PersonNumber.objects.exclude(sealed="").order_by("-pk").values_list("sealed", flat=True).first()
    try:
        return not sealed or bool(unseal(sealed))
    except Unreadable:
        return False
