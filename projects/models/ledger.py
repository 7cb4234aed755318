"""The funding ledger (资金台账): booked money, who made each entry and who checked it."""

from datetime import datetime
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alleviation.accounts.scope import ScopedQuerySet
from alleviation.common.constraints import both_or_neither
from alleviation.common.fields import LARGEST_YUAN, YuanField
from alleviation.common.made_up import MadeUpModel
from alleviation.common.validators import YEAR_VALIDATORS, refuse_day_to_come
from alleviation.common.years import FIRST_YEAR, LAST_YEAR
from projects.choices import EntryKind, EntryState
from projects.models.places import Division
from projects.models.projects import Project
from projects.models.sources import FundingSource


class Filled(models.Func):
    """Whether a text is filled in, spelt as the ledger's partial indexes spell it: a bound value would hide them."""

    template = "(NOT (%(expressions)s = ''))"
    output_field = models.BooleanField()


class Kept(models.Func):
    """Whether a state is not that of a withdrawn entry, spelt as the indexes spell it."""

    template = "(NOT (%(expressions)s = 'withdrawn'))"
    output_field = models.BooleanField()


class Unposted(models.Func):
    """Whether an entry is not posted, spelt as the index of such entries spells it."""

    template = "(%(expressions)s IN ('draft', 'returned', 'submitted', 'withdrawn'))"
    output_field = models.BooleanField()


class LedgerQuerySet(ScopedQuerySet):
    """Words for asking the ledger."""

    def of_state(self, state: str) -> Self:
        """Entries of one state; of any but posted ones an index has all there are."""
        found = self.filter(state=state)
        return found.filter(Unposted("state")) if state in EntryState.UNPOSTED else found

    def with_voucher(self, *vouchers: str) -> Self:
        """The entries of these vouchers; only posted ones have any."""
        return self.filter(Filled("voucher"), voucher__in=vouchers)

    def naming(self, field: str, voucher: str) -> Self:
        """Entries that name this voucher as `allocation` or `handed_down_from`."""
        return self.filter(Filled(field), **{field: voucher})

    def reversing(self, voucher: str) -> Self:
        """The entry that takes this one back, wherever it stands; a withdrawn one does not."""
        return self.filter(Filled("reverses"), Kept("state"), reverses=voucher)

    def replacing(self, voucher: str) -> Self:
        """The entry that was booked in place of this one; a withdrawn one is not."""
        return self.filter(Filled("replaces"), Kept("state"), replaces=voucher)

    def of_years(self, first: int, last: int) -> Self:
        """Entries of these years, both included."""
        return self.filter(year__gte=first, year__lte=last)

    def posted(self, as_of: datetime | None = None) -> Self:
        """What official figures are made of; `as_of`: what they were made of at that moment.

        A posted entry never changes, so the moment of its posting is all there is to ask.
        """
        found = self.filter(state__in=EntryState.COUNTED)
        return found if as_of is None else found.filter(checked_at__lte=as_of)

    def pending(self) -> Self:
        """Drafts, submissions and what was returned: shown beside official figures, never in them."""
        return self.filter(state__in=EntryState.PENDING)

    def not_reversed(self) -> Self:
        """Entries that stand: neither a reversal, nor taken back by one that is posted."""
        taken_back = LedgerEntry.objects.filter(Filled("reverses"), Kept("state"), state__in=EntryState.COUNTED)
        return self.filter(reverses="").exclude(voucher__in=taken_back.order_by().values("reverses"))


