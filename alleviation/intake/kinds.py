"""What an import is: its columns, how a file of it is checked, written and taken back. Kinds are declared above.

A kind is asked three times, each time with the whole file: `check` reads every row and tells all that is wrong;
`write` checks again in the transaction in which it writes, since the tables have moved on; `undo` takes a batch back.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any, ClassVar

from alleviation.accounts.models import User
from alleviation.accounts.rights import Right
from alleviation.audit.models import ImportBatch
from alleviation.common.reading import Fault, ImportColumn, Layout, Limits, Opened, layout

DECLARED = ("slug", "title", "description", "columns", "right")
# More than anybody reads; a file with more is told so, and is wrong from the ground up.
MOST_FAULTS = 100_000
Progress = Callable[[int], None]


class Cancelled(Exception):
    """Somebody asked to stop. Nothing was written."""


class Faulty(Exception):
    """Rows are wrong, and nothing was written; the sheet has the faults."""


class Moved(Exception):
    """What the file was previewed against has changed meanwhile. Nothing was written; preview it again."""


@dataclass(frozen=True)
class YearTotal:
    """What a measure adds up to in a year before and after an import, in yuan or in whatever `measure` says."""

    year: int
    measure: str
    before: Decimal
    after: Decimal


@dataclass(frozen=True)
class Findings:
    """What a file would do: rows by what becomes of them, sums of its columns, totals before and after by year.

    `fingerprint` is that of the state that it was held against; the same rows in the same tables give the same.
    """

    rows: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    refused: int = 0
    controls: dict[str, Decimal] = field(default_factory=dict)
    years: list[YearTotal] = field(default_factory=list)
    fingerprint: str = ""

    def as_json(self) -> dict[str, Any]:
        """The same in what JSON holds: amounts as text."""
        told = asdict(self)
        told["controls"] = {name: str(value) for name, value in self.controls.items()}
        told["years"] = [asdict(one) | {"before": str(one.before), "after": str(one.after)} for one in self.years]
        return told

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> "Findings":
        """What as_json told."""
        controls = {name: Decimal(value) for name, value in told["controls"].items()}
        years = [
            YearTotal(**{**one, "before": Decimal(one["before"]), "after": Decimal(one["after"])})
            for one in told["years"]
        ]
        return cls(**{**told, "controls": controls, "years": years})


def _unwatched(_done: int) -> None:
    """Nobody looks on."""


@dataclass
class Sheet:
    """A file that is being imported: its rows, who asks and for which area, and what was found wrong.

    `layout` says where each column of the kind stands. `progress` is called with the rows done, and raises Cancelled.
    """

    file: Opened
    columns: tuple[ImportColumn, ...]
    by: User
    area: str
    limits: Limits
    progress: Progress = _unwatched
    faults: list[Fault] = field(default_factory=list)
    is_cut_short: bool = False

    layout: Layout = field(init=False)

    def __post_init__(self) -> None:
        """Raises FileRefused where the header is not that of the kind."""
        self.layout = layout(self.file.header, self.columns)

    def tell(self, fault: Fault) -> None:
        """Note what is wrong with a row."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(fault)
        else:
            self.is_cut_short = True

    def records(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """(file row, values by column) of each row that can be read; what is wrong with the others is told."""
        for number, row in self.file.rows():
            values, faults = self.layout.read(number, row)
            for fault in faults:
                self.tell(fault)
            if not faults:
                yield number, values

    def ordered_faults(self) -> list[Fault]:
        """What is wrong, by row and then by column as the kind lists them."""
        place = {column.name: number for number, column in enumerate(self.columns)}
        return sorted(self.faults, key=lambda fault: (fault.row, place.get(fault.column or "", -1)))


# Each kind by its slug, as it is defined: what a batch is called wherever it is told of.
KINDS: dict[str, "type[ImportKind]"] = {}


class ImportKind(ABC):
    """A kind of file that can come in. A subclass that leaves something out is refused when it is defined.

    `right` is the right that its importer needs. A kind that `writes_at_once` checks as much while it writes as
    `check` does, and holds others up no longer for that: a command need not ask it twice.
    """

    slug: ClassVar[str]
    title: ClassVar[Any]
    description: ClassVar[Any]
    columns: ClassVar[tuple[ImportColumn, ...]]
    right: ClassVar[Right]
    writes_at_once: ClassVar[bool] = False
    # The report whose leave covers what is recorded of many households; "" where the rows tell of none.
    households_like: ClassVar[str] = ""

    def __init_subclass__(cls, *, abstract: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        missing = [] if abstract else [name for name in DECLARED if not hasattr(cls, name)]
        if missing:
            raise TypeError(f"{cls.__name__} lacks {', '.join(missing)}")
        if not abstract:
            KINDS[cls.slug] = cls

    @abstractmethod
    def check(self, sheet: Sheet) -> Findings:
        """Read every row, tell the sheet all that is wrong, and say what the file would do. Writes nothing.

        Raises FileRefused, Cancelled.
        """

    @abstractmethod
    def write(self, sheet: Sheet, batch: ImportBatch, *, fingerprint: str | None) -> Findings:
        """Check again and write all or nothing, in the caller's transaction (trail.together).

        Raises Moved where the state has another fingerprint than the one previewed (None: not asked), Faulty,
        FileRefused, Cancelled, PermissionDenied.
        """

    @abstractmethod
    def undo(self, batch: ImportBatch, reversal: ImportBatch, *, by: User, reason: str) -> int:
        """Take back what a batch brought, with records of the reversal batch; answers with how many rows.

        Raises ValidationError where something rests on it, or its year is closed; PermissionDenied.
        """

    @abstractmethod
    def recorded(self, *, by: User) -> Iterator[dict[str, Any]]:
        """What is recorded, among what `by` may see, as the rows of a file that would change nothing.

        Values by column as the column reads them; names of persons are masked, their numbers left out.
        """
