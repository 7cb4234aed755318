"""What is committed belongs to the project, and tells nothing of the machine it was written on."""

import re
from pathlib import Path

import pytest

from tests.house.ground import ROOT, label, project_files, told

TOP = {
    ".ci",
    ".dockerignore",
    ".gitignore",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Dockerfile",
    "LICENSE",
    "README.md",
    "alleviation",
    "benchmarks",
    "beneficiaries",
    "compose.yaml",
    "constraints.txt",
    "deploy",
    "docs",
    "gunicorn.conf.py",
    "lefthook.yml",
    "locale",
    "manage.py",
    "projects",
    "pyproject.toml",
    "static",
    "templates",
    "tests",
}
NEEDED = TOP - {"lefthook.yml", "locale"}
# Written in two halves, so that the law does not find itself.
TELLING = re.compile(
    "|".join(
        (
            "index" + "-url",
            "find" + "-links",
            'registry = "' + "http",
            '"resolved"' + ":",
            r"\.\./" + "shared",
            "/" + r"(?:home|Users)/\w",
            "/" + r"(?:root|work)/\w",
            "BEGIN [A-Z ]*PRIVATE " + "KEY",
        )
    )
)
LARGEST = 2_000_000
MADE = (".sqlite3", ".pyc", ".log", ".pot", ".orig", ".rej", ".bak")


def tells(text: str) -> list[str]:
    """The words in a text that name a host, a path or a secret of some machine."""
    return [found[0] for found in TELLING.finditer(text)]


def text_of(path: Path) -> str:
    """A file's text; what is not text has none."""
    content = path.read_bytes()
    return "" if b"\0" in content else content.decode("utf-8", errors="replace")


def test_top_level_holds_nothing_unexpected():
    found = {label(path).split("/")[0] for path in project_files()}

    assert found - TOP == set()
    assert NEEDED - found == set()


def test_no_file_tells_of_the_machine_it_was_written_on():
    offenders = [f"{label(path)}: {word}" for path in project_files() for word in tells(text_of(path))]

    assert offenders == [], told(offenders)


def test_nothing_made_by_running_is_committed():
    offenders = [label(path) for path in project_files() if path.suffix in MADE]

    assert offenders == [], told(offenders)


def test_no_file_is_huge():
    offenders = [label(path) for path in project_files() if path.stat().st_size > LARGEST]

    assert offenders == [], told(offenders)


def test_constraints_pin_exact_versions_and_nothing_else():
    lines = (ROOT / "constraints.txt").read_text().splitlines()

    strange = [line for line in lines if not re.fullmatch(r"[a-z0-9-]+==[0-9][\w.]*( ; [\w. '!=<>]+)?", line)]

    assert strange == [], told(strange)


@pytest.mark.parametrize(
    "line",
    [
        "--extra-index" + "-url https://example.org",
        "--find" + "-links x",
        'registry = "' + 'https://example.org"',
        "see .." + "/shared/plan.md",
        "cd /" + "home/someone/app",
        "cd /" + "root/app",
    ],
)
def test_a_telling_line_is_found(line):
    assert len(tells(line)) == 1


@pytest.mark.parametrize("line", ["https://example.org/home/", "the root of the tree", "/usr/lib/postgresql", "docs/"])
def test_a_plain_line_tells_nothing(line):
    assert tells(line) == []
