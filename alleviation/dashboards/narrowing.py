"""The way down: what the rows of tables lead to, where the reader is in the tree of places, and long tables."""

from dataclasses import replace
from typing import Any

from django.forms import BaseForm
from django.utils.translation import gettext

from alleviation.common.areas import covers
from alleviation.common.tables import More, Row, Table
from projects.filters import QueryForm

Step = tuple[str, str]


def led_on(table: Table, form: BaseForm | None) -> Table:
    """The table whose rows lead to the same page asked for just them, else to their record's page with the filter."""
    rows = list(table.rows)
    if not isinstance(form, QueryForm) or not any("_narrows" in row for row in rows):
        return table
    return replace(table, rows=[_led_on(row, form) for row in rows])


def cut(table: Table, url: str) -> Table:
    """The first rows of a long table, with the address where all of them stand; its total is that of all."""
    rows = list(table.rows)
    if not table.first or len(rows) <= table.first:
        return table
    return replace(table, rows=rows[: table.first], more=More(len(rows), f"{url}#{table.slug}"))


def way_down(form: Any) -> list[Step]:
    """The places above the one asked for, each with the same page asked for it; empty where no place is asked for."""
    if not isinstance(form, QueryForm) or form.asked_place is None:
        return []
    area, (*above, place) = form.user.area, form.way
    nation = [] if area else [(gettext("Nation"), form.narrowed(area=""))]
    steps = [(one.local_name, form.narrowed(area=one.code) if covers(area, one.code) else "") for one in above]
    return [*nation, *steps, (place.local_name, "")]


def _led_on(row: Row, form: QueryForm) -> Row:
    if "_narrows" not in row:
        return row
    url = row.get("_url", "")
    others = {key: form.narrowed(**asked) for key, asked in row.get("_narrows_by", {}).items()}
    return {
        **row,
        "_url": form.narrowed(**row["_narrows"]) or (url + form.kept if url else ""),
        "_urls": {**row.get("_urls", {}), **{key: way for key, way in others.items() if way}},
    }
