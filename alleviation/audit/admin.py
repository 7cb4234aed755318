"""Accounts and the trail. Accounts are written here rather than one floor below, since each write leaves an event."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.utils.decorators import method_decorator
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit import people
from alleviation.audit.admin_base import RoomAdmin
from alleviation.audit.admin_site import Section
from alleviation.audit.forms import NUMBER, UserForm
from alleviation.audit.history import changes_of
from alleviation.audit.models import AuditEvent, Verb

ACCOUNTS = Section(70, "accounts", _("Accounts"))
TRAIL = Section(80, "trail", _("Audit trail"))


@admin.register(User)
class UserAdmin(RoomAdmin):
    """People who sign in. Somebody who leaves is made inactive; the trail keeps what they did."""

    section = ACCOUNTS
    view_rights = (Right.MANAGE_ACCOUNTS,)
    enter_right = Right.MANAGE_ACCOUNTS
    form = UserForm
    list_display = ("username", "full_name", "role", "area", "is_active", "is_example", "last_login")
    list_filter = ("role", "is_active")
    search_fields = ("username", "last_name", "first_name", "staff_number")
    fieldsets = (
        (None, {"fields": ("username", ("last_name", "first_name"), ("email", "staff_number"))}),
        (_("What this person may do, and where"), {"fields": ("role", "area", "is_active")}),
        (_("Password"), {"fields": ("password1", "password2")}),
        (_("Since when"), {"fields": ("date_joined", "last_login")}),
    )

    def get_fieldsets(self, request: Any, obj: User | None = None) -> Any:
        return super().get_fieldsets(request, obj) if obj else self.fieldsets[:-1]

    def get_readonly_fields(self, request: Any, obj: User | None = None) -> tuple[str, ...]:
        """The trail and the ledger speak of people by their user names, so a name stays."""
        return ("username", "last_login", "date_joined") if obj else ()

    def get_queryset(self, request: Any) -> QuerySet[User]:
        return User.objects.all() if self.has_view_permission(request) else User.objects.none()

    @method_decorator(sensitive_post_parameters("password1", "password2"))
    def changeform_view(self, request: Any, object_id: Any = None, *args: Any, **kwargs: Any) -> Any:
        return super().changeform_view(request, object_id, *args, **kwargs)

    @admin.display(description=_("name"))
    def full_name(self, user: User) -> str:
        return user.get_full_name()

    def enter(self, record: User, *, form: Any, by: Any) -> None:
        people.save_user(record, by=by)


class VerbFilter(admin.SimpleListFilter):
    """What was done."""

    title = _("what was done")
    parameter_name = "verb__exact"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Verb.choices)

    def queryset(self, request: Any, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """What is rare is asked for in the words of the partial index as well."""
        if self.value() not in Verb.values:
            return queryset
        rare = queryset.filter(verb__in=Verb.RARE) if self.value() in Verb.RARE else queryset
        return rare.filter(verb=self.value())


def _sought(text: str) -> Q:
    """A filter for events: "clerk-of-zhawo", "1234", "projects.project 12"."""
    if not text.strip():
        return Q()
    kind, _blank, number = text.strip().rpartition(" ")
    if not NUMBER.fullmatch(number):
        return Q(actor=text.strip())
    return Q(subject_type=kind.strip().lower(), subject_id=number) if kind else Q(pk=number)


@admin.register(AuditEvent)
class TrailAdmin(RoomAdmin):
    """Every change and download, for reading only."""

    section = TRAIL
    view_rights = (Right.VIEW_TRAIL,)
    enter_right = None
    list_display = ("number", "at", "actor", "verb", "kind", "subject", "reason")
    list_display_links = ("number", "at", "subject")
    sortable_by = ()
    list_filter = (VerbFilter,)
    # Only so that the search box shows: what it finds is decided below.
    search_fields = ("actor",)
    search_help_text = _("A user name, the number of an event, or a kind of record and a number beside it.")
    fields = (
        *("number", "at", "actor", "verb", "kind", "subject", "what_changed", "reason", "batch"),
        *("request", "address", "digest"),
    )

    def get_search_results(self, request: Any, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return queryset.filter(_sought(search_term)), False

    def get_queryset(self, request: Any) -> QuerySet[AuditEvent]:
        events = AuditEvent.objects.select_related("batch")
        return events if self.has_view_permission(request) else events.none()

    @admin.display(description=pgettext_lazy("audit event", "number"))
    def number(self, event: AuditEvent) -> int:
        return event.pk

    @admin.display(description=_("kind of record"))
    def kind(self, event: AuditEvent) -> str:
        return f"{event.subject_type} {event.subject_id or ''}".strip()

    @admin.display(description=_("before → after"))
    def what_changed(self, event: AuditEvent) -> str:
        rows = ((change.field, change.before, change.after) for change in changes_of(event))
        return format_html_join("", "<div>{}: {} → {}</div>", rows)
