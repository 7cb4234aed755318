"""What all forms on paper share: how they are shown, who signs, and that personal ones leave an event."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.audit import trail
from alleviation.common.tables import Table
from alleviation.dashboards.pages import page
from projects.filters import QueryForm

Words = str | Promise
# Where those who see that something is wrong may call; the number of the whole nation.
HOTLINE = "12317"
# Who signs a form of the office.
OF_THE_OFFICE = (_("Prepared by"), _("Checked by"), _("Head of the office"), _("Date and seal"))


def sheet(
    request: HttpRequest,
    template: str,
    *,
    title: str,
    tables: Sequence[Table],
    way: Sequence[tuple[str, str]] = (),
    form: QueryForm | None = None,
    signatures: Sequence[Words] = OF_THE_OFFICE,
    **context: Any,
) -> HttpResponseBase:
    """A form with its tables, its filter, and the lines on which it is signed; `way` leads back to its record."""
    start = (gettext("Forms on paper"), reverse("dashboards:papers"))
    context |= {"form": form, "signatures": signatures, "breadcrumbs": [start, *way, (title, "")]}
    return page(request, template, title=title, tables=tables, **context)


def notice(request: HttpRequest, template: str, **given: Any) -> HttpResponseBase:
    """A form that is put up for everybody: it says where to call."""
    contact = settings.OFFICE_CONTACT
    return sheet(request, template, hotline=HOTLINE, contact=contact, signatures=(_("Date and seal"),), **given)


def personal(request: HttpRequest, response: HttpResponseBase, *, what: str, key: str) -> HttpResponseBase:
    """A form that tells of households: the trail has who took it, as of a file, and no browser keeps it."""
    if request.method == "GET":
        trail.record_download(what=what, by=request.user, details={"of": key, "form": "paper"})  # type: ignore[arg-type]
    response["Cache-Control"] = "no-store"
    return response
