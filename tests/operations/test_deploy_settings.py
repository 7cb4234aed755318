"""The table of settings in docs/operate.md: every variable that is read stands there, and no other."""

import re

from deploy.trying.units import UNITS
from tests.house.ground import ROOT, files, own_code

READ = re.compile(r'\benv\.\w+\(\s*"([A-Z_]+)"')
ASKED = re.compile(r'os\.environ(?:\.get\(|\[)\s*"([A-Z_]+)"')
# What Django, Python and the system have.
OTHERS = {
    *("DJANGO_SETTINGS_MODULE", "PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"),
    # Set by the app for what counts within it.
    "PROMETHEUS_MULTIPROC_DIR",
}
# Read by gunicorn itself.
GUNICORNS = {"WEB_CONCURRENCY"}


def documented() -> set[str]:
    text = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\| `([A-Z_]+)` \|", text, re.MULTILINE))


def read() -> set[str]:
    """The variables that the app, gunicorn's file and the units read."""
    code = [*own_code(), ROOT / "gunicorn.conf.py"]
    texts = [path.read_text(encoding="utf-8") for path in code]
    units = [path.read_text(encoding="utf-8") for path in files("deploy/systemd", suffix=".service")]
    found = {name for text in texts for pattern in (READ, ASKED) for name in pattern.findall(text)}
    return (found | {name for text in units for name in re.findall(r"\$\{([A-Z_]+)\b", text)}) - OTHERS


def test_every_variable_that_is_read_is_documented_and_no_other():
    names = read()

    assert len(names) > 40
    assert sorted(names | GUNICORNS) == sorted(documented())


def test_every_variable_that_an_installation_sets_is_documented():
    settings = (ROOT / "deploy" / "alleviation.env").read_text(encoding="utf-8")
    units = (UNITS / "alleviation-.service.d" / "10-common.conf").read_text(encoding="utf-8")
    compose = (ROOT / "compose.yaml").read_text(encoding="utf-8").partition("services:")[0]
    set_there = set(re.findall(r"^#? ?([A-Z_]+)='", settings, re.MULTILINE))
    set_there |= {name for line in re.findall(r"^Environment=(.*)$", units, re.MULTILINE) for name in names_in(line)}
    set_there |= set(re.findall(r"^    ([A-Z_]+): ", compose, re.MULTILINE))

    assert len(set_there) > 15
    assert sorted(set_there - OTHERS - documented()) == []


def names_in(line: str) -> list[str]:
    return [pair.partition("=")[0] for pair in line.split()]
