"""django-import-export, which the project does not use, in an environment that goes again."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PEER = "django-import-export[csv]"


@contextmanager
def import_export() -> Iterator[str]:
    """A Python that has it beside all of ours; "" where it cannot be had."""
    if _has(sys.executable):
        yield sys.executable
        return
    with tempfile.TemporaryDirectory(prefix="peers-") as folder:
        yield _installed(Path(folder))


def _installed(folder: Path) -> str:
    python = str(folder / "bin" / "python")
    made = subprocess.run([sys.executable, "-m", "venv", folder], capture_output=True, check=False)
    # What is installed here is found there as well.
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    for found in folder.glob("lib/python*/site-packages"):
        (found / "ours.pth").write_text(packages)
    fetched = subprocess.run([python, "-m", "pip", "install", "-q", PEER], capture_output=True, check=False)
    return python if made.returncode == fetched.returncode == 0 and _has(python) else ""


def _has(python: str) -> bool:
    """Whether a Python finds it."""
    return subprocess.run([python, "-c", "import import_export"], capture_output=True, check=False).returncode == 0
