"""Who pays."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.scope import RightfulQuerySet
from alleviation.common.initials import InitialsField
from alleviation.common.made_up import MadeUpModel
from alleviation.common.words import local
from projects.choices import SourceLevel
from projects.models.projects import RECORD_CODE


class FundingSource(MadeUpModel):
    """Who pays: a budget, an enterprise, a collaboration, a collective."""

    unkept_fields = ("initials",)

    code = models.CharField(_("source code"), max_length=32, unique=True, validators=[RECORD_CODE])
    name = models.CharField(_("name"), max_length=200)
    name_zh = models.CharField(_("Chinese name"), max_length=200, blank=True)
    # Without an index: there are dozens of sources in a nation.
    initials = InitialsField(of="name_zh")
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
