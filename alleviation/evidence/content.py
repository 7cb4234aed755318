"""What a file is, as its content tells: neither its name nor what a browser says of it is believed."""

import re
from collections.abc import Callable
from io import BytesIO
from time import thread_time

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image
from pypdf import PdfReader, apply_configuration

from alleviation.evidence.models import FileKind

# A photograph of a good telephone has 50 million; what claims far more is made to fill the memory.
MOST_PIXELS = 64_000_000
# To find the pages of a sound PDF takes far less; of what is packed in it, only its lists of objects are read.
PDF_SECONDS = 3
PDF_UNPACKED = 4_000_000
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
LONG_PDF = _("This PDF takes too long to open. Print it to a PDF once more, and choose that.")
BROKEN_IMAGE = _("This image is damaged or cut short. Copy it again from the camera or the scanner.")
VAST_IMAGE = _("This image has more than 64 million pixels. Save it smaller, or scan it at 300 dots per inch.")
MOVING_IMAGE = _("This image moves: it holds several pictures. Save the one that proves the record.")


def kind_of(content: bytes) -> FileKind:
    """The kind of a file, after it was opened and read as what it is.

    Raises ValidationError, whose words name the cause and the cure, for what is empty, of another kind, locked,
    damaged, vast or moving.
    """
    if not content:
        raise ValidationError(NOTHING, code="empty")
    for start, kind, check in OPENED:
        if content.startswith(start):
            check(content)
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


class _Clocked(BytesIO):
    """Bytes that are read for so many seconds of computing and no longer."""

    def __init__(self, content: bytes, seconds: float) -> None:
        super().__init__(content)
        self.end = thread_time() + seconds

    @property
    def is_over(self) -> bool:
        return thread_time() > self.end

    def read(self, size: int | None = -1, /) -> bytes:
        if self.is_over:
            raise TimeoutError
        return super().read(size)


def _open_pdf(content: bytes) -> None:
    stream = _Clocked(content, PDF_SECONDS)
    try:
        with apply_configuration(
            zlib_maximum_output_length=PDF_UNPACKED,
            lzw_maximum_output_length=PDF_UNPACKED,
            run_length_maximum_output_length=PDF_UNPACKED,
        ):
            reader = PdfReader(stream, strict=True)
            is_locked, pages = reader.is_encrypted, 0 if reader.is_encrypted else len(reader.pages)
    except Exception as error:  # a file made to do harm stumbles in ways that no list of errors holds
        if stream.is_over:
            raise ValidationError(LONG_PDF, code="long") from error
        raise ValidationError(BROKEN_PDF, code="broken") from error
    if is_locked:
        raise ValidationError(LOCKED, code="locked")
    if not pages:
        raise ValidationError(BROKEN_PDF, code="broken")


def _open_png(content: bytes) -> None:
    _look_at(content, "PNG")


def _open_jpeg(content: bytes) -> None:
    # A telephone's photograph may carry its preview as a second picture (MPO) and is a JPEG all the same.
    _look_at(content, "JPEG")


def _look_at(content: bytes, form: str) -> None:
    """Read an image whole: first whether it is sound, then each of its pixels, in memory that is known beforehand."""
    try:
        with Image.open(BytesIO(content), formats=[form]) as image:
            size, is_moving = image.width * image.height, form == "PNG" and getattr(image, "is_animated", False)
            if size <= MOST_PIXELS and not is_moving:
                image.verify()
                _read_pixels(content, form)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValidationError(VAST_IMAGE, code="pixels") from error
    except Exception as error:  # as above
        raise ValidationError(BROKEN_IMAGE, code="broken") from error
    if size > MOST_PIXELS:
        raise ValidationError(VAST_IMAGE, code="pixels")
    if is_moving:
        raise ValidationError(MOVING_IMAGE, code="moving")


def _read_pixels(content: bytes, form: str) -> None:
    """After verify() an image must be opened again to be read."""
    with Image.open(BytesIO(content), formats=[form]) as image:
        # A JPEG can be read at an eighth of its size: all of the file, little of the memory.
        image.draft(None, (image.width // 8, image.height // 8))
        image.load()


OPENED: tuple[tuple[bytes, FileKind, Callable[[bytes], None]], ...] = (
    (b"%PDF-", FileKind.PDF, _open_pdf),
    (b"\x89PNG\r\n\x1a\n", FileKind.PNG, _open_png),
    (b"\xff\xd8\xff", FileKind.JPEG, _open_jpeg),
)
