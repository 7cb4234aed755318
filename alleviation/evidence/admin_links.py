"""The way from a record's form to what proves it."""

from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from alleviation.common import words
from alleviation.evidence.models import Evidence


class ProvablePart:
    """An inline of records that files can prove: each leads to its page."""

    @admin.display(description=gettext_lazy("evidence"))
    def sheet(self, record: Any) -> str:
        return link_to(record, _("Evidence and history")) if record.pk else words.NOTHING


class Provable:
    """A page of a record that files can prove: it says how many do, and leads to where they are attached."""

    @admin.display(description=gettext_lazy("evidence"))
    def sheet(self, record: Any) -> str:
        files = Evidence.objects.standing().of(type(record), [record.pk]).count()
        told = ngettext("%(number)s file", "%(number)s files", files) % {"number": files}
        return link_to(record, told if files else _("none yet"))


def link_to(record: Any, text: str) -> str:
    """A link to the page of a record."""
    return format_html(
        '<a href="{}">{}</a>', reverse("dashboards:record", args=[record._meta.label_lower, record.pk]), text
    )
