"""Small files of each kind, and hostile ones, made when they are asked for."""

import struct
import zlib
from io import BytesIO
from zipfile import ZipFile

from PIL import Image
from pypdf import PdfWriter


def pdf(*, password: str = "", pages: int = 1) -> bytes:
    """A PDF of empty pages; with a password, a locked one."""
    writer = PdfWriter()
    for _page in range(pages):
        writer.add_blank_page(width=100, height=100)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    stream = BytesIO()
    writer.write(stream)
    return stream.getvalue()


def slow_pdf(strings: int = 200_000) -> bytes:
    """A PDF whose trailer holds more than is read in a moment."""
    start, trailer = pdf().split(b"trailer\n<<")
    return start + b"trailer\n<<\n/X <" + b"41" * strings + b">" + trailer


def swollen_pdf() -> bytes:
    """A PDF of some thousand bytes whose list of objects is ten million when it is unpacked."""
    packed = zlib.compress(b"\2\1" * 5_000_000, 9)
    kind = b"/Type/XRef/Size 5/W[1 4 1]/Filter/FlateDecode/DecodeParms<</Predictor 15/Columns 1>>"
    body = (
        b"%PDF-1.7\n1 0 obj\n<<"
        + kind
        + b"/Root 1 0 R/Length %d>>stream\n" % len(packed)
        + packed
        + b"\nendstream\nendobj\n"
    )
    return body + b"startxref\n9\n%%EOF\n"


def image(form: str = "PNG", *, size: tuple[int, int] = (8, 8), colour: str = "red", **options: object) -> bytes:
    """A picture of one colour."""
    stream = BytesIO()
    Image.new("RGB", size, colour).save(stream, form, **options)
    return stream.getvalue()


def moving_png() -> bytes:
    """A PNG of two pictures that follow each other."""
    second = Image.new("RGB", (8, 8), "blue")
    return image(save_all=True, append_images=[second])


def vast_png(width: int = 50_000, height: int = 50_000) -> bytes:
    """A few bytes that claim to be gigabytes of pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def zipped() -> bytes:
    """An archive with a program in it."""
    stream = BytesIO()
    with ZipFile(stream, "w") as archive:
        archive.writestr("receipt.exe", b"MZ")
    return stream.getvalue()


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
