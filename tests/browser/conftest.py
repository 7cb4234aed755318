"""A browser before the app as it is served."""

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browser.serving import made_once, served
from tests.browser.visiting import Reception

if TYPE_CHECKING:
    from playwright.sync_api import Browser


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
def reception(chromium: "Browser", site: str) -> Reception:
    """Where people come in."""
    return Reception(chromium, site)
