"""A restored server put in the place of the one before, as docs/backup.md has it; the log archived by our Python."""

import re
import shutil
from pathlib import Path

from deploy.trying.board import Board, NotSo, expect
from deploy.trying.browser import Browser
from deploy.trying.keeping import ARCHIVE, BACKUPS, DATA, KEY, PAGE, archived, sql
from deploy.trying.machine import PLACE, run

WRITTEN = "SELECT count(*) FROM accounts_user WHERE username = 'after'"


def cluster() -> Path:
    """The folder of PostgreSQL's settings."""
    return next(Path("/etc/postgresql").glob("*/main"))


def unit() -> str:
    return f"postgresql@{cluster().parent.name}-main"


def put_in_place(public: str, board: Board) -> None:
    with board.row("our Python archives the log as the tool age does, as PostgreSQL's user"):
        command = re.search(r"^archive_command = 'PYTHONPATH.*'$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
        if command is None:
            raise NotSo("the page has no command for Python")
        settings = cluster() / "conf.d" / "archive.conf"
        others = [line for line in settings.read_text().splitlines() if not line.startswith("archive_command")]
        settings.write_text("\n".join((*others, command[0].replace("age1…", public), "")))
        run("systemctl", "restart", unit())
        person = ("--noinput", "--username", "after", "--email", "after@example.org")
        run("alleviation", "createsuperuser", *person, DJANGO_SUPERUSER_PASSWORD=f"written {public[-20:]}")
        archived(sql("SELECT pg_walfile_name(pg_switch_wal())"))
    with board.row("what was written after the backup is restored by the app's user, put in place, and serves"):
        shutil.rmtree(DATA / "restored", ignore_errors=True)
        told = ("--from", str(BACKUPS), "--identity", KEY, "--wal", str(ARCHIVE), "--to", str(DATA / "restored"))
        run("alleviation", "restore", *told, "--until", "latest")
        exchange()
        expect((in_office(WRITTEN), Browser(PLACE).get("/healthz").status), ("1", 200))
        run("systemctl", "start", "alleviation-verify")
        archived("00000002.history")


def exchange() -> None:
    """What was restored takes the place of what was there."""
    run("systemctl", "stop", "alleviation.socket", "alleviation-imports", unit())
    data = Path("/var/lib/postgresql") / cluster().parent.name / "main"
    data.rename(data.with_name("main.before"))
    shutil.move(DATA / "restored" / "cluster", data)
    run("chown", "-R", "postgres:", str(data))
    (DATA / "evidence").rename(DATA / "evidence.before")
    shutil.move(DATA / "restored" / "evidence-files", DATA / "evidence")
    run("systemctl", "start", unit(), "alleviation", "alleviation-imports")


def in_office(statement: str, database: str = "alleviation") -> str:
    """What the office's database answers to its administrator."""
    command = f'cd / && runuser -u postgres -- psql -d {database} -qtAc "$0"'
    return run("sh", "-c", command, statement).strip()
