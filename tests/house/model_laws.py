"""Laws of the models. Each takes models and returns who breaks it, as words."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db import models
from django.db.models import Model, Q
from django.utils.functional import Promise

from tests.house.ground import is_ours

Law = Callable[[Iterable[type[Model]]], list[str]]

# (the moment, the actor, why the database need not pair them)
UNPAIRED = (
    ("recorded_at", "recorded_by", "a command records too, and it is no user"),
    ("created_at", "created_by", "a command creates rows too, and it is no user"),
    ("conferred_on", "conferred_by", "a report of an award names the giver and may leave out the day"),
)


def name_of(model: type[Model], part: str = "") -> str:
    return f"{model._meta.label}.{part}" if part else model._meta.label


def own_fields(model: type[Model]) -> list[Any]:
    """The fields that somebody wrote: no automatic key, no field that Django's own classes bring."""
    inherited = {
        field.name
        for base in model.__mro__
        if hasattr(base, "_meta") and not is_ours(base.__module__) and base._meta.abstract
        for field in base._meta.get_fields()
    }
    fields = [*model._meta.local_fields, *model._meta.local_many_to_many]
    return [f for f in fields if not f.auto_created and f.name not in inherited]


def each_model_has_a_docstring(found: Iterable[type[Model]]) -> list[str]:
    # Django writes "Name(field, field)" where nobody wrote anything.
    return [name_of(m) for m in found if not m.__doc__ or m.__doc__.startswith(f"{m.__name__}(")]


def is_total(model: type[Model]) -> bool:
    """Whether the ordering leaves no two rows in an order of chance."""
    ordering = {str(term).lstrip("-") for term in model._meta.ordering or ()}
    unique = [{"pk"}, {"id"}, *({f.name} for f in model._meta.fields if f.unique)]
    unique += [set(c.fields) for c in unique_constraints(model) if c.fields and c.condition is None]
    return any(fields <= ordering for fields in unique)


def unique_constraints(model: type[Model]) -> list[models.UniqueConstraint]:
    return [c for c in model._meta.constraints if isinstance(c, models.UniqueConstraint)]


def each_ordering_leaves_nothing_to_chance(found: Iterable[type[Model]]) -> list[str]:
    return [f"{name_of(m)}: {list(m._meta.ordering or ())}" for m in found if not is_total(m)]


def each_name_is_translated(found: Iterable[type[Model]]) -> list[str]:
    """verbose_name and verbose_name_plural are given, and lazily, since models load before a language is known."""
    return [
        name_of(model, key)
        for model in found
        for key in ("verbose_name", "verbose_name_plural")
        if not isinstance(model._meta.original_attrs.get(key), Promise)
    ]


def each_field_speaks_in_translated_words(found: Iterable[type[Model]]) -> list[str]:
    return [
        name_of(model, f"{field.name}: {word!r}")
        for model in found
        for field in own_fields(model)
        for word in untranslated(field)
    ]


def untranslated(field: Any) -> Iterator[str]:
    """The words of a field that stay English in every language."""
    if not isinstance(field.verbose_name, Promise):
        yield str(field.verbose_name)
    if field.help_text and not isinstance(field.help_text, Promise):
        yield str(field.help_text)
    for _value, label in getattr(field, "flatchoices", ()):
        if not isinstance(label, Promise) and any(map(str.isalpha, str(label))):
            yield str(label)


def each_constraint_explains_itself(found: Iterable[type[Model]]) -> list[str]:
    return [
        f"{name_of(model)}: {constraint.name}"
        for model in found
        for constraint in model._meta.constraints
        if constraint.violation_error_message == constraint.default_violation_error_message
        or not isinstance(constraint.violation_error_message, Promise)
    ]


def no_text_is_null(found: Iterable[type[Model]]) -> list[str]:
    """Empty text is '', in one way only."""
    kinds = (models.CharField, models.TextField, models.FileField)
    return [name_of(m, f.name) for m in found for f in m._meta.local_fields if isinstance(f, kinds) and f.null]


def no_column_is_floating(found: Iterable[type[Model]]) -> list[str]:
    """No FloatField, and no DecimalField either: SQLite keeps that as a float."""
    kinds = (models.FloatField, models.DecimalField)
    return [name_of(m, f.name) for m in found for f in m._meta.local_fields if isinstance(f, kinds)]


