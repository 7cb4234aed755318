"""Recording places: one by one with an event each, or a whole national list with one event for all."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple, Protocol

from django.db.models import QuerySet
from django.db.models.base import Model

from alleviation.accounts.rights import Right
from alleviation.audit import entry as guarded
from alleviation.audit import trail
from alleviation.audit.models import AuditEvent, ImportBatch, Verb
from alleviation.audit.trail import Actor
from alleviation.common.initials import initials_of
from projects.choices import Level
from projects.models import Division, Succession

BATCH = 2000
# A command acts as "manage.py ...", a name that no person can have: user names hold no space.
COMMAND = "manage.py "


class ListedPlace(NamedTuple):
    """A place as a list has it; `code` and `parent` have twelve digits, `row` is its row in the file."""

    row: int
    level: int
    code: str
    name: str
    parent: str
    name_en: str = ""


class PlaceList(Protocol):
    """A list of places that was read and checked: no code twice at a level, no parent missing."""

    @property
    def vintage(self) -> int: ...

    @property
    def facts(self) -> dict[str, Any]:
        """What the event tells of the list: its files, their hashes, its rows."""

    def rows(self, level: Level) -> Iterable[ListedPlace]: ...


@dataclass
class Loaded:
    """What became of the rows of a list. `kept`: a person has changed the place, so the list does not."""

    added: int = 0
    changed: int = 0
    same: int = 0
    kept: int = 0


def enter_reference(record: Division | Succession, *, by: Actor, batch: ImportBatch | None = None) -> None:
    """Save a place or what became of it. Raises PermissionDenied, ValidationError."""
    guarded.enter(record, by=by, batch=batch, right=Right.MANAGE_REFERENCE)


def changed_by_people(model: type[Model]) -> set[int]:
    """The ids of the records that a person entered or changed, by the trail. What commands did does not count."""
    events = AuditEvent.objects.filter(subject_type=model._meta.label_lower, verb__in=(Verb.CREATED, Verb.CHANGED))
    ids = events.exclude(actor__startswith=COMMAND).values_list("subject_id", flat=True)
    return {number for number in ids if number is not None}


def load_places(places: PlaceList, *, by: str, progress: Callable[[int], None] = lambda _rows: None) -> Loaded:
    """Add the places of a list, all or none, and bring those there up to date; what a person changed stays.

    A national list has 665,000 rows, public and the same for everyone: one event tells of the list and its hash.
    A list that brings nothing new leaves no event.
    """
    done = Loaded()
    with trail.together():
        kept = changed_by_people(Division)
        parents: dict[str, int] = {}
        for level in Level:
            _load_level(places, level, parents, kept, done, progress)
            # A code that stands at two levels is, as a parent, the lower of them: streets hang below the county.
            if level < Level.VILLAGE:
                parents.update(_of(places, level).values_list("code", "pk"))
        if done.added or done.changed:
            _tell(places, done, by)
    return done


def _load_level(
    places: PlaceList,
    level: Level,
    parents: dict[str, int],
    kept: set[int],
    done: Loaded,
    progress: Callable[[int], None],
) -> None:
    is_new = not _of(places, level).exists()
    for batch in _batches(places.rows(level)):
        known = {} if is_new else _known(places, level, batch)
        new = [_division(place, places.vintage, parents) for place in batch if place.code not in known]
        Division.objects.bulk_create(new)
        done.added += len(new)
        _bring_up_to_date([(known[p.code], _stated(p, parents)) for p in batch if p.code in known], kept, done)
        progress(len(batch))


def _known(places: PlaceList, level: Level, batch: list[ListedPlace]) -> dict[str, Division]:
    stored = _of(places, level).filter(code__in=[place.code for place in batch])
    return {place.code: place for place in stored}


def _bring_up_to_date(pairs: list[tuple[Division, dict[str, Any]]], kept: set[int], done: Loaded) -> None:
    differing = [(old, now) for old, now in pairs if any(getattr(old, key) != now[key] for key in now)]
    stale = [(old, now) for old, now in differing if old.pk not in kept]
    for old, now in stale:
        for key, value in now.items():
            setattr(old, key, value)
        old.initials = initials_of(old.name)
    columns = ["name", "name_en", "parent", "initials"]
    Division.objects.bulk_update([old for old, _now in stale], columns, batch_size=200)
    done.changed += len(stale)
    done.kept += len(differing) - len(stale)
    done.same += len(pairs) - len(differing)


def _stated(place: ListedPlace, parents: dict[str, int]) -> dict[str, Any]:
    """What the list says of a place; a list without English names takes none away."""
    english = {"name_en": place.name_en} if place.name_en else {}
    return {"name": place.name, "parent_id": parents[place.parent] if place.parent else None} | english


def _division(place: ListedPlace, vintage: int, parents: dict[str, int]) -> Division:
    return Division(vintage=vintage, level=place.level, code=place.code, **_stated(place, parents))


def _of(places: PlaceList, level: Level) -> QuerySet[Division]:
    return Division.objects.filter(vintage=places.vintage, level=level).order_by()


def _batches(rows: Iterable[ListedPlace]) -> Iterator[list[ListedPlace]]:
    rest = iter(rows)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _tell(places: PlaceList, done: Loaded, by: str) -> None:
    title = f"Division codes of {places.vintage}"
    facts = places.facts | {"added": done.added, "changed": done.changed, "kept": done.kept}
    trail.record_words(verb=Verb.CREATED, what=title, by=by, details=facts, kind="list")
