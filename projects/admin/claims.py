"""What documents say."""

from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.audit.admin_base import RoomAdmin
from alleviation.audit.forms import NUMBER
from alleviation.audit.trail import Actor
from projects import actions
from projects.admin.base import CLAIMS
from projects.choices import Unit
from projects.forms import ClaimForm
from projects.models import Claim, Document


@admin.register(Claim)
class ClaimAdmin(RoomAdmin):
    """Where it stands → what it says → the figure as it is hedged → whom it is about."""

    section = CLAIMS
    rank = 1
    form = ClaimForm
    list_display = (
        "code",
        "example",
        "local_subject",
        "local_attribute",
        "measure",
        "figure_words",
        "status",
        "document",
    )
    list_display_links = ("code", "local_subject")
    list_filter = ("measure", "status", "qualifier")
    list_select_related = ("document",)
    search_fields = ("=code", "subject", "attribute")
    autocomplete_fields = ("document", "project", "alliance", "division", "organisation", "official")
    readonly_fields = ("passage_there",)
    write_only = ("quote",)
    fieldsets = (
        (_("Where it stands"), {"fields": ("document", "quote", ("start", "end"), "passage_there", "code")}),
        (_("What it says"), {"fields": ("subject", "subject_zh", "attribute", "attribute_zh", "measure", "status")}),
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

    def get_changeform_initial_data(self, request: Any) -> dict[str, Any]:
        """What the address names; the passage is read from the text at the span, and stands in no address."""
        given: dict[str, Any] = super().get_changeform_initial_data(request)
        number, start, end = (str(given.get(name, "")) for name in ("document", "start", "end"))
        if all(map(NUMBER.fullmatch, (number, start, end))):
            text = Document.objects.visible_to(request.user).filter(pk=number).values_list("text", flat=True).first()
            given["quote"] = (text or "")[int(start) : int(end)]
        return given

    def get_readonly_fields(self, request: Any, obj: Claim | None = None) -> tuple[str, ...]:
        """A claim's number is how pages and files know it, so it stays."""
        return (*self.readonly_fields, "code") if obj else self.readonly_fields

    @admin.display(description=_("example"))
    def example(self, claim: Claim) -> str:
        """A claim is as made up as the document that states it."""
        return self.made_up(claim.document)

    @admin.display(description=_("subject"), ordering="subject")
    def local_subject(self, claim: Claim) -> str:
        return claim.local_subject

    @admin.display(description=_("fact"), ordering="attribute")
    def local_attribute(self, claim: Claim) -> str:
        return claim.local_attribute

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
