"""Forms whose fields are more than the table's columns."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.audit.forms import RoomForm
from projects.models import Claim, Document, LedgerEntry

# A published article has a few thousand characters; this is a long book.
LARGEST_TEXT = 5 * 1024 * 1024


class LedgerEntryForm(RoomForm):
    """Booked money; the year is that of the date unless someone says otherwise, and then it is refused."""

    class Meta:
        model = LedgerEntry
        fields = "__all__"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "year" in self.fields:
            self.fields["year"].required = False
            self.fields["year"].help_text = _("Empty: the year of the date.")
        if "voucher" in self.fields and self.instance.pk is not None:
            # A new number here would leave a gap where the old one was.
            self.fields["voucher"].required = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("year") and "year" not in self.errors and cleaned.get("booked_on"):
            cleaned["year"] = cleaned["booked_on"].year
        return cleaned


class DocumentForm(RoomForm):
    """A document, with its text as a file: the text is kept, the file is not."""

    text_file = forms.FileField(
        label=_("Text file"),
        required=False,
        help_text=_(
            "The document's text as a UTF-8 file. Where a SHA-256 is recorded, only the file that has it is taken; "
            "otherwise the file sets it."
        ),
    )

    class Meta:
        model = Document
        fields = "__all__"

    def clean_text_file(self) -> bytes:
        """The bytes of the file; empty where none was chosen."""
        file: UploadedFile | None = self.cleaned_data["text_file"]
        if file is None:
            return b""
        if (file.size or 0) > LARGEST_TEXT:
            raise ValidationError(_("The file is larger than 5 MB; a document's text is not."), code="too_large")
        content = file.read()
        if b"\x00" in content:
            raise ValidationError(_("The file holds null characters: it is not a text."), code="null_characters")
        return content


class ClaimForm(RoomForm):
    """A claim. The passage may be pasted: alone it finds its span, with a span it must be what stands there."""

    quote = forms.CharField(
        label=_("Passage"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text=_(
            "Type or paste the passage; it must be the document's own characters. Where it stands only once, the "
            "first and last character may be left empty. The passage itself is not kept: it is read from the text."
        ),
    )

    class Meta:
        model = Claim
        fields = "__all__"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {"code", "start", "end"} & set(self.fields):
            self.fields[name].required = False
        if "code" in self.fields:
            self.fields["code"].help_text = _("Empty: the next number is given.")

    def clean_quote(self) -> str:
        # A browser sends every end of line as two characters.
        return self.cleaned_data["quote"].replace("\r\n", "\n")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        document = cleaned.get("document")
        empty = [name for name in ("start", "end") if cleaned.get(name) is None and name not in self.errors]
        if len(empty) == 2 and cleaned.get("quote") and document and document.text:
            self._find_span(document.text, cleaned["quote"])
        else:
            for name in empty:
                self.add_error(name, self.fields[name].error_messages["required"])
        return self.cleaned_data

    def _find_span(self, text: str, quote: str) -> None:
        number = text.count(quote)
        if number == 1:
            start = text.index(quote)
            self.cleaned_data.update(start=start, end=start + len(quote))
        elif number:
            told = {"number": number, "starts": ", ".join(map(str, starts_of(quote, text)))}
            message = gettext(
                "The passage stands %(number)s times, from character %(starts)s: say which, or paste more."
            )
            self.add_error("start", message % told)
        else:
            message = gettext(
                "These are not the document's own characters. Copy the passage from the document's page."
            )
            self.add_error("quote", message)


def starts_of(quote: str, text: str) -> list[int]:
    """Where a passage begins in a text: the first five places, not counting those inside another."""
    starts: list[int] = []
    at = text.find(quote)
    while at >= 0 and len(starts) < 5:
        starts.append(at)
        at = text.find(quote, at + len(quote))
    return starts
