"""How a page of figures is made: right → filter → tables and drawings → HTML, or one of them as a file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from alleviation.accounts.rights import Right
from alleviation.audit import trail
from alleviation.common.csv_out import file_name, span_of, stream_csv
from alleviation.common.drawings import Drawing, standing_alone
from alleviation.common.tables import MADE_UP, Row, Table, mark_in_words
from alleviation.dashboards.narrowing import cut, led_on, way_down
from projects.filters import QueryForm

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


@dataclass(frozen=True)
class Panel:
    """A table on a page, with the address of its CSV."""

    table: Table
    csv_url: str


@dataclass(frozen=True)
class Picture:
    """A drawing on a page, with the address of its file."""

    drawing: Drawing
    svg_url: str


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
    request: HttpRequest,
    template: str,
    *,
    title: str,
    tables: Sequence[Table],
    drawings: Sequence[Drawing] = (),
    **context: Any,
) -> HttpResponseBase:
    """Render a page with its tables as `tables`, by slug, and its drawings, those that are not empty, as `drawings`.

    `?csv=<slug>` gives one of the tables as a file, `?svg=<slug>` one of the drawings.
    """
    wanted = request.GET.get("csv")
    if wanted is not None:
        return _download(request, tables, wanted, context)
    drawn = [drawing for drawing in drawings if drawing.svg]
    if "svg" in request.GET:
        return _drawn(drawn, tables, request.GET["svg"], {**context, "title": title})
    panels = {table.slug.replace("-", "_"): _panel(request, table, context.get("form")) for table in tables}
    pictures = [Picture(drawing, _file_url(request, svg=drawing.slug)) for drawing in drawn]
    context.setdefault("breadcrumbs", way_down(context.get("form")))
    return render(request, template, {"title": title, "tables": panels, "drawings": pictures, **context})


def _panel(request: HttpRequest, table: Table, form: QueryForm | None) -> Panel:
    """A table as the page shows it; `?whole=<slug>` shows all rows of a long one."""
    shown = led_on(table, form)
    if request.GET.get("whole") != table.slug:
        shown = cut(shown, _file_url(request, whole=table.slug))
    return Panel(shown, _file_url(request, csv=table.slug))


def _drawn(
    drawings: Sequence[Drawing], tables: Sequence[Table], slug: str, context: dict[str, Any]
) -> HttpResponseBase:
    """A drawing as a file. It says what the page said a moment ago and no row of anybody: it leaves no event.

    Beneath it stand its page, what was asked, whether example data are in it, and when it was made.
    """
    drawing = next((drawing for drawing in drawings if drawing.slug == slug), None)
    if drawing is None:
        raise Http404
    now = timezone.now()
    name = file_name(slug, *_asked(context), now).removesuffix(".csv") + ".svg"
    form = context.get("form")
    beneath = next((table.rows for table in tables if table.slug == drawing.table), [])
    origin = (
        context["title"],
        form.words_asked if form else "",
        gettext("holds made-up example data") if any(row.get("_made_up") for row in beneath) else "",
        date_format(timezone.localtime(now), "DATETIME_FORMAT"),
    )
    disposition = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name)}
    said = standing_alone(drawing, " · ".join(str(part) for part in origin if part))
    return HttpResponse(said, content_type="image/svg+xml", headers=disposition)


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


def _file_url(request: HttpRequest, **wanted: str) -> str:
    return "?" + urlencode({**_filter(request), **wanted})


def _filter(request: HttpRequest) -> dict[str, str]:
    """What the page was asked, without the wish for a file or for all rows."""
    wishes = ("csv", "svg", "whole")
    return {name: str(value) for name, value in request.GET.items() if name not in wishes and value}
