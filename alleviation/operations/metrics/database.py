"""What the database tells at each scrape: a handful of questions, none of which walks a table of households."""

from collections.abc import Iterator
from pathlib import Path

from django.db import connection
from django.db.models import Count, Min, Sum
from django.utils import timezone
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from alleviation.audit.models import TrailHead
from alleviation.intake.models import ImportRun, RunState
from alleviation.operations.metrics.replica import replica_measures

SIZE = "SELECT pg_database_size(current_database())"
# What other roles' processes are for is hidden from a plain role; that they are at a database is not.
CONNECTIONS = "SELECT count(*), current_setting('max_connections')::int FROM pg_stat_activity WHERE datid IS NOT NULL"


def database_measures() -> Iterator[Metric]:
    """All of them. Raises DatabaseError where it does not answer."""
    yield from import_measures()
    yield from trail_measures()
    yield from server_measures()
    yield from replica_measures()


def import_measures() -> Iterator[Metric]:
    """How imports ended and what waits for a worker."""
    runs = ImportRun.objects.order_by()
    by_state = runs.values("state").annotate(number=Count("pk"), rows=Sum("rows_done"))
    found = {one["state"]: one for one in by_state}
    family = GaugeMetricFamily(
        "alleviation_imports", "Files that were handed in, by how far they came.", labels=["state"]
    )
    for state in RunState.values:
        family.add_metric([state], found[state]["number"] if state in found else 0)
    yield family
    written = found.get(RunState.WRITTEN, {"rows": 0})["rows"] or 0
    yield CounterMetricFamily("alleviation_import_rows", "Rows of files that are written.", written)
    waiting = runs.filter(state__in=(RunState.WAITING, RunState.QUEUED), is_attended=False)
    queue = waiting.aggregate(number=Count("pk"), oldest=Min("seen_at"))
    age = (timezone.now() - queue["oldest"]).total_seconds() if queue["oldest"] else 0
    yield GaugeMetricFamily("alleviation_import_queue", "Files that wait for a worker.", queue["number"])
    told = "For how long the oldest of them has waited."
    yield GaugeMetricFamily("alleviation_import_queue_oldest_seconds", told, max(age, 0))


def trail_measures() -> Iterator[Metric]:
    """Where the chain of events ends. That its number never falls is what an alert can tell."""
    head = TrailHead.objects.first()
    told = "The number of the last event of the audit trail."
    yield GaugeMetricFamily("alleviation_trail_head", told, head.number if head else 0)


def server_measures() -> Iterator[Metric]:
    """How large the database is, and on PostgreSQL how many of its connections are taken."""
    told = "Bytes that the database takes."
    if connection.vendor != "postgresql":
        path = Path(str(connection.settings_dict["NAME"]))
        yield GaugeMetricFamily("alleviation_database_bytes", told, path.stat().st_size if path.is_file() else 0)
        return
    with connection.cursor() as cursor:
        cursor.execute(SIZE)
        yield GaugeMetricFamily("alleviation_database_bytes", told, cursor.fetchone()[0])
        cursor.execute(CONNECTIONS)
        taken, most = cursor.fetchone()
    yield GaugeMetricFamily("alleviation_database_connections", "Connections to the whole server.", taken)
    yield GaugeMetricFamily("alleviation_database_connections_most", "And how many it takes.", most)
