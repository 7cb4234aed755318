"""What each process of the server counts, in files that all of them share, so that any can tell of all."""

import os
from functools import cache
from pathlib import Path

from django.conf import settings
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, values
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from alleviation.operations.metrics.processes import make_room

# Seconds. A page takes some hundredths; the last is where patience ends.
BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Measures:
    """The measures of one process. Raises OSError where the folder has no room for them."""

    def __init__(self, folder: Path) -> None:
        make_room(folder)
        self.folder = folder
        # Read by the library when a measure is made, and again when a process has forked.
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
        values.ValueClass = values.MultiProcessValue()
        kept = CollectorRegistry()
        self.requests = Counter(
            "alleviation_requests", "Requests answered.", ["route", "method", "status"], registry=kept
        )
        told = "Until a request is answered; of a file until it begins."
        self.seconds = Histogram("alleviation_request_seconds", told, ["route"], buckets=BUCKETS, registry=kept)
        told = "Requests that are being answered."
        self.under_way = Gauge("alleviation_requests_under_way", told, multiprocess_mode="livesum", registry=kept)
        told = "Requests that the database could not serve, by what ailed it."
        self.trouble = Counter("alleviation_trouble", told, ["kind"], registry=kept)
        self.downloads = Counter("alleviation_downloads", "Files that began to go out.", ["kind"], registry=kept)
        told = "Who came in, was refused, or has to wait after too many tries."
        self.sign_ins = Counter("alleviation_sign_ins", told, ["outcome"], registry=kept)

    def of_all(self) -> Collector:
        """What all processes have counted."""
        return MultiProcessCollector(None, path=str(self.folder))


@cache
def measures() -> Measures:
    """Of this process. Raises OSError."""
    return Measures(counting_folder())


def counting_folder() -> Path:
    """Where processes count."""
    return Path(settings.METRICS_FOLDER) / "processes"
