"""A machine within the machine, with a systemd of its own, for an installation that leaves no trace.

Namespaces of Linux: what is written there lies in memory, what listens there nobody else hears. It needs root, and a
kernel that gives namespaces to whoever asks.
"""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType

from deploy.trying.board import said

HERE = Path(__file__).resolve().parent
SYSTEMD = Path("/lib/systemd/systemd")
NAMESPACES = ("--pid", "--fork", "--mount", "--cgroup", "--ipc", "--uts", "--net", "--kill-child")
# What Debian's packages bring of units, as far as the trial starts them.
DEBIANS = (
    *("nginx.service", "postgresql.service", "postgresql@.service"),
    *("systemd-journald.service", "systemd-journald.socket", "systemd-journald-dev-log.socket"),
)
STUBS = (
    *("basic", "sysinit", "sockets", "timers", "paths", "slices", "network", "network-online", "multi-user"),
    *("shutdown", "umount", "final", "default", "remote-fs", "nss-lookup", "local-fs", "time-set", "time-sync"),
)
READY = 30


def lacking() -> str:
    """Why there can be no such machine here; empty where there can."""
    if os.geteuid() != 0:
        return "it takes root"
    for program in ("unshare", "nsenter", "systemctl", "nginx", "pg_createcluster", "openssl", "runuser", "ip"):
        if not shutil.which(program):
            return f"there is no {program} here"
    if not SYSTEMD.exists():
        return "there is no systemd here"
    tried = subprocess.run(["unshare", *NAMESPACES, "true"], capture_output=True, check=False)
    return "" if tried.returncode == 0 else "this kernel gives nobody namespaces"


class Box:
    """A started machine; `run` runs a command in it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="alleviation-box-"))
        self.given = self.folder / "given"
        self.log = self.given / "console.log"
        for name in ("given", "box"):
            (self.folder / name).mkdir()
        self.group = Path("/sys/fs/cgroup/unified" if Path("/sys/fs/cgroup/unified").is_dir() else "/sys/fs/cgroup")
        self.group /= self.folder.name

    def __enter__(self) -> "Box":
        self.write_stubs()
        self.group.mkdir()
        command = ["unshare", *NAMESPACES, "/bin/sh", str(HERE / "box.sh"), str(self.folder)]
        with self.log.open("w") as log:
            self.outer = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, preexec_fn=self.join
            )
        try:
            self.first = self.wait_for_systemd()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def join(self) -> None:
        """In a control group of its own, so that systemd rules over that alone."""
        (self.group / "cgroup.procs").write_text(str(os.getpid()))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """With its first process all others end, and with them all that was written."""
        self.outer.kill()
        self.outer.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
        for group in sorted(self.group.rglob("*/"), reverse=True):
            remove(group)
        remove(self.group)

    def write_stubs(self) -> None:
        stubs = self.given / "stubs"
        stubs.mkdir()
        for name in STUBS:
            (stubs / f"{name}.target").write_text(f"[Unit]\nDescription={name}\nDefaultDependencies=no\n")
        (stubs / "box.target").write_text(
            "[Unit]\nWants=sockets.target multi-user.target systemd-journald.service\nDefaultDependencies=no\n"
        )
        for name in DEBIANS:
            shutil.copy(Path("/lib/systemd/system") / name, stubs / name)

    def wait_for_systemd(self) -> int:
        """The number of its first process, seen from here. Raises TimeoutError with what it said."""
        until = time.monotonic() + READY
        while time.monotonic() < until and self.outer.poll() is None:
            children = Path(f"/proc/{self.outer.pid}/task/{self.outer.pid}/children").read_text().split()
            if children and self.asked(int(children[0])):
                return int(children[0])
            time.sleep(0.2)
        raise TimeoutError(f"no systemd comes up:\n{self.log.read_text()}")

    def asked(self, first: int) -> bool:
        """Whether it answers."""
        command = [*entering(first), "systemctl", "is-active", "multi-user.target"]
        return subprocess.run(command, capture_output=True, check=False).stdout.strip() == b"active"

    def command(self, *words: str, **environment: str) -> list[str]:
        """The command that runs these words in there, with an environment as a person's who has just signed in."""
        path = "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"
        variables = {"PATH": path, "LC_ALL": "C.UTF-8", "HOME": "/root", **environment}
        return [*entering(self.first), "env", "-i", *(f"{name}={value}" for name, value in variables.items()), *words]

    def run(self, *words: str, **environment: str) -> str:
        """What it said. Raises NotSo with that where it failed."""
        return said(self.command(*words, **environment), words)


def entering(first: int) -> list[str]:
    return ["nsenter", "-t", str(first), "-m", "-p", "-n", "-i", "-u", "-C", "-r", "--wdns=/"]


def remove(group: Path) -> None:
    """An empty control group; one whose last process is just ending is tried for a while."""
    for _try in range(20):
        try:
            group.rmdir()
            return
        except FileNotFoundError:
            return
        except OSError:
            time.sleep(0.1)
