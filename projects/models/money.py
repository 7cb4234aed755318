"""Money: who pays, what was promised, what was booked."""

from decimal import Decimal
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.scope import RightfulQuerySet, ScopedQuerySet
from alleviation.common.fields import YuanField
from alleviation.common.figures import Figure, Qualifier
from alleviation.common.made_up import MadeUpModel
from alleviation.common.validators import refuse_day_to_come
from alleviation.common.words import local
from alleviation.common.years import FIRST_YEAR, LAST_YEAR
from projects.choices import EntryKind, PledgeBasis, SourceLevel
from projects.models.places import Division
from projects.models.projects import RECORD_CODE, Project

YEAR_VALIDATORS = [MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)]


class FundingSource(MadeUpModel):
    """Who pays: a budget, an enterprise, a collaboration, a collective."""

    code = models.CharField(_("source code"), max_length=32, unique=True, validators=[RECORD_CODE])
    name = models.CharField(_("name"), max_length=200)
    name_zh = models.CharField(_("Chinese name"), max_length=200, blank=True)
    level = models.CharField(_("level"), max_length=16, choices=SourceLevel.choices)

    objects = RightfulQuerySet.as_manager()

    class Meta:
        verbose_name = _("funding source")
        verbose_name_plural = _("funding sources")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.local_name

    @property
    def local_name(self) -> str:
        """The name in the reader's language where it is known."""
        return local(self.name, self.name_zh)


class LedgerQuerySet(ScopedQuerySet):
    """Words for asking the ledger."""

    def of_years(self, first: int, last: int) -> Self:
        """Entries of these years, both included."""
        return self.filter(year__gte=first, year__lte=last)


class LedgerEntry(MadeUpModel):
    """Booked money (资金台账): exact, dated, of one year and one kind, with a voucher."""

    voucher = models.CharField(
        _("voucher"), max_length=32, blank=True, help_text=_("Empty: the next number of the area and year is given.")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=EntryKind.choices)
    year = models.PositiveSmallIntegerField(
        _("year"), validators=YEAR_VALIDATORS, help_text=_("The year the money belongs to: that of the date.")
    )
    booked_on = models.DateField(_("date"), validators=[refuse_day_to_come])
    amount = YuanField(
        _("amount"),
        help_text=_("In yuan, at most two decimals. Not zero; below zero only to take back an earlier entry."),
    )
    source = models.ForeignKey(FundingSource, models.PROTECT, related_name="entries", verbose_name=_("funding source"))
    division = models.ForeignKey(Division, models.PROTECT, related_name="entries", verbose_name=_("area"))
    project = models.ForeignKey(
        Project,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="entries",
        verbose_name=_("project"),
        help_text=_("Empty: not tied to a project; shown as a row of its own."),
    )
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = LedgerQuerySet.as_manager()

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        ordering = ["-year", "-booked_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["voucher"],
                name="entry_voucher",
                violation_error_message=_("This voucher is in the ledger already."),
            ),
            models.CheckConstraint(
                name="entry_amount_not_zero",
                condition=~models.Q(amount=0),
                violation_error_message=_("An amount of zero books nothing."),
            ),
            models.CheckConstraint(
                name="entry_year_in_range",
                condition=models.Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR),
                violation_error_message=_("The year is out of range."),
            ),
        ]
        indexes = [
            # annual_funding: sums by year and kind, and the ledger page of a year.
            models.Index(fields=["year", "kind", "source"], name="entry_year_kind_source"),
        ]

    def __str__(self) -> str:
        return f"{self.voucher} {self.get_kind_display()}"

    def clean(self) -> None:
        """Refuse a day of another year."""
        if self.booked_on and self.year and self.booked_on.year != self.year:
            message = _("The date is not in the year %(year)s. Correct one of them, or leave the year empty.")
            raise ValidationError(
                {"booked_on": ValidationError(message, code="other_year", params={"year": self.year})}
            )


