"""The question that an explanation answers, read from its address: a filter as pages have it, and what cells add."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from alleviation.common.areas import covers
from alleviation.common.query import Query
from alleviation.common.years import FIRST_YEAR, LAST_YEAR
from beneficiaries.filters import IncomeQueryForm
from beneficiaries.rollups import enrolments
from projects.filters import CODE, FIELDS
from projects.models import Division, Project
from projects.rollups import booked, due_years, handed_on
from projects.rollups.places import gathered_under

OF = RegexValidator(r"^[A-Za-z0-9_ .:|~-]{1,120}\Z", _("No figure has such a name."))
YES = [("", ""), ("1", _("yes"))]
# What narrows a question further, by the filter that it is a finer kind of.
FINER = {
    "year": ("first", "last", "outside_plans"),
    "source": ("source_code",),
    "kind": ("project", "project_id", "tied"),
    "area": ("at", "inside", "above"),
}


class ExplainForm(IncomeQueryForm):
    """The filter of an explanation: everything that a cell of a table can be narrowed by."""

    first = forms.IntegerField(label=_("From year"), required=False, min_value=FIRST_YEAR, max_value=LAST_YEAR)
    last = forms.IntegerField(label=_("Until year"), required=False, min_value=FIRST_YEAR, max_value=LAST_YEAR)
    outside_plans = forms.ChoiceField(label=_("Outside all five-year plans"), required=False, choices=YES)
    project_id = forms.IntegerField(label=_("Project"), required=False, min_value=0, max_value=2**62)
    tied = forms.ChoiceField(label=_("Tied to a project"), required=False, choices=YES)
    at = forms.CharField(label=_("Place"), required=False, validators=[CODE])
    inside = forms.CharField(label=_("Gathered under"), required=False, validators=[CODE])
    above = forms.IntegerField(label=_("Above the level"), required=False, min_value=1, max_value=5)
    of = forms.CharField(label=_("Of"), required=False, validators=[OF])

    OWN = (*(name for names in FINER.values() for name in names), "of")

    def __init__(self, data: Any, *, user: Any, fields: Iterable[str] = FIELDS) -> None:
        super().__init__(data, user=user, fields=(*fields, *self.OWN))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and first > last:
            self.add_error("last", _("The last year is before the first."))
        if (first or last) and (cleaned.get("year") or cleaned.get("plan")):
            self.add_error("first", _("Ask for a year, for a plan, or for years from one to another: not for two."))
        return cleaned

    @property
    def is_narrowed(self) -> bool:
        """Whether the address names no area, and this person sees just their own."""
        return bool(self.user.area) and "area" in self.fields and not self.cleaned_data.get("area")

    def query(self) -> Query | None:
        """The question, with what narrows it to a cell; None where the address is wrong.

        Raises Http404 for a place, project or source that does not exist, or that is not this person's to see; and
        for what the figure is not narrowed by, which would be told as asked and change nothing.
        """
        asked = super().query()
        if asked is None:
            return None
        self._refuse_unread()
        given = self.cleaned_data.get
        inside = given("inside") or ""
        query = replace(
            asked,
            project_id=given("project_id"),
            is_tied=bool(given("tied")),
            place_code=given("at") or "",
            inside_code=inside,
            inside=gathered_under(inside) if inside else (),
            above_level=given("above"),
            outside_plans=bool(given("outside_plans")),
            of=given("of") or "",
        )
        _refuse_foreign(query)
        return query

    def _refuse_unread(self) -> None:
        unread = [name for coarse, names in FINER.items() if coarse not in self.fields for name in names]
        if any(self.cleaned_data.get(name) not in (None, "") for name in unread):
            raise Http404

    def _years(self) -> tuple[int, int]:
        first, last = super()._years()
        return self.cleaned_data.get("first") or first, self.cleaned_data.get("last") or last


def _refuse_foreign(query: Query) -> None:
    """What is named must be there and this person's to see: else Http404, the same for the one as for the other."""
    area = query.user.area
    named = [
        (query.place_code, lambda: covers(area, query.place_code) and _is_place(query.place_code)),
        (query.inside_code, lambda: any(covers(area, one) for one in query.inside) and _is_place(query.inside_code)),
        (query.project_id, lambda: _sees(query) or _is_of_theirs(query)),
    ]
    if any(asked and not is_there() for asked, is_there in named):
        raise Http404


def _is_place(code: str) -> bool:
    return Division.objects.filter(code=code).exists()


def _sees(query: Query) -> bool:
    return Project.objects.filter(pk=query.project_id or 0).visible_to(query.user).exists()


def _is_of_theirs(query: Query) -> bool:
    """Whether money or households that this person may sum up are tied to a project, which they may not know."""
    asked = Query(user=query.user, project_id=query.project_id)
    has_money = booked(asked).exists() or handed_on(asked).exists() or bool(due_years(asked))
    return has_money or enrolments(asked).exists()
