"""The admin as a room of this house: our rights open it, our sign-in guards it, its index follows the work."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView, redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common.capped import told_up_to

View = Callable[..., HttpResponseBase]

# A reviewer enters nothing, but checks the records where they are entered.
ADMITTING = (
    Right.ENTER_RECORDS,
    Right.VIEW_HOUSEHOLDS,
    Right.VIEW_TRAIL,
    Right.MANAGE_ACCOUNTS,
    Right.MANAGE_REFERENCE,
)


def _nothing(_user: Any) -> tuple[()]:
    return ()


@dataclass(frozen=True)
class Section:
    """A part of the index. Sections stand in the order of the work, whatever app their tables are from."""

    order: int
    slug: str
    title: Any


@dataclass(frozen=True)
class Waiting:
    """Records that wait for this person: how many of what, and the list of them."""

    number: int
    title: Any
    address: str

    @property
    def told(self) -> str:
        """How many, as far as they are counted."""
        return told_up_to(self.number)


class RecordsSite(AdminSite):
    """Where the office enters its records."""

    site_title = _("Alleviation")
    site_header = _("Alleviation: records")
    index_title = _("Records")
    empty_value_display = "—"
    # The sections stand at the head of each page instead, and leave lists their width.
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the admin has anything for this person. Django's staff and superuser flags count for nothing."""
        user: Any = request.user
        return user.is_authenticated and any(map(user.may, ADMITTING))

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take in only admins of this house: those of other packages ask Django's permission tables."""
        if getattr(admin_class, "section", None) is not None:
            super().register(model_or_iterable, admin_class, **options)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Answer 403 instead of a second sign-in to who may not enter."""
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied
            return inner(request, *args, **kwargs)

        return guarded

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """Without the shortcut that turns any record's number into its page's address, whatever its area."""
        return [url for url in super().get_urls() if getattr(url, "name", None) != "view_on_site"]

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """There is one sign-in page for the whole house; it is told of no address but our own."""
        wanted, door = request.GET.get("next") or reverse("admin:index"), reverse(settings.LOGIN_URL)
        is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
        return redirect_to_login(wanted, door) if is_ours else redirect(door)

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return LogoutView.as_view()(request)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """There is one page for it in the whole house."""
        return redirect("entrance:password")

    def password_change_done(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("entrance:account")

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        from alleviation.audit.entry_words import entry_words

        return {**super().each_context(request), "entry_words": entry_words(request.user)}

    def autocomplete_view(self, request: HttpRequest) -> Any:
        from alleviation.audit.pickers import RecordsFound

        return RecordsFound.as_view(admin_site=self)(request)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """What waits for this person, the sections, and beside them what this person did last."""
        from alleviation.audit.models import AuditEvent, Verb

        written = AuditEvent.objects.filter(actor=request.user.get_username(), verb__in=sorted(Verb.WRITES))
        context = {"latest_events": written[:10], "waiting": list(self._waiting(request.user))}
        return super().index(request, context | (extra_context or {}))

    def _waiting(self, user: Any) -> Iterator[Waiting]:
        """What the pages of records name in `waiting_for`, where it is any."""
        for page in self._registry.values():
            yield from (one for one in getattr(page, "waiting_for", _nothing)(user) if one.number)

    def get_log_entries(self, request: HttpRequest) -> Any:
        """Nothing: the trail is the history, Django's own log is not kept."""
        return ()

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The tables this person may open, by section; an app's own page keeps only that app's."""
        by_app = self._build_app_dict(request, app_label)
        return self._sections(row for app in by_app.values() for row in app["models"])

    def _sections(self, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        sections: dict[Section, list[dict[str, Any]]] = {}
        for row in rows:
            sections.setdefault(self._section_of(row["model"]), []).append(row)
        return [
            {
                "name": section.title,
                "app_label": section.slug,
                "app_url": sections[section][0]["admin_url"],
                "has_module_perms": True,
                "models": sorted(sections[section], key=lambda row: self._registry[row["model"]].rank),  # type: ignore[attr-defined]
            }
            for section in sorted(sections, key=lambda section: section.order)
        ]

    def _section_of(self, model: type[Model]) -> Section:
        return self._registry[model].section  # type: ignore[attr-defined]
