"""Takes the example out again, but for what people changed or built on."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from graphlib import TopologicalSorter

from django.apps import apps
from django.core.management.base import CommandError
from django.db.models import ForeignKey, Model
from django.utils.translation import gettext as _

from alleviation.accounts.models import User
from alleviation.audit.models import AuditEvent, ImportBatch, Verb, YearClosing
from alleviation.audit.trail import remove_many, together, write
from alleviation.evidence.models import Evidence, StoredFile
from alleviation.evidence.models.evidence import subject_models
from alleviation.evidence.store import forget_after_commit
from alleviation.example.book import left_over_from
from alleviation.example.people import end_sessions
from beneficiaries.models import IncomeRecord, Person, PersonNumber
from projects.models import LedgerEntry

ACTOR = "remove_example"
APPS = ("accounts", "evidence", "projects", "beneficiaries")
CHUNK = 500
# An entry refers to another by its voucher, not by a key.
VOUCHER_FIELDS = ("allocation", "handed_down_from", "reverses", "replaces")
# They go and stay with what they prove, and are named by it.
PAPERS = (Evidence, StoredFile)

Node = tuple[type[Model], int]
Rows = dict[type[Model], set[int]]


@dataclass
class Links:
    """Which record refers to which: `up` from a record to those it needs, `parts` from a record to its parts."""

    up: dict[Node, set[Node]] = field(default_factory=lambda: defaultdict(set))
    parts: dict[Node, set[Node]] = field(default_factory=lambda: defaultdict(set))
    seeds: set[Node] = field(default_factory=set)


@dataclass(frozen=True)
class Removal:
    """How many records of each kind go, and which stay because someone changed them or refers to them."""

    gone: dict[type[Model], int]
    staying: list[Model]


def remove(batches: list[ImportBatch], *, dry_run: bool = False) -> Removal:
    """Remove what these batches created and nobody changed or built on, in one transaction, with its events."""
    with together():
        refuse_closed_years()
        rows = standing(batches)
        staying = to_keep(rows)
        going = {model: numbers - {pk for kept, pk in staying if kept is model} for model, numbers in rows.items()}
        kept = list(in_words(staying))
        if not dry_run:
            _delete(going, batches)
    return Removal({model: len(numbers) for model, numbers in going.items() if numbers}, kept)


def refuse_closed_years() -> None:
    """A closed year keeps the example's entries too. Raises CommandError that names the year."""
    closings = YearClosing.objects.in_force()
    for closing in closings.order_by("year", "area"):
        entries = LedgerEntry.objects.in_area(closing.area).filter(year=closing.year, is_made_up=True)
        incomes = IncomeRecord.objects.in_area(closing.area).filter(year=closing.year, household__is_made_up=True)
        if entries.exists() or incomes.exists():
            told = {"year": closing.year, "area": closing.area}
            raise CommandError(
                _("The year %(year)s of %(area)s is closed with records of the example. Have it reopened first.")
                % told
            )


def standing(batches: list[ImportBatch]) -> Rows:
    """What the batches created and is still there."""
    wanted: Rows = defaultdict(set)
    for label, number in left_over_from(batches):
        wanted[apps.get_model(label)].add(number)
    return {model: {pk for some in chunks(found) for pk in present(model, some)} for model, found in wanted.items()}


def present(model: type[Model], numbers: list[int]) -> Iterable[int]:
    return model._default_manager.filter(pk__in=numbers).order_by().values_list("pk", flat=True)


def to_keep(rows: Rows) -> set[Node]:
    """What stays: what people changed, what their own records refer to, what that needs, and the parts of it all.

    A sign-in of the example never stays: everyone knows its password.
    """
    links = links_of(rows)
    found, ahead = set[Node](), links.seeds | set(changed_by_people(rows))
    while ahead:
        node = ahead.pop()
        if node[0] is not User and node not in found:
            found.add(node)
            ahead |= links.up[node] | links.parts[node]
    return found


def links_of(rows: Rows) -> Links:
    """The links among these records, and as seeds those that a record of someone else refers to."""
    links = Links()
    for naming, named in named_by_voucher():
        if naming not in rows.get(LedgerEntry, ()):
            links.seeds.add((LedgerEntry, named))
        links.up[LedgerEntry, naming].add((LedgerEntry, named))
    for number, record in proofs_of(rows):
        if number not in rows.get(Evidence, ()):
            links.seeds.add(record)
        links.up[Evidence, number].add(record)
        links.parts[record].add((Evidence, number))
    for model, field_, target in foreign_keys(rows):
        for number, referred in referring(model, field_, rows[target]):
            one, other = (model, number), (target, referred)
            if number not in rows.get(model, ()):
                links.seeds.add(other)
                continue
            links.up[one].add(other)
            if getattr(model, "is_part_of", None) == field_:
                links.parts[other].add(one)
    return links


