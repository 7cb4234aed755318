"""What befalls an office: how each fault begins, and how it ends."""

import contextlib
import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.office import Office

ALL = ("entry", "entry", "import", "evidence", "look")
ENTRIES = ("entry", "entry", "look")
IMPORTS = ("import", "import", "entry")
SQLITE, POSTGRESQL = "sqlite", "postgresql"
BOTH = (SQLITE, POSTGRESQL)


@dataclass(frozen=True)
class Plight:
    """A fault. `seconds` is how long it lasts; what people do meanwhile is drawn from `works`.

    `end` also sees to what a supervisor of services sees to, and to nothing else. `needs` says what is lacking here.
    """

    name: str
    begin: Callable[[Office, random.Random], None]
    end: Callable[[Office], None]
    databases: tuple[str, ...] = BOTH
    works: tuple[str, ...] = ALL
    seconds: tuple[float, float] = (1.5, 3.0)
    # It lasts until so many forms were answered meanwhile.
    forms: int = 2
    place: str = ""
    is_of_clock: bool = False

    def lacks(self, office: Office) -> str:
        """Why it cannot be tried here; empty where it can."""
        if self.place and not office.places[self.place].is_real:
            return "only root may make a disk to fill (mount)"
        return ""


def nothing(_office: Office) -> None:
    """It is over as it has begun."""


# --- processes ----------------------------------------------------------------------------------------------------


def kill_web_worker(office: Office, dice: random.Random) -> None:
    os.kill(dice.choice(office.web_workers()), signal.SIGKILL)


def kill_all_web_workers(office: Office, _dice: random.Random) -> None:
    for number in office.web_workers():
        os.kill(number, signal.SIGKILL)


def kill_import_worker(office: Office, dice: random.Random) -> None:
    """In the midst of a file, if one comes within some seconds."""
    from alleviation.intake.models import ImportRun

    deadline = time.monotonic() + 5
    wanted = dice.choice(("checking", "writing"))
    while not ImportRun.objects.filter(state=wanted).exists() and time.monotonic() < deadline:
        time.sleep(0.005)
    time.sleep(dice.uniform(0, 0.3))
    if number := office.import_worker():
        os.kill(number, signal.SIGKILL)


def kill_postmaster(office: Office, _dice: random.Random) -> None:
    office.cluster.kill()


def start_postmaster(office: Office) -> None:
    office.cluster.see_that_it_runs()


# --- disks --------------------------------------------------------------------------------------------------------


def fill(name: str) -> Callable[[Office, random.Random], None]:
    def begin(office: Office, _dice: random.Random) -> None:
        office.places[name].fill()

    return begin


def fill_database(office: Office, _dice: random.Random) -> None:
    """SQLite's log is emptied first: written over it takes no room, and nobody would notice for a while."""
    from django.db import DatabaseError, connection

    if connection.vendor == SQLITE:
        with contextlib.suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 1000")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
    office.places["data"].fill()


def empty(name: str) -> Callable[[Office], None]:
    def end(office: Office) -> None:
        office.places[name].empty()

    return end


def fill_log_of_changes(office: Office, _dice: random.Random) -> None:
    """Full, and the next file of it is needed now: nothing helps the server then."""
    office.places["wal"].fill()
    office.cluster.ask("SELECT pg_switch_wal()", "CREATE TEMP TABLE t AS SELECT 1", "SELECT pg_switch_wal()")


def empty_log_of_changes(office: Office) -> None:
    office.places["wal"].empty()
    office.cluster.see_that_it_runs()


def shut_disk(office: Office, _dice: random.Random) -> None:
    from django.db import connection

    connection.close()
    office.places["data"].shut(office.let_go)


def open_disk(office: Office) -> None:
    office.places["data"].open()


def shut_database(office: Office, _dice: random.Random) -> None:
    """As a server does that only follows another; who is connected finds out with the next statement."""
    office.cluster.ask("ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()")


