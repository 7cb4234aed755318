"""How far the replica is behind, where there is one (docs/replica.md)."""

from collections.abc import Iterator

from django.db import connections
from prometheus_client.core import GaugeMetricFamily, Metric

from alleviation.common.replica.choosing import answer_of_replica
from alleviation.common.replica.places import REPLICA
from alleviation.common.replica.positions import position_now


def replica_measures() -> Iterator[Metric]:
    """Whether it answers, and how many bytes of the log it has still to replay. Raises DatabaseError."""
    if REPLICA not in connections:
        return
    here = position_now()
    found = answer_of_replica(None)
    yield GaugeMetricFamily("alleviation_replica_up", "Whether the replica answers and is ours.", float(bool(found)))
    if found:
        behind = max(here - found.position, 0)
        yield GaugeMetricFamily("alleviation_replica_behind_bytes", "Of the log, not replayed yet.", behind)
