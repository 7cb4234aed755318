"""What row-level security costs: pages and a file with the wall up and down, in pairs, the fastest of each.

ROW_SECURITY=true DEBUG=true python -m tests.postgres python -m benchmarks.row_security 15000
"""

import os
import sys
from collections.abc import Iterator
from time import perf_counter
from typing import TYPE_CHECKING

import django

from benchmarks.people import open_session

if TYPE_CHECKING:
    from django.test import Client

PAIRS = 9
AREA = "51"
ASKED = ("/", "/funding/", "/income/", "/households/", "/reports/funding-ledger.csv", "/reports/incomes.csv")


def main(households: int) -> None:
    """Print a line for each person and address: milliseconds without and with the wall."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alleviation.settings")
    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from alleviation.accounts.walls import policies

    settings.ALLOWED_HOSTS = ["*"]
    settings.BULK_HOUSEHOLDS = 10**9
    call_command("migrate", verbosity=0)
    call_command("generate_load", households=households, area=AREA, verbosity=0)
    for who, client in people():
        for address in ASKED:
            fastest = {False: float("inf"), True: float("inf")}
            for is_up in [False, True] * PAIRS:
                (policies.put_up if is_up else policies.take_down)(connection)
                fastest[is_up] = min(fastest[is_up], asked(client, address))
            without, behind = fastest[False] * 1000, fastest[True] * 1000
            print(f"{who:8} {address:30} {without:8.1f} ms {behind:8.1f} ms {behind / without:6.2f}", flush=True)


def people() -> "Iterator[tuple[str, Client]]":
    """A manager of everywhere, and clerks of a county and of a countryside, signed in."""
    from django.conf import settings
    from django.test import Client

    from beneficiaries.models import Household

    village = Household._base_manager.values_list("village__code", flat=True)[0]
    for role, area in (("manager", ""), ("auditor", ""), ("clerk", village[:6]), ("clerk", village[:9])):
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = open_session(role, area)
        yield f"{role} {len(area)}", client


def asked(client: "Client", address: str) -> float:
    """Seconds until the last byte."""
    start = perf_counter()
    response = client.get(address)
    b"".join(response) if response.streaming else response.content
    return perf_counter() - start


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15_000)
