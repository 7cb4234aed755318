#!/usr/bin/env python3
"""Tries an office's server for real, and says what held: deploy/try_server.py [--quick]

In full: a machine within this one (namespaces of Linux) with a systemd of its own, in which install.sh makes a server
of plain Debian with PostgreSQL and nginx; people come in through nginx over HTTPS, jobs run, processes are killed, the
next release comes while others work. With --quick, and where there can be no such machine: gunicorn by the words of
the unit files, PostgreSQL and nginx of its own, in a folder that goes afterwards. No fixed ports, nothing stays. Exits
with 1 where something does not hold, and says loudly what could not be tried.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from deploy.trying.box import Box, lacking  # noqa: E402
from deploy.trying.copying import copied  # noqa: E402

# What Debian brings; where root and apt are there, they are installed for the trial.
PACKAGES = ("postgresql", "age", "nginx", "openssl", "python3-venv", "util-linux", "iproute2")


def fetched(root: Path, folder: Path) -> Path:
    """The packages that constraints.txt names, as wheels, from the registry that pip is set up for."""
    with tempfile.TemporaryDirectory() as place:
        subprocess.run(["/usr/bin/python3", "-m", "venv", place], check=True)
        listing = (
            "import sys, tomllib; print(*tomllib.load(open(sys.argv[1], 'rb'))['project']['dependencies'], sep='\\n')"
        )
        needed = subprocess.run(
            [f"{place}/bin/python", "-c", listing, str(root / "pyproject.toml")], capture_output=True, check=True
        )
        (Path(place) / "needed").write_bytes(needed.stdout)
        words = ["download", "-q", "-d", str(folder), "-c", str(root / "constraints.txt"), "-r", f"{place}/needed"]
        subprocess.run([f"{place}/bin/pip", *words], check=True)
    return folder


def install_packages() -> None:
    """PostgreSQL and nginx of Debian where they lack and one may; their own servers are not started."""
    there = [
        shutil.which("nginx", path="/usr/sbin:/usr/bin"),
        shutil.which("pg_createcluster"),
        shutil.which("openssl"),
        shutil.which("age"),
        shutil.which("ip"),
    ]
    if all(there) or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    # To Debian's tools it is the run level in which nothing is started.
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *PACKAGES]):
        subprocess.run(["apt-get", *words], env=quiet, stdout=subprocess.DEVNULL, check=False)


def in_a_box(root: Path, wheels: Path | None) -> int:
    """The whole trial, in a machine of its own."""
    box = Box()
    code = copied(root, box.given / "code")
    packages = box.given / "wheels"
    if wheels:
        shutil.copytree(wheels, packages)
    else:
        fetched(code, packages)
    with box:
        words = ("python3", "-m", "deploy.trying.inside", "--code", str(code), "--wheels", str(packages))
        return subprocess.run(box.command("sh", "-c", f"cd {code} && exec {' '.join(words)}"), check=False).returncode


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="without systemd, and shorter")
    parser.add_argument("--code", type=Path, default=ROOT, help="the code to try (default: this)")
    parser.add_argument("--wheels", type=Path, help="packages from this folder instead of a registry")
    given = parser.parse_args()
    install_packages()
    why = lacking()
    if not given.quick and not why:
        return in_a_box(given.code.resolve(), given.wheels)
    if why and not given.quick:
        print(f"!!! NOT TRIED: install.sh, the units under systemd and upgrade.sh, for {why}", flush=True)
    from deploy.trying.plain import try_plainly

    return try_plainly(given.code.resolve())


if __name__ == "__main__":
    sys.exit(main())
