"""What is asked for at each scrape: of the database, the disks, the processes and the commands that run by the clock.

No area, no person and no free text is ever a label, so there are as many series as are listed here.
"""

from collections.abc import Iterator, Mapping

from django.conf import settings
from django.db import DatabaseError
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from alleviation.common.outcomes import JOBS, last_outcome
from alleviation.intake.workers import is_alive
from alleviation.operations.metrics.database import database_measures
from alleviation.operations.metrics.measures import counting_folder, measures
from alleviation.operations.metrics.places import disks, room_of, shares
from alleviation.operations.metrics.processes import living_in, memory_of


def told() -> bytes:
    """All measures, as a scraper reads them."""
    registry = CollectorRegistry()
    for collector in (measures().of_all(), Told()):
        registry.register(collector)
    return generate_latest(registry)


class Told(Collector):
    """Everything that no process counts. A database that does not answer is told as such; all else is told still."""

    def collect(self) -> Iterator[Metric]:
        yield labelled("alleviation_build", "Which release answers.", "release", {settings.RELEASE: 1})
        yield from memory_measures()
        yield from disk_measures()
        yield from job_measures()
        told = "Whether a worker of imports has given a sign of life lately."
        yield GaugeMetricFamily("alleviation_import_worker_up", told, float(is_alive()))
        try:
            found = list(database_measures())
        except DatabaseError:
            found = []
        yield GaugeMetricFamily("alleviation_database_up", "Whether the database answers.", float(bool(found)))
        yield from found


def labelled(name: str, told: str, label: str, found: Mapping[str, float]) -> GaugeMetricFamily:
    """A measure with a value for each of a few words."""
    family = GaugeMetricFamily(name, told, labels=[label])
    for word, value in found.items():
        family.add_metric([word], value)
    return family


def memory_measures() -> Iterator[Metric]:
    """Of the server's processes that count here; what several share counts in each."""
    sizes = list(memory_of(living_in(counting_folder())))
    yield GaugeMetricFamily("alleviation_processes", "Processes of the server that count.", len(sizes))
    told = "Bytes in memory of these processes together, and of the largest."
    found = {"all": sum(sizes), "largest": max(sizes, default=0)}
    yield labelled("alleviation_memory_bytes", told, "of", found)


def disk_measures() -> Iterator[Metric]:
    """Where something is written; nothing of a folder that is not there yet, or that does not answer."""
    asked = {name: room_of(folder) for name, folder in (disks() | shares()).items()}
    found = {name: room for name, room in asked.items() if room}
    free, size = ({name: getattr(one, part) for name, one in found.items()} for part in ("free", "size"))
    yield labelled("alleviation_disk_free_bytes", "Free on the disk of this folder.", "folder", free)
    yield labelled("alleviation_disk_size_bytes", "Size of the disk of this folder.", "folder", size)


def job_measures() -> Iterator[Metric]:
    """How commands ended; of one that never ran, that it never ended well."""
    found = {job: last_outcome(job) for job in JOBS}
    good = {job: last.good_at if last else 0 for job, last in found.items()}
    told = "When it last ended well, in seconds since 1970; 0: never."
    yield labelled("alleviation_job_good_at_seconds", told, "task", good)
    for name, told, part in (
        ("ended_at_seconds", "When it last ended.", "ended_at"),
        ("good", "Whether it ended well when it last ran.", "is_good"),
        ("took_seconds", "How long it took when it last ran.", "seconds"),
    ):
        values = {job: float(getattr(last, part)) for job, last in found.items() if last}
        yield labelled(f"alleviation_job_{name}", told, "task", values)
