"""The form of a claim, and the one that finds a passage by its words."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.audit.forms import RoomForm
from projects.models import Claim
from projects.passages import number_words, places_of, with_plain_lines

NOT_THERE = _("These are not the document's own characters. Copy the passage from the document's page.")
# A claim rests on a sentence or two; this is some pages.
LONGEST_PASSAGE = 20_000


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

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        document, quote = cleaned.get("document"), cleaned.get("quote")
        empty = [name for name in ("start", "end") if cleaned.get(name) is None and name not in self.errors]
        if len(empty) == 2 and quote and document and document.text:
            self._find_span(document.text, quote)
        else:
            for name in empty:
                self.add_error(name, self.fields[name].error_messages["required"])
        if quote and document and "quote" not in self.errors:
            self._restore_line_ends(document.text)
        return self.cleaned_data

    def _find_span(self, text: str, quote: str) -> None:
        places = places_of(quote, text)
        if len(places) == 1:
            self.cleaned_data["start"], self.cleaned_data["end"] = places[0]
        elif places:
            told = {"number": number_words(places), "starts": ", ".join(str(start) for start, _end in places[:5])}
            message = gettext(
                "The passage stands %(number)s times, from character %(starts)s: say which, or paste more."
            )
            self.add_error("start", message % told)
        else:
            self.add_error("quote", NOT_THERE)

    def _restore_line_ends(self, text: str) -> None:
        """A browser sends every end of line as two characters, whatever it was in the text."""
        own = text[self.cleaned_data.get("start") : self.cleaned_data.get("end")]
        if with_plain_lines(own) == with_plain_lines(self.cleaned_data["quote"]):
            self.cleaned_data["quote"] = own


class PassageForm(forms.Form):
    """A passage of a text by its words, for whoever cannot or will not mark it: the span where they stand."""

    words = forms.CharField(
        label=_("The words of the passage"),
        max_length=LONGEST_PASSAGE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Copied from the text above, each character as it stands there."),
    )
    which = forms.IntegerField(
        label=_("Which of them"),
        required=False,
        min_value=1,
        max_value=1_000_000,
        help_text=_("Only where the words stand there more than once: 1 for the first, 2 for the second …"),
    )

    def __init__(self, *args: Any, text: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.text = text

    def clean(self) -> dict[str, Any]:
        """Adds `span`, the first and the last character."""
        cleaned = super().clean() or self.cleaned_data
        if "words" not in cleaned or "which" not in cleaned:
            return cleaned
        places, which = places_of(cleaned["words"], self.text), cleaned["which"]
        if not places:
            self.add_error("words", NOT_THERE)
        elif which is None and len(places) > 1:
            message = gettext("The words stand there %(number)s times: say which, 1 to %(number)s.")
            self.add_error("which", ValidationError(message % {"number": number_words(places)}, code="several"))
        elif (which or 1) > len(places):
            message = gettext("The words stand there only so often: %(number)s.")
            self.add_error("which", ValidationError(message % {"number": number_words(places)}, code="beyond"))
        else:
            cleaned["span"] = places[(which or 1) - 1]
        return cleaned
