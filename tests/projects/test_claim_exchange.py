"""Claims leave as a file and come back: the same bytes again, all or none, and nothing guessed."""

import csv
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError
from hypothesis import given
from hypothesis import strategies as st

from alleviation.audit.models import AuditEvent, ImportBatch, Verb
from projects.imports.claim_files import COLUMNS, as_it_was, kept_from_running, number_text, read_rows, written
from projects.imports.claims import Refused, exported, import_claims
from projects.models import Claim, Document
from tests.factories import ClaimFactory, DocumentFactory, ProjectFactory

BY = "manage.py test"
TEXT = '村里有路。😀 "The road", he said,\r\nserves\n40 households.\n=1+1 @home \'=x 𠮷野\n- end -'
QUOTES = ('😀 "The road", he said,\r\nserves', "村里有路", "40 households", "=1+1 @home", "'=x 𠮷野", "- end -", "\n")
HEADER = ",".join(COLUMNS)
START = TEXT.index("40 households")


@pytest.fixture
def document(db: None) -> Document:
    return DocumentFactory(title="The road", text=TEXT, file_name="road.txt")


@pytest.fixture
def claims(document: Document) -> list[Claim]:
    """Passages that a file must carry whole, the first of them with a figure."""
    starts = [TEXT.index(quote) for quote in QUOTES]
    made = [
        ClaimFactory(code=f"C{number}", document=document, start=start, end=start + len(quote))
        for number, (start, quote) in enumerate(zip(starts, QUOTES, strict=True))
    ]
    figure = {"measure": "F", "qualifier": "range", "low": "4032000", "high": "4032000.25", "unit": "CNY"}
    Claim.objects.filter(pk=made[0].pk).update(
        **figure, basis="per year", status="pledged", period="=now()", subject="+86, the firm", attribute="a\tb\n“c”"
    )
    return made


def row(**cells: str) -> dict[str, str]:
    """A good row, but for these cells."""
    good = {"id": "N1", "document": "road.txt", "subject": "The road", "attribute": "serves", "measure": "H"}
    figure = {"qualifier": "exact", "low": "40", "high": "40", "unit": "household"}
    span = {"start": str(START), "end": str(START + 13), "quote": "40 households"}
    return dict.fromkeys(COLUMNS, "") | good | figure | span | cells


def problems(*rows: dict[str, str]) -> list[tuple[int, str, str]]:
    """(file row, column, value) of all that is refused; nothing is written then."""
    claims, events = Claim.objects.count(), AuditEvent.objects.count()
    with pytest.raises(Refused) as refused:
        import_claims(written(rows), title="claims.csv", by=BY)
    assert (Claim.objects.count(), AuditEvent.objects.count(), ImportBatch.objects.count()) == (claims, events, 0)
    return [(one.row, one.column, one.value) for one in refused.value.problems]


def told(**cells: str) -> list[str]:
    with pytest.raises(Refused) as refused:
        import_claims(written([row(**cells)]), title="claims.csv", by=BY)
    return [str(one) for one in refused.value.problems]


def quotes_in(content: bytes) -> list[str]:
    return [one.cells["quote"] for one in read_rows(content)]


# --- there and back -----------------------------------------------------------------------------------------------


def test_claims_that_left_come_back_as_the_same_bytes(claims: list[Claim], tmp_path: Path) -> None:
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    call_command("export_claims", first, verbosity=0)
    Claim.objects.all().delete()

    call_command("import_claims", first, verbosity=0)
    call_command("export_claims", second, verbosity=0)

    assert second.read_bytes() == first.read_bytes()
    assert quotes_in(first.read_bytes()) == list(QUOTES)
    back = Claim.objects.get(code="C0")
    assert (back.low, back.high, back.period) == (Decimal("4032000.0000"), Decimal("4032000.2500"), "=now()")
    assert (back.subject, back.attribute) == ("+86, the firm", "a\tb\n“c”")


