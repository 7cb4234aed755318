"""Organisations, their party branches, and who held which post and won which award."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.scope import RightfulQuerySet
from alleviation.common.initials import InitialsField, found_while_typing
from alleviation.common.made_up import MadeUpModel
from alleviation.common.validators import refuse_day_to_come
from alleviation.common.words import local
from projects.choices import AwardLevel, Level, OrganisationKind
from projects.models.places import Division


class Organisation(MadeUpModel):
    """An enterprise, government, party organisation or charity that takes part."""

    unkept_fields = ("initials",)

    name = models.CharField(_("name"), max_length=200)
    name_zh = models.CharField(_("Chinese name"), max_length=200, blank=True)
    initials = InitialsField(of="name_zh")
    kind = models.CharField(_("kind"), max_length=16, choices=OrganisationKind.choices)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("belongs to")
    )
    division = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="organisations", verbose_name=_("seat")
    )

    objects = RightfulQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                name="organisation_name",
                violation_error_message=_("An organisation of this name is recorded already."),
            )
        ]
        indexes = found_while_typing("organisation")

    def __str__(self) -> str:
        return local(self.name, self.name_zh)


class PartyBranch(MadeUpModel):
    """A party branch of an organisation or of a village."""

    unkept_fields = ("initials",)

    name = models.CharField(_("name"), max_length=200)
    name_zh = models.CharField(_("Chinese name"), max_length=200, blank=True)
    initials = InitialsField(of="name_zh")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="branches", verbose_name=_("organisation")
    )
    village = models.ForeignKey(
        Division,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="branches",
        verbose_name=_("village"),
        limit_choices_to={"level": Level.VILLAGE},
    )

    objects = RightfulQuerySet.as_manager()

    class Meta:
        verbose_name = _("party branch")
        verbose_name_plural = _("party branches")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                name="branch_name",
                violation_error_message=_("A party branch of this name is recorded already."),
            ),
            models.CheckConstraint(
                name="branch_has_one_home",
                condition=models.Q(organisation__isnull=True) ^ models.Q(village__isnull=True),
                violation_error_message=_("A party branch belongs to an organisation or to a village: name one."),
            ),
        ]
        indexes = found_while_typing("branch")

    def __str__(self) -> str:
        return local(self.name, self.name_zh)


class Official(MadeUpModel):
    """A person named for a public office or as staff. Beneficiaries are never recorded here."""

    unkept_fields = ("initials",)

    name = models.CharField(_("name"), max_length=100)
    name_zh = models.CharField(_("Chinese name"), max_length=100, blank=True)
    initials = InitialsField(of="name_zh")
    note = models.CharField(_("note"), max_length=300, blank=True, help_text=_("What tells namesakes apart."))

    objects = RightfulQuerySet.as_manager()

    class Meta:
        verbose_name = _("official")
        verbose_name_plural = _("officials")
        ordering = ["name", "id"]
        indexes = found_while_typing("official")

    def __str__(self) -> str:
        return local(self.name, self.name_zh)

    def get_absolute_url(self) -> str:
        return reverse("dashboards:person", args=[self.pk])


class Post(models.Model):
    """A title that a person held at an organisation, for as long as is known."""

    official = models.ForeignKey(Official, models.PROTECT, related_name="posts", verbose_name=_("person"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="posts", verbose_name=_("organisation")
    )
    title = models.CharField(_("title"), max_length=200)
    held_from = models.DateField(_("from"), null=True, blank=True, help_text=_("Empty: not known."))
    held_to = models.DateField(_("until"), null=True, blank=True, help_text=_("Empty: not known or still."))
    known_on = models.DateField(
        _("known on"),
        validators=[refuse_day_to_come],
        null=True,
        blank=True,
        help_text=_("A day on which a document shows the person in this post."),
    )
    is_former = models.BooleanField(_("former"), default=False, help_text=_("Held earlier, the dates may be unknown."))

    objects = RightfulQuerySet.as_manager()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ["official__name", "is_former", "held_from", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["official", "organisation", "title"],
                name="post_once",
                violation_error_message=_("This person's post is recorded already."),
            ),
            models.CheckConstraint(
                name="post_life",
                condition=models.Q(held_from__isnull=True)
                | models.Q(held_to__isnull=True)
                | models.Q(held_from__lte=models.F("held_to")),
                violation_error_message=_("A post cannot end before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Award(MadeUpModel):
    """An honour given to a person or to an organisation."""

    title = models.CharField(_("title"), max_length=200)
    level = models.CharField(_("level"), max_length=16, choices=AwardLevel.choices, default=AwardLevel.UNKNOWN)
    conferred_by = models.CharField(_("conferred by"), max_length=200, blank=True, help_text=_("Empty: not stated."))
    conferred_on = models.DateField(
        _("conferred on"), validators=[refuse_day_to_come], null=True, blank=True, help_text=_("Empty: not stated.")
    )
    occasion = models.CharField(_("occasion"), max_length=200, blank=True)
    official = models.ForeignKey(
        Official, models.PROTECT, null=True, blank=True, related_name="awards", verbose_name=_("person")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="awards", verbose_name=_("organisation")
    )

    objects = RightfulQuerySet.as_manager()

    class Meta:
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        ordering = [models.F("conferred_on").desc(nulls_last=True), "title", "id"]
        constraints = [
            models.CheckConstraint(
                name="award_has_one_winner",
                condition=models.Q(official__isnull=True) ^ models.Q(organisation__isnull=True),
                violation_error_message=_("An award goes to a person or to an organisation: name one."),
            )
        ]

    def __str__(self) -> str:
        return self.title
