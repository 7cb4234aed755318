"""Opens a PDF or an image to see whether it is one, in a process of its own: a file made to do harm ends that alone.

Run as a script: the file comes in on the standard input, a JSON object goes out, {"refused": ""} or the reason. It
imports nothing of ours.
"""

import contextlib
import json
import logging
import sys
import zipfile
from collections.abc import Callable
from io import BytesIO
from time import thread_time

SECONDS = 12
MEMORY = 1 << 30
# A photograph of a good telephone has 50 million; what claims far more is made to fill the memory.
MOST_PIXELS = 64_000_000
# To find the pages of a sound PDF takes far less; of what is packed in it, only its lists of objects are read.
PDF_SECONDS = 3
PDF_UNPACKED = 4_000_000
# How far a reader of packed files looks from the end; how much some programs write behind the end of a PDF.
ZIP_TAIL, PDF_TAIL = 66_000, 1024
PNG_END = b"IEND\xaeB`\x82"


class Refused(Exception):
    """The file is not taken; its words are the reason, for which the caller has better ones."""


def limit_self() -> None:
    """No more time and memory than a large photograph needs, no file and no other process; where the system can."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


def refusal_of(content: bytes) -> str:
    """Why a file that begins as a PDF or an image is not taken; nothing for a sound one."""
    try:
        for start, check in OPENED:
            if content.startswith(start):
                check(content)
                refuse_archive(content)
                return ""
    except Refused as refused:
        return str(refused)
    except MemoryError:
        return "long"
    return "kind"


class Clocked(BytesIO):
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


def open_pdf(content: bytes) -> None:
    """Find its pages by the rules of the format. Raises Refused."""
    from pypdf import PdfReader, apply_configuration

    stream = Clocked(content, PDF_SECONDS)
    try:
        with apply_configuration(
            zlib_maximum_output_length=PDF_UNPACKED,
            lzw_maximum_output_length=PDF_UNPACKED,
            run_length_maximum_output_length=PDF_UNPACKED,
        ):
            reader = PdfReader(stream, strict=True)
            is_locked, pages = reader.is_encrypted, 0 if reader.is_encrypted else len(reader.pages)
    except MemoryError:
        raise
    except Exception as error:  # a file made to do harm stumbles in ways that no list of errors holds
        raise Refused("long" if stream.is_over else "broken_pdf") from error
    if is_locked:
        raise Refused("locked")
    if not pages:
        raise Refused("broken_pdf")
    if len(content[content.rfind(b"%%EOF") + 5 :].strip()) > PDF_TAIL:
        raise Refused("twofold")


def open_png(content: bytes) -> None:
    look_at(content, "PNG")
    if not content.endswith(PNG_END):
        raise Refused("twofold")


def open_jpeg(content: bytes) -> None:
    # A telephone's photograph may carry its preview as a second picture (MPO) and is a JPEG all the same.
    look_at(content, "JPEG")


def look_at(content: bytes, form: str) -> None:
    """Read an image whole: first whether it is sound, then each of its pixels, in memory that is known beforehand."""
    from PIL import Image

    try:
        with Image.open(BytesIO(content), formats=[form]) as image:
            size, is_moving = image.width * image.height, form == "PNG" and getattr(image, "is_animated", False)
            if size <= MOST_PIXELS and not is_moving:
                image.verify()
                read_pixels(content, form)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused("pixels") from error
    except MemoryError:
        raise
    except Exception as error:  # as above
        raise Refused("broken_image") from error
    if size > MOST_PIXELS:
        raise Refused("pixels")
    if is_moving:
        raise Refused("moving")


def read_pixels(content: bytes, form: str) -> None:
    """After verify() an image must be opened again to be read."""
    from PIL import Image

    with Image.open(BytesIO(content), formats=[form]) as image:
        # A JPEG can be read at an eighth of its size: all of the file, little of the memory.
        image.draft(None, (image.width // 8, image.height // 8))
        image.load()


def refuse_archive(content: bytes) -> None:
    """Raises Refused where a reader of packed files finds some in it: what is two things at once is neither."""
    if b"PK\x05\x06" not in content[-ZIP_TAIL:]:
        return
    with contextlib.suppress(zipfile.BadZipFile, ValueError, NotImplementedError):
        if zipfile.ZipFile(BytesIO(content)).infolist():
            raise Refused("twofold")


OPENED: tuple[tuple[bytes, Callable[[bytes], None]], ...] = (
    (b"%PDF-", open_pdf),
    (b"\x89PNG\r\n\x1a\n", open_png),
    (b"\xff\xd8\xff", open_jpeg),
)


if __name__ == "__main__":
    limit_self()
    # What a library thinks of a file is told to nobody.
    logging.disable(logging.CRITICAL)
    sys.stdout.write(json.dumps({"refused": refusal_of(sys.stdin.buffer.read())}))
