"""Runs what reads a stranger's file in a process of its own, which has neither our secrets nor our database.

The reader limits itself in time, memory and what it may write. Here is what it is not told, and how long it may take.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

# What Python needs to start. Keys and the address of the database are in the environment, and stay there.
KEPT = ("LD_LIBRARY_PATH", "PATH", "SYSTEMROOT")


def environment() -> dict[str, str]:
    """The environment of a reader."""
    return {name: os.environ[name] for name in KEPT if name in os.environ}


def asked_apart(script: Path, content: bytes, *, patience: int) -> dict[str, Any] | None:
    """What a script answers, as JSON, about what it is given; None where it was stopped or took too long."""
    command = [sys.executable, "-I", str(script)]
    try:
        done = subprocess.run(  # noqa: S603  # nosec B603 # our own interpreter and script, no shell
            command, input=content, capture_output=True, timeout=patience, check=False, env=environment(), cwd="/"
        )
    except subprocess.TimeoutExpired:
        return None
    return dict(json.loads(done.stdout)) if done.returncode == 0 and done.stdout else None
