"""Claims from a file and into one, in the columns of claim_files.py."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from alleviation.audit.models import ImportBatch
from alleviation.audit.trail import Actor, open_batch, together
from projects.actions import make_claim
from projects.imports.claim_files import COLUMNS, FileRow, number_text, read_rows
from projects.models import Claim, Document

# Column of the file → field of the claim, where they differ.
FIELDS = {"id": "code"}
WORDS = ("id", "subject", "attribute", "period")
CHOICES = ("measure", "qualifier", "unit", "basis", "status")
NUMBERS = ("low", "high")
PLACES = ("start", "end")
PLACE = re.compile("[0-9]{1,9}")
SHOWN = 60


@dataclass(frozen=True)
class Problem:
    """What is wrong with one cell of a file: where it is, what stands there, what is wrong, what would be right."""

    row: int
    column: str
    value: str
    wrong: str
    right: str = ""

    def __str__(self) -> str:
        value = self.value if len(self.value) <= SHOWN else f"{self.value[:SHOWN]}…"
        told = _("row %(row)s, %(column)s, “%(value)s”: %(wrong)s") % {**vars(self), "value": value}
        return f"{told} {self.right}".strip()


@dataclass(frozen=True)
class Imported:
    """How many claims of a file were new, and how many were recorded before, just so."""

    added: int
    same: int


class Refused(Exception):
    """A file of which nothing was taken, and all that is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def exported(claims: QuerySet[Claim]) -> Iterator[dict[str, str]]:
    """The rows of a file, by claim number. Raises ValidationError for a document that no file could name."""
    names = _Names()
    for claim in claims.with_texts().order_by("code"):  # type: ignore[attr-defined]
        cells = {name: str(getattr(claim, _field(name))) for name in (*WORDS, *CHOICES, *PLACES, "quote")}
        cells |= {name: number_text(getattr(claim, name)) for name in NUMBERS}
        yield {**cells, "document": names.name_of(claim.document)}


def import_claims(content: bytes, *, title: str, by: Actor) -> Imported:
    """Enter the claims of a file in one batch, all or none. A claim that is recorded just so stays as it is.

    Raises ValidationError where the file cannot be read, Refused with all that is wrong with its rows.
    """
    with together():
        rows = list(read_rows(content))
        reading = _Reading()
        wanted = [reading.claim_of(row) for row in rows]
        new = [(claim, row) for claim, row in zip(wanted, rows, strict=True) if claim is not None]
        if not reading.problems and new:
            digest = sha256(content).hexdigest()[:12]
            batch = open_batch(kind=ImportBatch.Kind.FILE, title=f"{title[:180]} {digest}", by=by)
            for claim, row in new:
                reading.enter(claim, row, by=by, batch=batch)
        if reading.problems:
            raise Refused(sorted(reading.problems, key=lambda one: (one.row, COLUMNS.index(one.column))))
    return Imported(added=len(new), same=len(rows) - len(new))


class _Names:
    """How a file names documents: by file name where only one has it, else by the SHA-256 of the text."""

    def __init__(self) -> None:
        self.documents = list(Document.objects.defer("text").order_by("pk"))
        self.times = Counter(one.file_name for one in self.documents)
        self.by_hash = {one.sha256: one for one in self.documents if one.sha256}

    def name_of(self, document: Document) -> str:
        if document.file_name and self.times[document.file_name] == 1 and document.file_name not in self.by_hash:
            return document.file_name
        if not document.sha256:
            raise ValidationError(
                _("Document %(number)s (%(title)s) has no file name of its own and no text: a file cannot name it.")
                % {"number": document.pk, "title": document.title[:SHOWN]},
                code="nameless",
            )
        return document.sha256

    def document_of(self, name: str) -> Document:
        """Raises ValidationError where none has the name, or several."""
        if name in self.by_hash:
            return self.by_hash[name]
        found = [one for one in self.documents if one.file_name == name and name]
        if len(found) > 1:
            raise ValidationError(_("%(number)s documents have this file name.") % {"number": len(found)})
        if not found:
            raise ValidationError(_("No document has this file name or SHA-256."))
        return found[0]