def test_what_comes_back_is_one_batch_in_the_trail(claims: list[Claim], tmp_path: Path) -> None:
    call_command("export_claims", tmp_path / "claims.csv", verbosity=0)
    Claim.objects.all().delete()

    call_command("import_claims", tmp_path / "claims.csv", verbosity=0)

    batch = ImportBatch.objects.get()
    events = AuditEvent.objects.filter(subject_type="projects.claim")
    assert (batch.kind, batch.title.split()[0], batch.created_by) == ("file", "claims.csv", "manage.py import_claims")
    assert [(one.verb, one.batch, one.actor) for one in events] == [
        (Verb.CREATED, batch, "manage.py import_claims")
    ] * len(QUOTES)


def test_the_same_file_again_changes_nothing(claims: list[Claim]) -> None:
    content = written(exported(Claim.objects.all()))

    done = import_claims(content, title="claims.csv", by=BY)

    assert (done.added, done.same) == (0, len(QUOTES))
    assert (AuditEvent.objects.count(), ImportBatch.objects.count()) == (0, 0)


def test_links_and_years_are_not_touched_by_a_file_that_knows_none(document: Document) -> None:
    project = ProjectFactory()
    ClaimFactory(code="C1", document=document, start=0, end=4, project=project, first_year=2019, last_year=2020)

    import_claims(written(exported(Claim.objects.all())), title="claims.csv", by=BY)

    claim = Claim.objects.get()
    assert (claim.project, claim.first_year, claim.last_year) == (project, 2019, 2020)


def test_a_file_has_the_agreed_form(document: Document) -> None:
    ClaimFactory(code="C1", document=document, start=0, end=4, subject="Village", attribute="has, so they say, a road")

    content = written(exported(Claim.objects.all()))

    assert content.decode() == f'{HEADER}\r\nC1,road.txt,Village,"has, so they say, a road",Q,,,,,,,,0,4,村里有路\r\n'


def test_spreadsheets_run_nothing_of_a_file(claims: list[Claim]) -> None:
    content = written(exported(Claim.objects.all())).decode()

    cells = [cell for line in csv.reader(io.StringIO(content, newline="")) for cell in line]
    assert [cell for cell in cells if cell.startswith(tuple("=+-@\t\r\n"))] == []
    assert {"'=now()", "'+86, the firm", "'=1+1 @home", "''=x 𠮷野", "'- end -"} <= set(cells)


@given(st.text(st.sampled_from(["'", "=", "+", "-", "@", " ", "\t", "\n", "＝", "\u200b", "x"]), max_size=6))
def test_text_is_what_it_was_after_it_was_kept_from_running(text: str) -> None:
    assert as_it_was(kept_from_running(text)) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(None, ""), ("0.0000", "0"), ("100.0000", "100"), ("0.5000", "0.5"), ("4032000.2501", "4032000.2501")],
)
def test_numbers_are_plain_digits(number: str | None, text: str) -> None:
    assert number_text(None if number is None else Decimal(number)) == text


# --- which documents ----------------------------------------------------------------------------------------------


def test_documents_are_named_by_what_only_one_of_them_has(document: Document) -> None:
    same_name = DocumentFactory(text="Another", file_name="road.txt")
    unnamed = DocumentFactory(sha256="b" * 64, length=99)
    for number, one in enumerate((document, same_name, unnamed)):
        ClaimFactory(code=f"C{number}", document=one, start=0, end=4)

    rows = list(exported(Claim.objects.all()))

    assert [one["document"] for one in rows] == [document.sha256, same_name.sha256, "b" * 64]
    assert [one["quote"] for one in rows] == ["村里有路", "Anot", ""]


