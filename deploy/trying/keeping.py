"""What docs/backup.md has one type on an office's server: the archived log, a restore, a share that is away."""

import re
import shutil
import subprocess
import time
from pathlib import Path

from deploy.trying.board import Board, NotSo, expect, said

DATA = Path("/var/lib/alleviation")
BACKUPS, ARCHIVE = DATA / "backups", Path("/var/lib/alleviation-wal")
# In memory; backup_key writes into no file that is there.
KEY = "/run/backup-key/key.txt"
UNITS = Path("/etc/systemd/system")
BACKUP = "alleviation-backup.service"
PAGE = Path("/srv/alleviation/current/docs/backup.md")
OLD_SEGMENT = f"{'0' * 7}1{'0' * 16}.{'0' * 32}.gz.age"
PATIENCE = 60


def make_key() -> str:
    """The pair of keys, where the page says; the public one."""
    said(["install", "-d", "-m", "700", "-o", "alleviation", str(Path(KEY).parent)])
    made = said(["alleviation", "backup_key", KEY])
    return made[made.index("age1") :].split()[0].strip(".,'\"")


def sql(statement: str) -> str:
    """What it answers, asked by the database's own administrator."""
    return said(["sh", "-c", 'cd / && runuser -u postgres -- psql -qtAc "$0"', statement]).strip()


def kept(public: str, board: Board) -> None:
    """Backups and the log, as the page says."""
    with board.row("PostgreSQL archives its log as docs/backup.md says, and the app's user reads it") as tell:
        began = time.monotonic()
        set_up(public)
        said(["systemctl", "start", BACKUP])
        found = archived(sql("SELECT pg_walfile_name(pg_switch_wal())"))
        said(["runuser", "-u", "alleviation", "--", "cp", str(found), "/dev/null"])
        expect(sql("SELECT failed_count FROM pg_stat_archiver"), "0")
        tell(f"{time.monotonic() - began:.0f} s")
    told = ["--from", str(BACKUPS), "--identity", KEY, "--wal", str(ARCHIVE)]
    with board.row("alleviation restore brings all that is archived to a folder of the app's user") as tell:
        began = time.monotonic()
        said(["alleviation", "restore", *told, "--to", str(DATA / "restored"), "--until", "latest"])
        expect((DATA / "restored" / "cluster" / "PG_VERSION").exists(), True)
        tell(f"{time.monotonic() - began:.0f} s")
    with board.row("alleviation backup_drill finds in the newest backup what was backed up") as tell:
        began = time.monotonic()
        said(["alleviation", "backup_drill", *told, "--place", str(DATA), "--quick"])
        tell(f"{time.monotonic() - began:.0f} s")
    pruned(board)
    not_mounted(board)


def set_up(public: str) -> None:
    """The lines of the page, with a key in them."""
    lines = re.search(r"conf\.d/archive\.conf <<'END'\n(.*?)END\n", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    cluster = next(Path("/etc/postgresql").glob("*/main"))
    if lines is None:
        raise NotSo("the page has no lines for archive.conf")
    (cluster / "conf.d" / "archive.conf").write_text(lines[1].replace("age1…", public))
    said(["systemctl", "restart", f"postgresql@{cluster.parent.name}-main"])


def archived(segment: str) -> Path:
    """The file of a segment, once it is there. Raises NotSo."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        for found in ARCHIVE.glob(f"{segment}.*.gz.age"):
            return found
        time.sleep(0.2)
    failed = sql("SELECT last_failed_wal FROM pg_stat_archiver")
    raise NotSo(f"{segment} is not archived; {failed or 'none'} failed last")


def pruned(board: Board) -> None:
    """By the unit itself, with all that it may not do, told to leave one backup alone."""
    extra = UNITS / f"{BACKUP}.d"
    with board.row("the nightly backup deletes what no backup needs of the log"):
        (ARCHIVE / OLD_SEGMENT).touch(mode=0o640)
        shutil.chown(ARCHIVE / OLD_SEGMENT, "postgres", "alleviation")
        command = re.search(r"^ExecStart=(.*)--keep-days 30$", (UNITS / BACKUP).read_text(), re.MULTILINE)
        if command is None:
            raise NotSo("the unit has another command")
        extra.mkdir()
        (extra / "keep.conf").write_text(f"[Service]\nExecStart=\nExecStart={command[1]}--keep 1\n")
        try:
            said(["systemctl", "daemon-reload"])
            said(["systemctl", "start", BACKUP])
        finally:
            shutil.rmtree(extra)
            said(["systemctl", "daemon-reload"])
        expect([(ARCHIVE / OLD_SEGMENT).exists(), len(list(BACKUPS.glob("*Z")))], [False, 1])


def not_mounted(board: Board) -> None:
    """A mount of a disk that is not there, as systemd makes it of a line of fstab."""
    mount = UNITS / "var-lib-alleviation-backups.mount"
    with board.row("while the disk of backups is away, none is written to the folder beneath"):
        before = sorted(BACKUPS.iterdir())
        mount.write_text(f"[Unit]\nDefaultDependencies=no\n[Mount]\nWhat=/no-such-disk\nWhere={BACKUPS}\nType=ext4\n")
        try:
            said(["systemctl", "daemon-reload"])
            refused = subprocess.run(["systemctl", "start", BACKUP], capture_output=True, check=False)
        finally:
            mount.unlink()
            said(["systemctl", "daemon-reload"])
            said(["systemctl", "reset-failed"])
        expect((refused.returncode != 0, sorted(BACKUPS.iterdir())), (True, before))
