"""Enters the example's records under their keys, so that a later row can name an earlier one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.db.models import ForeignKey, Model
from django.utils.translation import gettext as _

from alleviation.audit.models import AuditEvent, ImportBatch, Verb
from beneficiaries.actions import enter_many
from projects.actions import enter
from projects.models import Division, FundingSource, Project

ACTOR = "load_example"
# The list of places that was in force when the documents were written.
VINTAGE = 2019

Key = tuple[type[Model], str]
# Kind of record → the id of each, and the values it was entered with.
Originals = dict[str, list[tuple[int, dict[str, Any]]]]


@dataclass
class Book:
    """What has been entered so far. Records that an earlier removal left standing are taken up again, as they are."""

    batch: ImportBatch
    places: Mapping[str, Division]
    known: dict[Key, Model] = field(default_factory=dict)
    kept: set[tuple[type[Model], int]] = field(default_factory=set)
    originals: Originals = field(default_factory=dict)

    def resolve(self, model: type[Model], row: Mapping[str, Any]) -> dict[str, Any]:
        """The row's values for this model, its links followed. Raises CommandError for a link that leads nowhere."""
        return {name: self._value(model, name, value) for name, value in row.items() if name != "key"}

    def _value(self, model: type[Model], name: str, value: Any) -> Any:
        target = model._meta.get_field(name)
        return self.find(target.related_model, value) if isinstance(target, ForeignKey) else value

    def project(self, code: str) -> Project:
        return cast("Project", self.find(Project, code))

    def source(self, key: str) -> FundingSource:
        return cast("FundingSource", self.find(FundingSource, key))

    def find(self, model: Any, key: str) -> Model:
        """A record entered before, or a place. Raises CommandError where there is none."""
        found = self.places.get(key) if model is Division else self.known.get((model, key))
        if found is None:
            raise CommandError(
                _("%(kind)s %(key)s is missing. Run load_reference first.")
                % {"kind": model._meta.verbose_name, "key": key}
            )
        return found

    def add(self, record: Model, *, key: str = "", unique: Sequence[str] = ()) -> Model:
        """Enter a record, or take up the one that an earlier removal left. `unique` names the fields that tell."""
        earlier = self._earlier(record, unique)
        if earlier is not None:
            self.kept.add((type(earlier), earlier.pk))
        elif not self.is_part_of_kept(record):
            self.write(record)
        self.known[type(record), key] = earlier or record
        return earlier or record

    def write(self, record: Model) -> None:
        """Enter a record as part of the batch. Raises CommandError where it clashes with the office's own."""
        try:
            enter(record, by=ACTOR, batch=self.batch)
        except ValidationError as error:
            raise clash(record, error) from error

    def add_many(self, records: Sequence[Model]) -> None:
        enter_many(records, by=ACTOR, batch=self.batch)

    def is_part_of_kept(self, record: Model) -> bool:
        """Whether the record belongs to one that was left standing, and so was left with it."""
        parent = getattr(record, "is_part_of", "")
        return bool(parent) and (type(owner := getattr(record, parent)), owner.pk) in self.kept

    def _earlier(self, record: Model, unique: Sequence[str]) -> Model | None:
        """The record as an earlier example entered it, whatever people have made of it since."""
        columns = [record._meta.get_field(name).attname for name in unique]  # type: ignore[union-attr]
        told = {column: getattr(record, column) for column in columns}
        entered = self.originals.get(record._meta.label_lower, ()) if told else ()
        same = [number for number, after in entered if told.items() <= after.items()]
        return type(record)._default_manager.filter(pk__in=same).first()


def clash(record: Model, error: ValidationError) -> CommandError:
    """What to tell when a record of the example cannot be entered."""
    return CommandError(
        _("The example cannot be loaded beside your records: %(kind)s “%(record)s”: %(reasons)s")
        % {"kind": record._meta.verbose_name, "record": record, "reasons": " ".join(error.messages)}
    )


def places_of_example(codes: Iterable[str]) -> dict[str, Division]:
    """These places of the list of 2019 by code; where a code repeats across levels, the uppermost."""
    found = Division.objects.filter(vintage=VINTAGE, code__in=set(codes)).order_by("-level")
    return {place.code: place for place in found}


def originals_of(batches: Iterable[ImportBatch]) -> Originals:
    """What earlier examples created under which values, of the kinds that can be told apart by them."""
    found: Originals = {}
    created = AuditEvent.objects.filter(verb=Verb.CREATED, batch__in=list(batches))
    events = created.filter(subject_type__startswith="projects.")
    for label, number, after in events.values_list("subject_type", "subject_id", "after"):
        if number:
            found.setdefault(label, []).append((number, after))
    return found


def left_over_from(batches: Iterable[ImportBatch]) -> Iterator[tuple[str, int]]:
    """(kind of record, id) of all that earlier examples created; most of it is gone."""
    events = AuditEvent.objects.filter(verb=Verb.CREATED, batch__in=list(batches))
    yield from ((label, number) for label, number in events.values_list("subject_type", "subject_id") if number)
