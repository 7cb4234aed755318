"""Pages of figures that a browser need not fetch again while nothing that they show has changed (304 Not Modified).

The tag of a page is made of all that it is made of: who reads it, with which rights, in which language, on which day,
from which release, at which address; the number of the last event of the trail that tells of a write; and, as entries
and incomes are written all day, for these the versions of the sums kept of them where the page looks. The tag is taken
before the page is made, so that a page is never older than its tag. docs/decisions/0015-what-a-browser-may-keep.md.
"""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.contrib.messages import get_messages
from django.db import connections
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.timezone import localdate
from django.utils.translation import get_language

from alleviation.accounts.asking import beyond_scope
from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit.models import KEPT_IN_CELLS, Verb
from alleviation.common.areas import covers, end_of, prefix_of
from alleviation.common.replica.places import reading
from projects.models import Succession
from projects.models.cells import COUNTY

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
# A browser asks each time, and nobody between keeps it.
KEPT_BY_THE_READER_ALONE = "private, no-cache"
# Spelt as the index is: a bound value would hide it.
WRITES = ", ".join(f"'{verb}'" for verb in sorted(Verb.WRITES))
KEPT = ", ".join(f"'{kind}'" for kind in KEPT_IN_CELLS)
LAST_WRITE = f"""SELECT 0, 0, COALESCE(MAX(id), 0) FROM audit_auditevent
    WHERE verb IN ({WRITES}) AND NOT (subject_type IN ({KEPT}))"""  # noqa: S608 - no one's words
VERSIONS = "SELECT {place}, COUNT(*), COALESCE(SUM(version), 0) FROM {table} WHERE {where}"
MONEY, INCOMES = ("projects_countymoney", "area"), ("beneficiaries_countyyear", "county")


def unless_unchanged(*, incomes: bool) -> Callable[[View[P]], View[P]]:
    """Answer 304 where the reader's browser has the page as it would be made; for pages without personal data.

    `incomes`: whether incomes are in it, of whatever place: what may be told of few depends on their neighbours too.
    Who may see households sees sums of few as they are: such a page is not kept for them.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def asked(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not is_kept(request, incomes):
                return view(request, *args, **kwargs)
            tag = tag_of(request, incomes, str(kwargs.get("code", "")))
            response = get_conditional_response(request, etag=tag) or view(request, *args, **kwargs)
            if response.status_code in (200, 304) and not response.streaming:
                response["ETag"], response["Cache-Control"] = tag, KEPT_BY_THE_READER_ALONE
            return response

        return asked

    return decorate


def is_kept(request: HttpRequest, incomes: bool) -> bool:
    """Whether a browser may keep the page: not a file, which leaves an event, nor one with a message."""
    user: Any = request.user
    if settings.DEBUG or request.method not in ("GET", "HEAD") or "csv" in request.GET or len(get_messages(request)):
        return False
    return user.is_authenticated and not (incomes and user.may(Right.VIEW_HOUSEHOLDS))


def tag_of(request: HttpRequest, incomes: bool, code: str = "") -> str:
    """The tag of a page as it would be made now; `code` is that of the place that it is about.

    Weak, as whoever packs it on its way changes its bytes and none of its figures.
    """
    user: User = request.user  # type: ignore[assignment]
    parts = (
        settings.RELEASE,
        settings.SMALLEST_CELL,
        *(user.pk, user.username, user.get_full_name(), user.role, user.area, user.is_active, user.is_staff),
        # The forms of a page are made for one sign-in.
        request.COOKIES.get(settings.CSRF_COOKIE_NAME, ""),
        request.get_host(),
        request.get_full_path(),
        get_language(),
        localdate(),
        # The replica may be where the primary was a moment ago, and a page be newer than its tag.
        reading(),
        versions(_looked_at(user.area, code), incomes),
    )
    return f'W/"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'


def versions(prefixes: list[str], incomes: bool) -> list[tuple[int, ...]]:
    """The last write that no kept sum tells of; how many sums are kept, and their versions. One query.

    Of money those of the areas, of incomes all. Versions are drawn by lot at every write: that other ones add up to
    the same is as good as impossible.
    """
    looked = [(MONEY, prefixes), *([(INCOMES, [""])] if incomes else [])]
    parts, values = [LAST_WRITE], list[str]()
    for place, ((table, column), areas) in enumerate(looked, start=1):
        where, given = _within(column, areas)
        parts.append(VERSIONS.format(place=place, table=table, where=where))
        values += given
    # What is withheld of few depends on rows of others too.
    reason, database = "only whether anything was written is read, and no figure", connections[reading()]
    with beyond_scope(reason), database.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts) + " ORDER BY 1", values)
        return [tuple(map(int, row)) for row in cursor.fetchall()]


def _looked_at(area: str, code: str) -> list[str]:
    """The areas whose sums a page is made of: the place it is about, with those that became it; else one's own."""
    if not code or not covers(area, code):
        return [area[:COUNTY]]
    became = Succession.objects.whole().filter(successor__code=code).order_by()
    codes = [code, *became.values_list("predecessor__code", flat=True)]
    return sorted({prefix_of(one)[:COUNTY] for one in codes})


def _within(column: str, prefixes: list[str]) -> tuple[str, list[str]]:
    """SQL: a code starts with one of these prefixes, as ranges; and its values."""
    if "" in prefixes:
        return "1 = 1", []
    ranges = [(prefix, end_of(prefix)) for prefix in prefixes]
    parts = [f"({column} >= %s" + (f" AND {column} < %s)" if end else ")") for _start, end in ranges]
    return " OR ".join(parts), [value for pair in ranges for value in pair if value]
