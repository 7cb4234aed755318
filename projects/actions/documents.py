"""Adding a document's text, and a changed file as a new version of it."""

from hashlib import sha256

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from alleviation.audit import entry as guarded
from alleviation.audit.models import ImportBatch
from alleviation.audit.trail import Actor, together
from alleviation.evidence.store import store
from projects.actions.texts import Reading, read
from projects.models import Document


def attach_text(
    document: Document, content: bytes, *, by: Actor, transcript: str = "", batch: ImportBatch | None = None
) -> None:
    """Add the text of a file (text in UTF-8, PDF or image) to a document without one, and keep the file.

    The file is kept as it is unless it is the text, byte for byte. `transcript` is what a person wrote down from an
    image or a scan; without one its text stays missing until somebody has. The same file again changes nothing.

    Raises ValidationError where the file cannot be taken, where it is another text than the document has or
    its hash names ("other_text"), or is too short for a claim already made of it; nothing is written then.
    """
    stored = _locked(document)
    if stored is not None and stored.text and _is_its_file(stored, content):
        _take_over(document, stored)
        return guarded.enter(document, by=by, batch=batch)
    reading = read(content, transcript=transcript)
    with together():
        # As it is now: somebody may have added a text since the form was opened.
        stored = _locked(document)
        if reading.text:
            _refuse_another(reading, (stored and stored.sha256) or document.sha256)
            _refuse_spans_outside(document, len(reading.text))
        if stored is not None and stored.text:
            _take_over(document, stored)
        else:
            _fill(document, reading, by=by, batch=batch)
        guarded.enter(document, by=by, batch=batch)


def add_version(
    newer: Document, content: bytes, *, by: Actor, transcript: str = "", batch: ImportBatch | None = None
) -> None:
    """Enter a document whose file is a newer version of the one that it supersedes, which stays as it is.

    Raises ValidationError where that one has no text, has this very text, or has a newer version already.
    """
    reading = read(content, transcript=transcript)
    with together():
        older = Document.objects.select_for_update(of=("self",)).order_by().get(pk=newer.supersedes_id or 0)
        _refuse_no_version(older, reading)
        if reading.text:
            _refuse_another(reading, newer.sha256)
        _fill(newer, reading, by=by, batch=batch)
        guarded.enter(newer, by=by, batch=batch)


def _fill(document: Document, reading: Reading, *, by: Actor, batch: ImportBatch | None) -> None:
    if reading.text:
        document.text, document.sha256, document.length = reading.text, reading.sha256, len(reading.text)
        document.text_origin = reading.origin
    if reading.original is not None:
        document.original = store(reading.original, by=by, is_made_up=document.is_made_up, batch=batch)


def _take_over(document: Document, stored: Document) -> None:
    """What somebody else has added meanwhile stays."""
    for name in ("text", "sha256", "length", "text_origin", "original"):
        setattr(document, name, getattr(stored, name))


def _locked(document: Document) -> Document | None:
    """The document as the database has it; None for one that is not recorded yet."""
    if document.pk is None:
        return None
    with together():
        rows = Document.objects.select_for_update(of=("self",)).select_related("original")
        return rows.filter(pk=document.pk).order_by().first()


def _is_its_file(stored: Document, content: bytes) -> bool:
    """Whether this is the file that the text was taken from: it is not read again, perhaps by another library."""
    return bool(stored.original and stored.original.sha256 == sha256(content).hexdigest())


def _refuse_another(reading: Reading, expected: str) -> None:
    if expected and expected != reading.sha256:
        raise ValidationError(
            _("This is another text: its SHA-256 is %(digest)s, the document's is %(expected)s.")
            % {"digest": reading.sha256, "expected": expected},
            code="other_text",
        )


def _refuse_spans_outside(document: Document, length: int) -> None:
    if document.pk is None:
        return
    outside = document.claims.filter(end__gt=length).order_by("code").values_list("code", flat=True)
    if outside:
        raise ValidationError(
            _("The text has %(length)s characters, too few for claim %(claims)s.")
            % {"length": length, "claims": ", ".join(outside)},
            code="span_outside",
        )


def _refuse_no_version(older: Document, reading: Reading) -> None:
    following = Document.objects.filter(supersedes=older).values_list("pk", flat=True).first()
    if following is not None:
        raise ValidationError(
            _("This document has a newer version already, document %(number)s. Add the file to that one.")
            % {"number": following},
            code="has_newer",
        )
    if not older.text:
        raise ValidationError(
            _("This document has no text yet, so nothing can be newer than it. Add the file as its text."),
            code="no_text_yet",
        )
    if older.sha256 == reading.sha256:
        raise ValidationError(_("This is the very text that the document has."), code="same_text")
