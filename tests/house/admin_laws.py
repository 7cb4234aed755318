"""Laws of the admin's pages: they cost the same however many households there are.

Each takes pages of records (admins, with their inlines) and returns who breaks it, as words.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.contrib.admin.filters import SimpleListFilter
from django.db.models import ForeignKey, Model

from alleviation.audit.long_lists import LongList
from alleviation.common.capped import CappedPaginator
from tests.house.growth_laws import belongs
from tests.house.model_laws import name_of

PageLaw = Callable[[Iterable[Any]], list[str]]

# Tables that grow with the households, beside those whose rows belong to one.
GROWING = ("beneficiaries.Household", "projects.LedgerEntry", "audit.AuditEvent")
# Tables of which a select box would hold thousands of rows.
LONG = (*GROWING, "projects.Division", "projects.Project", "projects.Organisation", "projects.Official")
# A page of a table holds no more rows of its parts than a form can.
MOST_PARTS = 200


def grows(model: type[Model]) -> bool:
    return model._meta.label in GROWING or belongs(model)


def growing(pages: Iterable[Any]) -> Iterator[Any]:
    return (page for page in pages if grows(page.model))


def is_cheap(chosen: Any, page: Any) -> bool:
    """Whether a filter asks the table nothing to say what it offers: our own ones, and columns with fixed choices."""
    if isinstance(chosen, type):
        return issubclass(chosen, SimpleListFilter)
    return isinstance(chosen, str) and "__" not in chosen and bool(page.model._meta.get_field(chosen).choices)


def no_page_asks_for_the_days_of_a_table(pages: Iterable[Any]) -> list[str]:
    """Django's drill-down by date reads every row for its years."""
    return [f"{name_of(page.model)}: {page.date_hierarchy}" for page in growing(pages) if page.date_hierarchy]


def filters_ask_the_table_nothing(pages: Iterable[Any]) -> list[str]:
    return [
        f"{name_of(page.model)}: {getattr(one, '__name__', one)}"
        for page in growing(pages)
        for one in page.list_filter
        if not is_cheap(one, page)
    ]


def searches_say_themselves_what_they_find(pages: Iterable[Any]) -> list[str]:
    """What Django makes of search_fields is icontains, or LIKE in capitals: no index serves either."""
    own = "get_search_results"
    return [
        name_of(page.model)
        for page in growing(pages)
        if page.search_fields and not any(own in vars(base) for base in _own_bases(page))
    ]


def order_is_that_of_an_index(pages: Iterable[Any]) -> list[str]:
    """A list that is sorted by a click reads the whole table first."""
    return [f"{name_of(page.model)}: {page.sortable_by}" for page in growing(pages) if page.sortable_by != ()]


def lists_are_counted_up_to_a_limit(pages: Iterable[Any]) -> list[str]:
    """Every list: a table that is short today need not stay so."""
    return [
        name_of(page.model)
        for page in pages
        if not issubclass(page.paginator, CappedPaginator)
        or not issubclass(page.get_changelist(None), LongList)
        or page.show_full_result_count
        or page.list_max_show_all > MOST_PARTS
    ]


def no_select_box_holds_a_long_table(pages: Iterable[Any]) -> list[str]:
    return [
        f"{name_of(form.model, field.name)} on {name_of(page.model)}"
        for page in pages
        for form in (page, *page.inlines)
        for field in form.model._meta.fields
        if isinstance(field, ForeignKey) and _is_chosen(form, field) and field.related_model._meta.label in LONG
    ]


def parts_are_not_without_end(pages: Iterable[Any]) -> list[str]:
    return [
        f"{name_of(part.model)} on {name_of(page.model)}"
        for page in pages
        for part in page.inlines
        if part.max_num is None or part.max_num > MOST_PARTS
    ]


def _own_bases(page: Any) -> Iterator[type]:
    return (base for base in type(page).__mro__ if not base.__module__.startswith("django."))


def _is_chosen(form: Any, field: ForeignKey) -> bool:
    """Whether somebody chooses it in this form, other than by typing the beginning of what is meant."""
    is_whole = field.name == getattr(form.model, "is_part_of", "") and isinstance(form, type)
    typed = (*form.autocomplete_fields, *form.raw_id_fields, *(form.readonly_fields or ()))
    shown = _fields_of(form)
    # Where nobody enters anything there is no box.
    is_typed_in = getattr(form, "enter_right", field) is not None
    return (
        is_typed_in
        and field.editable
        and not is_whole
        and field.name not in typed
        and (not shown or field.name in shown)
    )


def _fields_of(form: Any) -> set[str]:
    """The fields that a form names; empty where it has all of them."""
    named = [one for _title, options in form.fieldsets or () for one in options["fields"]] or list(form.fields or ())
    return {name for one in named for name in ((one,) if isinstance(one, str) else one)}


LAWS: tuple[PageLaw, ...] = (
    no_page_asks_for_the_days_of_a_table,
    filters_ask_the_table_nothing,
    searches_say_themselves_what_they_find,
    order_is_that_of_an_index,
    lists_are_counted_up_to_a_limit,
    no_select_box_holds_a_long_table,
    parts_are_not_without_end,
)
