import pytest
from django.core.exceptions import ValidationError

from alleviation.evidence import content, opening
from alleviation.evidence.content import kind_of, text_of
from alleviation.evidence.models import FileKind
from tests.evidence import files

JPEG = files.image("JPEG", size=(64, 64))
PDF = files.pdf()


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        (PDF, FileKind.PDF),
        (files.image("PNG"), FileKind.PNG),
        (JPEG, FileKind.JPEG),
        (b"Receipt for 4,032 yuan\r\n\tpaid in cash\f", FileKind.TEXT),
        ("\ufeff收据：四千零三十二元".encode(), FileKind.TEXT),
        ("收据：四千零三十二元".encode("gb18030"), FileKind.TEXT),
    ],
)
def test_a_file_is_what_its_content_says(sent, kind):
    assert kind_of(sent) == kind


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (b"", content.NOTHING),
        (b"<html><script>alert(1)</script>" + PDF, content.WEB_PAGE),
        (b"GIF89a" + PDF, content.NO_KIND),
        (b"%PDF-1.7\n<html><script>alert(1)</script></html>\n%%EOF", content.BROKEN_PDF),
        (PDF[: len(PDF) // 2], content.BROKEN_PDF),
        (files.pdf(password="secret"), content.LOCKED),
        (files.pdf(pages=0), content.BROKEN_PDF),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', content.WEB_PAGE),
        (b'\xef\xbb\xbf\n <?xml version="1.0"?><svg/>', content.WEB_PAGE),
        (b"<!DOCTYPE html><title>receipt.png</title>", content.WEB_PAGE),
        (files.zipped(), content.NO_KIND),
        (files.image("GIF"), content.NO_KIND),
        (files.image("TIFF"), content.NO_KIND),
        (b"MZ\x90\x00\x03", content.NO_KIND),
        (b"a receipt\x00", content.NO_KIND),
        (b"a receipt\x1b[2J", content.NO_KIND),
        ("a receipt\x85".encode(), content.NO_KIND),
        ("a receipt".encode("utf-16"), content.NO_KIND),
        (b"\xff\xff\xff", content.NO_KIND),
        (files.vast_png(), content.VAST_IMAGE),
        (files.vast_png(8_001, 8_000), content.VAST_IMAGE),
        (files.vast_png(100, 100), content.BROKEN_IMAGE),
        (files.moving_png(), content.MOVING_IMAGE),
        (files.image("PNG")[:-20], content.BROKEN_IMAGE),
        (JPEG[: len(JPEG) // 2], content.BROKEN_IMAGE),
        (b"\x89PNG\r\n\x1a\n<html>", content.BROKEN_IMAGE),
        (b"\xff\xd8\xff<html>", content.BROKEN_IMAGE),
        (files.image("PNG") + b"<html><script>alert(1)</script>", content.TWOFOLD),
        (PDF + b"<html><script>alert(1)</script>" * 100, content.TWOFOLD),
        (files.image("PNG") + files.zipped(), content.TWOFOLD),
        (JPEG + files.zipped(), content.TWOFOLD),
        (PDF + files.zipped(), content.TWOFOLD),
    ],
)
def test_what_is_no_sound_file_of_a_known_kind_is_refused_with_a_cure(sent, words):
    with pytest.raises(ValidationError) as caught:
        kind_of(sent)

    assert caught.value.messages == [str(words)]


def test_a_photograph_with_a_preview_in_it_is_a_jpeg():
    sent = files.image("JPEG", size=(64, 64), comment=b"telephone")
    preview = files.Image.new("RGB", (8, 8))
    stream = files.BytesIO()
    files.Image.open(files.BytesIO(sent)).save(stream, "MPO", save_all=True, append_images=[preview])

    assert kind_of(stream.getvalue()) == FileKind.JPEG


def test_a_text_is_read_without_the_mark_of_its_order():
    assert text_of("\ufeff收据".encode()) == "收据"
    assert text_of("收据".encode("gb18030")) == "收据"


def test_a_pdf_that_takes_long_to_open_is_given_up(monkeypatch):
    monkeypatch.setattr(opening, "PDF_SECONDS", 0.02)

    with pytest.raises(ValidationError) as caught:
        kind_of(files.slow_pdf())

    assert caught.value.messages == [str(content.LONG_PDF)]


def test_of_what_is_packed_in_a_pdf_only_so_much_is_unpacked():
    with pytest.raises(ValidationError) as caught:
        kind_of(files.swollen_pdf())

    assert caught.value.messages == [str(content.BROKEN_PDF)]
    with pytest.raises(opening.Refused) as refused:
        opening.open_pdf(files.swollen_pdf())
    assert "Limit reached while decompressing" in str(refused.value.__cause__)