def test_a_document_without_name_and_hash_cannot_leave(db: None, tmp_path: Path) -> None:
    document = DocumentFactory(title="A poster")
    ClaimFactory(document=document)

    with pytest.raises(CommandError, match=rf"Document {document.pk} \(A poster\) has no file name"):
        call_command("export_claims", tmp_path / "claims.csv")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_claims_of_one_document_leave_alone(claims: list[Claim], tmp_path: Path, capsys: Any) -> None:
    other = DocumentFactory(text="Another", file_name="other.txt")
    ClaimFactory(code="X1", document=other, start=0, end=7)

    for name, file in (("other.txt", "by-name.csv"), (other.sha256, "by-hash.csv")):
        call_command("export_claims", tmp_path / file, document=[name])

    contents = [(tmp_path / file).read_bytes() for file in ("by-name.csv", "by-hash.csv")]
    assert [quotes_in(content) for content in contents] == [["Another"], ["Another"]]
    assert capsys.readouterr().out.splitlines()[0] == f"1 claims written to {tmp_path / 'by-name.csv'}."
    assert AuditEvent.objects.filter(verb=Verb.DOWNLOADED, actor="manage.py export_claims").count() == 2


def test_a_document_that_is_not_there_is_named(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No document has the file name or SHA-256 “none"):
        call_command("export_claims", tmp_path / "claims.csv", document=["none.txt"])


def test_a_file_may_name_a_document_by_its_hash(document: Document) -> None:
    import_claims(written([row(document=document.sha256)]), title="claims.csv", by=BY)

    assert Claim.objects.get().quote == "40 households"


# --- what is refused ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"id": ""}, "id"),
        ({"id": "a b"}, "id"),
        ({"id": "X" * 17}, "id"),
        ({"document": "none.txt"}, "document"),
        ({"document": ""}, "document"),
        ({"subject": ""}, "subject"),
        ({"subject": "x" * 201}, "subject"),
        ({"measure": "h"}, "measure"),
        ({"qualifier": "="}, "qualifier"),
        ({"unit": "households"}, "unit"),
        ({"basis": "yearly"}, "basis"),
        ({"status": " reached"}, "status"),
        ({"low": "1,000"}, "low"),
        ({"low": "４０"}, "low"),
        ({"low": "4e1"}, "low"),
        ({"low": " 40"}, "low"),
        ({"low": "40.12345", "qualifier": "about", "unit": "mu"}, "low"),
        ({"low": "39.5", "qualifier": "about"}, "low"),
        ({"low": "-40", "high": "-40"}, "low"),
        ({"low": "9" * 30, "high": "9" * 30}, "low"),
        ({"high": "41"}, "high"),
        ({"start": "35.0"}, "start"),
        ({"start": "３４"}, "start"),
        ({"end": "9999"}, "end"),
        ({"end": "9" * 5000}, "end"),
        ({"end": ""}, "end"),
        ({"quote": "41 households"}, "quote"),
        ({"quote": "40 households "}, "quote"),
        ({"start": str(START + 1)}, "quote"),
    ],
)
@pytest.mark.slow
def test_a_cell_that_cannot_be_is_told_with_its_row_and_column(
    document: Document, cells: dict[str, str], column: str
) -> None:
    found = problems(row(id="N0", quote=""), row(**cells))

    assert (3, column) in [(number, name) for number, name, _value in found]
    assert {number for number, _name, _value in found} == {3}


def test_all_that_is_wrong_is_told_at_once(document: Document) -> None:
    found = problems(
        row(id="N1", low="4O", measure="Z"), row(id="N2"), row(id="N2"), row(id="N3", document="x", quote="no")
    )

    assert found == [(2, "measure", "Z"), (2, "low", "4O"), (4, "id", "N2"), (5, "document", "x")]


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (
            {"low": "1,000"},
            "row 2, low, “1,000”: Enter a plain number such as 1234.56: digits 0 to 9, a point, a minus sign; no "
            "separators, no exponent.",
        ),
        ({"start": "x"}, "row 2, start, “x”: This is no place in a text. Right: digits 0 to 9 alone, counted from 0."),
        (
            {"quote": "41 households"},
            "row 2, quote, “41 households”: These are not the document's characters there. There stands: "
            "“40 households”.",
        ),
        (
            {"document": "none.txt"},
            "row 2, document, “none.txt”: No document has this file name or SHA-256. Right: the file name or SHA-256 "
            "of one that is recorded.",
        ),
        (
            {"basis": "yearly"},
            "row 2, basis, “yearly”: There is no such value. Right: one of nothing, once, per year, "
            "per person per year, per household, cumulative.",
        ),
    ],
)
def test_a_problem_says_what_is_wrong_and_what_would_be_right(
    document: Document, cells: dict[str, str], words: str
) -> None:
    assert told(**cells) == [words]