def named_by_voucher() -> Iterator[tuple[int, int]]:
    """(entry, the entry whose voucher it names), among those that came with an example."""
    made_up = dict(LedgerEntry.objects.posted().filter(is_made_up=True).values_list("voucher", "pk"))
    named = LedgerEntry.objects.order_by().values_list("pk", *VOUCHER_FIELDS)
    for number, *vouchers in named.filter(is_made_up=True).iterator() if made_up else ():
        yield from ((number, made_up[voucher]) for voucher in vouchers if voucher in made_up)


def proofs_of(rows: Rows) -> Iterator[tuple[int, Node]]:
    """(evidence, the record that it proves), of which the evidence knows the kind and the number alone."""
    for model in set(subject_models()) & set(rows):
        for some in chunks(rows[model]):
            found = Evidence.objects.of(model, some).order_by().values_list("pk", "subject_id")
            yield from ((number, (model, subject)) for number, subject in found)


def foreign_keys(rows: Rows) -> Iterator[tuple[type[Model], str, type[Model]]]:
    """Every foreign key of the house's models to a kind of record that is among these rows."""
    for label in APPS:
        for model in apps.get_app_config(label).get_models():
            for one in model._meta.local_fields:
                if isinstance(one, ForeignKey) and one.related_model in rows:
                    yield model, one.name, one.related_model


def referring(model: type[Model], field_: str, targets: set[int]) -> Iterator[tuple[int, int]]:
    for some in chunks(targets):
        found = model._default_manager.filter(**{f"{field_}__in": some}).order_by()
        yield from found.values_list("pk", f"{field_}_id")


def changed_by_people(rows: Rows) -> Iterator[Node]:
    """What was changed outside of the example, and the persons to whom somebody gave an identity number."""
    events = AuditEvent.objects.filter(verb=Verb.CHANGED).exclude(batch__kind=ImportBatch.Kind.EXAMPLE).order_by()
    for model, numbers in rows.items():
        changed = events.filter(subject_type=model._meta.label_lower).values_list("subject_id", flat=True)
        yield from ((model, number) for number in numbers.intersection(changed))
    given = PersonNumber.objects.order_by().values("person_number")
    numbered = Person.objects.filter(key__in=given).order_by().values_list("pk", flat=True)
    yield from ((Person, number) for number in set(numbered) & rows.get(Person, set()))


def in_words(nodes: set[Node]) -> Iterator[Model]:
    """The records that stay, to be named; parts are named with what they are part of."""
    whole: Rows = defaultdict(set)
    for model, number in nodes:
        if not hasattr(model, "is_part_of") and model not in PAPERS:
            whole[model].add(number)
    for model in sorted(whole, key=lambda model: model._meta.label):
        yield from model._default_manager.filter(pk__in=whole[model])


def _delete(going: Rows, batches: list[ImportBatch]) -> None:
    """Those that refer first, those referred to last. End the sessions while their people are still known."""
    end_sessions(ACTOR)
    forget_after_commit(StoredFile.objects.filter(pk__in=going.get(StoredFile, ())))
    for model in reversed(in_order_of_links(going)):
        for some in chunks(going[model], size=1 if refers_to_itself(model) else CHUNK):
            remove_many(list(model._default_manager.filter(pk__in=some)), by=ACTOR, batch=batches[0])
    for batch in batches:
        batch.is_removed = True
        write(batch, by=ACTOR)


def in_order_of_links(rows: Rows) -> list[type[Model]]:
    """The kinds of record, each after those it refers to."""
    graph: dict[type[Model], set[type[Model]]] = {model: set() for model in rows}
    for model, _field, target in foreign_keys(rows):
        if model in rows and model is not target:
            graph[model].add(target)
    return list(TopologicalSorter(graph).static_order())


def refers_to_itself(model: type[Model]) -> bool:
    """Whether one record of this kind may need another, so that they go one by one, the latest first."""
    return any(one.related_model is model for one in model._meta.local_fields)


def chunks(numbers: set[int], *, size: int = CHUNK) -> Iterator[list[int]]:
    """SQLite takes a limited number of values in one statement. The latest first: they refer to the earlier ones."""
    ordered = sorted(numbers, reverse=True)
    yield from (ordered[first : first + size] for first in range(0, len(ordered), size))
