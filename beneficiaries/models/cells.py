"""Sums of incomes that are kept: by village and year, and by county and year. Derived; nothing is entered here."""

from typing import Any

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from alleviation.common.fields import YuanField
from beneficiaries.choices import IncomeConcept, IncomeYear, LineKind
from beneficiaries.models.bands import ABOVE, BANDS
from beneficiaries.privacy import Privacy

# How many digits of a code tell a county.
COUNTY_DIGITS = 6
COMPONENTS = ("wage_income", "business_income", "property_income", "transfer_income", "expenses")
HEADS = ("households", "persons", "made_up")
# How far somebody else has looked at them, and those of which a part has not been received yet.
CHECKED = ("unverified", "returned", "expected_households", "expected_persons")
# What an income is, and of which twelve months: in how many households it is counted so.
WAYS = {f"{concept}_{months}": (concept, months) for concept in IncomeConcept.values for months in IncomeYear.values}


def band_column(kind: str, band: str, heads: str) -> str:
    """The column of those in a band around a line: poverty_below_persons."""
    return f"{kind}_{band}_{heads}"


HOMES_IN_BANDS = tuple(band_column(kind, band, "households") for kind in LineKind.values for band in BANDS)
IN_BANDS = tuple(band_column(kind, band, heads) for kind in LineKind.values for band in BANDS for heads in HEADS)
# Those of villages in which many are above the line, in another band: what band sums of a county may be told by.
BESIDE_ABOVE = tuple(band for band in BANDS if band != ABOVE)
BESIDE = tuple(f"{kind}_{band}_beside" for kind in LineKind.values for band in BESIDE_ABOVE)
MEASURES = (*HEADS, *COMPONENTS, *CHECKED, *IN_BANDS, *WAYS)


def county_of(code: str) -> str:
    """The first six digits of a village's code; the whole code where it is none of a county."""
    return code if code[COUNTY_DIGITS:].strip("0") == "" else code[:COUNTY_DIGITS]


def _number(name: Any) -> Any:
    return models.IntegerField(name, db_default=0, editable=False)


def _sum(name: Any) -> Any:
    return YuanField(name, db_default=0, editable=False)


class IncomeCell(models.Model):
    """What the incomes of a place and year add up to: those that hold, by the village of that year.

    Money is whole fen in the table and yuan here. `poverty_…` and `monitoring_…` are how many stand in which band
    around the line that holds for them (bands.py), `net_calendar` and the like how many whose income is counted so.
    `version` is another each time they are added up.
    """

    year = models.PositiveSmallIntegerField(_("year"), editable=False)
    households = _number(_("households"))
    persons = _number(_("persons"))
    made_up = _number(_("made-up households"))
    wage_income = _sum(_("wage income"))
    business_income = _sum(_("business income"))
    property_income = _sum(_("property income"))
    transfer_income = _sum(_("transfer income"))
    expenses = _sum(_("expenses"))
    unverified = _number(_("incomes not verified yet"))
    returned = _number(_("incomes returned"))
    expected_households = _number(_("households with an expected income"))
    expected_persons = _number(_("persons with an expected income"))
    version = models.BigIntegerField(_("version"), db_default=0, editable=False)
    updated_at = models.DateTimeField(_("added up at"), db_default=Now(), editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.pk}/{self.year}"


# Some forty columns, each named after what it counts.
for _name in (*IN_BANDS, *WAYS):
    _number(_("households or persons of one kind")).contribute_to_class(IncomeCell, _name)


class VillageYear(IncomeCell):
    """The incomes of a village and year, added up. `village_number` is the place's record, its codes stand beside."""

    privacy = {
        Privacy.OPEN: ("id", "village_number", "code", "county", "year", "version", "updated_at"),
        Privacy.HOUSEHOLD: MEASURES,
    }

    village_number = models.BigIntegerField(_("the village's record"), editable=False)
    code = models.CharField(_("division code"), max_length=12, db_default="", editable=False)
    county = models.CharField(_("county"), max_length=12, db_default="", editable=False)

    class Meta:
        verbose_name = _("sums of a village and year")
        verbose_name_plural = _("sums of villages and years")
        ordering = ["village_number", "year"]
        constraints = [
            models.UniqueConstraint(
                fields=["village_number", "year"],
                name="village_year_once",
                violation_error_message=_("A village and year are added up once."),
            ),
        ]
        indexes = [
            # The county's own sums; the blocks in which its villages are told.
            models.Index(fields=["county", "year"], name="village_year_county"),
            # The villages of a place that was asked for by its digits.
            models.Index(fields=["code", "year"], name="village_year_code"),
        ]


class CountyYear(IncomeCell):
    """The incomes of a county and year, added up: those of its villages. The nation is some thousand of them.

    `…_beside` are the households of each other band in those of its villages where at least `told_from` are above the
    line (settings.SMALLEST_CELL as it was then): what tells whether its bands may be told (rollups/told_bands.py).
    """

    privacy = {
        Privacy.OPEN: ("id", "county", "year", "told_from", "version", "updated_at"),
        Privacy.HOUSEHOLD: (*MEASURES, *BESIDE),
    }

    county = models.CharField(_("county"), max_length=12, editable=False)
    told_from = models.IntegerField(_("told from so many households"), db_default=0, editable=False)

    class Meta:
        verbose_name = _("sums of a county and year")
        verbose_name_plural = _("sums of counties and years")
        ordering = ["county", "year"]
        constraints = [
            models.UniqueConstraint(
                fields=["county", "year"],
                name="county_year_once",
                violation_error_message=_("A county and year are added up once."),
            ),
        ]
        # One year of the nation, and which year is the latest.
        indexes = [models.Index(fields=["year", "county"], name="county_year_of_year")]


class MergedYear(models.Model):
    """How many households of a village and year came with a village that was merged into it, and are told with that.

    On the boundaries of their record they count in the village `former`; what may be told of few must hold on both.
    """

    privacy = {
        Privacy.OPEN: ("id", "village_number", "year", "former"),
        Privacy.HOUSEHOLD: ("households", *HOMES_IN_BANDS),
    }

    village_number = models.BigIntegerField(_("the village's record"), editable=False)
    year = models.PositiveSmallIntegerField(_("year"), editable=False)
    former = models.CharField(_("code of the village before"), max_length=12, editable=False)
    households = _number(_("households"))

    class Meta:
        verbose_name = _("households of a merged village and year")
        verbose_name_plural = _("households of merged villages and years")
        ordering = ["village_number", "year", "former"]
        constraints = [
            models.UniqueConstraint(
                fields=["village_number", "year", "former"],
                name="merged_year_once",
                violation_error_message=_("A merged village and year are added up once."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.village_number}/{self.year}/{self.former}"


for _name in BESIDE:
    _number(_("households or persons of one kind")).contribute_to_class(CountyYear, _name)

for _name in HOMES_IN_BANDS:
    _number(_("households or persons of one kind")).contribute_to_class(MergedYear, _name)
