"""What the office's virus scanner refuses, or says nothing about, is not taken in."""

import shlex
import sys

import pytest
from django.core.exceptions import ValidationError

from alleviation.evidence import scanning
from alleviation.evidence.models import StoredFile
from alleviation.evidence.store import store

# What every scanner takes for a virus and no machine is harmed by, in two halves.
TEST_VIRUS = r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + "-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SCANNER = "import sys; sys.exit(b'EICAR' in sys.stdin.buffer.read())"


def python(words: str) -> str:
    return shlex.join([sys.executable, "-c", words])


@pytest.mark.slow
def test_a_file_with_a_virus_is_refused_and_another_is_kept(db, settings):
    settings.FILE_SCANNER = python(SCANNER)

    with pytest.raises(ValidationError, match="virus scanner refuses this file"):
        store(TEST_VIRUS.encode(), by="clerk")
    store(b"A receipt", by="clerk")

    assert [file.size for file in StoredFile.objects.all()] == [9]


@pytest.mark.slow
@pytest.mark.parametrize("words", ["import sys; sys.exit(2)", "import os; os.abort()", "import time; time.sleep(9)"])
def test_a_scanner_that_gives_no_answer_keeps_files_out(words, db, settings, monkeypatch):
    settings.FILE_SCANNER = python(words)
    monkeypatch.setattr(scanning, "SECONDS", 2)

    with pytest.raises(ValidationError, match="does not answer"):
        store(b"A receipt", by="clerk")

    assert not StoredFile.objects.exists()


def test_a_scanner_that_is_not_there_keeps_files_out(db, settings):
    settings.FILE_SCANNER = "no-such-scanner -"

    with pytest.raises(ValidationError, match="does not answer"):
        store(b"A receipt", by="clerk")


def test_without_a_scanner_nobody_is_asked(db, settings):
    settings.FILE_SCANNER = ""

    assert store(TEST_VIRUS.encode(), by="clerk").size == len(TEST_VIRUS)