def test_a_claim_that_is_recorded_otherwise_is_not_changed(claims: list[Claim]) -> None:
    rows = [{**one, "subject": "Another", "status": "spent"} for one in exported(Claim.objects.filter(code="C1"))]

    assert problems(*rows) == [(2, "subject", "Another"), (2, "status", "spent")]


def test_a_quote_of_a_missing_text_is_refused_and_a_span_alone_is_taken(db: None) -> None:
    DocumentFactory(file_name="road.txt", sha256="a" * 64, length=99)

    assert problems(row()) == [(2, "quote", "40 households")]
    assert import_claims(written([row(quote="")]), title="claims.csv", by=BY).added == 1


def test_a_name_that_two_documents_have_is_refused(document: Document) -> None:
    DocumentFactory(file_name="road.txt", text="Another")

    assert told()[0].startswith("row 2, document, “road.txt”: 2 documents have this file name.")


# --- files --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_is_read_in_the_encodings_of_offices(document: Document, encoding: str) -> None:
    content = written([row(start="0", end="7", quote="村里有路。😀 ")]).decode().encode(encoding)

    import_claims(content, title="claims.csv", by=BY)

    assert Claim.objects.get().quote == "村里有路。😀 "


def test_columns_may_stand_in_any_order_and_empty_lines_are_no_rows(document: Document) -> None:
    cells = row()
    names = sorted(COLUMNS)
    content = f"{','.join(names)}\r\n\r\n{','.join(cells[name] for name in names)}\r\n,,,,,,,,,,,,,,\r\n"

    import_claims(content.encode(), title="claims.csv", by=BY)

    assert Claim.objects.get().quote == "40 households"


def test_rows_are_numbered_as_a_spreadsheet_does(document: Document) -> None:
    over_two_lines = row(id="N1", attribute="on two\nlines")

    assert problems(over_two_lines, row(id="N2", measure="Z")) == [(3, "measure", "Z")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The columns must be id, document"),
        (HEADER.replace("quote", "Quote").encode(), "Missing: quote. Unknown, or there twice: Quote."),
        (f"{HEADER},quote".encode(), "Missing: —. Unknown, or there twice: quote."),
        (f"{HEADER}\r\nA,B".encode(), "Row 2 has 2 cells, the header 15."),
        (f'{HEADER}\r\n"A'.encode(), "After row 1 the file cannot be read as CSV"),
        (HEADER.encode("utf-16"), "The file is no text in UTF-8 or GB18030."),
        (HEADER.encode("utf-16-le"), "The file is no text in UTF-8 or GB18030."),
        (b"\xff\xfe\xff", "The file is no text in UTF-8 or GB18030."),
        (b"x" * (20 * 1024 * 1024 + 1), "The file is larger than 20 MB."),
    ],
    ids=range(9),
)
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(db: None, content: bytes, words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        import_claims(content, title="claims.csv", by=BY)

    assert words in refused.value.messages[0]


def test_the_command_tells_all_and_writes_nothing(document: Document, tmp_path: Path) -> None:
    (tmp_path / "claims.csv").write_bytes(written([row(), row(id="N2", measure="Z")]))

    with pytest.raises(CommandError) as refused:
        call_command("import_claims", tmp_path / "claims.csv")

    said = str(refused.value).splitlines()
    assert said[0].startswith("row 3, measure, “Z”: There is no such value. Right: one of Q, F,")
    assert said[1:] == ["Nothing was imported."]
    assert Claim.objects.count() == 0


@pytest.mark.parametrize("command", ["import_claims", "export_claims"])
def test_a_path_that_leads_nowhere_is_told(db: None, tmp_path: Path, command: str) -> None:
    with pytest.raises(CommandError, match="none"):
        call_command(command, tmp_path / "none" / "claims.csv")