class LedgerEntry(MadeUpModel):
    """Booked money: exact, dated, of one year and one kind. Posted, it has a voucher and never changes again.

    One person drafts and submits it, another posts it. A posted entry is corrected by its reversal, which names its
    voucher, and by a new entry. Entries refer to each other by voucher, so that the ledger can be cut into years.
    """

    voucher = models.CharField(
        _("voucher"), max_length=32, blank=True, editable=False, help_text=_("Given when the entry is posted.")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=EntryKind.choices)
    year = models.PositiveSmallIntegerField(
        _("year"), validators=YEAR_VALIDATORS, help_text=_("The year the money belongs to: that of the date.")
    )
    booked_on = models.DateField(_("date"), validators=[refuse_day_to_come])
    amount = YuanField(
        _("amount"), help_text=_("In yuan, at most two decimals, above zero. To take an entry back, reverse it.")
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
    allocation = models.CharField(
        pgettext_lazy("ledger entry", "allocation"),
        max_length=32,
        blank=True,
        help_text=_("Voucher of the allocation that a disbursement is paid out of."),
    )
    handed_down_from = models.CharField(
        _("handed down from"),
        max_length=32,
        blank=True,
        help_text=_("Voucher of the entry by which the place above received this money; it is then counted once."),
    )
    document_number = models.CharField(
        _("own voucher number"), max_length=32, blank=True, help_text=_("The number on the office's own paper.")
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    reverses = models.CharField(
        _("reverses"), max_length=32, blank=True, editable=False, help_text=_("Voucher of the entry it takes back.")
    )
    replaces = models.CharField(
        _("replaces"), max_length=32, blank=True, editable=False, help_text=_("Voucher of the entry it stands for.")
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True, editable=False)
    state = models.CharField(
        _("state"), max_length=16, choices=EntryState.choices, default=EntryState.DRAFT, editable=False
    )
    imported_by = models.CharField(_("imported by"), max_length=150, blank=True, editable=False)
    drafted_by = models.CharField(_("drafted by"), max_length=150, editable=False)
    drafted_at = models.DateTimeField(_("drafted at"), editable=False)
    submitted_by = models.CharField(_("submitted by"), max_length=150, blank=True, editable=False)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True, editable=False)
    checked_by = models.CharField(
        _("checked by"), max_length=150, blank=True, editable=False, help_text=_("Who posted or returned it.")
    )
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True, editable=False)
    return_note = models.CharField(_("why it was returned"), max_length=300, blank=True, editable=False)

    objects = LedgerQuerySet.as_manager()

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        ordering = ["-year", "-booked_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["voucher"],
                name="entry_voucher",
                condition=~models.Q(voucher=""),
                # By how it begins as well, whatever the language of the database.
                opclasses=["varchar_pattern_ops"],
                violation_error_message=_("This voucher is in the ledger already."),
            ),
            models.UniqueConstraint(
                fields=["reverses"],
                name="entry_reversed_once",
                condition=~models.Q(reverses="") & ~models.Q(state=EntryState.WITHDRAWN),
                violation_error_message=_("This entry is reversed already."),
            ),
            models.UniqueConstraint(
                fields=["replaces"],
                name="entry_replaced_once",
                condition=~models.Q(replaces="") & ~models.Q(state=EntryState.WITHDRAWN),
                violation_error_message=_("This entry is replaced already."),
            ),
            models.CheckConstraint(
                name="entry_amount_sign",
                condition=models.Q(reverses="", amount__gt=0) | (~models.Q(reverses="") & models.Q(amount__lt=0)),
                violation_error_message=_("An amount is above zero; only a reversal is below."),
            ),
            models.CheckConstraint(
                name="entry_amount_in_range",
                condition=models.Q(amount__gte=-LARGEST_YUAN, amount__lte=LARGEST_YUAN),
                violation_error_message=_("The amount is out of range."),
            ),
            models.CheckConstraint(
                name="entry_year_in_range",
                condition=models.Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR),
                violation_error_message=_("The year is out of range."),
            ),
            models.CheckConstraint(
                name="entry_known_state",
                condition=models.Q(state__in=EntryState.values),
                violation_error_message=_("There is no such state."),
            ),
            models.CheckConstraint(
                name="entry_known_kind",
                condition=models.Q(kind__in=EntryKind.values),
                violation_error_message=_("There is no such kind."),
            ),
            models.CheckConstraint(
                name="entry_voucher_when_posted",
                condition=(models.Q(state=EntryState.POSTED) & ~models.Q(voucher=""))
                | (~models.Q(state=EntryState.POSTED) & models.Q(voucher="")),
                violation_error_message=_("An entry has a voucher when it is posted, and only then."),
            ),
            both_or_neither(
                "submitted_by",
                "submitted_at",
                name="entry_submitted_paired",
                message=_("Who submitted it and when belong together."),
            ),
            both_or_neither(
                "checked_by",
                "checked_at",
                name="entry_checked_paired",
                message=_("Who checked it and when belong together."),
            ),
            models.CheckConstraint(
                name="entry_state_has_its_people",
                condition=models.Q(state__in=[EntryState.DRAFT, EntryState.WITHDRAWN])
                | (models.Q(state=EntryState.SUBMITTED, checked_by="") & ~models.Q(submitted_by=""))
                | (
                    models.Q(state__in=sorted(EntryState.CHECKED))
                    & ~models.Q(submitted_by="")
                    & ~models.Q(checked_by="")
                ),
                violation_error_message=_("An entry in this state lacks who submitted or checked it."),
            ),
            models.CheckConstraint(
                name="entry_maker_is_not_checker",
                condition=models.Q(checked_by="")
                | (
                    ~models.Q(checked_by=models.F("drafted_by"))
                    & ~models.Q(checked_by=models.F("submitted_by"))
                    & ~models.Q(checked_by=models.F("imported_by"))
                ),
                violation_error_message=_("Whoever made, imported or submitted an entry cannot check it."),
            ),
            models.CheckConstraint(
                name="entry_returned_with_note",
                condition=~models.Q(state=EntryState.RETURNED) | ~models.Q(return_note=""),
                violation_error_message=_("Say why the entry is returned."),
            ),
            models.CheckConstraint(
                name="entry_reversal_has_reason",
                condition=models.Q(reverses="", replaces="") | ~models.Q(reason=""),
                violation_error_message=_("Say why the entry is corrected."),
            ),
            models.CheckConstraint(
                name="entry_allocation_of_disbursement",
                condition=models.Q(allocation="") | models.Q(kind=EntryKind.DISBURSEMENT),
                violation_error_message=_("Only a disbursement is paid out of an allocation."),
            ),
            models.CheckConstraint(
                name="entry_handed_down_kind",
                condition=models.Q(handed_down_from="") | ~models.Q(kind=EntryKind.EXPENDITURE),
                violation_error_message=_("What is spent is not handed down."),
            ),
        ]
        indexes = [
            # The list of entries, the newest first.
            models.Index(fields=["year", "booked_on", "id"], name="entry_newest"),
            # annual_funding: sums of what is posted by year and kind, and the ledger page of a year.
            models.Index(fields=["year", "kind", "source"], name="entry_year_kind_source"),
            # The lists of drafts, submissions and what was withdrawn. Most of the ledger is posted and not in it.
            models.Index(
                fields=["state", "division"],
                name="entry_pending",
                condition=models.Q(state__in=sorted(EntryState.UNPOSTED)),
            ),
            # What was handed down out of an entry: every sum asks for these.
            models.Index(
                fields=["handed_down_from"], name="entry_handed_down", condition=~models.Q(handed_down_from="")
            ),
            # What was disbursed out of an allocation: is there enough left, and may it be reversed.
            models.Index(fields=["allocation"], name="entry_allocation", condition=~models.Q(allocation="")),
        ]

    def __str__(self) -> str:
        return f"{self.voucher or self.draft_name} {self.get_kind_display()}"

    def clean(self) -> None:
        """Refuse a day of another year."""
        if self.booked_on and self.year and self.booked_on.year != self.year:
            message = _("The date is not in the year %(year)s. Correct one of them, or leave the year empty.")
            raise ValidationError(
                {"booked_on": ValidationError(message, code="other_year", params={"year": self.year})}
            )

    @property
    def draft_name(self) -> str:
        """What an entry without a voucher is called: #12."""
        return f"#{self.pk}" if self.pk else "#"

    @property
    def is_posted(self) -> bool:
        return self.state == EntryState.POSTED

    @property
    def is_editable(self) -> bool:
        """Whether its maker may still change it."""
        return self.state in EntryState.EDITABLE

    @property
    def makers(self) -> set[str]:
        """Whoever must not be its checker."""
        return {self.imported_by, self.drafted_by, self.submitted_by} - {""}


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
