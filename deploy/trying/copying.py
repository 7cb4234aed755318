"""The code to try, without what running it here has made."""

import shutil
import subprocess
from pathlib import Path

LISTING = ("ls-files", "-z", "--cached", "--others", "--exclude-standard")


def copied(root: Path, folder: Path) -> Path:
    """The code as git has it, with what is changed and not committed yet; without git, all that is no product."""
    told = subprocess.run(
        ["git", "-c", f"safe.directory={root}", *LISTING], cwd=root, capture_output=True, check=False
    )
    if told.returncode:
        return Path(shutil.copytree(root, folder, ignore=shutil.ignore_patterns(".*", "__pycache__", "staticfiles")))
    for name in filter(None, told.stdout.decode().split("\0")):
        if (root / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, folder / name)
    return folder
