"""Adds the texts of documents from a folder; a file is taken only for the document whose hash it has."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from alleviation.audit.models import ImportBatch
from alleviation.audit.trail import together
from alleviation.example.book import ACTOR
from projects.actions import attach_text
from projects.models import Document

# No published text is as long; a larger file is not read.
LARGEST = 5_000_000


@dataclass
class Texts:
    """What became of the files of a folder."""

    added: list[str] = field(default_factory=list)
    there_already: list[str] = field(default_factory=list)
    not_wanted: list[str] = field(default_factory=list)


def add_texts(folder: Path, batch: ImportBatch) -> Texts:
    """Attach each file whose SHA-256 a document without text has; all or none. Raises CommandError for no folder."""
    if not folder.is_dir():
        raise CommandError(_("%(folder)s is not a folder.") % {"folder": folder})
    texts = Texts()
    with together():
        for path in sorted(folder.iterdir()):
            if path.is_file():
                _add(path, texts, batch)
    return texts


def _add(path: Path, texts: Texts, batch: ImportBatch) -> None:
    content = path.read_bytes() if path.stat().st_size <= LARGEST else b""
    document = Document.objects.filter(sha256=sha256(content).hexdigest()).first() if content else None
    if document is None:
        texts.not_wanted.append(path.name)
    elif document.text:
        texts.there_already.append(path.name)
    else:
        attach_text(document, content, by=ACTOR, batch=batch)
        texts.added.append(path.name)


def without_text() -> Iterator[Document]:
    """The documents whose text nobody has added yet."""
    yield from Document.objects.filter(text="").order_by("pk")
