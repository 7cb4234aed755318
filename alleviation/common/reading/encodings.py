"""Which encoding the bytes of a text file are in, proved over the whole file: nothing becomes another character.

UTF-8, with or without a byte order mark; UTF-16 with one; else GB18030, strictly. GB18030 gives nearly any bytes some
meaning, so more is asked of it: no line of the file may be UTF-8, and no more than a few of its characters may be such
as nobody writes in China's offices (private use, kana, bopomofo, Greek, Cyrillic, box drawing). Big5 read as GB18030
is full of those. What passes is still no proof: whoever hands the file in is shown names to confirm.
"""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from alleviation.common.reading.faults import FileRefused

CHUNK = 1 << 18
UTF_8, UTF_16, GB18030 = "utf-8", "utf-16", "gb18030"
# How Python is to read them; a byte order mark is no part of the text.
CODECS = {UTF_8: "utf-8-sig", UTF_16: "utf-16", GB18030: "gb18030"}
UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
UTF_32_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
# Bytes below the blank that no text has, in UTF-8 and GB18030 alike: all but tab and line ends.
CONTROLS = bytes(code for code in (*range(0x20), 0x7F) if code not in b"\t\r\n")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# Ideographs and punctuation in UTF-8 that stand between ASCII characters; it looks back only where one may begin.
LIKE_UTF_8 = re.compile(
    rb"[\xe3-\xe9\xef](?<![\x80-\xff].)[\x80-\xbf]{2}(?:[\xe3-\xe9\xef][\x80-\xbf]{2})*(?![\x80-\xff])", re.DOTALL
)
LINE_END = re.compile(rb"[\r\n]")
NOT_ASCII = re.compile("[^\x00-\x7f]")
# Greek, Cyrillic, box drawing and blocks, kana and bopomofo, private use.
FOREIGN = re.compile("[\u0370-\u052f\u2500-\u259f\u3040-\u312f\ue000-\uf8ff]")
# One in so many characters of a file may be foreign.
ONE_IN = 20

SAVE_AS = _("Save the file as “CSV UTF-8” and choose it again.")
MIXED = _(
    "The file mixes two encodings: line %(line)s is UTF-8, others are not. Open its parts one by one and save them as "
    "UTF-8 before you put them together."
)
NO_MARK = _("The file is UTF-16 without a byte order mark.")
UNKNOWN = _("The file is neither UTF-8 nor GB18030 (byte %(place)s).")
WRONG = _(
    "The file is not UTF-8, and read as GB18030 it holds characters that nobody writes (%(found)s): it may be Big5 or "
    "another encoding."
)
BINARY = _("The file is no text: it holds control characters (byte %(place)s). Export it as CSV once more.")


def encoding_of(file: BinaryIO) -> str:
    """One of UTF_8, UTF_16 and GB18030, after a look at every byte. Raises FileRefused: encoding, binary."""
    file.seek(0)
    start = file.read(4096)
    if start.startswith(UTF_32_MARKS) or (not start.startswith(UTF_16_MARKS) and _is_unmarked_utf_16(start)):
        raise _refused(NO_MARK)
    if start.startswith(UTF_16_MARKS):
        _prove_utf_16(file)
        return UTF_16
    _refuse_controls(file)
    if _fault_in(file, UTF_8) is None:
        return UTF_8
    # A mark says UTF-8; what is not UTF-8 behind it was put together from two files.
    if start.startswith(codecs.BOM_UTF8):
        raise _refused(MIXED, line=1)
    _prove_gb18030(file)
    return GB18030


def _refused(told: object, **words: object) -> FileRefused:
    cure = "" if told is MIXED else f" {SAVE_AS}"
    return FileRefused("encoding", f"{str(told) % words if words else told}{cure}")


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(CHUNK):
        yield chunk


def _is_unmarked_utf_16(start: bytes) -> bool:
    """Whether every other byte is 0 for the most part, on one side alone."""
    even, odd = start[::2].count(0), start[1::2].count(0)
    return max(even, odd) > len(start) // 5 and min(even, odd) * 10 < max(even, odd)


def _refuse_controls(file: BinaryIO) -> None:
    place = 0
    for chunk in _chunks(file):
        if len(chunk.translate(None, CONTROLS)) != len(chunk):
            place += next(at for at, byte in enumerate(chunk) if byte in CONTROLS)
            raise FileRefused("binary", str(BINARY) % {"place": place + 1})
        place += len(chunk)


def _fault_in(file: BinaryIO, encoding: str) -> int | None:
    """About where the bytes stop being of this encoding; None where all are."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    place = 0
    try:
        for chunk in _chunks(file):
            decoder.decode(chunk)
            place += len(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return place + error.start
    return None


def _prove_utf_16(file: BinaryIO) -> None:
    decoder = codecs.getincrementaldecoder("utf-16")("strict")
    try:
        for chunk in [*_chunks(file), b""]:
            if CONTROL.search(decoder.decode(chunk, final=not chunk)):
                raise FileRefused("binary", str(BINARY) % {"place": file.tell()})
    except UnicodeDecodeError as error:
        raise _refused(UNKNOWN, place=error.start + 1) from error


def _prove_gb18030(file: BinaryIO) -> None:
    if (place := _fault_in(file, GB18030)) is not None:
        raise _refused(UNKNOWN, place=place + 1)
    if (line := _line_in_utf_8(file)) is not None:
        raise _refused(MIXED, line=line)
    _refuse_foreign(file)


def _line_in_utf_8(file: BinaryIO) -> int | None:
    """The number of a line that is UTF-8 beyond doubt: all of it, and nothing but ideographs beyond ASCII."""
    number = 1
    for block in _whole_lines(file):
        for match in LIKE_UTF_8.finditer(block):
            before = LINE_END.split(block[: match.start()])
            line = before[-1] + LINE_END.split(block[match.start() :], maxsplit=1)[0]
            if _is_utf_8(line):
                return number + len(LINE_END.split(block[: match.start()].replace(b"\r\n", b"\n"))) - 1
        number += len(LINE_END.findall(block.replace(b"\r\n", b"\n")))
    return None


def _whole_lines(file: BinaryIO) -> Iterator[bytes]:
    """The file in blocks that end where a line does."""
    rest = b""
    for chunk in _chunks(file):
        block = rest + chunk
        end = max(block.rfind(b"\n"), block.rfind(b"\r", 0, len(block) - 1)) + 1
        rest = block[end:]
        yield block[:end]
    yield rest


def _is_utf_8(line: bytes) -> bool:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return all(char >= "\u2e80" for char in NOT_ASCII.findall(text))


def _refuse_foreign(file: BinaryIO) -> None:
    decoder = codecs.getincrementaldecoder(GB18030)("strict")
    others, foreign, found = 0, 0, ""
    for chunk in _chunks(file):
        text = decoder.decode(chunk)
        others += len(text) - len(text.encode("ascii", "ignore"))
        # Most files have none, which their few thousand different characters tell at once.
        strange = FOREIGN.findall(text) if FOREIGN.search("".join(set(text))) else []
        foreign += len(strange)
        found = found or "".join(strange[:5])
    if foreign * ONE_IN > others:
        raise _refused(WRONG, found=found)
