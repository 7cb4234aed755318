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
from django.views.decorators.http import require_safe

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit import trail
from alleviation.common.csv_out import file_name, span_of, stream_csv
from alleviation.common.query import Query
from alleviation.common.tables import Table, explain_url
from alleviation.scrutiny.asking import ExplainForm
from alleviation.scrutiny.catalogue import BY_SLUG
from alleviation.scrutiny.figures.base import Explained

PAGE = 50


@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """One figure with its formula and its rows, a page at a time."""
    user: User = request.user  # type: ignore[assignment]
    figure = _figure_or_404(slug, user)
    form = ExplainForm(request.GET, user=user)
    query = form.query()
    context: dict[str, Any] = {"figure": figure, "form": form, "title": figure.title}
    if query is None:
        return render(request, "dashboards/explain.html", context, status=400)
    return render(request, "dashboards/explain.html", {**context, **_explanation(request, figure, query)})


@require_safe
def download(request: HttpRequest, slug: str) -> HttpResponseBase:
    """All rows as CSV; they add up to the figure."""
    user: User = request.user  # type: ignore[assignment]
    figure = _figure_or_404(slug, user)
    if not user.may(Right.EXPORT_REPORTS):
        raise PermissionDenied
    query = ExplainForm(request.GET, user=user).query()
    if query is None:
        return render(
            request,
            "dashboards/explain.html",
            {"figure": figure, "form": ExplainForm(request.GET, user=user), "title": figure.title},
            status=400,
        )
    figure.names_it(query)
    trail.record_download(what=f"explain-{slug}", by=user, details=query.asked())
    years = f"{query.first_year}-{query.last_year}" if query.year is None else str(query.year)
    name = file_name(f"explain-{slug}", query.area_code, span_of(years, query.as_of_words), timezone.now())
    return stream_csv(figure.table(query), filename=name)


def _explanation(request: HttpRequest, figure: Explained, query: Query) -> dict[str, Any]:
    named, number = figure.names_it(query), figure.number(query)
    pages = max(1, -(-number // PAGE))
    page = _page_number(request, pages)
    rows = figure.part(query, (page - 1) * PAGE, page * PAGE)
    asked = query.asked()
    return {
        "named": named,
        "words": figure.words(query),
        "unit": figure.value_column.unit_words,
        "working": figure.working(query),
        "parts": [(part, explain_url(part.figure, part.asked) if part.figure else "") for part in figure.parts(query)],
        "left_out": figure.left_out(query),
        "query": query,
        "moment": query.as_of or timezone.now(),
        "table": replace(_rows_table(figure, query), rows=rows),
        "number": number,
        "page": page,
        "pages": pages,
        "earlier": f"?{urlencode({**asked, 'page': page - 1})}" if page > 1 else "",
        "later": f"?{urlencode({**asked, 'page': page + 1})}" if page < pages else "",
        "link": request.build_absolute_uri(explain_url(figure.slug, asked)),
        "csv_url": reverse("dashboards:explain-csv", args=[figure.slug]) + (f"?{urlencode(asked)}" if asked else ""),
    }


def _rows_table(figure: Explained, query: Query) -> Table:
    """The rows that make the figure; the total is that of all pages."""
    return Table(
        slug="rows",
        title=_("The rows behind the figure"),
        columns=figure.columns_of(query),
        rows=(),
        total=figure.total(query),
        empty=figure.empty,
    )


def _page_number(request: HttpRequest, pages: int) -> int:
    """The page asked for. Raises Http404 for one that is none."""
    asked = request.GET.get("page", "1")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 10 and 1 <= int(asked) <= pages):
        raise Http404
    return int(asked)


def _figure_or_404(slug: str, user: User) -> Explained:
    figure = BY_SLUG.get(slug)
    if figure is None:
        raise Http404
    if not user.may(Right(figure.permission)):
        raise PermissionDenied
    return figure
