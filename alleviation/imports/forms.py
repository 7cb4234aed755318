"""What is asked of a person who imports: a file, that what was read is right, and why it is taken back."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alleviation.intake.models import ImportRun

LONGEST = 300


class UploadForm(forms.Form):
    """The file. Whether it is one that can be taken, the reading of it says."""

    file = forms.FileField(
        label=_("File (CSV or XLSX)"),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
    )


class ConfirmForm(forms.Form):
    """Binds a confirmation to the file and the state that the page showed."""

    sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput)
    fingerprint = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)
    names_are_right = forms.BooleanField(label=_("These names are read rightly"), required=False)

    def __init__(self, data: Any, *, run: ImportRun) -> None:
        super().__init__(data, initial={"sha256": run.sha256, "fingerprint": run.findings.get("fingerprint", "")})
        if not run.is_guessed:
            del self.fields["names_are_right"]


class UndoForm(forms.Form):
    """Why an import is taken back."""

    reason = forms.CharField(label=_("Why it is taken back"), max_length=LONGEST)
