"""A browser before the app as it is served. Skipped, and said so at the end of the run, where there is no browser."""

import os
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.browser.serving import made_once, served
from tests.browser.visiting import ARGUMENTS, Reception

HERE = Path(__file__).parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
NEEDED = {
    "no Chromium (apt-get install chromium)": CHROMIUM is not None,
    "no pytest-playwright (pip install -e '.[dev]')": find_spec("pytest_playwright") is not None,
    "no axe-playwright-python (pip install -e '.[dev]')": find_spec("axe_playwright_python") is not None,
}
MISSING = "; ".join(reason for reason, is_there in NEEDED.items() if not is_there)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser nothing is tried in one: the README's command installs none."""
    if MISSING:
        for item in items:
            if HERE in item.path.parents and "reception" in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.skip(reason=f"{MISSING}: nothing is tried in a browser"))


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The distribution's Chromium instead of one that Playwright would fetch."""
    return {"executable_path": CHROMIUM, "args": ARGUMENTS}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the app over the example: made once for all workers, and each has a copy of its own."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    ours = tmp_path_factory.mktemp("site") / "files"
    shutil.copytree(made_once(shared), ours)
    with served(ours) as base:
        yield base


@pytest.fixture(scope="session")
def reception(site: str, request: pytest.FixtureRequest) -> Iterator[Reception]:
    """Where people come in. From here on the browser's loop runs in this thread, where Django else asks nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield Reception(request.getfixturevalue("browser"), site)
