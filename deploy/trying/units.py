"""What unit files say, read as systemd reads them: a drop-in after its unit, a list of words for each name."""

import shlex
from pathlib import Path

UNITS = Path(__file__).resolve().parent.parent / "systemd"
COMMON = UNITS / "alleviation-.service.d" / "10-common.conf"


def directives(*files: Path) -> list[tuple[str, str]]:
    """Each NAME=VALUE in order, of all sections; lines that end with a backslash go on."""
    found = []
    for path in files:
        text = path.read_text(encoding="utf-8").replace("\\\n", " ")
        lines = (line.strip() for line in text.splitlines())
        found += [
            (line.partition("=")[0], line.partition("=")[2])
            for line in lines
            if line and line[0] not in "#;[" and "=" in line
        ]
    return found


def values(name: str, *files: Path) -> list[str]:
    return [value for found, value in directives(*files) if found == name]


def command(unit: Path) -> list[str]:
    """The words of its ExecStart=."""
    return shlex.split(values("ExecStart", unit)[0])


def environment() -> dict[str, str]:
    """What the units set for all of them."""
    pairs = (pair for line in values("Environment", COMMON) for pair in shlex.split(line))
    return dict(pair.split("=", 1) for pair in pairs)
