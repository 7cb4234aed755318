"""How two claims overlap, as somebody decided."""

from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Greatest, Least
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.scope import RightfulQuerySet
from projects.choices import Overlap
from projects.models.claims import Claim


class ClaimRelationQuerySet(RightfulQuerySet):
    """Words for asking how claims overlap."""

    def decided(self) -> Self:
        """Those that say something: an overlap that stays unknown narrows no figure."""
        return self.exclude(kind=Overlap.UNKNOWN)

    def about(self, claim: Claim) -> Self:
        """Those of one claim, whichever side it stands on."""
        return self.filter(models.Q(one=claim) | models.Q(other=claim))


class ClaimRelation(models.Model):
    """How what two claims count overlaps (口径关系): the same, one part of the other, disjoint, or unknown.

    "one is part_of other"; the other kinds hold both ways. Who decided so says why; without a relation it is unknown.
    """

    is_part_of = "one"

    one = models.ForeignKey(Claim, models.CASCADE, related_name="relations", verbose_name=_("claim"))
    kind = models.CharField(_("overlap"), max_length=16, choices=Overlap.choices)
    other = models.ForeignKey(Claim, models.PROTECT, related_name="relations_of", verbose_name=_("other claim"))
    reason = models.CharField(_("reason"), max_length=500, help_text=_("Why it is so: what the documents say."))
    decided_by = models.CharField(_("decided by"), max_length=150, editable=False)
    decided_at = models.DateTimeField(_("decided at"), default=timezone.now, editable=False)

    objects = ClaimRelationQuerySet.as_manager()

    class Meta:
        verbose_name = _("relation of claims")
        verbose_name_plural = _("relations of claims")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                Least("one", "other"),
                Greatest("one", "other"),
                name="relation_once",
                violation_error_message=_("These two claims are related already: change that relation."),
            ),
            models.CheckConstraint(
                name="relation_of_two",
                condition=~models.Q(one=models.F("other")),
                violation_error_message=_("A claim is not related to itself."),
            ),
            models.CheckConstraint(
                name="relation_known_kind",
                condition=models.Q(kind__in=Overlap.values),
                violation_error_message=_("There is no such overlap."),
            ),
            models.CheckConstraint(
                name="relation_with_reason",
                condition=~models.Q(reason="") & ~models.Q(decided_by=""),
                violation_error_message=_("Say why the two claims overlap so."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.one.code} {self.get_kind_display()} {self.other.code}"

    def clean(self) -> None:
        """Refuse two claims that cannot be compared: of different measures, or without a figure."""
        if self.one_id is None or self.other_id is None:
            return
        if not (self.one.measure in Claim.COUNTED and self.one.measure == self.other.measure):
            raise ValidationError(
                _("Only two claims of people, two of households or two of one kind of money can overlap."),
                code="other_measure",
            )
