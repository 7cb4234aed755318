"""Base classes of every admin page: rights instead of permission tables, own rows only, writes through actions."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.filters import SimpleListFilter
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied, SuspiciousOperation, ValidationError
from django.db.models import ForeignKey, Model, Prefetch, QuerySet
from django.http import Http404, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.asking import in_scope
from alleviation.accounts.rights import Right
from alleviation.accounts.scope import ScopedQuerySet
from alleviation.audit import entry, sending, trail
from alleviation.audit.admin_site import Section
from alleviation.audit.forms import NUMBER, ActionRefused, RoomForm, RoomFormSet, refusals_at, scoped_keys
from alleviation.audit.history import changes_of, events_of
from alleviation.audit.long_lists import LongList
from alleviation.audit.pickers import RecordField, RecordPicker
from alleviation.audit.sending import Sending, SentAlready, SentOtherwise
from alleviation.audit.trail import Actor
from alleviation.audit.versions import versions_of
from alleviation.common.amount_input import AmountInput
from alleviation.common.capped import CappedPaginator
from alleviation.common.fields import YuanField
from alleviation.common.made_up import MadeUpModel

# No page of ours makes an address of a title.
OF_SLUGS = ("urlify", "prepopulate", "xregexp")


class RoomRules:
    """What pages and their inlines share: who sees, who writes, and which rows may be named."""

    model: type[Model]
    formfield_overrides: ClassVar[Any] = {YuanField: {"widget": AmountInput}}
    view_rights: tuple[Right, ...] = (Right.VIEW_RECORDS,)
    # None: nobody writes here, people only read.
    enter_right: Right | None = Right.ENTER_RECORDS
    # Fields of the form alone, of which there is nothing to show to somebody who only reads.
    write_only: tuple[str, ...] = ()

    def has_view_permission(self, request: Any, obj: Any = None) -> bool:
        return any(map(request.user.may, self.view_rights))

    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        return self.enter_right is not None and request.user.may(self.enter_right)

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return self.has_add_permission(request)

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """Nothing is deleted: what was wrong is corrected, and the trail keeps both."""
        return False

    def has_module_permission(self, request: Any) -> bool:
        return self.has_view_permission(request)

    def get_queryset(self, request: Any) -> QuerySet[Any]:
        """The own rows; what they name outside the area is as if it were not recorded."""
        rows: Any = super().get_queryset(request)  # type: ignore[misc]
        named = (Prefetch(key.name, seen_through(key, request.user)) for key in scoped_keys(self.model))
        return rows.visible_to(request.user).prefetch_related(*named)

    def get_fieldsets(self, request: Any, obj: Any = None) -> Any:
        """As declared; behind what may be changed the version that it is changed from."""
        fieldsets = without(("version",), super().get_fieldsets(request, obj))  # type: ignore[misc]
        if not self.has_change_permission(request, obj):
            return without(self.write_only, fieldsets)
        return fieldsets if obj is None else with_version(fieldsets)

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Offer, and take, only records that this person sees; a place that decides the area only inside theirs."""
        related = db_field.related_model
        if hasattr(related.objects.all(), "visible_to"):
            rows = related.objects.visible_to(request.user)
            kwargs["queryset"] = rows.inside(request.user.area) if decides_area(db_field) else rows
            kwargs["error_messages"] = {"invalid_choice": _("There is no such record in your area.")}
        if db_field.name in self.get_autocomplete_fields(request):  # type: ignore[attr-defined]
            kwargs |= {"widget": RecordPicker(db_field, self.admin_site), "form_class": RecordField}  # type: ignore[attr-defined]
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]
        if isinstance(field, RecordField):
            page: Any = self.admin_site.get_model_admin(db_field.related_model)  # type: ignore[attr-defined]
            field.sought = lambda rows, text: page.get_search_results(request, rows, text)[0]
            field.label_from_instance = page.picked  # type: ignore[method-assign]
        return field

    def enter(self, record: Any, *, form: Any, by: Actor) -> None:
        """The action that this page's writes end in."""
        entry.enter(record, by=by)


def without(names: tuple[str, ...], fieldsets: Any) -> list[Any]:
    """Fieldsets less these fields."""
    return [
        (title, {**options, "fields": [field for field in options["fields"] if field not in names]})
        for title, options in fieldsets
    ]


