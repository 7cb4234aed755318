"""The filter of pages and files about households: beside what is asked everywhere, how they stood in each year."""

from dataclasses import replace
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.asking import area_asked_from
from alleviation.common.areas import LEVEL_LENGTHS
from alleviation.common.query import Query
from alleviation.common.selects import PlainChoiceField
from beneficiaries.choices import Cause, HouseholdCategory, HouseholdStatus
from beneficiaries.models import Household
from projects.choices import Level
from projects.filters import EVERYTHING, QueryForm, is_digits, placed
from projects.models import Division

HOUSEHOLD_FIELDS = ("household_status", "category", "cause", "boundaries")
# The fields of every figure of incomes.
INCOME_FIELDS = ("year", "plan", "area", "household_status", "category", "cause", "boundaries", "as_of")
# What stands in an address for "not recorded", since nothing asks for everything.
UNKNOWN = "none"
RECORDED = "recorded"
# From a county on: what is shorter would find a province, and a household's number may begin so as well.
SHORTEST_CODE = LEVEL_LENGTHS[2]
# More keys than this make a search no faster.
FEW = 1000
BOUNDARIES = [("", _("as they are today")), (RECORDED, _("as they were then"))]


class IncomeQueryForm(QueryForm):
    """The filter of incomes, read from the URL as its base is."""

    household_status = PlainChoiceField(
        label=_("Status of the household"), required=False, choices=lambda: _choices(HouseholdStatus)
    )
    category = PlainChoiceField(label=_("Category"), required=False, choices=lambda: _choices(HouseholdCategory))
    cause = PlainChoiceField(label=_("Main cause"), required=False, choices=lambda: _choices(Cause))
    boundaries = PlainChoiceField(label=_("Villages"), required=False, choices=BOUNDARIES)

    def query(self) -> Query | None:
        """As its base, with how households stood and on which boundaries they are gathered."""
        asked = super().query()
        if asked is None:
            return None
        given: dict[str, Any] = {name: self.cleaned_data.get(name) or "" for name in HOUSEHOLD_FIELDS}
        return replace(asked, **given)


class TooMany(ValueError):
    """A search fits the numbers of more households, in any village, than anything can be looked up of."""


def sought(text: str, *, household: str = "", village: str = "village__", is_wide: bool = False) -> models.Q:
    """A filter for rows of households, searched by words that each must fit.

    A word is the beginning of a village's code, of six digits or more, or of a village's name, where there is such a
    village; else that of a household's number; and where no household has such a number, of the pinyin initials of a
    village. `household` and `village` lead there. A word is never asked of two tables at once: no index would serve
    that. `is_wide`: it is asked of a whole nation or province.

    Raises TooMany.
    """
    places, initials, numbers = _told_apart(text.split())
    found = placed(places, village, by_initials=False) & placed(initials, village)
    for word in numbers:
        found &= _numbered(word, household, is_wide=is_wide and not (places or initials))
    return found


def _told_apart(words: list[str]) -> tuple[list[str], list[str], list[str]]:
    """What speaks of villages by code or name, by initials, and the beginnings of households' numbers."""
    codes = [word for word in words if _is_place_code(word)]
    name = [word for word in words if not any(map(str.isdigit, word))]
    numbers = [word for word in words if word not in codes and word not in name]
    villages = Division.objects.of_level(Level.VILLAGE)
    if not name or villages.filter(placed(name, by_initials=False)).exists():
        return [*codes, *name], [], numbers
    is_number = Household.objects.in_area(area_asked_from()).filter(numbered(" ".join(name))).exists()
    if not is_number and villages.filter(placed(name)).exists():
        return codes, name, numbers
    return codes, [], [*numbers, " ".join(name)]


def numbered(word: str, field: str = "number") -> models.Q:
    """A filter for numbers that begin with this, as typed or in capitals."""
    condition = models.Q(**{f"{field}__begins": word})
    return condition if word == word.upper() else condition | models.Q(**{f"{field}__begins": word.upper()})


def _numbered(word: str, household: str, *, is_wide: bool) -> models.Q:
    """Of rows that belong to a household: by its key where few fit, so that the search begins with them."""
    if not household:
        return numbered(word)
    homes = Household.objects.filter(numbered(word)).beyond("only a list that is narrowed is searched by them")
    fitting = list(homes.order_by().values_list("pk", flat=True)[: FEW + 1])
    if len(fitting) > FEW:
        if is_wide:
            raise TooMany
        return numbered(word, f"{household}__number")
    return models.Q(**{f"{household}__in": fitting})


def _is_place_code(word: str) -> bool:
    is_code = is_digits(word) and SHORTEST_CODE <= len(word) <= LEVEL_LENGTHS[-1]
    return is_code and Division.objects.inside(word).exists()


def _choices(known: type[models.TextChoices]) -> list[tuple[str, Any]]:
    """Everything, each choice, and what is not recorded."""
    return [EVERYTHING, *(one for one in known.choices if one[0]), (UNKNOWN, _("not recorded"))]
