"""PDFs with text in them, written by hand so that each character is known."""

import zlib
from collections.abc import Sequence

FONT = b"<</Type/Font/Subtype/Type0/BaseFont/F/Encoding/Identity-H/DescendantFonts[4 0 R]/ToUnicode 5 0 R>>"
DESCENDANT = (
    b"<</Type/Font/Subtype/CIDFontType2/BaseFont/F/DW 1000"
    b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>"
)
CMAP = (
    b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
    b"%d beginbfchar\n%s\nendbfchar endcmap end"
)


def pdf_of(*pages: Sequence[str]) -> bytes:
    """A PDF of these pages, each given by its lines; a page without lines is a drawing, as in a scan."""
    codes = {char: number for number, char in enumerate(sorted({*"".join("".join(page) for page in pages)}), start=1)}
    names = b"\n".join(b"<%04X> <%s>" % (code, _utf16(char)) for char, code in codes.items())
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"", FONT, DESCENDANT, _stream(CMAP % (len(codes), names))]
    kids = []
    for page in pages:
        objects.append(_stream(_drawn(page, codes)))
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents %d 0 R/Resources<</Font<</F 3 0 R>>>>>>"
            % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(kids))
    return written(objects)


def written(objects: Sequence[bytes]) -> bytes:
    """A PDF of these objects, the first of them its catalogue."""
    content, places = bytearray(b"%PDF-1.7\n"), []
    for number, one in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    return bytes(content) + end % (len(objects) + 1, table, len(objects) + 1, len(content))


def bomb() -> bytes:
    """A PDF of two thousand bytes whose only page is a hundred million when it is unpacked."""
    packed = zlib.compress(zlib.compress(b"BT /F 9 Tf" + b" (A) Tj" * 15_000_000, 9), 9)
    stream = b"<</Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n%s\nendstream" % (len(packed), packed)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 3 0 R/Resources<</Font<</F 5 0 R>>>>>>"
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    return written([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[4 0 R]/Count 1>>", stream, page, font])


def _utf16(char: str) -> bytes:
    return char.encode("utf-16-be", "surrogatepass").hex().upper().encode()


def _drawn(lines: Sequence[str], codes: dict[str, int]) -> bytes:
    if not lines:
        return b"0 0 m 100 100 l S"
    shown = b" 0 -20 Td ".join(b"<%s> Tj" % b"".join(b"%04X" % codes[char] for char in line) for line in lines)
    return b"BT /F 12 Tf 50 700 Td %s ET" % shown


def _stream(content: bytes) -> bytes:
    return b"<</Length %d>>stream\n%s\nendstream" % (len(content), content)