def with_version(fieldsets: list[Any]) -> list[Any]:
    """Fieldsets with the hidden version in the last of them."""
    *others, (title, options) = fieldsets
    return [*others, (title, {**options, "fields": [*options["fields"], "version"]})]


def seen_through(key: ForeignKey, user: Any) -> QuerySet[Any]:
    """The records that a key may show to a person."""
    rows: Any = key.related_model._default_manager.all()
    return rows.visible_to(user)


def decides_area(field: ForeignKey) -> bool:
    """Whether this key is what a row's area is read from, as LedgerEntry.division is."""
    return area_field_of(field.model) == f"{field.name}__code"


def area_field_of(model: type[Model]) -> str:
    """The way from a row to its division code; empty for rows without an area."""
    rows = model._default_manager.all()
    return rows.area_field if isinstance(rows, ScopedQuerySet) else ""


class RoomAdmin(RoomRules, admin.ModelAdmin):
    """A page of records. `section` and, in it, `rank` are its place in the index, `enter` the action that saves."""

    section: Section | None = None
    rank = 0
    form = RoomForm
    actions: Any = None
    list_per_page = 50
    # All at once is no page.
    list_max_show_all = 50
    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    save_on_top = False

    def response_action(self, request: Any, queryset: QuerySet[Any], *rest: Any, **named: Any) -> Any:
        """What no list of ours offered to choose is a broken request. Raises SuspiciousOperation."""
        if not all(map(NUMBER.fullmatch, request.POST.getlist(ACTION_CHECKBOX_NAME))):
            raise SuspiciousOperation
        return super().response_action(request, queryset, *rest, **named)

    @property
    def media(self) -> forms.Media:
        """The scripts of the stock admin, but for those that fill in slugs: nearly half of what a list weighs."""
        stock = super().media._js  # type: ignore[attr-defined]
        return forms.Media(js=[one for one in stock if not any(name in one for name in OF_SLUGS)])

    def get_changelist(self, request: Any, **kwargs: Any) -> type[LongList]:
        return LongList

    def changelist_view(self, request: Any, extra_context: Any = None) -> Any:
        """The list, called what is in it."""
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """An allow-list: what is not a filter of this page cannot be asked, nor a masked column guessed."""
        return any(lookup in _parameters_of(each) for each in self.get_list_filter(request))

    def get_list_display(self, request: Any) -> Any:
        """The columns; the mark of made-up rows stands right behind the first, where no screen cuts it off."""
        first, *others = super().get_list_display(request)
        return (first, "made_up", *others) if issubclass(self.model, MadeUpModel) else (first, *others)

    @admin.display(description=_("example"))
    def made_up(self, record: MadeUpModel) -> str:
        return render_to_string("includes/badge.html") if record.is_made_up else ""

    def get_object(self, request: Any, object_id: str, from_field: str | None = None) -> Any:
        """The record; a foreign one is answered like one that does not exist. Raises Http404."""
        # Asked before the record is read: a version may be too old for what is shown, never too new.
        version = versions_of(self.model, [int(object_id)]) if NUMBER.fullmatch(object_id) else {}
        record: Any = super().get_object(request, object_id, from_field or None)
        if record is None:
            raise Http404
        record.version_read = version.get(record.pk, 0)
        return record

    def picked(self, record: Any) -> str:
        """The record in a list to choose from."""
        return str(record)

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        """The record's page among the dashboards, where it has one."""
        return obj.get_absolute_url() if hasattr(obj, "get_absolute_url") else None

    def render_change_form(self, request: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        """The page of the form; to its page among the dashboards it leads those who may read them."""
        response: Any = super().render_change_form(request, context, *args, **kwargs)
        response.context_data["has_absolute_url"] &= request.user.may(Right.VIEW_FIGURES)
        # A page that is shown again is the same sending: nothing of it was saved.
        sent = "" if getattr(request, "is_sent_anew", False) else request.POST.get(sending.FIELD)
        response.context_data["sending"] = sent or sending.new_number()
        return response

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.refusal = getattr(request, "refusal", None)
        return form

    def changeform_view(self, request: Any, object_id: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Save a page in one transaction, its parts with it.

        Where an action refuses, the page is shown again with all that was typed; nothing was written then.
        """
        if request.method != "POST":
            return super().changeform_view(request, object_id, *args, **kwargs)
        try:
            with trail.together(), in_scope():
                Sending.of(request).refuse_again()
                return super().changeform_view(request, object_id, *args, **kwargs)
        except SentAlready as saved:
            return self._sent_already(request, saved.number)
        except SentOtherwise:
            request.is_sent_anew = True
            request.refusal = ActionRefused(ValidationError(sending.SENT_OTHERWISE), "")
        except ActionRefused as refusal:
            request.refusal = refusal
        for file in request.FILES.values():
            file.seek(0)
        return super().changeform_view(request, object_id, *args, **kwargs)

    def _sent_already(self, request: Any, number: int) -> HttpResponseRedirect:
        """To the record that was saved then."""
        messages.success(request, sending.SENT_BEFORE)
        page = f"admin:{self.opts.app_label}_{self.opts.model_name}_" + ("change" if number else "changelist")
        return HttpResponseRedirect(reverse(page, args=[number] if number else []))

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        sent = Sending.of(request)
        sent.claim()
        place = area_field_of(self.model).split("__")[0] or None
        with refusals_at(form, place=place):
            self.enter(obj, form=form, by=request.user)
        sent.note(obj)

    def save_formset(self, request: Any, form: Any, formset: Any, change: bool) -> None:
        formset.save(commit=False)
        for row in formset.forms:
            if row.has_changed():
                with refusals_at(row, place=None):
                    formset.inline.enter(row.instance, form=row, by=request.user)

    def log_addition(self, request: Any, obj: Any, message: Any) -> Any:
        """Nothing: the action has written its event."""

    def log_change(self, request: Any, obj: Any, message: Any) -> Any:
        """Nothing: the action has written its event."""

    def history_view(self, request: Any, object_id: str, extra_context: Any = None) -> Any:
        """The audit trail of this record and of its parts."""
        record = self.get_object(request, object_id)
        if not self.has_view_permission(request, record):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("History: %s") % record,
            "events": [(event, list(changes_of(event))) for event in events_of(record, self._parts_of(record))],
            "module_name": self.opts.verbose_name_plural,
            "object": record,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/object_history.html", context)

    def _parts_of(self, record: Model) -> dict[type[Model], list[int]]:
        return {inline.model: list(inline.numbers_of(record)) for inline in self.inlines}  # type: ignore[attr-defined]


class RoomInline(RoomRules, admin.TabularInline):
    """Parts of a record, entered on its page."""

    form = RoomForm
    formset = RoomFormSet
    extra = 0
    can_delete = False
    show_change_link = False
    # More rows than a form of a thousand fields can hold are not typed by anybody.
    max_num = 200
    # Without a script rows cannot be added to a page, so it is asked for with empty ones.
    most_extra = 10

    def get_extra(self, request: Any, obj: Any = None, **kwargs: Any) -> int:
        asked = request.GET.get("rows", "")
        return min(int(asked), self.most_extra) if NUMBER.fullmatch(asked) else self.extra

    def get_formset(self, request: Any, obj: Any = None, **kwargs: Any) -> type[forms.BaseInlineFormSet]:
        # Rows that are only read are sent along with the others: there are as many as there are.
        formset: Any = super().get_formset(request, obj, **{"absolute_max": RoomInline.max_num, **kwargs})
        formset.inline = self
        formset.form.refusal = getattr(request, "refusal", None)
        return formset

    @classmethod
    def numbers_of(cls, record: Model) -> QuerySet[Any, int]:
        """The ids of a record's parts."""
        rows: Any = cls.model._default_manager.all()
        parts = rows.filter(**{cls.model.is_part_of: record}).hanging_from(record)  # type: ignore[attr-defined]
        return parts.order_by().values_list("pk", flat=True)


def _parameters_of(each: Any) -> tuple[str, ...]:
    """The query parameters that a filter of a page reads."""
    if isinstance(each, type) and issubclass(each, SimpleListFilter):
        return (str(each.parameter_name),)
    name = each[0] if isinstance(each, tuple) else str(each)
    return (f"{name}__exact", f"{name}__id__exact", f"{name}__isnull")
