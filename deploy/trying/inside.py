"""What is tried within the machine of `box.py`: the installation, people, jobs, faults and the next release."""

import argparse
import hashlib
import json
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

from deploy.trying.board import Board, NotSo, expect
from deploy.trying.browser import Browser
from deploy.trying.busy import crowd
from deploy.trying.elsewhere import elsewhere
from deploy.trying.keeping import kept as keep
from deploy.trying.keeping import make_key
from deploy.trying.machine import HOME, HOST, PLACE, SETTINGS, UNITS, add_setting, current, property_of, run, web
from deploy.trying.people import Person, a_password
from deploy.trying.recovered import put_in_place
from deploy.trying.releases import stopped, upgraded
from deploy.trying.walk import in_the_open, scraper_asks, walk

# systemd-analyze's measure of what a unit could still do: 10 is everything; below 2.0 it calls "OK" or better.
EXPOSED = 1.6


def kept() -> dict[str, str]:
    """What a second installation must leave as it is."""
    files = [SETTINGS, Path("/etc/alleviation/tls/privkey.pem"), Path("/etc/alleviation/tls/fullchain.pem")]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files} | {"release": current()}


def install(code: Path, wheels: str, board: Board) -> None:
    command = [str(code / "deploy" / "install.sh"), "--host", HOST, "--wheels", wheels]
    with board.row("install.sh makes an office's server of a plain one") as tell:
        versions = sorted(path.name for path in Path("/usr/lib/postgresql").iterdir())
        run("pg_createcluster", versions[-1], "main")
        run("systemctl", "start", f"postgresql@{versions[-1]}-main")
        began = time.monotonic()
        run(*command)
        tell(f"{time.monotonic() - began:.0f} s")
    with board.row("run once more it changes nothing: settings, keys, certificate and release stay"):
        before = kept()
        run(*command)
        expect(kept(), before)
    with board.row("keys are root's alone, and the app may not write its own code"):
        expect((SETTINGS.stat().st_mode & 0o777, SETTINGS.stat().st_uid), (0o600, 0))
        refused = subprocess.run(
            ["runuser", "-u", "alleviation", "--", "touch", str(HOME / "current" / "x")], check=False
        )
        expect(refused.returncode == 0, False, "writing to the release")
        expect([path.name for path in (HOME / "current").glob(".*-key")], [], "keys beside the code")


def hardened(board: Board) -> None:
    with board.row("the app runs as its own user, with no capability, no new privilege and a filter of system calls"):
        status = Path(f"/proc/{property_of(web(), 'MainPID')}/status").read_text()
        state = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        uid = run("id", "-u", "alleviation").strip()
        found = (state["Uid"].split()[0], state["CapEff"], state["CapBnd"], state["NoNewPrivs"], state["Seccomp"])
        expect(found, (uid, "0" * 16, "0" * 16, "1", "2"))
    with board.row("systemd finds little that a unit could do beyond its work") as tell:
        for unit in (web(), "alleviation-imports", "alleviation-verify"):
            analysis = run("systemd-analyze", "security", "--no-pager", f"{unit}.service")
            level = analysis.strip().splitlines()[-1].partition("level for ")[2]
            number = float(level.partition(": ")[2].split()[0])
            if number > EXPOSED:
                raise NotSo(level)
            tell(f"{unit.partition('@')[0]} {number}")


def jobs(board: Board) -> str:
    """Every unit that a timer starts, started; the public key that backups are for."""
    public = ""
    with board.row("a key for backups is made, and its public half set"):
        public = make_key()
        add_setting("BACKUP_RECIPIENTS", public)
    for timer in sorted(UNITS.glob("alleviation-*.timer")):
        with board.row(f"{timer.stem} does its work, and its timer waits") as tell:
            began = time.monotonic()
            run("systemctl", "start", f"{timer.stem}.service")
            expect(property_of(f"{timer.stem}.service", "Result"), "success")
            expect(property_of(timer.name, "ActiveState"), "active")
            tell(f"{time.monotonic() - began:.1f} s")
    return public


