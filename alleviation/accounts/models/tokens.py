"""Tokens: by one of them another program reads in a person's name."""

from datetime import date
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models.people import User
from alleviation.accounts.rights import Right, Scope
from alleviation.common.areas import AREA_CODE, covers


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Tokens by whether they still open anything."""

    def live(self, today: date) -> Self:
        """Those that nobody revoked and that have not run out."""
        return self.filter(revoked_at=None, expires_on__gte=today)


class ApiToken(models.Model):
    """What a person gave to one program, so that it reads in their name: as far as they may, and no further.

    Its secret was shown once. The row has a keyed digest of it, so that neither a backup shows a token nor a row that
    somebody wrote into the database is one.
    """

    is_part_of = "user"
    untold_fields = ("digest",)
    unkept_fields = ("last_used_at", "last_place")

    digest = models.CharField(_("digest"), max_length=64, unique=True)
    prefix = models.CharField(_("begins with"), max_length=16, help_text=_("By which its owner knows it again."))
    user = models.ForeignKey(User, models.CASCADE, related_name="tokens", verbose_name=_("user"))
    name = models.CharField(_("name"), max_length=60, help_text=_("The program that has it, as you call it."))
    scopes = models.CharField(_("what it reads"), max_length=60, help_text=_("Scopes, with blanks between."))
    area = models.CharField(
        _("area"),
        max_length=12,
        blank=True,
        validators=[RegexValidator(AREA_CODE, _("Enter the leading digits of a division code, such as 513228."))],
    )
    expires_on = models.DateField(_("valid until"))
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    revoked_by = models.CharField(_("revoked by"), max_length=150, blank=True)
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True)
    last_place = models.CharField(
        _("last used from"), max_length=45, blank=True, help_text=_("Without its last part.")
    )

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="apitoken_revoked_by_somebody",
                condition=models.Q(revoked_at=None, revoked_by="")
                | (~models.Q(revoked_at=None) & ~models.Q(revoked_by="")),
                violation_error_message=_("Whoever revoked it and when are known together or not at all."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.prefix}…"

    def clean(self) -> None:
        """Raises ValidationError for no scope, for one that there is none of, and for an area beyond the owner's."""
        if not self.scopes or not set(self.scopes.split()) <= set(Scope.values):
            raise ValidationError({"scopes": _("Choose at least one.")})
        # Later its owner may be moved: then it reads nothing, and can still be revoked.
        if not self._state.adding:
            return
        if not covers(self.user.area, self.area):
            raise ValidationError({"area": _("This lies outside your area.")})
        if Scope.TRAIL in self._known_scopes:
            self._refuse_part_of_trail()

    def _refuse_part_of_trail(self) -> None:
        """The trail tells of every area, and of households too: a token reads all of that or not the trail."""
        if self.area != self.user.area:
            raise ValidationError({"area": _("The audit trail is of every area: leave this empty.")})
        if Scope.HOUSEHOLDS not in self._known_scopes:
            raise ValidationError({"scopes": _("The audit trail tells of households too: choose these as well.")})

    @property
    def granted(self) -> frozenset[Right]:
        """The rights that its program has, where its owner has them."""
        rights = {right for one in self._known_scopes for right in one.rights}
        # One that was made before this was asked reads no trail.
        is_whole = Scope.HOUSEHOLDS in self._known_scopes and self.area == self.user.area
        return frozenset(rights if is_whole else rights - {Right.VIEW_TRAIL})

    @property
    def scope_words(self) -> list[str]:
        """What it reads, in words."""
        return [str(one.label) for one in self._known_scopes]

    @property
    def _known_scopes(self) -> list[Scope]:
        """Without those that another release knew: they grant nothing."""
        return [Scope(one) for one in self.scopes.split() if one in Scope.values]

    def is_over(self, today: date) -> bool:
        """Whether its last day is past."""
        return self.expires_on < today