class VoucherSeries(models.Model):
    """The last voucher number given in a county and year; its row is locked while the next is given."""

    area = models.CharField(_("area"), max_length=12)
    year = models.PositiveSmallIntegerField(_("year"))
    last = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("voucher series")
        verbose_name_plural = _("voucher series")
        ordering = ["area", "year"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "year"],
                name="voucher_series_once",
                violation_error_message=_("This area and year have a series already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.area}-{self.year}"


def numbers_fit() -> models.Q:
    """What the columns `low`, `high` and `qualifier` of a stated figure must always be.

    The rules of Figure; and what is promised, given or counted is never below zero.
    """
    both = models.Q(low__isnull=False, high__isnull=False, low__lte=models.F("high"))
    none_below_zero = ~models.Q(low__lt=0) & ~models.Q(high__lt=0)
    return none_below_zero & (
        (models.Q(qualifier=Qualifier.EXACT, low=models.F("high")) & both)
        | (models.Q(qualifier__in=[Qualifier.ABOUT, Qualifier.RANGE]) & both)
        | models.Q(qualifier__in=sorted(Qualifier.OPEN_ABOVE), low__isnull=False, high__isnull=True)
        | models.Q(qualifier__in=sorted(Qualifier.OPEN_BELOW), low__isnull=True, high__isnull=False)
        | models.Q(qualifier__in=sorted(Qualifier.NOT_SUMMED), low__isnull=True, high__isnull=True)
    )


class PledgeQuerySet(ScopedQuerySet):
    """Words for asking about promised money."""

    def with_names(self) -> Self:
        return self.select_related("project", "source", "division", "stated_in")


class Pledge(MadeUpModel):
    """Promised money, once or every year; the first and last year may be unknown. Never added to booked money."""

    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="pledges", verbose_name=_("project")
    )
    source = models.ForeignKey(FundingSource, models.PROTECT, related_name="pledges", verbose_name=_("funding source"))
    division = models.ForeignKey(Division, models.PROTECT, related_name="pledges", verbose_name=_("area"))
    basis = models.CharField(_("paid"), max_length=16, choices=PledgeBasis.choices)
    qualifier = models.CharField(_("qualifier"), max_length=16, choices=Qualifier.choices, default=Qualifier.EXACT)
    low = YuanField(_("amount, or from"), null=True, blank=True, help_text=_("In yuan."))
    high = YuanField(_("up to"), null=True, blank=True, help_text=_("In yuan; the same as the amount when exact."))
    first_year = models.PositiveSmallIntegerField(
        _("first year"), null=True, blank=True, validators=YEAR_VALIDATORS, help_text=_("Empty: not stated.")
    )
    last_year = models.PositiveSmallIntegerField(
        _("last year"), null=True, blank=True, validators=YEAR_VALIDATORS, help_text=_("Empty: not stated.")
    )
    stated_in = models.ForeignKey(
        "projects.Document", models.PROTECT, null=True, blank=True, related_name="pledges", verbose_name=_("stated in")
    )
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = PledgeQuerySet.as_manager()

    class Meta:
        verbose_name = _("pledge")
        verbose_name_plural = _("pledges")
        ordering = ["division__code", "id"]
        constraints = [
            models.CheckConstraint(
                name="pledge_years",
                condition=models.Q(first_year__isnull=True)
                | models.Q(last_year__isnull=True)
                | models.Q(first_year__lte=models.F("last_year")),
                violation_error_message=_("The last year is before the first."),
            ),
            models.CheckConstraint(
                name="pledge_figure",
                condition=numbers_fit(),
                violation_error_message=_("These numbers do not make a figure of this qualifier."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.get_basis_display()}"

    def clean(self) -> None:
        self.high = settled_high(self.qualifier, self.low, self.high)
        figure_or_refusal(self.qualifier, self.low, self.high)

    @property
    def figure(self) -> Figure:
        """The promised amount in yuan, each time it is paid."""
        return Figure(self.low, self.high, Qualifier(self.qualifier))

    @property
    def is_start_stated(self) -> bool:
        return self.first_year is not None

    @property
    def shown_from(self) -> int | None:
        """The first year, or that of the document that states the pledge; None where neither is known."""
        if self.first_year is not None:
            return self.first_year
        published = self.stated_in.event_or_publication_on if self.stated_in else None
        return published.year if published else None


ONE_NUMBER = frozenset({"exact", "about"})
NEEDS_LOW = frozenset({"exact", "over", "at_least", "about", "range"})
NEEDS_HIGH = frozenset({"exact", "under", "at_most", "about", "range"})


def settled_high(qualifier: str, low: Decimal | None, high: Decimal | None) -> Decimal | None:
    """The upper bound of a form's three fields: one number is enough for a figure that is exact or about."""
    return low if high is None and qualifier in ONE_NUMBER else high


def figure_or_refusal(qualifier: str, low: Decimal | None, high: Decimal | None) -> Figure:
    """The figure of a form's three fields.

    Raises ValidationError, at the field to mend, where they contradict each other.
    """
    kind = Qualifier(qualifier)
    wrong = {"low": _wrong(low, kind in NEEDS_LOW), "high": _wrong(high, kind in NEEDS_HIGH)}
    if low is None and high is None and kind in ONE_NUMBER:
        # The second box is for a range.
        wrong["high"] = None
    if low is not None and high is not None and not any(wrong.values()):
        if low > high:
            wrong["high"] = _("The upper number is below the lower one.")
        elif kind == Qualifier.EXACT and low != high:
            wrong["high"] = _("An exact figure is one number: leave the upper one empty, or choose from-to.")
    if found := {name: text for name, text in wrong.items() if text}:
        words = {"qualifier": kind.label}
        raise ValidationError({name: ValidationError(text, "figure", words) for name, text in found.items()})
    return Figure(low, high, kind)


def _wrong(bound: Decimal | None, is_needed: bool) -> Any:
    """What is wrong with one of the two numbers, in words; None where nothing is."""
    if is_needed and bound is None:
        return _("“%(qualifier)s” needs this number.")
    if bound is not None and bound < 0:
        return _("A stated figure is not below zero.")
    if not is_needed and bound is not None:
        return _("“%(qualifier)s” has no number here: leave it empty.")
    return None
