"""What is found after a kill: what each writer was told is there, and all of what was begun is there or nothing."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from typing import Any

from alleviation.audit.models import ImportBatch, Verb
from alleviation.audit.values import values_of
from beneficiaries.models import Household, IncomeRecord
from projects.models import LedgerEntry
from tests.faults.truth import Chain, Event, voucher_faults
from tests.faults.writers import Journal

MODELS = (LedgerEntry, Household, IncomeRecord, ImportBatch)
BY_NAME = {model._meta.label_lower: model for model in MODELS}
Rows = dict[str, list[Any]]


@dataclass
class Findings:
    """Counts; all but the first three have to be zero.

    `committed` and `rolled_back` are the transactions that a kill broke off: all of it there, or nothing. `lost` was
    confirmed and is not there; `half` is there in part, a row without its event or an event without its row among
    it; `doubled` is there twice; `gaps` are series of vouchers with a gap or a repeat; `unbound` events of the chain.
    """

    done: int = 0
    committed: int = 0
    rolled_back: int = 0
    refused: int = 0
    lost: int = 0
    half: int = 0
    doubled: int = 0
    gaps: int = 0
    unbound: int = 0

    def __add__(self, other: "Findings") -> "Findings":
        return Findings(**{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)})

    @property
    def holds(self) -> bool:
        return not (self.lost or self.half or self.doubled or self.gaps or self.unbound)


@dataclass
class Reader:
    """Reads what came in since it last looked."""

    chain: Chain = field(default_factory=Chain)
    last: dict[str, int] = field(default_factory=dict)
    # Why the database refused something for a while, and how often.
    refusals: Counter[str] = field(default_factory=Counter)

    def look(self, journals: Iterable[Journal] = ()) -> Findings:
        """Hold what is new in the database against its events and the journals."""
        faults = self.chain.faults
        events = self.chain.read_on()
        found = Findings(unbound=self.chain.faults - faults, gaps=len(voucher_faults()))
        rows = {name: self._new(name) for name in BY_NAME}
        found += compared(events, rows)
        world = World(rows)
        for journal in journals:
            found += world.judge(journal)
            self.refusals.update(
                f"{act}: {facts['why']}" for word, act, _, facts in journal.lines() if word == "refused"
            )
        return found

    def _new(self, name: str) -> list[Any]:
        rows = list(BY_NAME[name]._default_manager.filter(pk__gt=self.last.get(name, 0)).order_by("pk"))
        if rows:
            self.last[name] = rows[-1].pk
        return rows


def compared(events: list[Event], rows: Rows) -> Findings:
    """Each new row is what its events say, and each event that tells of a new row has it."""
    told: dict[tuple[str, int], dict[str, Any]] = {}
    found = Findings()
    for event in events:
        key = (event["subject_type"], event["subject_id"])
        if event["subject_type"] not in BY_NAME:
            continue
        found.doubled += event["verb"] == Verb.CREATED and key in told
        found.half += event["verb"] != Verb.CREATED and key not in told
        told[key] = told.get(key, {}) | event["after"]
    kept = {(name, row.pk): values_of(row) for name, several in rows.items() for row in several}
    found.half += sum(told.get(key) != kept.get(key) for key in told.keys() | kept.keys())
    return found


class World:
    """What is new in the database, by the tags of those who wrote it."""

    def __init__(self, rows: Rows) -> None:
        self.entries: dict[str, list[LedgerEntry]] = defaultdict(list)
        for entry in rows[LedgerEntry._meta.label_lower]:
            self.entries[entry.document_number].append(entry)
        households = {row.pk: row.number.split("-")[0] for row in rows[Household._meta.label_lower]}
        self.households = Counter(households.values())
        incomes = rows[IncomeRecord._meta.label_lower]
        self.incomes = Counter(households.get(row.household_id, "") for row in incomes)
        self.batches = Counter(row.title for row in rows[ImportBatch._meta.label_lower])

    def judge(self, journal: Journal) -> Findings:
        """What became of what one writer noted. The last that it began may have ended either way, but whole."""
        found, pending = Findings(), None
        for word, act, tags, facts in journal.lines():
            if word == "try":
                pending = (act, tags, facts)
                continue
            pending = None
            found.refused += word == "refused"
            found.done += word == "done"
            if word == "done":
                found.lost += not self.is_whole(act, tags, facts)
        if pending:
            found += self._broken_off(*pending)
        found.doubled += sum(self.doubled(journal))
        return found

    def _broken_off(self, act: str, tags: list[str], facts: dict[str, Any]) -> Findings:
        if self.is_whole(act, tags, facts):
            return Findings(committed=1)
        return Findings(rolled_back=1) if self.is_nothing(act, tags) else Findings(half=1)

    def is_whole(self, act: str, tags: list[str], facts: dict[str, Any]) -> bool:
        """Whether all of what was begun is there."""
        if act == "import":
            return (len(self.entries[tags[0]]), self.batches[tags[0]]) == (facts["size"], 1)
        if act == "incomes":
            counts = (self.households[tags[0]], self.incomes[tags[0]], self.batches[tags[0]])
            return counts == (facts["size"], facts["size"], 1)
        states = {"draft": {"draft", "submitted", "posted"}, "submit": {"submitted", "posted"}, "post": {"posted"}}
        entries = list(self._named(tags))
        vouchers = facts.get("vouchers", [one.voucher for one in entries])
        return all(one.state in states[act] for one in entries) and [one.voucher for one in entries] == vouchers != []

    def is_nothing(self, act: str, tags: list[str]) -> bool:
        """Whether nothing of what was begun is there."""
        if act in ("import", "incomes", "draft"):
            counts = (self.entries, self.households, self.incomes, self.batches)
            return not any(count.get(tags[0]) for count in counts)
        before = {"submit": {"draft"}, "post": {"submitted"}}[act]
        return all(one.state in before and not one.voucher for one in self._named(tags))

    def doubled(self, journal: Journal) -> Iterator[bool]:
        """Whether what was entered once is there twice."""
        for word, act, tags, _facts in journal.lines():
            if (word, act) == ("try", "draft"):
                yield len(self.entries.get(tags[0], ())) > 1
            if (word, act) in {("try", "import"), ("try", "incomes")}:
                yield self.batches[tags[0]] > 1

    def _named(self, tags: list[str]) -> Iterator[LedgerEntry]:
        """The entries of these tags; one that is not there is told as an unsaved one, in no state."""
        for tag in tags:
            yield self.entries[tag][0] if self.entries.get(tag) else LedgerEntry(state="")
