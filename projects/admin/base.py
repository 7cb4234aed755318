"""The sections of this floor in the index, and what its pages share."""

from datetime import date
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from alleviation.audit.admin_site import Section
from alleviation.common.initials import beginning
from alleviation.common.words import local

PROJECTS = Section(10, "projects", _("Projects"))
MONEY = Section(20, "money", _("Money"))
ALLIANCES = Section(30, "alliances", _("Alliances, organisations and people"))
CLAIMS = Section(40, "documents", _("Documents and claims"))
PLACES = Section(50, "places", _("Places"))


class FoundByBeginnings:
    """Records that are found by how a code or name begins, or by the pinyin initials of the Chinese name."""

    codes: ClassVar[tuple[str, ...]] = ()
    names: ClassVar[tuple[str, ...]] = ("name", "name_zh")
    search_help_text: ClassVar[Any] = _(
        "How the name begins, in Chinese or English, or its pinyin initials, as rdc for 若多村."
    )

    def get_search_results(self, request: Any, queryset: QuerySet[Any], search_term: str) -> tuple[Any, bool]:
        return queryset.filter(beginning(search_term, codes=self.codes, names=self.names)), False

    def picked(self, record: Any) -> str:
        """Both names, that of the reader's language first."""
        here, other = self.local_name(record), self.other_name(record)
        return f"{here} ({other})" if other else here

    @admin.display(description=_("name"), ordering="name")
    def local_name(self, record: Any) -> str:
        """The name in the reader's language, where it is known."""
        return local(*(str(getattr(record, column)) for column in self.names))

    @admin.display(description=_("in the other language"))
    def other_name(self, record: Any) -> str:
        """The other name, empty where there is one alone."""
        names = (str(getattr(record, column)) for column in self.names)
        return next((name for name in names if name not in ("", self.local_name(record))), "")


class YearFilter(SimpleListFilter):
    """The latest years, spelt out: to ask the table which years it holds would read all of it."""

    title = _("year")
    parameter_name = "year"
    spelt_out = 12

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        latest = localdate().year + 1
        return [(str(year), str(year)) for year in range(latest, latest - self.spelt_out, -1)]

    def queryset(self, request: Any, queryset: QuerySet[Any]) -> QuerySet[Any]:
        known = {value for value, _title in self.lookup_choices}
        return queryset.filter(year=self.value()) if self.value() in known else queryset


def day(value: date | None) -> str:
    """A date as the ledger has it, the same in every language."""
    return value.isoformat() if value else ""
