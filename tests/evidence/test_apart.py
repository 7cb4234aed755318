"""Files of strangers are opened in a process that knows no secret, writes no file and ends at its limits."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from alleviation.common import apart
from alleviation.evidence import content
from alleviation.evidence.models import FileKind
from tests.evidence import files

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _in_its_process(monkeypatch):
    monkeypatch.setattr(content, "asked_apart", apart.asked_apart)


@pytest.mark.parametrize(
    ("sent", "kind"),
    [(files.pdf(), FileKind.PDF), (files.image("PNG"), FileKind.PNG), (files.image("JPEG"), FileKind.JPEG)],
    ids=["pdf", "png", "jpeg"],
)
def test_a_sound_file_is_opened_there(sent, kind):
    assert content.kind_of(sent) == kind


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (files.pdf(password="secret"), content.LOCKED),
        (files.vast_png(), content.VAST_IMAGE),
        (files.image("PNG") + files.zipped(), content.TWOFOLD),
    ],
    ids=["locked", "vast", "twofold"],
)
def test_what_it_refuses_is_refused_here(sent, words):
    with pytest.raises(ValidationError) as caught:
        content.kind_of(sent)

    assert caught.value.messages == [str(words)]


SCRIPTS = {
    "secrets": "import os; print(json.dumps(sorted(os.environ)))",
    "writes": "open('/tmp/alleviation-written', 'w').write('x')",
    "eats": "x = bytearray(3 << 30); print(json.dumps({}))",
    "dies": "import os; os.abort()",
    "sleeps": "import time; time.sleep(60)",
}
LIMITED = (
    f"import json, sys; sys.path.insert(0, {str(content.SCRIPT.parent)!r}); import opening; opening.limit_self()\n"
)


def script(folder: Path, name: str) -> Path:
    path = folder / f"{name}.py"
    path.write_text(LIMITED + SCRIPTS[name])
    return path


@pytest.mark.parametrize("name", ["writes", "eats", "dies", "sleeps"])
def test_a_reader_that_goes_wrong_ends_alone_and_is_not_believed(name, tmp_path):
    assert apart.asked_apart(script(tmp_path, name), b"", patience=3) is None


def test_a_reader_has_no_secret_in_its_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "x" * 60)
    monkeypatch.setenv("DATABASE_URL", "postgresql://office:secret@db/office")
    command = [sys.executable, "-I", str(script(tmp_path, "secrets"))]

    done = subprocess.run(command, capture_output=True, env=apart.environment(), check=True)

    assert set(json.loads(done.stdout)) <= {*apart.KEPT, "LC_CTYPE"}
