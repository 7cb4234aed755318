"""Ends workers in the midst of imports: python -m tests.imports.killing --runs 30 --database sqlite

Some are killed, some asked to end, some imports are cancelled. Prints what became of them, and exits with 1 where
anything was left half done.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter

from tests.faults.databases import DATABASES, opened

VILLAGE = "110101001001"
ROWS = 400
# Seconds at most until a worker is there.
PATIENCE = 60


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.imports.killing", description=__doc__)
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--database", choices=sorted(DATABASES), default="sqlite")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="imports-") as folder:
        os.environ |= {"DEBUG": "True", "IMPORT_ROOT": folder, "PERSONAL_KEYS": "of a throw-away register"}
        with opened(asked.database):
            return report(asked.runs)


def report(runs: int) -> int:
    """Live through the runs, print what became of them. The exit code."""
    from alleviation.audit.verification.chain import chain_faults
    from alleviation.intake import pulse

    # Files as small as these are written before anybody would notice the wish to stop.
    pulse.BEAT = 0.01
    fates: Counter[tuple[str, str]] = Counter()
    scene = Scene()
    for number in range(runs):
        blow = ("kill", "end", "cancel")[number % 3]
        fates[blow, scene.live(number, blow)] += 1
    for (blow, fate), count in sorted(fates.items()):
        print(f"{blow:>8} {fate:<10} {count}")
    struck = {blow for (blow, fate) in fates if fate != "written"}
    faults = [*scene.faults, *map(str, chain_faults())]
    print(*faults, "nothing half done" if not faults else "", sep="\n")
    return 1 if faults or struck != {"kill", "end", "cancel"} else 0


class Scene:
    """A village, its importer, and files that each say something else of the same households."""

    def __init__(self) -> None:
        from django.core.management import call_command

        from alleviation.accounts.models import User
        from beneficiaries.imports.incomes import IncomeImport

        call_command("load_import_fixture", VILLAGE, verbosity=0)
        self.kind, self.by = IncomeImport(), User.objects.get(username="importer")
        self.faults: list[str] = []
        self.confirmed(0)
        self.work()
        # The first registers the households, and takes longer than the others.
        run = self.confirmed(1)
        began = time.monotonic()
        self.work()
        self.typical = time.monotonic() - began
        run.refresh_from_db()
        assert run.state == "written"

    def confirmed(self, number: int):
        """A file of its own, checked and confirmed."""
        from alleviation.intake import running

        run = running.hand_in(self.kind, [content(number)], name=f"{number}.csv", by=self.by)
        running.check(run, self.kind)
        assert run.state == "ready", (run.state, run.refusal)
        running.confirm(run, by=self.by, sha256=run.sha256, fingerprint=run.findings["fingerprint"])
        return run

    def work(self) -> None:
        """What a worker does, in this process."""
        from alleviation.imports.management.commands.run_imports import Command

        Command().handle(once=True, parent=None)

    def live(self, number: int, blow: str) -> str:
        """One import, and what befalls it; answers with the state it ended in."""
        from alleviation.intake import pulse, running

        before = standing()
        run = self.confirmed(number + 2)
        worker = self.worker()
        self.wait_for(run)
        time.sleep(random.uniform(0, self.typical))
        if blow == "cancel":
            running.cancel(run, by=self.by) if run.state == "writing" else None
        else:
            os.kill(worker, signal.SIGKILL if blow == "kill" else signal.SIGTERM)
        os.waitpid(worker, 0)
        run.refresh_from_db()
        fate = str(run.state)
        self.judge(run, before, number)
        if fate == "writing":
            pulse.LOST_AFTER = -1
            running.tell_broken(run)
            fate = str(run.state)
        self.work()
        run.refresh_from_db()
        expected = {"failed": "failed", "queued": "written", "cancelled": "cancelled", "written": "written"}
        if run.state != expected.get(fate):
            self.faults.append(f"{number}: {fate} became {run.state}")
        return fate

    def judge(self, run, before, number: int) -> None:
        """All of it or nothing."""
        after = standing()
        whole = (run.state == "written", run.batch_id is not None, after != before)
        if len(set(whole)) > 1 or after[0] != ROWS:
            self.faults.append(f"{number}: {run.state}, {before} became {after}")

    def worker(self) -> int:
        """The number of a new process that works off what waits."""
        from django.db import connections

        from alleviation.imports.management.commands.run_imports import _end

        connections.close_all()
        number = os.fork()
        if number:
            return number
        signal.signal(signal.SIGTERM, _end)
        try:
            self.work()
        finally:
            os._exit(0)

    def wait_for(self, run) -> None:
        deadline = time.monotonic() + PATIENCE
        while run.state == "queued" and time.monotonic() < deadline:
            time.sleep(0.001)
            run.refresh_from_db()


def content(number: int) -> bytes:
    """A row for each household; wages tell one file from the other."""
    from stdnum.cn import ric

    header = "village_code,household_no,head_name,id_number,size,year,wage_income,business_income,property_income"
    lines = [f"{header},transfer_income,expenses"]
    for household in range(ROWS):
        body = f"110101{1950 + household // 200}0101{household % 200 + 1:03d}"
        person = f"王小明,{body}{ric.calc_check_digit(body + '0')}"
        lines.append(f"{VILLAGE},{household:04d},{person},4,2019,{1000 + number}.50,0,0,0,0")
    return "\n".join(lines).encode()


def standing() -> tuple[int, object]:
    """How many incomes stand, and what their wages add up to."""
    from django.db.models import Sum

    from beneficiaries.models import IncomeRecord

    found = IncomeRecord.objects.standing()
    return found.count(), found.aggregate(sum=Sum("wage_income"))["sum"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