def restarted(person: Person, board: Board) -> str:
    """A changed setting takes hold; nobody notices."""
    token = secrets.token_urlsafe(64)
    with board.row("a setting is changed and the app restarted: nobody's request fails") as tell:
        add_setting("METRICS_TOKEN", token)
        with crowd(PLACE, person.browser.cookies) as people:
            run("systemctl", "restart", "alleviation")
            time.sleep(3)
        tell(people.told())
        expect(people.failed, [])
    return token


def killed(person: Person, board: Board) -> None:
    for what in ("a worker", "the server's first process"):
        with board.row(f"{what} is killed (-9): it comes back by itself") as tell:
            first = property_of(web(), "MainPID")
            children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
            with crowd(PLACE, person.browser.cookies) as people:
                os.kill(int(children[0] if what == "a worker" else first), 9)
                time.sleep(6)
                before = list(people.failed)
                people.failed.clear()
            tell(f"{people.asked} requests, {len(before)} cut off, the longest took {people.longest:.1f} s")
            expect(people.failed, [], "afterwards")
            # No more than were being answered at that moment.
            expect(len(before) <= len(people.threads), True, "no more than were under way")


def database_killed(board: Board) -> None:
    with board.row("PostgreSQL is killed (-9): it comes back by itself, and the app with it") as tell:
        name = next(Path("/etc/postgresql").glob("*/main"))
        os.kill(int(property_of(f"postgresql@{name.parent.name}-main.service", "MainPID")), 9)
        began = time.monotonic()
        while Browser(PLACE).get("/healthz").status != 200 and time.monotonic() - began < 90:
            time.sleep(0.5)
        tell(f"well again after {time.monotonic() - began:.0f} s")
        expect(Browser(PLACE).get("/healthz").status, 200)


def away(board: Board) -> None:
    with board.row("while all is stopped the proxy says so in both languages, and it comes back"):
        run("systemctl", "stop", "alleviation.socket")
        answer = Browser(PLACE).get("/funding/")
        expect((answer.status, answer.headers.get("retry-after"), "请半分钟后再试" in answer.text), (503, "30", True))
        run("systemctl", "start", "alleviation")
        expect(Browser(PLACE).get("/healthz").status, 200)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--code", type=Path, required=True)
    parser.add_argument("--wheels", required=True)
    given = parser.parse_args()
    board = Board()
    install(given.code, given.wheels, board)
    if not board.all_held:
        return board.end()
    administrator = Person("first", a_password(), PLACE)
    with board.row("createsuperuser makes the first administrator"):
        run(
            *("alleviation", "createsuperuser", "--noinput", "--username", "first", "--email", "first@example.org"),
            DJANGO_SUPERUSER_PASSWORD=administrator.password,
        )
    people = walk(PLACE, administrator, board)
    hardened(board)
    public = jobs(board)
    auditor = people["auditor"]
    token = restarted(auditor, board)
    with board.row("measures are for who brings the token, and for nobody from another machine"):
        answer = Browser(PLACE).get("/metrics", Authorization=f"Bearer {token}")
        expect((answer.status, "# TYPE" in answer.text), (200, True))
        scraper_asks(PLACE, token)
    killed(auditor, board)
    upgraded(given.code, given.wheels, auditor, board)
    stopped(given.code, given.wheels, auditor, board)
    away(board)
    with board.row("nothing has failed that systemd watches over, and no line of the log tells of a fault"):
        expect(run("systemctl", "--failed", "--no-legend", "--plain").strip(), "")
        logs = [json.loads(line) for path in Path("/var/log/alleviation").iterdir() for line in path.open()]
        expect([line for line in logs if line["level"] in ("ERROR", "CRITICAL")], [])
    database_killed(board)
    expect_plain = in_the_open(PLACE, HOST, "/healthz")
    board.tell("and it serves still", expect_plain.status == 301, "")
    keep(public, board)
    put_in_place(public, board)
    elsewhere(given.code, given.wheels, public, board)
    return board.end()


if __name__ == "__main__":
    sys.exit(main())
