"""Files as they were handed in."""

from typing import Self

from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.common.made_up import MadeUpModel

SHA256 = RegexValidator(r"^[0-9a-f]{64}\Z", _("A SHA-256 is 64 hexadecimal digits in lower case."))


class FileKind(models.TextChoices):
    """What a file is, as its content tells; its name is believed in nothing."""

    PDF = "pdf", _("PDF")
    PNG = "png", _("PNG image")
    JPEG = "jpeg", _("JPEG image")
    TEXT = "text", _("text")

    @property
    def content_type(self) -> str:
        return {"pdf": "application/pdf", "png": "image/png", "jpeg": "image/jpeg"}.get(
            self.value, "text/plain; charset=utf-8"
        )

    @property
    def suffix(self) -> str:
        return {"jpeg": ".jpg", "text": ".txt"}.get(self.value, f".{self.value}")


class StoredFileQuerySet(models.QuerySet):
    """A file is seen through the record that it proves, never by itself."""

    def visible_to(self, user: User) -> Self:
        """Nobody asks for a file as such: ask for the evidence or the document that names it."""
        return self.none()


class StoredFile(MadeUpModel):
    """A file as it was handed in, once however often it is: its SHA-256 is its name on the disk."""

    sha256 = models.CharField(_("SHA-256"), max_length=64, unique=True, validators=[SHA256], editable=False)
    kind = models.CharField(_("kind"), max_length=8, choices=FileKind.choices, editable=False)
    size = models.PositiveBigIntegerField(_("size"), editable=False, help_text=_("In bytes."))
    stored_by = models.CharField(_("stored by"), max_length=150, editable=False)
    stored_at = models.DateTimeField(_("stored at"), default=timezone.now, editable=False)

    objects = StoredFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="file_known_kind",
                condition=models.Q(kind__in=FileKind.values),
                violation_error_message=_("There is no such kind of file."),
            ),
            models.CheckConstraint(
                name="file_not_empty",
                condition=models.Q(size__gt=0),
                violation_error_message=_("The file is empty."),
            ),
            models.CheckConstraint(
                name="file_stored_by_somebody",
                condition=~models.Q(stored_by=""),
                violation_error_message=_("Who stored it and when belong together."),
            ),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]