def nothing_vanishes_with_another(found: Iterable[type[Model]]) -> list[str]:
    """on_delete is PROTECT, but for the one key that the model names as its whole in `is_part_of`."""
    return [
        name_of(model, field.name)
        for model in found
        for field in model._meta.local_fields
        if field.remote_field
        and not getattr(field.remote_field, "parent_link", False)
        and field.remote_field.on_delete is not models.PROTECT
        and not is_whole(model, field)
    ]


def is_whole(model: type[Model], field: Any) -> bool:
    """Whether the field points at what the model is a part of, and says so."""
    return getattr(model, "is_part_of", None) == field.name and field.remote_field.on_delete in {
        models.CASCADE,
        models.SET_NULL,
    }


def each_part_names_its_whole(found: Iterable[type[Model]]) -> list[str]:
    """`is_part_of` is the name of a key, not of something that was renamed since."""
    return [
        name_of(m, str(whole))
        for m in found
        if (whole := getattr(m, "is_part_of", None)) and whole not in {f.name for f in m._meta.fields if f.is_relation}
    ]


def no_model_saves_in_its_own_way(found: Iterable[type[Model]]) -> list[str]:
    """Whatever saving does beyond saving belongs to `actions`."""
    return [
        name_of(model, "save")
        for model in found
        for definer in model.__mro__
        if "save" in vars(definer) and is_ours(definer.__module__)
    ]


def each_model_says_who_it_is(found: Iterable[type[Model]]) -> list[str]:
    definers = {m: next(base for base in m.__mro__ if "__str__" in vars(base)) for m in found}
    return [name_of(model, "__str__") for model, definer in definers.items() if definer is Model]


# --- paired fields ------------------------------------------------------------------------------------------------


def pairs(model: type[Model]) -> Iterator[tuple[Any, Any]]:
    """(when, who) for each x_at or x_on beside an x_by, where either may be missing."""
    fields = {f.name: f for f in model._meta.fields}
    exempt = {(when, who) for when, who, _reason in UNPAIRED}
    for who in (name for name in fields if name.endswith("_by")):
        for when in (who.removesuffix("by") + ending for ending in ("at", "on")):
            if when in fields and (when, who) not in exempt and not all(map(is_given, (fields[when], fields[who]))):
                yield fields[when], fields[who]


def is_given(field: Any) -> bool:
    """Whether every row has a value here: neither null nor empty text."""
    return not field.null and not is_empty_text(field)


def is_empty_text(field: Any) -> bool:
    return isinstance(field, models.CharField | models.TextField) and field.blank


def truth(condition: Any, given: dict[str, bool]) -> bool | None:
    """What a condition comes to when only this is known: which fields are given. None where it depends on more."""
    if isinstance(condition, Q):
        parts = [truth(child, given) for child in condition.children]
        decisive = condition.connector == Q.OR
        whole = decisive if decisive in parts else None if None in parts else not decisive
        return whole if whole is None or not condition.negated else not whole
    if not isinstance(condition, tuple):
        return None
    path, value = condition
    name, _, lookup = path.partition("__")
    name = name if name in given else name.removesuffix("_id")
    if name not in given:
        return None
    if lookup == "isnull":
        return given[name] is not bool(value)
    return not given[name] if lookup in {"", "exact"} and value in (None, "") else None


def keeps_paired(constraint: Any, when: str, who: str) -> bool:
    """Whether a constraint refuses one without the other, and allows both and neither."""
    if not isinstance(constraint, models.CheckConstraint):
        return False
    apart = [truth(constraint.condition, {when: at, who: not at}) for at in (True, False)]
    together = [truth(constraint.condition, {when: at, who: at}) for at in (True, False)]
    return apart == [False, False] and False not in together


def moments_and_actors_are_paired(found: Iterable[type[Model]]) -> list[str]:
    """x_at (or x_on) and x_by are both given or both missing, and the database keeps it so."""
    return [
        f"{name_of(model)}: {when.name} and {who.name}"
        for model in found
        for when, who in pairs(model)
        if not any(keeps_paired(constraint, when.name, who.name) for constraint in model._meta.constraints)
    ]


LAWS: tuple[Law, ...] = (
    each_model_has_a_docstring,
    each_model_says_who_it_is,
    each_ordering_leaves_nothing_to_chance,
    each_name_is_translated,
    each_field_speaks_in_translated_words,
    each_constraint_explains_itself,
    no_text_is_null,
    no_column_is_floating,
    nothing_vanishes_with_another,
    each_part_names_its_whole,
    no_model_saves_in_its_own_way,
    moments_and_actors_are_paired,
)
