"""The question that an explanation answers, read from its address: a filter as pages have it, and what cells add."""

from dataclasses import replace
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from alleviation.common.query import Query
from alleviation.common.years import FIRST_YEAR, LAST_YEAR
from projects.filters import CODE, FIELDS, QueryForm
from projects.models.projects import RECORD_CODE

OF = RegexValidator(r"^[A-Za-z0-9_ .:|~-]{1,120}\Z", _("No figure has such a name."))


class ExplainForm(QueryForm):
    """The filter of an explanation: everything that a cell of a table can be narrowed by."""

    first = forms.IntegerField(label=_("From year"), required=False, min_value=FIRST_YEAR, max_value=LAST_YEAR)
    last = forms.IntegerField(label=_("Until year"), required=False, min_value=FIRST_YEAR, max_value=LAST_YEAR)
    source_code = forms.CharField(label=_("Funding source"), required=False, validators=[RECORD_CODE])
    project = forms.CharField(label=_("Project"), required=False, validators=[RECORD_CODE])
    project_id = forms.IntegerField(label=_("Project"), required=False, min_value=0, max_value=2**62)
    at = forms.CharField(label=_("Place"), required=False, validators=[CODE])
    above = forms.IntegerField(label=_("Above the level"), required=False, min_value=1, max_value=5)
    of = forms.CharField(label=_("Of"), required=False, validators=[OF])

    OWN = ("first", "last", "source_code", "project", "project_id", "at", "above", "of")

    def __init__(self, data: Any, *, user: Any) -> None:
        super().__init__(data, user=user, fields=(*FIELDS, *self.OWN))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and first > last:
            self.add_error("last", _("The last year is before the first."))
        return cleaned

    def query(self) -> Query | None:
        """The question, with what narrows it to a cell; None where the address is wrong."""
        asked = super().query()
        if asked is None:
            return None
        given = self.cleaned_data.get
        return replace(
            asked,
            source_code=given("source_code") or "",
            project_code=given("project") or "",
            project_id=given("project_id"),
            place_code=given("at") or "",
            above_level=given("above"),
            of=given("of") or "",
        )

    def _years(self) -> tuple[int, int]:
        first, last = super()._years()
        return self.cleaned_data.get("first") or first, self.cleaned_data.get("last") or last
