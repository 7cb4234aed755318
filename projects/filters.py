"""The filter that pages and files share: what stands in the URL becomes a question, or an error that says why not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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
from alleviation.common.selects import PlainChoiceField, PlainSelect
from alleviation.common.words import labelled
from alleviation.common.years import FIRST_YEAR, LAST_YEAR, PLAN_PERIODS, PlanPeriod, plan_period
from projects.choices import ClaimStatus, Measure, ProjectKind, SourceLevel
from projects.models import Division, FundingSource, Project
from projects.models.ledger import Filled
from projects.models.projects import RECORD_CODE
from projects.rollups.past import as_they_were
from projects.rollups.places import area_query, around

FIELDS = ("year", "plan", "area", "kind", "source", "measure", "status", "as_of")
# The order of the fields on every page, whichever of them it asks by.
ORDER = (
    *("year", "plan", "area", "kind", "project", "source", "source_code"),
    *("household_status", "category", "cause", "boundaries", "measure", "status", "as_of"),
)
# What says itself what it is; any other word of a filter stands with its label.
SELF_EVIDENT = frozenset({"year", "plan", "area", "project", "source_code"})
KEPT_LABELS = {
    "year": _("Year"),
    "plan": _("Five-year plan"),
    "area": _("Area"),
    "kind": _("Kind of project"),
    "project": _("Project"),
    "source": _("Source level"),
    "source_code": _("Funding source"),
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


@dataclass(frozen=True)
class Chip:
    """One thing that a filter asks, in words, and the address of the page without it."""

    label: str
    words: str
    url: str
    is_self_evident: bool = False


class QueryForm(forms.Form):
    """The filter of a page, read from the URL: `QueryForm(request.GET, user=request.user, fields=("year", "area"))`.

    `query()` is the question; None where the filter is wrong. A page then shows the errors and no figure at all: a
    wrong filter that silently showed everything would pass for the figure that was asked for. Fields that the page
    does not name are not read.
    """

    year = forms.IntegerField(label=_("Year"), required=False, min_value=FIRST_YEAR, max_value=LAST_YEAR)
    plan = PlainChoiceField(label=_("Five-year plan"), required=False, choices=plan_choices)
    area = forms.CharField(label=_("Area"), required=False, validators=[CODE], widget=PlainSelect)
    kind = PlainChoiceField(
        label=_("Kind of project"), required=False, choices=lambda: [EVERYTHING, *ProjectKind.choices]
    )
    # A select would hold thousands.
    project = forms.CharField(label=_("Project code"), required=False, validators=[RECORD_CODE])
    source = PlainChoiceField(
        label=_("Source level"), required=False, choices=lambda: [EVERYTHING, *SourceLevel.choices]
    )
    # Asked by a link of a table, and seen as a word that can be taken away.
    source_code = forms.CharField(
        label=_("Funding source"), required=False, validators=[RECORD_CODE], widget=forms.HiddenInput
    )
    measure = PlainChoiceField(label=_("Measure"), required=False, choices=lambda: [EVERYTHING, *Measure.choices])
    status = PlainChoiceField(
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

    field_order = ORDER

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

    @property
    def asked_place(self) -> Division | None:
        """The place that the address names; None where it names none."""
        self.is_valid()
        return self.place if self.cleaned_data.get("area") else None

    @cached_property
    def way(self) -> list[Division]:
        """The places above the one asked for, uppermost first, and that one."""
        return [*self.place.ancestors, self.place] if self.place else []

    @cached_property
    def asked_project(self) -> Project | None:
        """The project asked for, where there is one that this person may see."""
        code = self.cleaned_data.get("project")
        return Project.objects.visible_to(self.user).filter(code=code).first() if code else None

    @cached_property
    def asked_source(self) -> FundingSource | None:
        """The funding source asked for, also by a code that it had on the day asked about."""
        code = self.cleaned_data.get("source_code")
        found = FundingSource.objects.filter(code=code).first() if code else None
        if found or not code or not self.moment:
            return found
        then = as_they_were(Query(self.user, as_of=self.moment), FundingSource).values()
        return next((one for one in then if one.code == code), None)

    def query(self) -> Query | None:
        """The question that the URL asks, None where it is not one. A year inside a plan is that year.

        Raises Http404 for a foreign area, project or source, the same as for one that does not exist.
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
            project_code=given("project", ""),
            source_code=given("source_code", ""),
            measure=given("measure", ""),
            status=given("status", ""),
            as_of=self.moment,
        )
        unknown = (query.project_code and not self.asked_project, query.source_code and not self.asked_source)
        if any(unknown):
            raise Http404
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
        told = {name: self._words(name) for name, value in self.cleaned_data.items() if value}
        if self.place:
            told["area"] = f"{self.place.local_name} {self.place.code}"
        words = [labelled(self.fields[name].label, told[name]) for name in self.fields if name in told]
        if "year" in self.fields and not {"year", "plan"} & told.keys():
            words.insert(0, gettext("all years"))
        return " · ".join(words) or gettext("everything")

    @property
    def chips(self) -> list[Chip]:
        """What is asked, a word for each; none where the filter is wrong."""
        given = self.cleaned_data if self.is_valid() else {}
        return [
            Chip(str(self.fields[name].label), self._words(name), self.narrowed(**{name: ""}), name in SELF_EVIDENT)
            for name in self.fields
            if name in KEPT and given.get(name) not in ("", None)
        ]

    def narrowed(self, **changes: str) -> str:
        """The address of this page asked for less, or with "" for more; what goes along stays.

        "" where that is asked already, the page does not ask by it, or the filter is wrong.
        """
        if not self.is_valid() or not changes.keys() <= self.fields.keys():
            return ""
        now, then = self._asked(), self._asked(**changes)
        return "" if now == then else self.address(then)

    def address(self, asked: dict[str, str]) -> str:
        """The address of this page, asked so."""
        return f"?{urlencode(asked)}"

    @property
    def kept(self) -> str:
        """What is asked here and goes along to other pages, "?year=2019"; "" for nothing."""
        asked = {name: value for name, value in self._asked().items() if name in KEPT} if self.is_valid() else {}
        return f"?{urlencode(asked)}" if asked else ""

    def query_string(self, **changes: str) -> str:
        """The filter as it stands in a URL, "?year=2019", with changes; "" without any filter or for a wrong one."""
        given = self.cleaned_data if self.is_valid() else {}
        asked = {name: value for name, value in ({**given, **changes}).items() if value not in ("", None)}
        return f"?{urlencode(asked)}" if asked else ""

    def _asked(self, **changes: str) -> dict[str, str]:
        """The filter and what goes along with it, by name, with changes."""
        asked = {**self.cleaned_data, **changes}
        return {name: str(value) for name, value in asked.items() if value not in ("", None)} | self.kept_aside

    def _words(self, name: str) -> str:
        """What is asked by one field, in words."""
        value, field = self.cleaned_data[name], self.fields[name]
        if name == "area":
            return str(self.place.local_name if self.place else value)
        if name == "project":
            return f"{value} {self.asked_project.local_name}" if self.asked_project else str(value)
        if name == "source_code":
            return str(self.asked_source or value)
        if not isinstance(field, forms.ChoiceField):
            return str(value)
        choices: Any = field.choices
        return next((str(words) for choice, words in choices if choice == value), str(value))

    def _years(self) -> tuple[int, int]:
        year, period = self.cleaned_data.get("year"), self.period
        if year:
            return year, year
        return (period.first_year, period.last_year) if period else (FIRST_YEAR, LAST_YEAR)

    def _area_choices(self) -> list[tuple[str, Any]]:
        """The way down to the place asked for, those beside it and right below it: a step at a time, no script."""
        area = self.user.area
        path = [(one.code, one.local_name) for one in self.way if covers(area, one.code)]
        beside, below = around(self.place)
        start = [] if area else [EVERYTHING]
        groups = (_("Beside it"), beside), (_("Inside it"), below)
        told = [(str(title), _choices(found, area)) for title, found in groups if self.place and _choices(found, area)]
        return [*start, *path, *(told if self.place else _choices(below, area))]


def _choices(places: Iterable[Division], area: str) -> list[tuple[str, str]]:
    return [(one.code, one.local_name) for one in places if covers(area, one.code)]
