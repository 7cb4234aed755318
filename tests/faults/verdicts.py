"""What is there after a run, held against what people were told."""

from collections import Counter
from dataclasses import dataclass, field

from django.db import connection

from alleviation.audit.models import ImportBatch
from alleviation.evidence import disk
from alleviation.evidence.models import Evidence
from projects.models import LedgerEntry
from tests.faults.findings import Findings, Reader
from tests.faults.people import Wish
from tests.faults.visiting import Fate


@dataclass
class Verdict:
    """Counts; all but the first three have to be zero.

    `lied`: somebody was told that nothing was saved, and it was.
    """

    done: int = 0
    refused: int = 0
    unknown: int = 0
    lost: int = 0
    half: int = 0
    doubled: int = 0
    lied: int = 0
    gaps: int = 0
    unbound: int = 0
    told: list[str] = field(default_factory=list)

    def add(self, what: str, wish: Wish, found: object) -> None:
        setattr(self, what, getattr(self, what) + 1)
        self.told.append(f"{what}: {wish}, found {found}")

    def take(self, found: Findings) -> None:
        self.half, self.gaps, self.unbound = self.half + found.half, found.gaps, found.unbound


@dataclass
class Judge:
    """Reads what came in since it last looked."""

    reader: Reader = field(default_factory=Reader)

    def judge(self, wishes: list[Wish]) -> Verdict:
        if not connection.in_atomic_block:
            # Its server may have been killed meanwhile.
            connection.close()
        verdict = Verdict()
        verdict.take(self.reader.look())
        rows = Rows(wishes)
        for wish in wishes:
            setattr(verdict, wish.end, getattr(verdict, wish.end) + 1)
            if wish.is_lied_to:
                verdict.add("lied", wish, "it in the list")
            self._look(wish, rows, verdict)
        return verdict

    def _look(self, wish: Wish, rows: "Rows", verdict: Verdict) -> None:
        count = rows.count(wish)
        whole = wish.size
        if 0 < count < whole:
            verdict.add("half", wish, count)
        if count > whole:
            verdict.add("doubled", wish, count)
        if wish.end == Fate.DONE and count == 0:
            verdict.add("lost", wish, count)
        if wish.end == Fate.REFUSED and count and wish.kind != "posting":
            verdict.add("lied", wish, count)


class Rows:
    """What is there, by tag."""

    def __init__(self, wishes: list[Wish]) -> None:
        tags = [wish.tag for wish in wishes]
        runs = {tag.split("w")[0] for tag in tags}
        self.entries: Counter[str] = Counter()
        self.posted: Counter[str] = Counter()
        self.files: Counter[str] = Counter()
        for run in runs:
            found = LedgerEntry.objects.filter(document_number__startswith=f"{run}w")
            for number, state in found.values_list("document_number", "state"):
                tag = number.split("-")[0]
                self.entries[tag] += 1
                self.posted[tag] += state == "posted"
            self.files += Counter(
                ImportBatch.objects.filter(title__startswith=f"{run}w").values_list("title", flat=True)
            )
        proofs = Evidence.objects.filter(title__in=tags).select_related("file")
        self.proofs = [(one.title, one.file.sha256) for one in proofs]

    def count(self, wish: Wish) -> int:
        """How much of what was wished for is there."""
        if wish.kind == "posting":
            return self.posted[wish.tag]
        if wish.kind == "evidence":
            return sum(title == wish.tag and self._is_kept(digest) for title, digest in self.proofs)
        if wish.kind == "import" and self.files[f"{wish.tag}.csv"] > 1:
            return 2 * wish.size
        return self.entries[wish.tag]

    def _is_kept(self, digest: str) -> bool:
        try:
            return bool(disk.read(digest))
        except disk.FileUnreadable:
            return False
