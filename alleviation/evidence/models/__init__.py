"""Files, and what they prove."""

from alleviation.evidence.models.evidence import Evidence
from alleviation.evidence.models.files import FileKind, StoredFile

__all__ = ["Evidence", "FileKind", "StoredFile"]
