"""Documents, their texts, and what they say."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.audit.admin_base import RoomAdmin
from alleviation.audit.history import events_of
from alleviation.audit.trail import Actor
from alleviation.common import words
from projects import actions
from projects.admin.base import CLAIMS, day
from projects.choices import Unit
from projects.forms import ClaimForm, DocumentForm
from projects.models import Claim, Document


@admin.register(Document)
class DocumentAdmin(RoomAdmin):
    """What was published → when → its text, which is taken once and then stays."""

    section = CLAIMS
    form = DocumentForm
    list_display = ("title", "publisher", "published", "has_text")
    search_fields = ("title", "publisher")
    readonly_fields = ("text_added_at",)
    write_only = ("text_file",)
    fieldsets = (
        (None, {"fields": ("title", "publisher")}),
        (_("Time"), {"fields": (("published_on", "event_on"), "date_note")}),
        (_("Text"), {"fields": ("file_name", "text_file", "text_added_at", "sha256", "length")}),
    )

    def get_readonly_fields(self, request: Any, obj: Document | None = None) -> tuple[str, ...]:
        """A text that is there has its own hash and length; without one they say which text is meant."""
        return (*self.readonly_fields, "sha256", "length") if obj and obj.text else self.readonly_fields

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

    def enter(self, record: Document, *, form: Any, by: Actor) -> None:
        content = form.cleaned_data.get("text_file")
        if not content:
            return actions.enter(record, by=by)
        try:
            actions.attach_text(record, content, by=by)
        except ValidationError as error:
            raise error if hasattr(error, "error_dict") else ValidationError({"text_file": error}) from error


@admin.register(Claim)
class ClaimAdmin(RoomAdmin):
    """Where it stands → what it says → the figure as it is hedged → whom it is about."""

    section = CLAIMS
    form = ClaimForm
    list_display = ("code", "example", "subject", "attribute", "measure", "figure_words", "status", "document")
    list_display_links = ("code", "subject")
    list_filter = ("measure", "status", "qualifier")
    list_select_related = ("document",)
    search_fields = ("=code", "subject", "attribute")
    autocomplete_fields = ("document", "project", "alliance", "division", "organisation", "official")
    readonly_fields = ("passage_there",)
    write_only = ("quote",)
    fieldsets = (
        (_("Where it stands"), {"fields": ("document", "quote", ("start", "end"), "passage_there", "code")}),
        (_("What it says"), {"fields": ("subject", "attribute", "measure", "status")}),
        (
            _("Figure"),
            {
                "fields": ("qualifier", ("low", "high"), "unit", "basis"),
                "description": _("As the document hedges it: exact and about need one number, from-to needs both."),
            },
        ),
        (_("Time"), {"fields": ("period", ("first_year", "last_year"))}),
        (_("What it is about"), {"fields": ("project", "alliance", "division", "organisation", "official")}),
    )

    def get_queryset(self, request: Any) -> Any:
        """Without the documents' texts, which a list of thirty claims would carry thirty times."""
        claims = super().get_queryset(request).select_related("document")
        return claims if request.resolver_match.url_name.endswith("_change") else claims.defer("document__text")

    def get_readonly_fields(self, request: Any, obj: Claim | None = None) -> tuple[str, ...]:
        """A claim's number is how pages and files know it, so it stays."""
        return (*self.readonly_fields, "code") if obj else self.readonly_fields

    @admin.display(description=_("example"))
    def example(self, claim: Claim) -> str:
        """A claim is as made up as the document that states it."""
        return self.made_up(claim.document)

    @admin.display(description=_("figure"))
    def figure_words(self, claim: Claim) -> str:
        return claim.figure.words(Unit(claim.unit).value) if claim.figure else ""

    @admin.display(description=_("what stands there"))
    def passage_there(self, claim: Claim) -> str:
        if claim.pk is None:
            return gettext("Shown once the claim is saved.")
        if not claim.document.text:
            address = reverse("admin:projects_document_change", args=[claim.document_id])
            return format_html('<a href="{}">{}</a>', address, gettext("The text is missing: add it here."))
        return format_html("<q>{}</q>", claim.quote)

    def enter(self, record: Claim, *, form: Any, by: Actor) -> None:
        actions.make_claim(record, by=by, quote=form.cleaned_data.get("quote", ""))
