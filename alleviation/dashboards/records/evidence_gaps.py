"""What of the figures rests on no paper: by kind of record, each number leading to its records."""

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.accounts.rights import Right
from alleviation.common.query import Query
from alleviation.common.tables import Column, Kind, Row, Table
from alleviation.dashboards.pages import needs, page
from alleviation.scrutiny.figures.unproven_promises import PLEDGED_WITHOUT, PLEDGES_DUE, PLEDGES_WITHOUT
from alleviation.scrutiny.unproven import KINDS, Provable, lack_of
from projects.filters import QueryForm

COLUMNS = (
    Column("kind", _("Kind of record")),
    Column("number", _("Records"), Kind.COUNT, explained="needs-evidence"),
    Column("without", _("Without evidence"), Kind.COUNT, explained="without-evidence"),
    Column("amount", _("Their sum"), Kind.YUAN, explained="money-without-evidence"),
    Column("pledged", _("What they promise"), Kind.FIGURE, unit="CNY", explained="pledged-without-evidence"),
)


@needs(Right.VIEW_RECORDS)
def index(request: HttpRequest) -> HttpResponseBase:
    """How many records of each kind there are, and how many of them no file proves."""
    form = QueryForm(request.GET, user=request.user, fields=("year", "plan", "area"))  # type: ignore[arg-type]
    query = form.query()
    tables = [] if query is None else [_table(query)]
    return page(request, "dashboards/evidence.html", title=gettext("Evidence"), tables=tables, form=form)


def _table(query: Query) -> Table:
    return Table(
        slug="without-evidence",
        title=_("What has evidence, and what has none"),
        columns=COLUMNS,
        rows=[*(_row(kind, query) for kind in KINDS), _promises(query)],
        note=_(
            "Posted entries of the ledger, milestones that were reached, incomes and enrolments of the years and the "
            "area of the filter, and promises in each year that they are due in. A promise that a document states has "
            "its evidence in that. There is no total: these are unlike things. Open a number to see its records."
        ),
        asked=query.asked(),
    )


def _row(kind: Provable, query: Query) -> Row:
    lack = lack_of(kind, query)
    # What single households have is not told to who sees none of them: the fewer there are, the more it would tell.
    is_hidden = kind.is_of_household and not query.user.may(Right.VIEW_HOUSEHOLDS)
    return {
        "kind": str(kind.title),
        "number": lack.number,
        "without": lack.without,
        "amount": None if is_hidden else lack.amount,
        "_asked": {"of": kind.key},
        "_made_up": lack.mark,
    }


def _promises(query: Query) -> Row:
    without = PLEDGES_WITHOUT.number(query)
    return {
        "kind": gettext("promises in their years"),
        "number": PLEDGES_DUE.number(query),
        "without": without,
        "pledged": PLEDGED_WITHOUT.value(query),
        "_explained": {"number": PLEDGES_DUE.slug, "without": PLEDGES_WITHOUT.slug},
        "_made_up": PLEDGES_DUE.mark(query),
    }
