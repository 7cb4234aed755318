"""What booked money adds up to, kept by the write itself (projects/actions/cells.py), so that pages add up no entries.

Each cell holds the four sums over what counts at its area (docs/ledger.md): the entries booked there, less what they
handed on to another place, where that is counted. Cells are keyed by ids and codes alone: whatever else sums are cut
by (the kind of a project, the level of a source) is joined when they are read, and may change.
"""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.scope import ScopedQuerySet
from alleviation.common.areas import LEVEL_LENGTHS
from alleviation.common.fields import YuanField
from projects.choices import EntryState, Level

# The project of what is tied to none: a key has no empty part.
NO_PROJECT = 0
COUNTY = LEVEL_LENGTHS[Level.COUNTY - 1]
PREFECTURE = LEVEL_LENGTHS[Level.PREFECTURE - 1]
# A cell's version, of money or of incomes: no two writes share one, and eight million add up within 64 bits.
VERSION_BITS = 40


class MoneyQuerySet(ScopedQuerySet):
    """Words for asking cells, the same as those for asking entries."""

    area_field = "area"

    def posted(self) -> Self:
        """What official figures are made of."""
        return self.filter(state__in=EntryState.COUNTED)

    def pending(self) -> Self:
        """Drafts, submissions and what was returned."""
        return self.filter(state__in=EntryState.PENDING)

    def of_years(self, first: int, last: int) -> Self:
        """Cells of these years, both included."""
        return self.filter(year__gte=first, year__lte=last)

    def booked(self) -> Self:
        """Those in which something was booked, not only handed on from."""
        return self.filter(entries__gt=0)


class MoneyCell(models.Model):
    """Four sums in yuan over the entries of one area, state, year and source, never added together.

    `entries` were booked there; `taken_off` are those of them, or of another place, whose money was handed on from
    there and is counted at the other. `version` is another after every write to one of them, be it to its note.
    """

    # What a cell is told apart by; the first is its area, by which cells are locked.
    key: ClassVar[tuple[str, ...]] = ("area", "state", "year", "source_id")

    area = models.CharField(_("division code"), max_length=12)
    state = models.CharField(_("state"), max_length=16, choices=EntryState.choices)
    year = models.PositiveSmallIntegerField(_("year"))
    source_id = models.BigIntegerField(_("funding source"))
    allocated = YuanField(_("allocated"), default=0)
    disbursed = YuanField(_("disbursed"), default=0)
    spent = YuanField(_("spent"), default=0)
    refunded = YuanField(_("refunded"), default=0)
    entries = models.IntegerField(_("entries"), default=0)
    taken_off = models.IntegerField(_("handed on"), default=0)
    made_up = models.IntegerField(_("made up"), default=0, help_text=_("How many of both belong to the example."))
    version = models.BigIntegerField(_("version"))
    updated_at = models.DateTimeField(_("updated at"))

    objects = MoneyQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return " ".join(str(getattr(self, name)) for name in self.key)


class PlaceMoney(MoneyCell):
    """Booked money by the very place of its entries, and by project."""

    key = (*MoneyCell.key, "project_id")

    project_id = models.BigIntegerField(_("project"), default=NO_PROJECT)

    class Meta:
        verbose_name = _("money of a place")
        verbose_name_plural = _("money of places")
        ordering = ["area", "state", "year", "source_id", "project_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "state", "year", "source_id", "project_id"],
                name="place_money_once",
                violation_error_message=_("This money has a cell already."),
            )
        ]


class CountyProjectMoney(MoneyCell):
    """Booked money by county, or by the place above counties that it was booked for, and by project."""

    key = (*MoneyCell.key, "project_id")

    project_id = models.BigIntegerField(_("project"), default=NO_PROJECT)

    class Meta:
        verbose_name = _("money of a county by project")
        verbose_name_plural = _("money of counties by project")
        ordering = ["area", "state", "year", "source_id", "project_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "state", "year", "source_id", "project_id"],
                name="county_project_money_once",
                violation_error_message=_("This money has a cell already."),
            )
        ]


class CountyMoney(MoneyCell):
    """Booked money by county, or by the place above counties that it was booked for."""

    class Meta:
        verbose_name = _("money of a county")
        verbose_name_plural = _("money of counties")
        ordering = ["area", "state", "year", "source_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "state", "year", "source_id"],
                name="county_money_once",
                violation_error_message=_("This money has a cell already."),
            )
        ]


# Each is added up from the one before, the first from the ledger.
MONEY_CELLS: tuple[type[MoneyCell], ...] = (PlaceMoney, CountyProjectMoney, CountyMoney)


def county_code_of(code: str) -> str:
    """The code under which a county's cells hold what is booked at a place: its county, or itself above counties.

    What lies in a city without counties (441900103000 in 441900000000) stays by itself: that county would have the
    code of the city.
    """
    if code[PREFECTURE:COUNTY].strip("0") == "":
        return code
    return code[:COUNTY].ljust(12, "0")
