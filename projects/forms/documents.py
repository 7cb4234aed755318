"""The form of a document, with its text as a file, or as written down from one."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from alleviation.audit.forms import RoomForm
from alleviation.evidence.store import read_upload
from projects.models import Document

TAKEN = ".txt,.pdf,.png,.jpg,.jpeg,text/plain,application/pdf,image/png,image/jpeg"


class DocumentForm(RoomForm):
    """A document. Its file may be text, a PDF or an image; of the last, a person writes the text down, now or later.

    A file for a document whose text is there is a newer version, once somebody says so.
    """

    text_file = forms.FileField(
        label=_("File"),
        required=False,
        widget=forms.FileInput(attrs={"accept": TAKEN}),
        help_text=_(
            "UTF-8 text, a PDF, or a PNG or JPEG image; the content decides, not the name. The text of a PDF is read, "
            "and the file is kept as it is. Where a SHA-256 is recorded, only a file whose text has it is taken."
        ),
    )
    transcript = forms.CharField(
        label=_("Text, written down"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "class": "vLargeTextField"}),
        help_text=_(
            "Only for an image, or a PDF that is a scan: its words as they stand there, line by line. It can be added "
            "later; passages can be marked once it is there."
        ),
    )
    is_newer = forms.BooleanField(
        label=_("This file is a newer version"),
        required=False,
        help_text=_(
            "It becomes a document of its own, with what stands in the other fields. This document and its claims "
            "stay as they are."
        ),
    )

    class Meta:
        model = Document
        fields = "__all__"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.text:
            self.fields.pop("is_newer", None)

    def clean_text_file(self) -> bytes:
        """The bytes of the file; empty where none was chosen."""
        file: UploadedFile | None = self.cleaned_data["text_file"]
        return b"" if file is None else read_upload(file)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("text_file"):
            self._name_file()
        elif "text_file" not in self.errors:
            self._refuse_without_file()
        return cleaned

    def _name_file(self) -> None:
        """A file has the name that somebody typed, else its own; the name of the older version is not that."""
        is_typed = "file_name" in self.changed_data or not self.cleaned_data.get("is_newer")
        if not (is_typed and self.cleaned_data.get("file_name")):
            upload: Any = self.files[self.add_prefix("text_file")]
            self.cleaned_data["file_name"] = "".join(filter(str.isprintable, upload.name))[-200:]

    def _refuse_without_file(self) -> None:
        if self.cleaned_data.get("transcript"):
            if self.instance.original_id and not self.instance.text:
                return
            self.add_error("text_file", _("Choose the image or the PDF that the text was written down from."))
        elif self.cleaned_data.get("is_newer") or (self.instance.pk is None and self.cleaned_data.get("supersedes")):
            self.add_error("text_file", _("Choose the file of the newer version."))
