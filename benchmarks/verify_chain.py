"""How fast the chain is checked, beside what hashing the same bytes costs and nothing else.

    python -m benchmarks.verify_chain [--events 100000]
    python -m tests.postgres python -m benchmarks.verify_chain

Without DATABASE_URL it runs on a SQLite file of its own; a database with events in it is refused. It writes events as
large as those of ledger entries, checks them as `manage.py verify` does, and then hashes the same canonical bytes in a
bare loop, in the same run: that is the least that any check of this chain can cost here.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from typing import Any

import django

BATCH = 5000
# What a ledger entry leaves when it is created.
COLUMNS = {
    **dict.fromkeys(
        ("voucher", "allocation", "handed_down_from", "reverses", "replaces", "reason", "return_note"), ""
    ),
    **{"kind": "allocation", "year": 2019, "booked_on": "2019-06-30", "amount": "1234567.89", "source_id": 3},
    **{
        "division_id": 1407,
        "project_id": 12,
        "document_number": "扎财〔2019〕12号",
        "note": "若多村光伏电站",
        "id": 1,
    },
    **{"state": "submitted", "imported_by": "", "drafted_by": "clerk-of-zhawo", "submitted_by": "clerk-of-zhawo"},
    **{"drafted_at": "2019-07-01T01:02:03.000004+00:00", "submitted_at": "2019-07-01T01:02:03.000004+00:00"},
    **{"checked_by": "", "checked_at": None, "is_made_up": False},
}


def main() -> int:
    parser = argparse.ArgumentParser(description="How fast the chain of the trail is checked.")
    parser.add_argument("--events", type=int, default=100_000)
    number: int = parser.parse_args().events
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{Path(folder) / 'benchmark.sqlite3'}")
        os.environ["DJANGO_SETTINGS_MODULE"] = "alleviation.settings"
        django.setup()
        return measure(number)


def measure(number: int) -> int:
    """Write, check, hash; print what it took. Exit code 1 where the check finds a fault in what was just written."""
    from django.core.management import call_command
    from django.db import connection

    from alleviation.audit.models import AuditEvent
    from alleviation.audit.verification.chain import chain_faults

    call_command("migrate", verbosity=0)
    if AuditEvent.objects.exists():
        sys.stderr.write("This database has events; the benchmark wants an empty one.\n")
        return 2
    fill(number)
    faults, checking = timed(lambda: list(chain_faults()))
    hashing, size = bare_loop()
    sys.stdout.write(
        f"{connection.vendor}: {number} events of {size // number} bytes\n"
        f"checked in {checking:.2f} s: {number / checking:,.0f} events/s\n"
        f"hashed alone in {hashing:.2f} s: {number / hashing:,.0f} events/s\n"
        f"checking costs {checking / hashing:.1f} times the hashing\n"
    )
    return 1 if faults else 0


def fill(number: int) -> None:
    """Write events through the trail, as the app does."""
    from alleviation.audit import trail
    from alleviation.audit.models import Verb

    for first in range(0, number, BATCH):
        with trail.together():
            for n in range(first, min(first + BATCH, number)):
                details = {**COLUMNS, "id": n}
                trail.record_words(verb=Verb.CREATED, what=f"#{n} allocation", by="clerk", kind="x", details=details)


def bare_loop() -> tuple[float, int]:
    """Seconds to hash the canonical bytes and make the codes of their digests, and how many bytes there were."""
    from alleviation.audit.chain import START, canonical
    from alleviation.audit.models import AuditEvent
    from alleviation.audit.verification.chain import EVENT

    previous, forms = START, []
    for event in AuditEvent.objects.order_by("pk").values(*EVENT).iterator():
        forms.append(canonical(event, previous))
        previous = event["digest"]
    _digests, seconds = timed(lambda: [sha256(form).hexdigest() for form in forms])
    return seconds, sum(map(len, forms))


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What it gives, and the seconds it took."""
    start = perf_counter()
    found = work()
    return found, perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
