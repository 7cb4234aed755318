"""Every constraint asked again of the rows: who may change the tables can drop one, write, and put it back."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import (
    BooleanField,
    CheckConstraint,
    Count,
    Exists,
    ExpressionWrapper,
    Max,
    OuterRef,
    Q,
    UniqueConstraint,
)
from django.db.models.base import Model
from django.utils.translation import gettext

from alleviation.audit.verification.tables import told
from alleviation.common.citus.placement import Place, place_of

APPS = ("accounts", "audit", "evidence", "projects", "beneficiaries", "scrutiny")


def rows_that_break_a_constraint() -> Iterator[str]:
    """Rows that no constraint in force would have let in."""
    for label in APPS:
        for model in apps.get_app_config(label).get_models():
            yield from constraint_faults(model)


def constraint_faults(model: type[Model]) -> Iterator[str]:
    """The rows of one table that break a check, a uniqueness, a foreign key, or lack what is never empty."""
    for constraint in model._meta.constraints:
        if isinstance(constraint, CheckConstraint):
            yield from _unchecked(model, constraint)
        elif isinstance(constraint, UniqueConstraint):
            yield from _doubled(model, list(constraint.fields), constraint.condition or Q(), constraint.name)
    for field in model._meta.concrete_fields:
        if field.unique:
            yield from _doubled(model, [field.name], Q(), field.attname)
        if field.is_relation:
            yield from _dangling(model, field)
        if not field.null:
            yield from _empty(model, field)


def _unchecked(model: type[Model], constraint: CheckConstraint) -> Iterator[str]:
    condition: Any = constraint.condition
    holds = ExpressionWrapper(condition, output_field=BooleanField())
    found = model._base_manager.annotate(_holds=holds).filter(_holds=False).order_by("pk")
    for number in found.values_list("pk", flat=True).iterator():
        words = {"words": constraint.violation_error_message, "name": constraint.name}
        yield told(model, number, gettext("%(words)s (%(name)s)") % words)


def _doubled(model: type[Model], names: list[str], condition: Q, rule: str) -> Iterator[str]:
    # Where one of the columns is empty, a database takes no two rows for the same.
    whole = Q(**{f"{name}__isnull": False for name in names if model._meta.get_field(name).null})
    groups = model._base_manager.filter(condition, whole).order_by().values(*names)
    found = groups.annotate(_rows=Count("*"), _last=Max("pk")).filter(_rows__gt=1).values_list("_last", flat=True)
    for number in found:
        yield told(model, number, gettext("another has the same, which is to be unique (%(name)s)") % {"name": rule})


def _dangling(model: type[Model], field: Any) -> Iterator[str]:
    rows = model._base_manager.filter(**{f"{field.attname}__isnull": False})
    for number in rows.exclude(_there(model, field)).order_by("pk").values_list("pk", flat=True).iterator():
        words = {"field": field.verbose_name}
        yield told(model, number, gettext("%(field)s: there is no such record") % words)


def _there(model: type[Model], field: Any) -> Q | Exists:
    """What a key leads to is there. Machines that share the rows cannot each look at those of the coordinator."""
    target = field.related_model._base_manager.order_by()
    apart = place_of(model).place is Place.CUT and place_of(field.related_model).place is Place.COORDINATOR
    if apart:
        return Q(**{f"{field.attname}__in": target.values("pk")})
    return Exists(target.filter(pk=OuterRef(field.attname)))


def _empty(model: type[Model], field: Any) -> Iterator[str]:
    # Asked in SQL: to Django it goes without saying that there is none.
    columns: Any = (field.column, model._meta.db_table, model._meta.pk.column)
    name, table, pk = map(connection.ops.quote_name, columns)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {pk} FROM {table} WHERE {name} IS NULL ORDER BY {pk}")  # noqa: S608
        found = [row[0] for row in cursor.fetchall()]
    for number in found:
        yield told(model, number, gettext("%(field)s is empty") % {"field": field.verbose_name})
