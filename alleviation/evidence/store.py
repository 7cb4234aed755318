"""Takes files in and gives them out: their bytes on the disk, their SHA-256 in the database and in the trail."""

import logging

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from alleviation.audit import trail
from alleviation.audit.models import ImportBatch
from alleviation.audit.trail import Actor
from alleviation.evidence import disk
from alleviation.evidence.content import kind_of
from alleviation.evidence.disk import FileChanged, FileMissing, FileUnreadable
from alleviation.evidence.models import StoredFile
from alleviation.evidence.scanning import refuse_infected

__all__ = [
    "FileChanged",
    "FileMissing",
    "FileUnreadable",
    "content_of",
    "forget_after_commit",
    "kind_of",
    "read_upload",
    "store",
]

log = logging.getLogger(__name__)


def read_upload(upload: UploadedFile) -> bytes:
    """The bytes of a file that comes in, counted while they are read.

    Raises ValidationError for more than EVIDENCE_LARGEST, whatever size the browser said.
    """
    content = bytearray()
    for chunk in upload.chunks():
        content += chunk
        _refuse_large(len(content))
    return bytes(content)


def store(content: bytes, *, by: Actor, is_made_up: bool = False, batch: ImportBatch | None = None) -> StoredFile:
    """The stored file of these bytes: a new one, or the one that is there already.

    The bytes are on the disk before the row is written, so that there is never a row without its file; a transaction
    that is rolled back leaves a file that nothing names, and no more. Ask for the right to what the file proves
    beforehand. Raises ValidationError for what is too large or no file of a known kind, and where the disk takes none.
    """
    _refuse_large(len(content))
    kind = kind_of(content)
    refuse_infected(content)
    try:
        digest = disk.keep(content)
    except FileUnreadable as error:
        log.error("The stored file %s has other bytes than its name says. Restore it from the backup.", error)
        raise ValidationError(_damaged(), code="damaged") from error
    except OSError as error:
        log.error("No file can be stored in %s: %s.", settings.EVIDENCE_ROOT, error.strerror)
        raise ValidationError(_unwritten(), code="disk") from error
    file = StoredFile(sha256=digest, kind=kind, size=len(content), stored_by=trail.name_of(by), is_made_up=is_made_up)
    return _standing(digest) or _entered(file, by, batch)


def content_of(file: StoredFile) -> bytes:
    """The bytes as they were handed in, checked against their SHA-256.

    Raises FileMissing or FileChanged (both FileUnreadable) where the disk does not hold them any more.
    """
    return disk.read(file.sha256)


def forget_after_commit(files: QuerySet[StoredFile]) -> None:
    """Delete from the disk, once this transaction has deleted their rows, what no row names any more."""
    digests = list(files.order_by().values_list("sha256", flat=True))

    def forget() -> None:
        for digest in digests:
            if _standing(digest) is None:
                disk.forget(digest)

    transaction.on_commit(forget)


def _entered(file: StoredFile, by: Actor, batch: ImportBatch | None) -> StoredFile:
    """The new row; or that of somebody who stored the same content at the same moment."""
    try:
        with trail.together():
            trail.write(file, by=by, batch=batch)
    except (IntegrityError, ValidationError):
        found = _standing(file.sha256)
        if found is None:
            raise
        return found
    return file


def _standing(digest: str) -> StoredFile | None:
    return StoredFile.objects.filter(sha256=digest).first()


def _refuse_large(size: int) -> None:
    if size > settings.EVIDENCE_LARGEST:
        words = _("The file is larger than %(most)s. Scan it in grey or with fewer dots, or hand it in in parts.")
        raise ValidationError(words % {"most": filesizeformat(settings.EVIDENCE_LARGEST)}, code="size")


def _unwritten() -> str:
    return _(
        "The server's disk takes no file at this moment: it is full, or its folder is not the server's to write. "
        "Nothing was saved. Tell whoever keeps the server, and attach the file again afterwards."
    )


def _damaged() -> str:
    return _(
        "This very file was stored before, and what lies on the server's disk under its name is damaged. Nothing was "
        "saved. Tell whoever keeps the server: `manage.py verify` names the file, and the backup has it."
    )
