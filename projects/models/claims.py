"""Published documents and what they say, each claim bound to the characters it comes from."""

from datetime import date
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alleviation.accounts.scope import RightfulQuerySet
from alleviation.common.constraints import both_or_neither
from alleviation.common.fields import FixedPointField
from alleviation.common.figures import Figure, Qualifier
from alleviation.common.made_up import MadeUpModel
from alleviation.common.validators import YEAR_VALIDATORS, refuse_day_to_come
from alleviation.common.words import local
from alleviation.evidence.models import StoredFile
from alleviation.evidence.models.files import SHA256
from projects.choices import Basis, ClaimStatus, Measure, TextOrigin, Unit
from projects.models.alliances import Alliance
from projects.models.organisations import Official, Organisation
from projects.models.places import Division
from projects.models.projects import RECORD_CODE, Project
from projects.models.stated import figure_or_refusal, numbers_fit, settled_high


class Document(MadeUpModel):
    """A published text (佐证材料). The text itself may be missing; its hash tells which text is meant.

    A text that is there never changes. A changed file is a document of its own, which names the one it `supersedes`;
    the claims made of the earlier one stay with it.
    """

    untold_fields = ("text",)

    title = models.CharField(_("title"), max_length=300)
    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    published_on = models.DateField(
        _("published on"), validators=[refuse_day_to_come], null=True, blank=True, help_text=_("Empty: not stated.")
    )
    event_on = models.DateField(
        _("tells of"),
        validators=[refuse_day_to_come],
        null=True,
        blank=True,
        help_text=_("The day of the event that the document reports."),
    )
    date_note = models.CharField(
        _("note on the dates"), max_length=200, blank=True, help_text=_("What of the dates is stated, what inferred.")
    )
    file_name = models.CharField(_("file name"), max_length=200, blank=True)
    sha256 = models.CharField(
        _("SHA-256"),
        max_length=64,
        blank=True,
        validators=[SHA256],
        help_text=_("Of the text file. A text is taken only if it has this hash. Empty: set by the first text added."),
    )
    length = models.PositiveIntegerField(
        _("length"), null=True, blank=True, help_text=_("Characters of the text, known even while it is missing.")
    )
    text = models.TextField(_("text"), blank=True, editable=False)
    text_origin = models.CharField(
        _("where the text is from"), max_length=16, choices=TextOrigin.choices, blank=True, editable=False
    )
    original = models.ForeignKey(
        StoredFile,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="documents",
        verbose_name=_("original file"),
    )
    supersedes = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="newer",
        verbose_name=_("newer version of"),
        help_text=_("The earlier version of the same document. Claims made of that one stay with it."),
    )

    objects = RightfulQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = [models.F("published_on").desc(nulls_last=True), "title", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["sha256"],
                condition=~models.Q(sha256=""),
                name="document_sha256",
                violation_error_message=_("A document with this very text is recorded already."),
            ),
            models.CheckConstraint(
                name="document_text_is_known",
                condition=models.Q(text="") | (~models.Q(sha256="") & models.Q(length__isnull=False)),
                violation_error_message=_("A text has its SHA-256 and its length."),
            ),
            models.CheckConstraint(
                name="document_text_has_origin",
                condition=~models.Q(text="") | models.Q(text_origin=""),
                violation_error_message=_("Only a text that is there is from somewhere."),
            ),
            models.CheckConstraint(
                name="document_supersedes_another",
                condition=models.Q(supersedes__isnull=True) | ~models.Q(supersedes=models.F("id")),
                violation_error_message=_("A document is no newer version of itself."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("dashboards:document", args=[self.pk])

    @property
    def event_or_publication_on(self) -> date | None:
        """The day from which the document can speak: its publication, else the event it reports."""
        return self.published_on or self.event_on


class ClaimQuerySet(RightfulQuerySet):
    """Words for asking what documents say."""

    def with_documents(self) -> Self:
        return self.select_related("document", "project", "alliance", "division", "organisation", "official")

    def with_texts(self) -> Self:
        """With their documents, each read once however many claims it has: a join would repeat its whole text."""
        return self.select_related(None).prefetch_related("document")

    def of_measure(self, measure: str) -> Self:
        return self.filter(measure=measure) if measure else self.all()

    def of_status(self, status: str) -> Self:
        return self.filter(status=status) if status else self.all()


class Claim(models.Model):
    """Something a document says (公开表述): the fact in our words, and the characters where it stands."""

    is_part_of = "document"
    # What is counted in members or yuan, so that two claims can share some.
    COUNTED = frozenset({Measure.PEOPLE, Measure.HOUSEHOLDS, *Measure.MONEY})

    code = models.CharField(_("claim number"), max_length=16, unique=True, validators=[RECORD_CODE])
    document = models.ForeignKey(Document, models.CASCADE, related_name="claims", verbose_name=_("document"))
    start = models.PositiveIntegerField(_("first character"), help_text=_("Counted from 0."))
    end = models.PositiveIntegerField(_("last character"), help_text=_("The character after the last one quoted."))
    subject = models.CharField(_("subject"), max_length=200, help_text=_("Whom or what the claim is about."))
    attribute = models.CharField(_("fact"), max_length=300, help_text=_("What is said of it, in your own words."))
    subject_zh = models.CharField(_("subject in Chinese"), max_length=200, blank=True)
    attribute_zh = models.CharField(_("fact in Chinese"), max_length=300, blank=True)
    measure = models.CharField(pgettext_lazy("of a figure", "measure"), max_length=1, choices=Measure.choices)
    qualifier = models.CharField(_("qualifier"), max_length=16, choices=Qualifier.choices, blank=True)
    low = FixedPointField(_("value, or from"), places=4, null=True, blank=True)
    high = FixedPointField(_("up to"), places=4, null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=16, choices=Unit.choices, blank=True)
    basis = models.CharField(_("basis"), max_length=24, choices=Basis.choices, blank=True)
    period = models.CharField(_("period"), max_length=100, blank=True, help_text=_("In words, as far as stated."))
    first_year = models.PositiveSmallIntegerField(_("first year"), null=True, blank=True, validators=YEAR_VALIDATORS)
    last_year = models.PositiveSmallIntegerField(_("last year"), null=True, blank=True, validators=YEAR_VALIDATORS)
    status = models.CharField(_("status"), max_length=16, choices=ClaimStatus.choices, blank=True)
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="claims", verbose_name=_("project")
    )
    alliance = models.ForeignKey(
        Alliance, models.PROTECT, null=True, blank=True, related_name="claims", verbose_name=_("alliance")
    )
    division = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="claims", verbose_name=_("place")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="claims", verbose_name=_("organisation")
    )
    official = models.ForeignKey(
        Official, models.PROTECT, null=True, blank=True, related_name="claims", verbose_name=_("person")
    )

    adopted_by = models.CharField(_("adopted by"), max_length=150, blank=True, editable=False)
    adopted_at = models.DateTimeField(_("adopted at"), null=True, blank=True, editable=False)
    adoption_reason = models.CharField(
        _("why it is adopted"), max_length=500, blank=True, editable=False, help_text=_("Over its rivals.")
    )

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        ordering = ["document", "start", "code"]
        constraints = [
            models.CheckConstraint(
                name="claim_span",
                condition=models.Q(start__lt=models.F("end")),
                violation_error_message=_("The last character must come after the first."),
            ),
            models.CheckConstraint(
                name="claim_figure_has_qualifier",
                condition=models.Q(low__isnull=True, high__isnull=True) | ~models.Q(qualifier=""),
                violation_error_message=_("A value needs its qualifier: exact, over, about …"),
            ),
            models.CheckConstraint(
                name="claim_years",
                condition=models.Q(first_year__isnull=True)
                | models.Q(last_year__isnull=True)
                | models.Q(first_year__lte=models.F("last_year")),
                violation_error_message=_("The last year is before the first."),
            ),
            models.CheckConstraint(
                name="claim_figure",
                condition=models.Q(qualifier="") | numbers_fit(),
                violation_error_message=_("These numbers do not make a figure of this qualifier."),
            ),
            both_or_neither(
                "adopted_by",
                "adopted_at",
                name="claim_adopted_paired",
                message=_("Who adopted it and when belong together."),
            ),
            models.CheckConstraint(
                name="claim_adopted_with_reason",
                condition=models.Q(adopted_by="", adoption_reason="")
                | (~models.Q(adopted_by="") & ~models.Q(adoption_reason="")),
                violation_error_message=_("Say why it is adopted."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.local_subject}"

    def get_absolute_url(self) -> str:
        return reverse("dashboards:claim", args=[self.code])

    @property
    def local_subject(self) -> str:
        """Whom or what it is about, in the reader's language where that is recorded."""
        return local(self.subject, self.subject_zh)

    @property
    def local_attribute(self) -> str:
        """The fact, in the reader's language where that is recorded."""
        return local(self.attribute, self.attribute_zh)

    def clean(self) -> None:
        """Refuse a span outside the document's text and a figure that contradicts itself."""
        if self.qualifier:
            self.high = settled_high(self.qualifier, self.low, self.high)
            figure_or_refusal(self.qualifier, self.low, self.high)
        self._refuse_wrong_unit()
        length = self.document.length if self.document_id else None
        if length is not None and self.end is not None and self.end > length:
            raise ValidationError(
                {"end": _("The text has %(length)s characters; the span ends outside it.") % {"length": length}},
                code="span_outside",
            )

    def _refuse_wrong_unit(self) -> None:
        """Money is told in yuan, and people are counted one by one."""
        if self.low is None and self.high is None:
            return
        if self.measure in Measure.MONEY and self.unit != Unit.CNY:
            raise ValidationError({"unit": ValidationError(_("A measure of money is told in yuan."), code="unit")})
        for name in ("low", "high") if self.unit in Unit.WHOLE else ():
            bound = getattr(self, name)
            if bound is not None and bound != bound.to_integral_value():
                raise ValidationError(
                    {name: ValidationError(_("This unit is counted in whole numbers."), code="part")}
                )

    @property
    def quote(self) -> str:
        """The document's characters at the span; empty while the text is missing."""
        return self.document.text[self.start : self.end]

    @property
    def figure(self) -> Figure | None:
        """The figure with its qualifier; None for a claim without one."""
        return Figure(self.low, self.high, Qualifier(self.qualifier)) if self.qualifier else None
