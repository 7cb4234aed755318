"""The filter that pages and files share: what stands in the URL becomes a question, or an error that says why not."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from functools import cache, cached_property
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.common.areas import covers, within
from alleviation.common.initials import initials_begin
from alleviation.common.query import KEPT, Query
from alleviation.common.years import FIRST_YEAR, LAST_YEAR, PLAN_PERIODS, PlanPeriod, plan_period
from projects.choices import ClaimStatus, Measure, ProjectKind, SourceLevel
from projects.models import Division, FundingSource, Project
from projects.models.ledger import Filled
from projects.rollups.places import area_query, child_level

FIELDS = ("year", "plan", "area", "kind", "source", "measure", "status", "as_of")
KEPT_LABELS = {
    "year": _("Year"),
    "plan": _("Five-year plan"),
    "area": _("Area"),
    "kind": _("Kind of project"),
    "source": _("Funding source"),
    "as_of": _("As of"),
    "household_status": _("Status of the household"),
    "category": _("Category"),
    "cause": _("Main cause"),
    "boundaries": _("Villages"),
}
# Without \d, which takes the digits of every script.
CODE = RegexValidator(r"^[0-9]{12}\Z", _("A division code has twelve digits."))
EVERYTHING = ("", _("all"))
# A list of more projects than this is asked for by their code, not by their numbers.
FEW = 200


def plan_choices() -> list[tuple[str, Any]]:
    """The plans in the reader's language."""
    return [EVERYTHING, *((str(plan.number), plan.name) for plan in PLAN_PERIODS)]


def place_or_404(code: str, user: User) -> Division:
    """The place of a 12-digit code as the latest list has it.

    Raises Http404 where there is none, and alike where it is not inside this person's area: the sums of a place
    above it would hold their own area's rows alone and still be named for the whole.
    """
    found = Division.objects.latest_of(code) if covers(user.area, code) else None
    if found is None:
        raise Http404
    return found


def is_digits(word: str) -> bool:
    return word.isascii() and word.isdigit()


def placed(words: Iterable[str], way: str = "", *, by_initials: bool = True) -> Q:
    """A filter for places whose code begins with each of the words that are digits, and whose name with the others.

    A name is the Chinese one, its pinyin initials or the English one. `way` leads to the place. Beginnings alone, so
    that an index serves.
    """
    found, name = Q(), []
    for word in words:
        if is_digits(word):
            found &= within(word, f"{way}code")
        else:
            name.append(word)
    return found & _named(" ".join(name), way, by_initials) if name else found


def _named(name: str, way: str, by_initials: bool) -> Q:
    # Names are kept as the list has them: English words begin in capitals, Chinese ones have no case.
    capitals = " ".join(word[:1].upper() + word[1:] for word in name.split(" "))
    in_english = Q(Filled(f"{way}name_en"), **{f"{way}name_en__begins": capitals})
    in_letters = initials_begin(name, f"{way}initials") if by_initials else Q()
    return Q(**{f"{way}name__begins": name}) | in_english | in_letters


def entries_sought(text: str, user: User) -> Q:
    """A filter for entries: each word begins the voucher or the project's code, or is the funding source's code.

    Everything is asked of the entry's own columns: what is asked of two tables at once no index serves.
    """
    found = Q()
    for word in text.split():
        projects = Project.objects.visible_to(user).filter(code__begins=word).order_by()
        numbers = list(projects.values_list("pk", flat=True)[: FEW + 1])
        if len(numbers) > FEW:
            found &= Q(project__code__begins=word)
            continue
        sources = list(FundingSource.objects.visible_to(user).filter(code=word).values_list("pk", flat=True))
        voucher = Q(Filled("voucher"), voucher__begins=word)
        found &= voucher | Q(project__in=numbers) | Q(source__in=sources)
    return found


