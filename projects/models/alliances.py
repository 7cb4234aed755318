"""Party-branch alliances: who joined whom, what they did and what they pledged."""

from typing import Self

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.scope import ScopedQuerySet
from alleviation.common.initials import InitialsField, found_while_typing
from alleviation.common.made_up import MadeUpModel
from alleviation.common.validators import refuse_day_to_come
from alleviation.common.words import local
from projects.choices import ActivityKind
from projects.models.organisations import PartyBranch
from projects.models.places import Division
from projects.models.projects import Project


class AllianceQuerySet(ScopedQuerySet):
    """Words for asking about alliances."""

    def with_parties(self) -> Self:
        return self.select_related("division").prefetch_related("parties__branch")


class Alliance(MadeUpModel):
    """Party branches joined to a village's branch by an agreement (支部联建)."""

    unkept_fields = ("initials",)

    title = models.CharField(_("title"), max_length=200)
    title_zh = models.CharField(_("Chinese title"), max_length=200, blank=True)
    initials = InitialsField(of="title_zh")
    agreement = models.CharField(_("agreement"), max_length=200, blank=True, help_text=_("The agreement's title."))
    division = models.ForeignKey(
        Division, models.PROTECT, related_name="alliances", verbose_name=_("village or area served")
    )
    signed_on = models.DateField(_("signed on"), validators=[refuse_day_to_come], null=True, blank=True)
    term_from = models.DateField(_("term from"), null=True, blank=True, help_text=_("Empty: not stated."))
    term_to = models.DateField(_("term until"), null=True, blank=True, help_text=_("Empty: not stated."))
    note = models.TextField(_("note"), blank=True)

    objects = AllianceQuerySet.as_manager()

    class Meta:
        verbose_name = _("alliance")
        verbose_name_plural = _("alliances")
        ordering = [models.F("signed_on").desc(nulls_last=True), "title", "id"]
        constraints = [
            models.CheckConstraint(
                name="alliance_term",
                condition=models.Q(term_from__isnull=True)
                | models.Q(term_to__isnull=True)
                | models.Q(term_from__lte=models.F("term_to")),
                violation_error_message=_("A term cannot end before it begins."),
            )
        ]
        indexes = found_while_typing("alliance", "title", "title_zh")

    def __str__(self) -> str:
        return local(self.title, self.title_zh)

    def get_absolute_url(self) -> str:
        return reverse("dashboards:alliance", args=[self.pk])


class PartOfAllianceQuerySet(ScopedQuerySet):
    """Rows that are seen by whoever sees their alliance."""

    area_field = "alliance__division__code"


class AllianceParty(models.Model):
    """A party branch that takes part in an alliance."""

    is_part_of = "alliance"

    alliance = models.ForeignKey(Alliance, models.CASCADE, related_name="parties", verbose_name=_("alliance"))
    branch = models.ForeignKey(
        PartyBranch, models.PROTECT, related_name="alliance_parties", verbose_name=_("party branch")
    )

    objects = PartOfAllianceQuerySet.as_manager()

    class Meta:
        verbose_name = _("party to the alliance")
        verbose_name_plural = _("parties to the alliance")
        ordering = ["alliance", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "branch"],
                name="alliance_party_once",
                violation_error_message=_("This branch is a party to the alliance already."),
            )
        ]

    def __str__(self) -> str:
        return str(self.branch)


class AllianceActivity(models.Model):
    """Something the allied branches did: a ceremony, a visit, a site built together."""

    is_part_of = "alliance"

    alliance = models.ForeignKey(Alliance, models.CASCADE, related_name="activities", verbose_name=_("alliance"))
    kind = models.CharField(_("kind"), max_length=16, choices=ActivityKind.choices)
    title = models.CharField(_("title"), max_length=200)
    held_on = models.DateField(
        _("held on"), validators=[refuse_day_to_come], null=True, blank=True, help_text=_("Empty: not stated.")
    )
    place = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="activities", verbose_name=_("place")
    )
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="activities", verbose_name=_("project")
    )
    number = models.PositiveIntegerField(_("number"), null=True, blank=True, help_text=_("Empty: not stated."))
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = PartOfAllianceQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ["alliance", models.F("held_on").asc(nulls_last=True), "id"]

    def __str__(self) -> str:
        return self.title


class AlliancePledge(models.Model):
    """Something an alliance undertook to do, and the day it was done. Promised money is a pledge of its own."""

    is_part_of = "alliance"

    alliance = models.ForeignKey(Alliance, models.CASCADE, related_name="pledges", verbose_name=_("alliance"))
    undertaking = models.CharField(_("undertaking"), max_length=300)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    done_on = models.DateField(
        _("done on"), validators=[refuse_day_to_come], null=True, blank=True, help_text=_("Empty: not done yet.")
    )

    objects = PartOfAllianceQuerySet.as_manager()

    class Meta:
        verbose_name = _("undertaking")
        verbose_name_plural = _("undertakings")
        ordering = ["alliance", models.F("due_on").asc(nulls_last=True), "id"]

    def __str__(self) -> str:
        return self.undertaking