@dataclass
class _Reading:
    """The rows of a file as claims, and all that is wrong with them."""

    problems: list[Problem] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    names: _Names = field(default_factory=_Names)

    def claim_of(self, row: FileRow) -> Claim | None:
        """A new claim; None for one that is recorded just so, and for one of which something is wrong."""
        before = len(self.problems)
        values: dict[str, Any] = {_field(name): row.cells[name] for name in WORDS}
        values |= {name: self._choice(row, name) for name in CHOICES}
        values |= {name: self._number(row, name) for name in NUMBERS}
        values |= {name: self._place(row, name) for name in PLACES}
        values["document"] = self._document(row)
        self._refuse_twice(row)
        wrong = {_field(problem.column) for problem in self.problems[before:]}
        recorded = Claim.objects.filter(code=values["code"]).first()
        if recorded is not None:
            self._refuse_difference(row, recorded, {name: now for name, now in values.items() if name not in wrong})
            return None
        claim = Claim(**values)
        self._check(row, claim, wrong)
        return claim if len(self.problems) == before else None

    def enter(self, claim: Claim, row: FileRow, *, by: Actor, batch: ImportBatch) -> None:
        """What was found right is entered; what the action refuses all the same is told like the rest."""
        try:
            make_claim(claim, by=by, quote=row.cells["quote"], batch=batch)
        except ValidationError as error:
            self._tell(row, error)

    def _check(self, row: FileRow, claim: Claim, wrong: set[str]) -> None:
        """All the rules of a claim but for what is told to be wrong already; then whether its quote stands there."""
        try:
            claim.full_clean(exclude={"document", *wrong})
        except ValidationError as error:
            self._tell(row, error, wrong)
        if not wrong & {"document", *PLACES}:
            self._check_quote(row, claim)

    def _check_quote(self, row: FileRow, claim: Claim) -> None:
        quote = row.cells["quote"]
        if quote and not claim.document.text:
            self._add(row, "quote", _("The document's text is missing."), _("Add it, or leave the quote empty."))
        elif quote and claim.quote != quote:
            there = _("There stands: “%(actual)s”.") % {"actual": claim.quote[:200]}
            self._add(row, "quote", _("These are not the document's characters there."), there)

    def _choice(self, row: FileRow, name: str) -> str:
        field: Any = Claim._meta.get_field(name)
        known = [str(value) for value, _label in field.flatchoices] + [""] * field.blank
        if row.cells[name] in known:
            return row.cells[name]
        words = ", ".join(value or _("nothing") for value in dict.fromkeys(known))
        self._add(row, name, _("There is no such value."), _("Right: one of %(known)s.") % {"known": words})
        return ""

    def _number(self, row: FileRow, name: str) -> Any:
        text = row.cells[name]
        try:
            field: Any = Claim._meta.get_field(name)
            return field.to_python(text) if text else None
        except ValidationError as error:
            self._add(row, name, error.messages[0])
            return None

    def _place(self, row: FileRow, name: str) -> int | None:
        text = row.cells[name]
        if PLACE.fullmatch(text):
            return int(text)
        self._add(row, name, _("This is no place in a text."), _("Right: digits 0 to 9 alone, counted from 0."))
        return None

    def _document(self, row: FileRow) -> Document | None:
        try:
            return self.names.document_of(row.cells["document"])
        except ValidationError as error:
            right = _("Right: the file name or SHA-256 of one that is recorded.")
            self._add(row, "document", error.messages[0], right)
            return None

    def _refuse_twice(self, row: FileRow) -> None:
        first = self.rows.setdefault(row.cells["id"], row.number)
        if first != row.number:
            self._add(row, "id", _("This number stands in row %(row)s already.") % {"row": first})

    def _refuse_difference(self, row: FileRow, recorded: Claim, values: Mapping[str, Any]) -> None:
        """An import changes no claim; one that is recorded otherwise is told column by column."""
        for name in (name for name in row.cells if _field(name) in values):
            was, now = getattr(recorded, _field(name)), values[_field(name)]
            if was != now and not (name == "high" and now is None and was == values.get("low")):
                wrong = _("Claim %(code)s is recorded with another value, and an import changes no claim.")
                there = _("There stands: “%(actual)s”.") % {"actual": str(was)[:200]}
                self._add(row, name, wrong % {"code": recorded.code}, there)
        if recorded.document == values.get("document"):
            # Its text is read once, however many claims are made of it.
            recorded.document = values["document"]
            self._check_quote(row, recorded)

    def _tell(self, row: FileRow, error: ValidationError, wrong: Iterable[str] = ()) -> None:
        """A rule of the claim at the column of its field; one of the whole row at its number."""
        columns = {at: name for name, at in FIELDS.items()} | {NON_FIELD_ERRORS: "id"}
        told = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: [error]}
        for at, errors in told.items():
            column = columns.get(at, at)
            for message in (message for one in errors for message in one.messages if at not in wrong):
                self._add(row, column if column in COLUMNS else "id", message)

    def _add(self, row: FileRow, column: str, wrong: str, right: str = "") -> None:
        self.problems.append(Problem(row.number, column, row.cells.get(column, ""), wrong, right))


def _field(column: str) -> str:
    """The field of a claim that a column holds."""
    return FIELDS.get(column, column)
