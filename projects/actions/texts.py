"""Gets the text out of what was handed in: a text file itself, a PDF's own text, or what a person wrote down."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alleviation.common.apart import asked_apart
from alleviation.evidence.models import FileKind
from alleviation.evidence.store import kind_of
from projects.actions import pdf_reader
from projects.choices import TextOrigin

# A published article has a few thousand characters; this is a long book.
LARGEST_TEXT = 5 * 1024 * 1024
SCRIPT = Path(pdf_reader.__file__)
# Beyond the seconds that the reader may compute: a busy machine lets it wait.
PATIENCE = 2 * pdf_reader.SECONDS
OPENED = (b"%PDF-", b"\x89PNG\r\n", b"\xff\xd8\xff")

REFUSALS = {
    "locked": gettext_lazy("This PDF is locked with a password. Save it once more without one, or print it to a PDF."),
    "broken": gettext_lazy(
        "This PDF is damaged: its text cannot be read. Print it to a PDF once more, or copy it again."
    ),
    "long": gettext_lazy(
        "This PDF takes more than can be read here: more than 500 pages, or too long to work through. Add the part "
        "that says something, or save its text as a UTF-8 file."
    ),
}


@dataclass(frozen=True)
class Reading:
    """A text, where it is from, and the file as it was handed in unless that is the text byte for byte.

    Of an image or a scan that nobody has written down yet there is the file alone: no text, and from nowhere.
    """

    text: str
    origin: TextOrigin | Literal[""]
    original: bytes | None = None

    @property
    def sha256(self) -> str:
        """Of the text in UTF-8, whatever file it is from."""
        return sha256(self.text.encode()).hexdigest()


def read(content: bytes, *, transcript: str = "") -> Reading:
    """The text of a file, or the transcript of one that a person has read for us; none of an image nobody has read.

    Raises ValidationError, at `transcript` where that is what is wrong, for a file that cannot be taken.
    """
    if not content.startswith(OPENED):
        if transcript:
            raise ValidationError(
                {"transcript": _("A text file is its own text: leave this empty, or choose the PDF or image.")},
                code="own_text",
            )
        return Reading(_decoded(content), TextOrigin.FILE)
    if content.startswith(b"%PDF-"):
        return _of_pdf(content, transcript)
    kind_of(content)
    return _written_down(transcript, content) if transcript else Reading("", "", content)


def _of_pdf(content: bytes, transcript: str) -> Reading:
    # Read in a process of its own before it is opened in ours.
    text = pdf_text(content)
    if kind_of(content) != FileKind.PDF:
        raise ValidationError(REFUSALS["broken"], code="broken")
    if transcript:
        return _written_down(transcript, content)
    return Reading(text, TextOrigin.EXTRACTED, content) if text else Reading("", "", content)


def pdf_text(content: bytes) -> str:
    """The text of a PDF, page by page, the same for the same file; empty where its pages are but pictures.

    Raises ValidationError for a PDF that is locked, damaged, or more than the reader's limits allow.
    """
    told = asked_apart(SCRIPT, content, patience=PATIENCE) or {"refused": "long"}
    if refused := told.get("refused"):
        raise ValidationError(REFUSALS[refused], code=refused)
    return str(told["text"])


def _written_down(transcript: str, content: bytes) -> Reading:
    # A browser sends every end of line as two characters.
    text = transcript.replace("\r\n", "\n")
    _refuse_long(len(text.encode()))
    if not text.strip():
        raise ValidationError({"transcript": _("Write down the text, not only blanks.")}, code="blank")
    return Reading(text, TextOrigin.TRANSCRIBED, content)


def _decoded(content: bytes) -> str:
    """The characters of a UTF-8 file, each of them; a byte order mark is one too, or the hash would not be theirs."""
    _refuse_long(len(content))
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValidationError(
            _(
                "The file is no PDF, no PNG or JPEG image, and not UTF-8 text (byte %(place)s). Save it as one of "
                "these and add it again."
            )
            % {"place": error.start},
            code="not_utf8",
        ) from error
    if "\x00" in text:
        raise ValidationError(_("The file holds null characters: it is not a text."), code="null_characters")
    if not text:
        raise ValidationError(_("The file is empty. Choose it again; perhaps it was not copied whole."), code="empty")
    return text


def _refuse_long(size: int) -> None:
    if size > LARGEST_TEXT:
        raise ValidationError(_("The text is larger than 5 MB; a document's text is not."), code="too_large")
