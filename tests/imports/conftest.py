"""Imports of a tiny kind, in a folder of their own."""

import pytest

from alleviation.imports.catalogue import BY_SLUG
from alleviation.intake import running
from tests.imports.notes import SourceImport

GOOD = "code,name\ncounty-1,县级\ncounty-2,市级\n"
BAD = "code,name\ncounty-1,县级\n县,=1+1\n\nß,市级\n"


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.IMPORT_ROOT = tmp_path / "imports"


@pytest.fixture
def kind(monkeypatch):
    """A kind of import that is in the catalogue."""
    one = SourceImport()
    monkeypatch.setitem(BY_SLUG, one.slug, one)
    return one


@pytest.fixture
def handed_in(kind, clerk):
    """Hands text in as a file of the clerk."""
    return lambda text=GOOD, name="sources.csv", by=clerk, **words: running.hand_in(
        kind, [text.encode() if isinstance(text, str) else text], name=name, by=by, **words
    )


@pytest.fixture
def ready(handed_in, kind):
    """A good file that was checked."""
    run = handed_in()
    running.check(run, kind)
    return run


def confirmed(run):
    """The run after its person has said yes."""
    words = {"sha256": run.sha256, "fingerprint": run.findings["fingerprint"]}
    running.confirm(run, by=run.asked_by, **words)
    return run
