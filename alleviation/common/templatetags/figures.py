"""Filters that show numbers; the one place where templates turn them into words. A missing value is a dash."""

from decimal import Decimal
from typing import Any

from django import template
from django.utils.safestring import SafeString

from alleviation.common import table_html, tables, words
from alleviation.common.figures import Figure, FigureSum

register = template.Library()

Number = Decimal | int | str | None


def _known(value: Number) -> Decimal | int | None:
    # Django's templates give "" for a variable that is missing.
    return None if isinstance(value, str) else value


@register.filter
def yuan(value: Number) -> str:
    """1,234,567.00"""
    return words.yuan(_known(value))


@register.filter
def wan(value: Number) -> str:
    """Yuan in ten thousands: 403.20"""
    return words.wan(_known(value))


@register.filter
def yuan_short(value: Number) -> str:
    """RMB 4.03 million, 403.2 万元"""
    return words.yuan_short(_known(value))


@register.filter
def count(value: Number) -> str:
    """40,000"""
    return words.count(_known(value))


@register.filter
def percent(value: Number, places: int = 1) -> str:
    """A ratio as 12.3%"""
    return words.percent(_known(value), places)


@register.filter
def figure(value: Figure | FigureSum | str | None, unit: str = "") -> str:
    """over RMB 300,000"""
    return words.NOTHING if value is None or isinstance(value, str) else value.words(unit)


@register.filter
def cell(value: Any, column: tables.Column) -> str:
    """A value as its column shows it."""
    return tables.shown(value, column)


@register.filter
def badge(mark: tables.Mark) -> SafeString:
    """What tells rows of the made-up example from those of the office."""
    return table_html.badge(mark)


@register.filter
def row_html(line: tables.Line) -> SafeString:
    """A row of a table."""
    return table_html.row(line)


@register.filter
def foot_html(line: tables.Line) -> SafeString:
    """The row of a table's total."""
    return table_html.foot(line)
