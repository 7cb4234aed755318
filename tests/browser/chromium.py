"""The browser of these tests: Debian's Chromium, driven by Playwright. What is missing of it is said in words."""

import shutil
from importlib.util import find_spec

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
NEEDED = {
    "no Chromium (apt-get install chromium)": CHROMIUM is not None,
    "no pytest-playwright (pip install -e '.[dev]')": find_spec("pytest_playwright") is not None,
    "no axe-playwright-python (pip install -e '.[dev]')": find_spec("axe_playwright_python") is not None,
}
MISSING = "; ".join(reason for reason, is_there in NEEDED.items() if not is_there)
# Chromium asks nobody anything of its own accord, and runs where it may not shut itself in.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
