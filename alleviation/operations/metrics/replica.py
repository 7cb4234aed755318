"""How far the replica is behind, where there is one (docs/replica.md)."""

from collections.abc import Iterator

from django.db import connections
from prometheus_client.core import GaugeMetricFamily, Metric

from alleviation.common.replica.choosing import compared
from alleviation.common.replica.places import REPLICA


def replica_measures() -> Iterator[Metric]:
    """Whether it answers, and how many bytes of the log it has still to replay. Raises DatabaseError."""
    if REPLICA not in connections:
        return
    found, mark = compared("")
    yield GaugeMetricFamily(
        "alleviation_replica_up", "Whether the replica answers and has our history.", float(bool(found))
    )
    if found and mark:
        behind = max(mark.position - found.position, 0)
        yield GaugeMetricFamily("alleviation_replica_behind_bytes", "Of the log, not replayed yet.", behind)
