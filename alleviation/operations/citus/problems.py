"""What keeps a model from being spread over machines, each with its cure. Pure Python: the same on every database."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import ForeignKey, UniqueConstraint
from django.db.models.base import Model

from alleviation.common.citus.placement import Place, Placement, place_of

# Unique over machines: no index sees it there, the engine does (alleviation/common/citus/across.py). May only shrink.
KEPT_BY_THE_ENGINE = ("household_village_number",)


def problems(models: Iterable[type[Model]]) -> list[str]:
    """What Citus would refuse, or a machine could not keep alone: "model: what. Cure."."""
    return [told for model in models for told in _of(model, place_of(model))]


def _of(model: type[Model], here: Placement) -> Iterator[str]:
    for field in model._meta.local_concrete_fields:
        if isinstance(field, ForeignKey) and getattr(field, "db_constraint", False):
            yield from _of_key(model, field, here)
    if here.place is Place.CUT:
        yield from _of_cut(model, here.column)
    elif any(place_of(m).place is Place.CUT for m in _joined_by_itself(model)):
        yield f"{_name(model)}: an automatic table joins households. Give it a model of its own with a `household`."


def _of_key(model: type[Model], field: Any, here: Placement) -> Iterator[str]:
    there = place_of(field.related_model)
    name = f"{_name(model)}.{field.name}"
    cuts_both = here.place is there.place is Place.CUT and field.column == here.column
    if there.place is Place.CUT and not (cuts_both and field.target_field.column == there.column):
        yield f"{name}: a key to what is cut, not by its cut. Keep the number alone, or make it `is_part_of`."
    if here.place is Place.CUT and there.place is Place.COORDINATOR:
        yield f"{name}: a machine cannot see the coordinator's rows. Copy that table, or set db_constraint=False."
    if here.place is Place.COPIED and there.place is Place.COORDINATOR:
        yield f"{name}: a copied table points at one that is not. Copy that one as well, or set db_constraint=False."


def _of_cut(model: type[Model], column: str) -> Iterator[str]:
    cut = next(f for f in model._meta.local_concrete_fields if f.column == column)
    if cut.null:
        yield f"{_name(model)}.{cut.name}: tells the machine and may be empty. Make it required."
    if model._meta.pk.get_internal_type() != "BigAutoField":
        yield f"{_name(model)}: its key is no plain big integer. Let it have `id`."
    for field in model._meta.local_concrete_fields:
        if field.unique and not field.primary_key and field.column != column:
            yield f"{_name(model)}.{field.name}: unique over machines. Be unique within the household, or a key table."
    for names in model._meta.unique_together:
        if cut.name not in names:
            yield f"{_name(model)}: {names} unique over machines. Add `{cut.name}`."
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint) and constraint.name not in KEPT_BY_THE_ENGINE:
            yield from _of_unique(model, constraint, cut)


def _of_unique(model: type[Model], constraint: UniqueConstraint, cut: Any) -> Iterator[str]:
    if cut.name not in constraint.fields:
        yield (
            f"{_name(model)}: {constraint.name} is unique over machines. Add `{cut.name}` to it, "
            "or keep the number in a key table."
        )


def _joined_by_itself(model: type[Model]) -> Iterator[type[Model]]:
    """What a table joins that Django made for a ManyToManyField."""
    if model._meta.auto_created:
        yield from (f.related_model for f in model._meta.local_concrete_fields if f.is_relation)  # type: ignore[misc]


def _name(model: type[Model]) -> str:
    return str(model._meta.label)
