"""The tables hold what the trail says: each row against its events, put together again."""

from collections.abc import Iterator
from typing import Any

from django.db.models.base import Model
from django.utils.translation import gettext

from alleviation.audit.reading import Unreadable, rows_of
from alleviation.audit.replay import states_of
from alleviation.audit.values import is_sealed, values_of
from alleviation.common.guard import audited_models

# Some tables have whole files or texts in a row.
BLOCK = 200
State = dict[str, Any]


def tables_that_the_trail_does_not_tell() -> Iterator[str]:
    """Rows of audited tables that are not what their events make of them, lack events, or are gone."""
    for model in audited_models():
        yield from table_faults(model)


def table_faults(model: type[Model]) -> Iterator[str]:
    """One table against the trail, both in the order of the ids."""
    states = iter(states_of(model))
    number, state = next(states, (None, {}))
    for row in rows_of(model._base_manager.all(), block=BLOCK):
        here = row.number if isinstance(row, Unreadable) else row.pk
        while number is not None and number < here:
            yield gone(model, number)
            number, state = next(states, (None, {}))
        yield from row_faults(model, row, state if number == here else None)
        if number == here:
            number, state = next(states, (None, {}))
    while number is not None:
        yield gone(model, number)
        number, state = next(states, (None, {}))


def row_faults(model: type[Model], row: Any, state: State | None) -> Iterator[str]:
    """The columns of a row that are not what the trail says."""
    if isinstance(row, Unreadable):
        yield told(model, row.number, gettext("it cannot be read"))
    elif state is None:
        yield told(model, row.pk, gettext("no event tells who entered it"))
    else:
        # A column that the trail does not know came with an upgrade that told of no row.
        values = values_of(row)
        for name in (name for name in values if name in state and values[name] != state[name]):
            yield told(model, row.pk, difference(model._meta.get_field(name), values[name], state[name]))


def difference(field: Any, now: Any, then: Any) -> str:
    """The words for a column that is not what it was. What must not be told is not told here either."""
    if is_sealed(now) or is_sealed(then):
        return gettext("%(field)s is not what the trail says") % {"field": field.verbose_name}
    words = {"field": field.verbose_name, "now": shown(now), "then": shown(then)}
    return gettext("%(field)s is %(now)s, the trail says %(then)s") % words


def shown(value: Any) -> str:
    """A value as a fault prints it."""
    return "—" if value in (None, "") else str(value)


def gone(model: type[Model], number: int) -> str:
    """The words for a row that the trail knows and the table does not."""
    return told(model, number, gettext("the trail says it is there, and it is gone"))


def told(model: type[Model], number: int, what: str) -> str:
    """The words for a fault of one record: "ledger entry 12: …"."""
    words = {"kind": model._meta.verbose_name, "number": number, "what": what}
    return gettext("%(kind)s %(number)s: %(what)s") % words
