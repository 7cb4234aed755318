"""Projects, where they stand and what they have reached."""

from typing import Self

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.scope import ScopedQuerySet
from alleviation.common.areas import covers
from alleviation.common.fields import FixedPointField
from alleviation.common.initials import InitialsField, found_while_typing
from alleviation.common.made_up import MadeUpModel
from alleviation.common.validators import refuse_day_to_come
from alleviation.common.words import local
from projects.choices import ProjectKind, ProjectStatus, Unit
from projects.models.organisations import Organisation
from projects.models.places import Division

RECORD_CODE = RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9-]*\Z", _("Use letters, digits and hyphens only."))


class ProjectQuerySet(ScopedQuerySet):
    """Words for asking about projects."""

    def of_kind(self, kind: str) -> Self:
        return self.filter(kind=kind) if kind else self.all()

    def with_places(self) -> Self:
        return self.select_related("division", "operator")


class Project(MadeUpModel):
    """A piece of work against poverty: a power station, a road, a fund."""

    unkept_fields = ("initials",)

    code = models.CharField(_("project code"), max_length=32, unique=True, validators=[RECORD_CODE])
    name = models.CharField(_("name"), max_length=200)
    name_zh = models.CharField(_("Chinese name"), max_length=200, blank=True)
    initials = InitialsField(of="name_zh")
    kind = models.CharField(_("kind"), max_length=16, choices=ProjectKind.choices)
    status = models.CharField(_("status"), max_length=16, choices=ProjectStatus.choices, default=ProjectStatus.PLANNED)
    division = models.ForeignKey(
        Division,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="projects",
        verbose_name=_("place"),
        help_text=_("The smallest division that holds the whole project. Empty: not tied to one place."),
    )
    operator = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="projects", verbose_name=_("run by")
    )
    capacity = FixedPointField(_("capacity"), places=4, null=True, blank=True, validators=[MinValueValidator(0)])
    capacity_unit = models.CharField(_("unit of capacity"), max_length=16, choices=Unit.choices, blank=True)
    started_on = models.DateField(_("started on"), null=True, blank=True)
    due_on = models.DateField(_("to be finished by"), null=True, blank=True)
    finished_on = models.DateField(_("finished on"), validators=[refuse_day_to_come], null=True, blank=True)
    publicised_from = models.DateField(
        _("publicised from"),
        validators=[refuse_day_to_come],
        null=True,
        blank=True,
        help_text=_("First day on which the project was put up for all to see (公示)."),
    )
    publicised_until = models.DateField(
        _("publicised until"), null=True, blank=True, help_text=_("The last day, included.")
    )
    summary = models.TextField(_("summary"), blank=True, help_text=_("What it is and whom it serves, in a few lines."))

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="project_capacity_with_unit",
                condition=models.Q(capacity__isnull=True, capacity_unit="")
                | (models.Q(capacity__isnull=False) & ~models.Q(capacity_unit="")),
                violation_error_message=_("A capacity needs its unit, and a unit its capacity."),
            ),
            models.CheckConstraint(
                name="project_life",
                condition=models.Q(started_on__isnull=True)
                | models.Q(finished_on__isnull=True)
                | models.Q(started_on__lte=models.F("finished_on")),
                violation_error_message=_("A project cannot finish before it starts."),
            ),
            models.CheckConstraint(
                name="project_due_after_start",
                condition=models.Q(started_on__isnull=True)
                | models.Q(due_on__isnull=True)
                | models.Q(started_on__lte=models.F("due_on")),
                violation_error_message=_("A project cannot be due before it starts."),
            ),
            models.CheckConstraint(
                name="project_publicity",
                condition=models.Q(publicised_from__isnull=True, publicised_until__isnull=True)
                | models.Q(publicised_from__isnull=False, publicised_until__gte=models.F("publicised_from")),
                violation_error_message=_("Publicity has a first and a last day, in this order."),
            ),
        ]
        indexes = found_while_typing("project")

    def __str__(self) -> str:
        return f"{self.code} {self.local_name}"

    def get_absolute_url(self) -> str:
        return reverse("dashboards:project", args=[self.code])

    def lies_in(self, area: str) -> bool:
        """Whether an area holds it; a project that is tied to no place lies in the empty area alone."""
        return covers(area, self.division.code if self.division else "")

    @property
    def local_name(self) -> str:
        """The name in the reader's language where it is known."""
        return local(self.name, self.name_zh)


class PartOfProjectQuerySet(ScopedQuerySet):
    """Rows that are seen by whoever sees their project."""

    area_field = "project__division__code"


class ProjectSite(models.Model):
    """A place where a project stands or passes through."""

    is_part_of = "project"

    project = models.ForeignKey(Project, models.CASCADE, related_name="sites", verbose_name=_("project"))
    division = models.ForeignKey(Division, models.PROTECT, related_name="sites", verbose_name=_("place"))
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects = PartOfProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        ordering = ["project", "division__code", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "division"],
                name="site_once",
                violation_error_message=_("This place is a site of the project already."),
            )
        ]

    def __str__(self) -> str:
        return self.division.local_name


class Milestone(models.Model):
    """A step of a project, planned for a day and reached on one."""

    is_part_of = "project"

    project = models.ForeignKey(Project, models.CASCADE, related_name="milestones", verbose_name=_("project"))
    title = models.CharField(_("title"), max_length=200)
    title_zh = models.CharField(_("Chinese title"), max_length=200, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    reached_on = models.DateField(_("reached on"), validators=[refuse_day_to_come], null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = PartOfProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["project", models.F("due_on").asc(nulls_last=True), "id"]

    def __str__(self) -> str:
        return self.local_title

    @property
    def local_title(self) -> str:
        """The title in the reader's language, where that is recorded."""
        return local(self.title, self.title_zh)
