"""A figure opened: what it is, how it is computed, its rows with their evidence, and what is not in it."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit import trail
from alleviation.common.csv_out import file_name, span_of, stream_csv
from alleviation.common.query import Query
from alleviation.common.tables import PARTLY, Kind, Table, explain_url
from alleviation.scrutiny.asked import asked_words
from alleviation.scrutiny.asking import ExplainForm
from alleviation.scrutiny.catalogue import BY_SLUG
from alleviation.scrutiny.figures.base import Explained
from projects.models import Division

PAGE = 50
TEMPLATE = "dashboards/explain.html"


@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """One figure with its formula and its rows, a page at a time."""
    figure, form, query = _asked(request, slug)
    if query is None:
        return _wrong(request, figure, form)
    context = {"figure": figure, "form": form, "title": figure.title, **_explanation(request, figure, query)}
    return render(request, TEMPLATE, {**context, "own_area": _own_area(form)})


@require_GET
def download(request: HttpRequest, slug: str) -> HttpResponseBase:
    """All rows as CSV; they add up to the figure. To ask just for its head takes nothing away, so it is not served."""
    figure, form, query = _asked(request, slug)
    user: User = request.user  # type: ignore[assignment]
    if not user.may(Right.EXPORT_REPORTS):
        raise PermissionDenied
    if query is None:
        return _wrong(request, figure, form)
    figure.names_it(query)
    trail.record_download(what=f"explain-{slug}", by=user, details=query.asked())
    years = f"{query.first_year}-{query.last_year}" if query.year is None else str(query.year)
    name = file_name(f"explain-{slug}", query.area_code, span_of(years, query.as_of_words), timezone.now())
    return stream_csv(figure.table(query), filename=name)


def _asked(request: HttpRequest, slug: str) -> tuple[Explained, ExplainForm, Query | None]:
    """The figure and the question, None for one that is none. Raises Http404 for a figure there is not."""
    user: User = request.user  # type: ignore[assignment]
    figure = BY_SLUG.get(slug)
    if figure is None:
        raise Http404
    if not user.may(Right(figure.permission)):
        raise PermissionDenied
    unasked = {"area"} if figure.of_all_areas and not request.GET.get("area") else set()
    form = ExplainForm(request.GET, user=user, fields=[name for name in figure.filters if name not in unasked])
    return figure, form, form.query()


def _wrong(request: HttpRequest, figure: Explained, form: ExplainForm) -> HttpResponse:
    """The page that says what is wrong with an address; no figure, since it would be another than was asked for."""
    errors = [(form.fields[name].label if name in form.fields else "", told) for name, told in form.errors.items()]
    context = {"figure": figure, "form": form, "title": figure.title, "errors": errors}
    return render(request, TEMPLATE, context, status=400)


def _explanation(request: HttpRequest, figure: Explained, query: Query) -> dict[str, Any]:
    named, asked = figure.names_it(query), query.asked()
    csv_url = reverse("dashboards:explain-csv", args=[figure.slug]) + (f"?{urlencode(asked)}" if asked else "")
    mark = figure.mark(query)
    return {
        "named": named,
        "words": figure.words(query),
        "unit": "" if figure.value_column.kind is Kind.FIGURE else figure.value_column.unit_words,
        "made_up": mark,
        "is_partly_made_up": mark == PARTLY,
        "working": figure.working(query),
        "parts": [(part, explain_url(part.figure, part.asked) if part.figure else "") for part in figure.parts(query)],
        "left_out": figure.left_out(query),
        "query": query,
        "asked_words": asked_words(query),
        "moment": query.as_of or timezone.now(),
        "link": request.build_absolute_uri(explain_url(figure.slug, asked)),
        "csv_url": csv_url if request.user.may(Right.EXPORT_REPORTS) else "",  # type: ignore[union-attr]
        "proven": figure.proven(query),
        **_rows(request, figure, query),
    }


def _rows(request: HttpRequest, figure: Explained, query: Query) -> dict[str, Any]:
    """The rows of the page asked for, the total of all, and the way to the pages beside it."""
    number = figure.number(query)
    pages = max(1, -(-number // PAGE))
    page = _page_number(request, pages)
    table = replace(_rows_table(figure, query), rows=figure.part(query, (page - 1) * PAGE, page * PAGE))
    asked = query.asked()
    return {
        "table": table,
        "number": number,
        "page": page,
        "pages": pages,
        "earlier": f"?{urlencode({**asked, 'page': page - 1})}" if page > 1 else "",
        "later": f"?{urlencode({**asked, 'page': page + 1})}" if page < pages else "",
    }


def _rows_table(figure: Explained, query: Query) -> Table:
    """The rows that make the figure; the total is that of all pages."""
    return Table(
        slug="rows",
        title=_("The rows behind the figure"),
        columns=figure.columns_of(query),
        rows=(),
        total=figure.total(query),
        empty=figure.nothing(query),
    )


def _own_area(form: ExplainForm) -> Division | None:
    """The area of a reader who asked for none: what they see is its part of the figure."""
    return form.place if form.is_narrowed else None


def _page_number(request: HttpRequest, pages: int) -> int:
    """The page asked for. Raises Http404 for one that is none."""
    asked = request.GET.get("page", "1")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 10 and 1 <= int(asked) <= pages):
        raise Http404
    return int(asked)
