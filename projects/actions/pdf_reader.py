"""Reads a PDF's text, in a process of its own: a file made to do harm takes this process down and no other.

Run as a script: the PDF comes in on the standard input, one JSON object goes out. It imports nothing of ours.
"""

import contextlib
import io
import json
import logging
import re
import sys
from typing import Any

SECONDS = 15
MEMORY = 1 << 30
MOST_PAGES = 500
MOST_CHARACTERS = 5_000_000
# A page ends where the next begins: a line that holds a form feed and nothing else.
PAGE_BREAK = "\n\f\n"
# No text has these, and neither database nor browser keeps them all; a PDF's fonts may name them.
NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def limit_self() -> None:
    """No more time and memory than a long report needs, where the system can hold us to that."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


def answer(content: bytes) -> dict[str, str]:
    """The text under "text", or under "refused" why there is none: locked, broken, long."""
    from pypdf import PdfReader
    from pypdf.errors import LimitReachedError

    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted:
            return {"refused": "locked"}
        number = len(reader.pages)
        if number > MOST_PAGES:
            return {"refused": "long"}
        return read_pages(reader) if number else {"refused": "broken"}
    except (MemoryError, LimitReachedError):
        return {"refused": "long"}
    except Exception:  # a file made to do harm stumbles in ways that no list of errors holds
        return {"refused": "broken"}


def read_pages(reader: Any) -> dict[str, str]:
    """The pages one after the other, as long as they are no more than a text may be."""
    pages: list[str] = []
    for page in reader.pages:
        pages.append(plain(page.extract_text()))
        if sum(map(len, pages)) > MOST_CHARACTERS:
            return {"refused": "long"}
    return {"text": PAGE_BREAK.join(pages) if any(map(str.strip, pages)) else ""}


def plain(text: str) -> str:
    """A page's text with one kind of line end; what is no character becomes a replacement character."""
    return NOT_TEXT.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n")).strip("\n")


if __name__ == "__main__":
    limit_self()
    # What a library thinks of a file is told to nobody.
    logging.disable(logging.CRITICAL)
    sys.stdout.write(json.dumps(answer(sys.stdin.buffer.read())))
