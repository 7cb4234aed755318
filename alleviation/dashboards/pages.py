"""How a page of figures is made: right → filter → tables → HTML, or one of its tables as CSV."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from alleviation.accounts.rights import Right
from alleviation.audit import trail
from alleviation.common.csv_out import file_name, span_of, stream_csv
from alleviation.common.tables import MADE_UP, Row, Table, mark_in_words
from projects.filters import QueryForm

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


@dataclass(frozen=True)
class Panel:
    """A table on a page, with the address of its CSV."""

    table: Table
    csv_url: str


def needs(right: Right) -> Callable[[View[P]], View[P]]:
    """Let a page be read only by those with this right, and only be read."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.may(right):  # type: ignore[union-attr]
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return require_safe(guarded)

    return decorate


def page(
    request: HttpRequest, template: str, *, title: str, tables: Sequence[Table], **context: Any
) -> HttpResponseBase:
    """Render a page with its tables as `tables`, by slug; `?csv=<slug>` gives one of them as a file."""
    wanted = request.GET.get("csv")
    if wanted is not None:
        return _download(request, tables, wanted, context)
    panels = {table.slug.replace("-", "_"): Panel(table, _csv_url(request, table)) for table in tables}
    return render(request, template, {"title": title, "tables": panels, **context})


def _asked(context: dict[str, Any]) -> tuple[str, str]:
    """The area and the years a page is about, for the name of its file: whoever has one area sees no other."""
    form, place = context.get("form"), context.get("place")
    asked = form.cleaned_data if form and form.is_valid() else {}
    period = form.period if form and asked else None
    place = place or (form.place if form else None)
    years = f"{period.first_year}-{period.last_year}" if period else ""
    return (place.code if place else ""), span_of(str(asked.get("year") or years), str(asked.get("as_of") or ""))


def _download(request: HttpRequest, tables: Sequence[Table], slug: str, context: dict[str, Any]) -> HttpResponseBase:
    if request.method == "HEAD":
        # To ask just for its head takes nothing away, so it leaves no event.
        return HttpResponseNotAllowed(["GET"])
    user = request.user
    table = next((table for table in tables if table.slug == slug), None)
    if table is None:
        raise Http404
    if not user.may(Right.EXPORT_REPORTS):  # type: ignore[union-attr]
        raise PermissionDenied
    table = marked(table)
    details = {**_known(request, context.get("form")), "page": request.path}
    trail.record_download(what=slug, by=user, details=details)  # type: ignore[arg-type]
    return stream_csv(table, filename=file_name(slug, *_asked(context), timezone.now()))


def marked(table: Table) -> Table:
    """The table with a column that says which rows are made up, where any is: a file carries no badge."""
    rows = list(table.rows)
    if not any(row.get("_made_up") for row in rows) or MADE_UP in table.columns:
        return table
    said, total = [_said(row) for row in rows], table.total
    return replace(table, columns=(*table.columns, MADE_UP), rows=said, total=total and _said(total))


def _said(row: Row) -> Row:
    return {**row, MADE_UP.key: mark_in_words(row.get("_made_up") or False)}


def _known(request: HttpRequest, form: QueryForm | None) -> dict[str, str]:
    """Of what the page was asked only what its filter has checked: the trail keeps no words that somebody made up."""
    checked = form.fields if form else ()
    return {name: value for name, value in _filter(request).items() if name in checked}


def _csv_url(request: HttpRequest, table: Table) -> str:
    return "?" + urlencode({**_filter(request), "csv": table.slug})


def _filter(request: HttpRequest) -> dict[str, str]:
    """What the page was asked, without the wish for a file."""
    return {name: str(value) for name, value in request.GET.items() if name != "csv" and value}
