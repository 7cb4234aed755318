"""Where each table lives once the database is spread over machines: cut by household, copied to each, or neither.

Apps say it: `AppConfig.cut` names the models whose key cuts, and what is a part of theirs (`is_part_of`) lies beside
them; `AppConfig.copied` names those of which each machine has a copy. All else stays on the coordinator.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from django.apps import apps
from django.db.models import Field, UniqueConstraint
from django.db.models.base import Model


class Place(Enum):
    """On which machines the rows of a table are."""

    CUT = "cut"
    COPIED = "copied"
    COORDINATOR = "coordinator"


@dataclass(frozen=True)
class Placement:
    """A table's place; `column` is that by whose value its rows are told apart, where they are cut."""

    place: Place
    column: str = ""


def place_of(model: type[Model]) -> Placement:
    """Where the rows of a model live."""
    label = model._meta.label
    if label in _named("cut"):
        return Placement(Place.CUT, str(model._meta.pk.column))
    if (whole := key_to_whole(model)) is not None and whole.related_model._meta.label in _named("cut"):  # type: ignore[union-attr]
        return Placement(Place.CUT, str(whole.column))
    return Placement(Place.COPIED if label in _named("copied") else Place.COORDINATOR)


def key_to_whole(model: type[Model]) -> "Field[object, object] | None":
    """The key that says of which record each row is a part."""
    named = getattr(model, "is_part_of", "")
    keys = (f for f in model._meta.local_concrete_fields if f.name == named and f.is_relation)
    # A model that was only named is not there yet.
    return next((f for f in keys if hasattr(f.related_model, "_meta")), None)


def models_in(place: Place) -> list[type[Model]]:
    """The models that live there; what others point at comes before them."""
    found = [model for model in apps.get_models(include_auto_created=True) if place_of(model).place is place]
    return sorted(found, key=lambda model: (key_to_whole(model) is not None, _order(model)))


def spanning(model: type[Model]) -> Iterator[UniqueConstraint]:
    """What must be unique over machines, which no machine can see to alone."""
    here = place_of(model)
    for constraint in model._meta.constraints if here.place is Place.CUT else ():
        if isinstance(constraint, UniqueConstraint):
            columns = {model._meta.get_field(name).column for name in constraint.fields}  # type: ignore[union-attr]
            if here.column not in columns:
                yield constraint


def _named(what: str) -> tuple[str, ...]:
    return tuple(label for config in apps.get_app_configs() for label in getattr(config, what, ()))


def _order(model: type[Model]) -> int:
    """The place in the list of its app, which names what is pointed at first."""
    named = _named("copied")
    return named.index(model._meta.label) if model._meta.label in named else len(named)
