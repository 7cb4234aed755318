"""Documents and their texts."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.audit.admin_base import RoomAdmin, without
from alleviation.audit.history import events_of
from alleviation.audit.trail import Actor
from alleviation.common import words
from alleviation.evidence.store import content_of
from projects import actions
from projects.admin.base import CLAIMS, day
from projects.forms import DocumentForm
from projects.models import Document

# What a newer version has of the form that it was added in; its text, hash and length are its own.
TYPED = ("title", "publisher", "published_on", "event_on", "date_note", "file_name")


@admin.register(Document)
class DocumentAdmin(RoomAdmin):
    """What was published → when → its text, which is taken once and then stays; another text is a newer version."""

    section = CLAIMS
    form = DocumentForm
    list_display = ("title", "publisher", "published", "has_text")
    search_fields = ("title", "publisher")
    autocomplete_fields = ("supersedes",)
    readonly_fields = ("text_added_at", "text_from", "original_file")
    write_only = ("text_file", "transcript", "is_newer")
    fieldsets = (
        (None, {"fields": ("title", "publisher")}),
        (_("Time"), {"fields": (("published_on", "event_on"), "date_note")}),
        (_("Text"), {"fields": ("file_name", "text_file", "transcript", "is_newer", "supersedes")}),
        (_("What is there"), {"fields": ("text_added_at", "text_from", "original_file", "sha256", "length")}),
    )

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).select_related("original")

    def get_fieldsets(self, request: Any, obj: Document | None = None) -> Any:
        """Only what has a text can have a newer one."""
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if obj and obj.text else without(("is_newer",), fieldsets)

    def get_readonly_fields(self, request: Any, obj: Document | None = None) -> tuple[str, ...]:
        """A text that is there has its own hash and length; without one they say which text is meant."""
        known = ("sha256", "length") if obj and obj.text else ()
        return (*self.readonly_fields, *known, *(("supersedes",) if obj else ()))

    @admin.display(description=_("published on"), ordering="published_on", empty_value="—")
    def published(self, document: Document) -> str | None:
        return day(document.published_on) or None

    @admin.display(description=_("text"), boolean=True)
    def has_text(self, document: Document) -> bool:
        return bool(document.text)

    @admin.display(description=_("text added at"))
    def text_added_at(self, document: Document) -> str:
        if not document.text:
            return gettext("The text is missing.")
        events = list(events_of(document))
        added = [event for event in events if "text" in event.after] or events[-1:]
        return date_format(localtime(added[0].at), "DATETIME_FORMAT") if added else words.NOTHING

    @admin.display(description=_("where the text is from"))
    def text_from(self, document: Document) -> str:
        return document.get_text_origin_display() or words.NOTHING

    @admin.display(description=_("original file"))
    def original_file(self, document: Document) -> str:
        if document.original is None:
            return words.NOTHING
        address = reverse("dashboards:document-original", args=[document.pk])
        said = f"{document.original.get_kind_display()}, SHA-256 {document.original.sha256}"
        return format_html('<a href="{}">{}</a>', address, said)

    def enter(self, record: Document, *, form: Any, by: Actor) -> None:
        content = form.cleaned_data.get("text_file")
        if not content and form.cleaned_data.get("transcript") and record.original:
            content = content_of(record.original)
        if not content:
            return actions.enter(record, by=by)
        given = {"transcript": form.cleaned_data.get("transcript", ""), "by": by}
        with _told_at_the_file(record):
            if form.cleaned_data.get("is_newer"):
                record.added = Document(supersedes_id=record.pk, **{name: getattr(record, name) for name in TYPED})  # type: ignore[attr-defined]
                actions.add_version(record.added, content, **given)  # type: ignore[attr-defined]
            elif record.pk is None and record.supersedes_id:
                actions.add_version(record, content, **given)
            else:
                actions.attach_text(record, content, **given)

    def response_change(self, request: Any, obj: Document) -> HttpResponse:
        """After a newer version was added one stands before that one, where the next claims are made."""
        added: Document | None = getattr(obj, "added", None)
        if added is None:
            return super().response_change(request, obj)
        messages.success(request, gettext("The newer version is a document of its own: this one."))
        return HttpResponseRedirect(added.get_absolute_url())


@contextmanager
def _told_at_the_file(document: Document) -> Iterator[None]:
    """What is wrong with a file is told where it was chosen, and that another text may be a newer version."""
    had_text = bool(document.text)
    try:
        yield
    except ValidationError as error:
        if hasattr(error, "error_dict"):
            raise
        if had_text and error.code == "other_text":
            error = ValidationError(
                gettext(
                    "The document's text is there, and this file has another. If it is a newer version, say so below: "
                    "it becomes a document of its own, and the claims made of this one stay with it."
                ),
                code="other_text",
            )
        raise ValidationError({"text_file": error}) from error