def open_database(office: Office) -> None:
    office.cluster.ask("ALTER SYSTEM RESET default_transaction_read_only", "SELECT pg_reload_conf()", is_writing=True)


# --- the network --------------------------------------------------------------------------------------------------


def cut(office: Office, dice: random.Random) -> None:
    """Again and again, at moments of no choice."""
    for _time in range(dice.randint(3, 8)):
        office.network.cut()
        time.sleep(dice.uniform(0, 0.4))


def refuse(office: Office, _dice: random.Random) -> None:
    office.network.is_refusing = True
    office.network.cut()


def take_again(office: Office) -> None:
    office.network.is_refusing = False


def hold(office: Office, _dice: random.Random) -> None:
    office.network.is_held = True


def let_through(office: Office) -> None:
    office.network.is_held = False


def slow_down(office: Office, _dice: random.Random) -> None:
    office.network.delay = 0.1


def speed_up(office: Office) -> None:
    office.network.delay = 0.0


def half_open(office: Office, _dice: random.Random) -> None:
    office.network.kill_in_silence()


def deafen(office: Office, _dice: random.Random) -> None:
    office.network.kill_in_silence(replies_alone=True)


def lose_commits(office: Office, dice: random.Random) -> None:
    office.network.lose_commits(dice.randint(2, 6))


def lose_commits_in_silence(office: Office, dice: random.Random) -> None:
    office.network.lose_commits(dice.randint(1, 3), in_silence=True)


def lose_none(office: Office) -> None:
    office.network.lose_commits(0)


# --- the clock ----------------------------------------------------------------------------------------------------


def set_clock(days: int) -> Callable[[Office, random.Random], None]:
    def begin(office: Office, _dice: random.Random) -> None:
        office.set_clock(days)

    return begin


def right_clock(office: Office) -> None:
    office.set_clock(0)


PG = (POSTGRESQL,)
PLIGHTS = (
    Plight("a web worker killed", kill_web_worker, nothing, seconds=(0.1, 0.3), forms=0),
    Plight("all web workers killed", kill_all_web_workers, nothing, seconds=(0.1, 0.3), forms=0),
    Plight("the import worker killed", kill_import_worker, nothing, works=IMPORTS, seconds=(0.1, 0.3), forms=0),
    Plight("the postmaster killed", kill_postmaster, start_postmaster, PG),
    Plight("disk of the database full", fill_database, empty("data"), place="data"),
    Plight("disk of the WAL full", fill_log_of_changes, empty_log_of_changes, PG, place="wal"),
    Plight(
        "disk of the evidence full", fill("evidence"), empty("evidence"), works=(*ALL, "evidence"), place="evidence"
    ),
    Plight("disk of the imports full", fill("imports"), empty("imports"), works=IMPORTS, place="imports"),
    Plight("disk of the logs full", fill("logs"), empty("logs"), place="logs"),
    Plight("disk read-only", shut_disk, open_disk, (SQLITE,), place="data"),
    Plight("database read-only", shut_database, open_database, PG),
    Plight("connections cut", cut, nothing, PG, seconds=(0.1, 0.5), forms=0),
    Plight("connections refused", refuse, take_again, PG),
    Plight("connections held up", hold, let_through, PG, forms=0),
    Plight("connections slow", slow_down, speed_up, PG),
    Plight("connections half-open", half_open, nothing, PG, seconds=(0.1, 0.5), forms=0),
    Plight("answers dropped", deafen, nothing, PG, seconds=(0.1, 0.5), forms=0),
    Plight("COMMIT's reply lost", lose_commits, lose_none, PG, works=ENTRIES),
    Plight("COMMIT's reply never comes", lose_commits_in_silence, lose_none, PG, works=ENTRIES),
    Plight("clock a day ahead", set_clock(1), right_clock, is_of_clock=True),
    Plight("clock a day behind", set_clock(-1), right_clock, is_of_clock=True),
)
