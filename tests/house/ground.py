"""What the laws walk: the project's files and models, and how an offence is told."""

import ast
import os
import subprocess
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from django.apps import apps
from django.db.models import Model

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("alleviation", "projects", "beneficiaries")


def is_ours(module: str) -> bool:
    return module.split(".")[0] in ROOMS


def own_models(*, through: bool = False) -> list[type[Model]]:
    """Every model of the project, with Django's automatic join tables when asked for."""
    return [
        model
        for config in apps.get_app_configs()
        if is_ours(config.name)
        for model in config.get_models(include_auto_created=through)
    ]


@cache
def project_files() -> tuple[Path, ...]:
    """Every file that is committed, or would be with the next commit."""
    listing = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
        env={**os.environ, "LC_ALL": "C"},
    )
    if listing.returncode == 0:
        names = {ROOT / os.fsdecode(name) for name in listing.stdout.split(b"\0") if name}
        return tuple(sorted(path for path in names if path.is_file()))
    return tuple(sorted(unpacked_files()))


def unpacked_files() -> Iterator[Path]:
    """The files of a copy without git: all but what running and testing make."""
    made = {".venv", "__pycache__", "staticfiles", "htmlcov", ".git"}
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        is_made = made & set(parts) or any(part.endswith(("_cache", ".egg-info")) for part in parts)
        if path.is_file() and not is_made:
            yield path


def files(*folders: str, suffix: str) -> list[Path]:
    """The project's files of one kind below some folders, or below all."""
    roots = [ROOT / folder for folder in folders] or [ROOT]
    return [
        path for path in project_files() if path.suffix == suffix and any(path.is_relative_to(root) for root in roots)
    ]


def own_code() -> list[Path]:
    """The app's Python files, without tests and migrations."""
    return [path for path in files(*ROOMS, suffix=".py") if "migrations" not in path.parts]


def label(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def told(offenders: Iterable[str]) -> str:
    """The message of a broken law: one offender a line."""
    return "\n  ".join(["broken by:", *sorted(offenders)])