class QueryForm(forms.Form):
    """The filter of a page, read from the URL: `QueryForm(request.GET, user=request.user, fields=("year", "area"))`.

    `query()` is the question; None where the filter is wrong. A page then shows the errors and no figure at all: a
    wrong filter that silently showed everything would pass for the figure that was asked for. Fields that the page
    does not name are not read.
    """

    year = forms.IntegerField(label=_("Year"), required=False, min_value=FIRST_YEAR, max_value=LAST_YEAR)
    plan = forms.ChoiceField(label=_("Five-year plan"), required=False, choices=plan_choices)
    area = forms.CharField(label=_("Area"), required=False, validators=[CODE], widget=forms.Select)
    kind = forms.ChoiceField(
        label=_("Kind of project"), required=False, choices=lambda: [EVERYTHING, *ProjectKind.choices]
    )
    source = forms.ChoiceField(
        label=_("Funding source"), required=False, choices=lambda: [EVERYTHING, *SourceLevel.choices]
    )
    measure = forms.ChoiceField(label=_("Measure"), required=False, choices=lambda: [EVERYTHING, *Measure.choices])
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=lambda: [EVERYTHING, *(c for c in ClaimStatus.choices if c[0])]
    )

    as_of = forms.DateField(
        label=_("As of"),
        required=False,
        input_formats=["%Y-%m-%d"],
        localize=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("Enter a day as 2024-03-01.")},
    )

    def __init__(self, data: Mapping[str, Any] | None, *, user: User, fields: Iterable[str] = FIELDS) -> None:
        super().__init__(data or {})
        self.user = user
        kept = set(fields)
        for name in [name for name in self.fields if name not in kept]:
            del self.fields[name]
        if "area" in self.fields:
            self.fields["area"].widget.choices = cache(self._area_choices)

    def clean_as_of(self) -> date | None:
        """A day that is over, or today; before the first year nothing was known."""
        day: date | None = self.cleaned_data["as_of"]
        if day and day > timezone.localdate():
            raise ValidationError(_("What will be known on a day to come is not known yet."), code="to_come")
        if day and day.year < FIRST_YEAR:
            raise ValidationError(
                gettext("Choose a day from %(year)s on.") % {"year": FIRST_YEAR}, code="before_the_first"
            )
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        period, year = self.period, cleaned.get("year")
        if period and year and year not in period.years:
            self.add_error("year", gettext("The year is not in the %(plan)s.") % {"plan": period.name})
        return cleaned

    @property
    def period(self) -> PlanPeriod | None:
        """The five-year plan asked for."""
        number = self.cleaned_data.get("plan")
        return plan_period(int(number)) if number else None

    @property
    def moment(self) -> datetime | None:
        """The end of the day asked about, in the office's time; of today: now. None where no day is asked about."""
        day = self.cleaned_data.get("as_of")
        if day is None:
            return None
        return min(timezone.make_aware(datetime.combine(day, time.max)), timezone.now())

    @property
    def day(self) -> date | None:
        """The day asked about, for a page to name; None where none is, or the filter is wrong."""
        return self.cleaned_data.get("as_of") if self.is_valid() else None

    @cached_property
    def place(self) -> Division | None:
        """The place asked for, else the person's own area; None is everywhere, or a page that does not ask.

        Raises Http404 for a place that does not exist or lies outside the person's area.
        """
        if "area" not in self.fields:
            return None
        self.is_valid()
        if code := self.cleaned_data.get("area"):
            return place_or_404(code, self.user)
        return Division.objects.latest_of(self.user.area.ljust(12, "0")) if self.user.area else None

    def query(self) -> Query | None:
        """The question that the URL asks, None where it is not one. A year inside a plan is that year.

        Raises Http404 for a foreign area, the same as for one that does not exist.
        """
        if not self.is_valid():
            return None
        given = self.cleaned_data.get
        first, last = self._years()
        query = Query(
            user=self.user,
            first_year=first,
            last_year=last,
            project_kind=given("kind", ""),
            source_level=given("source", ""),
            measure=given("measure", ""),
            status=given("status", ""),
            as_of=self.moment,
        )
        return area_query(query, self.place) if self.place else query

    @property
    def kept_aside(self) -> dict[str, str]:
        """What was asked of other pages and goes along with this filter, though this page does not ask by it."""
        return {name: self.data[name] for name in KEPT if name not in self.fields and self.data.get(name)}

    @property
    def labels_aside(self) -> str:
        """What `kept_aside` holds, in words: a figure must not pass for one that was asked for more narrowly."""
        return gettext(", ").join(str(KEPT_LABELS[name]) for name in self.kept_aside)

    @cached_property
    def words_asked(self) -> str:
        """The filter in words, "Year: 2019 · Area: Heishui County 513228000000", for a sheet that has no address."""
        if not self.is_valid():
            return gettext("wrong: no figure is shown")
        told = {name: self._in_words(name, value) for name, value in self.cleaned_data.items() if value}
        if self.place:
            told["area"] = f"{self.place.local_name} {self.place.code}"
        words = [f"{self.fields[name].label}: {told[name]}" for name in self.fields if name in told]
        return " · ".join(words) or gettext("everything you may see")

    def _in_words(self, name: str, value: Any) -> str:
        """What was chosen, as the menu has it; what was typed, as it was."""
        choices = dict(getattr(self.fields[name], "choices", ()))
        return str(choices.get(value, value))

    def query_string(self, **changes: str) -> str:
        """The filter as it stands in a URL, "?year=2019", with changes; "" without any filter or for a wrong one."""
        given = self.cleaned_data if self.is_valid() else {}
        asked = {name: value for name, value in ({**given, **changes}).items() if value not in ("", None)}
        return f"?{urlencode(asked)}" if asked else ""

    def _years(self) -> tuple[int, int]:
        year, period = self.cleaned_data.get("year"), self.period
        if year:
            return year, year
        return (period.first_year, period.last_year) if period else (FIRST_YEAR, LAST_YEAR)

    def _area_choices(self) -> list[tuple[str, Any]]:
        """The way down to the place asked for, and the places right below it: a step at a time, without a script."""
        place = self.place
        path = [one for one in (*place.ancestors, place) if covers(self.user.area, one.code)] if place else []
        level = child_level(place)
        below = Division.objects.current().of_level(level).inside(place.prefix if place else "") if level else []
        start = [] if self.user.area else [EVERYTHING]
        return [*start, *((one.code, one.local_name) for one in (*path, *below))]
