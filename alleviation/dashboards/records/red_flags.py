"""Red flags: the rules with how many cases each finds, the cases of one, and one case with its explanation."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.paginator import InvalidPage, Paginator
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.common import words
from alleviation.common.query import Query
from alleviation.common.tables import Column, Kind, Row, Table, explain_url, mark_of
from alleviation.dashboards.pages import needs, page
from alleviation.scrutiny.flags import telling
from alleviation.scrutiny.flags.base import Flag
from alleviation.scrutiny.flags.catalogue import BY_SLUG, FLAGS
from alleviation.scrutiny.flags.found import Found, State, found_by, is_told, numbers
from projects.filters import QueryForm

FIELDS = ("year", "area")
PAGE = 50
COLUMNS = (
    Column("rule", _("Rule")),
    Column("cases", _("Cases"), Kind.COUNT, explained="red-flags"),
    Column(State.OPEN, _("Open"), Kind.COUNT, explained="open-red-flags"),
    Column(State.WAITING, _("Waiting for a decision"), Kind.COUNT, explained="waiting-red-flags"),
    Column(State.EXPLAINED, _("Explained"), Kind.COUNT, explained="explained-red-flags"),
)


@needs(Right.VIEW_RECORDS)
def index(request: HttpRequest) -> HttpResponseBase:
    """Every rule with the number of its cases, open, waiting and explained."""
    form = QueryForm(request.GET, user=request.user, fields=FIELDS)  # type: ignore[arg-type]
    query = form.query()
    tables = [] if query is None else [_rules_table(query, form.query_string())]
    return page(request, "dashboards/red_flags.html", title=gettext("Red flags"), tables=tables, form=form)


@needs(Right.VIEW_RECORDS)
def show(request: HttpRequest, slug: str) -> HttpResponseBase:
    """One rule: what it says, where it is from, and its cases, a page at a time."""
    user: User = request.user  # type: ignore[assignment]
    flag = flag_or_404(slug)
    form = QueryForm(request.GET, user=user, fields=FIELDS)
    query = form.query()
    return page(
        request,
        "dashboards/red_flag.html",
        title=str(flag.title),
        tables=[],
        form=form,
        flag=flag,
        is_told=is_told(flag, user),
        breadcrumbs=[(gettext("Red flags"), reverse("dashboards:red-flags")), (str(flag.title), "")],
        **(_cases(request, flag, query) if query is not None and is_told(flag, user) else {}),
    )


def flag_or_404(slug: str) -> Flag:
    """The rule of this name. Raises Http404 where there is none."""
    if slug not in BY_SLUG:
        raise Http404
    return BY_SLUG[slug]


def _rules_table(query: Query, filter_: str) -> Table:
    found = {flag.slug: found_by(flag, query) for flag in FLAGS}
    return Table(
        slug="red-flags",
        title=_("Rules"),
        columns=COLUMNS,
        rows=[_rule_row(flag, found[flag.slug], filter_, query) for flag in FLAGS],
        total=_counted([one for cases in found.values() for one in cases]),
        note=_(
            "Each rule looks at the records as they are now. A case is a question to be answered, and no verdict. "
            "Rules about single households have numbers for those alone who may see households."
        ),
        asked=query.asked(),
    )


def _rule_row(flag: Flag, found: list[Found], filter_: str, query: Query) -> Row:
    url = reverse("dashboards:red-flag", args=[flag.slug]) + filter_
    if not is_told(flag, query.user):
        return {"rule": flag.title, "_url": url, **dict.fromkeys(("cases", *State))}
    return {"rule": flag.title, "_url": url, "_asked": {"of": flag.slug}, **_counted(found)}


def _counted(found: list[Found]) -> Row:
    counted = numbers(found)
    return {"cases": len(found), **{state: counted[state] for state in State}, "_made_up": _mark(found)}


def _mark(found: Iterable[Found]) -> Any:
    marks = [one.case.is_made_up for one in found]
    return mark_of(sum(marks), len(marks))


def _cases(request: HttpRequest, flag: Flag, query: Query) -> dict[str, Any]:
    found = found_by(flag, query)
    asked = query.asked()
    rows = telling.rows(found)
    paginator = Paginator(rows, PAGE)
    try:
        shown = paginator.page(paginator.validate_number(request.GET.get("page", "1")))
    except InvalidPage as error:
        raise Http404 from error
    earlier, later = (shown.number - 1, shown.number + 1)
    return {
        "table": _cases_table(flag, query, list(shown), rows),
        "counted": [
            (label, words.count(n), explain_url(f, {**asked, "of": flag.slug})) for label, n, f in _sums(found)
        ],
        "not_judged": flag.not_judged(query),
        "page": shown,
        "earlier": _page_url(request, earlier) if shown.has_previous() else "",
        "later": _page_url(request, later) if shown.has_next() else "",
        "csv_url": f"{reverse('dashboards:explain-csv', args=['red-flags'])}?{urlencode({**asked, 'of': flag.slug})}",
    }


def _sums(found: list[Found]) -> list[tuple[Any, int, str]]:
    counted = _counted(found)
    return [(column.title, counted[column.key], column.explained) for column in COLUMNS[1:]]


def _page_url(request: HttpRequest, number: int) -> str:
    given = {name: str(value) for name, value in request.GET.items() if name in FIELDS and value}
    return "?" + urlencode({**given, "page": str(number)})


def _cases_table(flag: Flag, query: Query, shown: Sequence[Row], rows: Sequence[Row]) -> Table:
    """The cases of a page; columns in which no case has anything are left out."""
    told = {"number": words.count(flag.looked_at(query)), "rows": flag.looks_at} if not rows else {}
    columns = (*telling.CASE, *telling.WAIVER)
    filled = tuple(one for one in columns if any(row.get(one.key) not in (None, "") for row in rows))
    return Table(
        slug="cases",
        title=_("Cases"),
        columns=filled or telling.CASE[:1],
        rows=shown,
        asked=query.asked(),
        empty=gettext("Nothing was found. Looked at: %(number)s %(rows)s.") % told if told else "",
    )
