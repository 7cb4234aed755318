"""Forms whose fields are more than the table's columns."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.audit.forms import RoomForm
from alleviation.common.validators import refuse_day_to_come
from alleviation.common.years import FIRST_YEAR, LAST_YEAR
from projects.models import Claim, Document, LedgerEntry

# A published article has a few thousand characters; this is a long book.
LARGEST_TEXT = 5 * 1024 * 1024


class LedgerEntryForm(RoomForm):
    """Booked money; the year is that of the date unless someone says otherwise, and then it is refused."""

    told_at = {
        "entry_allocation_of_disbursement": "allocation",
        "entry_handed_down_kind": "handed_down_from",
    }

    class Meta:
        model = LedgerEntry
        fields = "__all__"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "year" in self.fields:
            self.fields["year"].required = False
            self.fields["year"].help_text = _("Empty: the year of the date.")

    def clean_amount(self) -> Any:
        """Above zero; what is below takes an entry back, and is made by correcting that entry."""
        amount = self.cleaned_data["amount"]
        if amount <= 0:
            raise ValidationError(
                _("Enter an amount above zero. To take an entry back, open it and correct it."), code="not_above_zero"
            )
        return amount

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("year") and "year" not in self.errors and cleaned.get("booked_on"):
            cleaned["year"] = cleaned["booked_on"].year
            self._refuse_beyond_years(cleaned["year"])
        return cleaned

    def _refuse_beyond_years(self, year: int) -> None:
        """The year that a date brings along is told at the date."""
        if not FIRST_YEAR <= year <= LAST_YEAR:
            told = {"first": FIRST_YEAR, "last": LAST_YEAR}
            message = gettext("Enter a day of the years %(first)s to %(last)s.")
            self.add_error("booked_on", ValidationError(message % told, code="year_out_of_range"))
            del self.cleaned_data["year"]


class ReturnForm(forms.Form):
    """Why a submission is returned."""

    note = forms.CharField(
        label=_("Note"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
        help_text=_("What is wrong, and what would be right. Who drafted the entry reads it."),
        error_messages={"required": _("Say why the entry is returned.")},
    )


class CorrectionForm(forms.Form):
    """How a posted entry is corrected; the entry in its place has a form of its own."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
        help_text=_("What was wrong. It stays with both entries."),
    )
    booked_on = forms.DateField(
        label=_("Date of the reversal"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        validators=[refuse_day_to_come],
        help_text=_("It is booked in the year of this day, which must be open."),
    )
    books_anew = forms.BooleanField(
        label=_("Book the corrected entry as well"),
        required=False,
        initial=True,
        help_text=_("Without it the entry is only reversed; what stands below is then not looked at."),
    )


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
