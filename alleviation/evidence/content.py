"""What a file is, as its content tells: neither its name nor what a browser says of it is believed."""

import re
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from alleviation.common.apart import asked_apart
from alleviation.evidence import opening
from alleviation.evidence.models import FileKind

SCRIPT = Path(opening.__file__)
# Beyond the seconds that the reader may compute: a busy machine lets it wait.
PATIENCE = 3 * opening.SECONDS
# What Windows and Linux write, and what a Chinese Excel or Notepad writes; the latter reads almost anything, so it
# comes last.
ENCODINGS = ("utf-8-sig", "gb18030")
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
# A browser that guesses would take a text that begins like this for a page or a drawing.
MARKUP = re.compile(r"\s*<[!?/a-z]", re.IGNORECASE)
# Readers of PDF look for its beginning as far as this: what is two things at once is neither.
PDF_BELOW = "%PDF-"

NOTHING = _("The file is empty. Choose it again; perhaps it was not copied whole.")
NO_KIND = _("This is no PDF, no PNG or JPEG image and no plain text. Print it to a PDF, or photograph it.")
WEB_PAGE = _("This is a web page or a drawing in markup (HTML, SVG, XML). Print it to a PDF, and choose that.")
LOCKED = _("This PDF is locked with a password. Save it once more without one, or print it to a PDF.")
BROKEN_PDF = _("This PDF is damaged: its pages cannot be read. Print it to a PDF once more, or copy it again.")
LONG_PDF = _("This file takes too long to open. Print it to a PDF once more, and choose that.")
BROKEN_IMAGE = _("This image is damaged or cut short. Copy it again from the camera or the scanner.")
VAST_IMAGE = _("This image has more than 64 million pixels. Save it smaller, or scan it at 300 dots per inch.")
MOVING_IMAGE = _("This image moves: it holds several pictures. Save the one that proves the record.")
TWOFOLD = _("This file is two things at once: something else is hidden in it. Print it to a PDF, and choose that.")
REFUSALS = {
    "locked": LOCKED,
    "broken_pdf": BROKEN_PDF,
    "long": LONG_PDF,
    "broken_image": BROKEN_IMAGE,
    "pixels": VAST_IMAGE,
    "moving": MOVING_IMAGE,
    "twofold": TWOFOLD,
}
KINDS = {b"%PDF-": FileKind.PDF, b"\x89PNG\r\n\x1a\n": FileKind.PNG, b"\xff\xd8\xff": FileKind.JPEG}


def kind_of(content: bytes) -> FileKind:
    """The kind of a file, after it was opened and read as what it is.

    Raises ValidationError, whose words name the cause and the cure, for what is empty, of another kind, locked,
    damaged, vast or moving.
    """
    if not content:
        raise ValidationError(NOTHING, code="empty")
    for start, kind in KINDS.items():
        if content.startswith(start):
            _refuse_unsound(content)
            return kind
    text_of(content)
    return FileKind.TEXT


def text_of(content: bytes) -> str:
    """A plain text in UTF-8 or GB18030, without a mark of its byte order. Raises ValidationError for all else."""
    text = content.decode(encoding_of(content))
    if MARKUP.match(text):
        raise ValidationError(WEB_PAGE, code="markup")
    if PDF_BELOW in text[:1024]:
        raise ValidationError(NO_KIND, code="kind")
    return text


def encoding_of(content: bytes) -> str:
    """The encoding in which these bytes are a text without control characters. Raises ValidationError."""
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if CONTROLS.search(text):
            break
        return encoding
    raise ValidationError(NO_KIND, code="kind")


def _refuse_unsound(content: bytes) -> None:
    """Have the file opened in a process of its own. Raises ValidationError for what cannot be, or hides something."""
    told = asked_apart(SCRIPT, content, patience=PATIENCE)
    if code := "long" if told is None else str(told["refused"]):
        raise ValidationError(REFUSALS.get(code, NO_KIND), code=code.partition("_")[0])
