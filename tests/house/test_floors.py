"""Imports only go down, as pyproject.toml says floor by floor, and import-linter would notice if they did not."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.ground import ROOT

LINT = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"

# A small house of the same plan: one import that goes up for each contract, and one room that stands on no floor.
ROOMS = (
    "alleviation/common",
    "alleviation/accounts",
    "alleviation/audit",
    "alleviation/entrance",
    "alleviation/evidence",
    "alleviation/intake",
    "alleviation/scrutiny",
    "alleviation/dashboards",
    "alleviation/reports",
    "alleviation/imports",
    "alleviation/api",
    "alleviation/operations",
    "alleviation/example",
    "projects",
    "beneficiaries",
)
UPWARDS = {
    "Imports only go down the house": ("projects/models.py", "import beneficiaries"),
    "Every part of alleviation stands on a floor": ("alleviation/attic.py", ""),
    "Dashboards, reports and imports do not know each other": (
        "alleviation/dashboards/views.py",
        "import alleviation.reports",
    ),
    "Imports only go down the rooms of projects and beneficiaries": (
        "beneficiaries/rollups.py",
        "def late():\n    from beneficiaries import reports",
    ),
}


def lint(folder: Path) -> str:
    """What import-linter says about the house in a folder."""
    done = subprocess.run(
        [sys.executable, "-c", LINT],
        cwd=folder,
        env={**os.environ, "COLUMNS": "200", "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def build_house(folder: Path) -> None:
    """An empty house with our contracts."""
    (folder / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    for room in ("alleviation", *ROOMS):
        (folder / room).mkdir(parents=True)
        (folder / room / "__init__.py").touch()
    for room in ("projects", "beneficiaries"):
        for name in ("models", "actions", "reports"):
            (folder / room / f"{name}.py").touch()


def verdicts(said: str) -> dict[str, str]:
    return {
        name: line.removeprefix(name).strip()
        for line in said.splitlines()
        for name in UPWARDS
        if line.startswith(name + " ")
    }


def test_every_contract_is_kept():
    said = lint(ROOT)

    assert verdicts(said) == dict.fromkeys(UPWARDS, "KEPT"), said


@pytest.mark.slow
def test_each_contract_can_be_broken(tmp_path):
    build_house(tmp_path)
    clean = verdicts(lint(tmp_path))

    for name, line in UPWARDS.values():
        (tmp_path / name).write_text(line + "\n")
    said = lint(tmp_path)

    assert clean == dict.fromkeys(UPWARDS, "KEPT")
    assert verdicts(said) == dict.fromkeys(UPWARDS, "BROKEN"), said


def test_every_contract_is_known_here():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]

    assert [contract["name"] for contract in contracts] == list(UPWARDS)
