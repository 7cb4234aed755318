"""The income page: per-capita income by year and area, the poverty line beside it."""

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from alleviation.accounts.rights import Right
from alleviation.dashboards.figures import charts, income_tables
from alleviation.dashboards.pages import needs, page
from beneficiaries.rollups import latest_year
from projects.filters import QueryForm


@needs(Right.VIEW_FIGURES)
def show(request: HttpRequest) -> HttpResponseBase:
    """Incomes of the years asked for; by area, those of the latest of them."""
    form = QueryForm(request.GET, user=request.user, fields=("year", "plan", "area", "as_of"))  # type: ignore[arg-type]
    query = form.query()
    if query is None:
        return page(request, "dashboards/income.html", title=_("Income"), tables=[], form=form)
    by_year = income_tables.by_year(query)
    year = latest_year(query)
    by_area = income_tables.by_area(query.of_years(year, year), form.place) if year else None
    parts = income_tables.components(by_year)
    tables = [by_year, parts, *([by_area] if by_area else []), income_tables.lines_table(query)]
    return page(
        request,
        "dashboards/income.html",
        title=_("Income"),
        tables=tables,
        form=form,
        year=year,
        line_chart=charts.per_capita(by_year),
        composition_chart=charts.composition(parts),
        area_chart=charts.income_by(by_area, "area", _("Per-capita income by area")) if by_area else "",
    )
