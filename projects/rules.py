"""What the database itself keeps of the ledger, whoever writes to it and by whatever way."""

from django.utils.translation import gettext_noop as _

from alleviation.audit.rules import YEAR_IS_CLOSED, closed, year_lock
from alleviation.audit.triggers import Rule, changed, same

LEDGER, PLACES, SERIES = "projects_ledgerentry", "projects_division", "projects_voucherseries"
DOCUMENTS, CLAIMS, RELATIONS = "projects_document", "projects_claim", "projects_claimrelation"
# What a claim says, and of what; a signature under it stands for all of this.
SAID = (
    *("subject_zh", "attribute_zh"),
    *("start", '"end"', "subject", "attribute", "measure", "qualifier", "low", "high", "unit", "basis", "status"),
    *("period", "first_year", "last_year"),
    *("project_id", "alliance_id", "division_id", "organisation_id", "official_id"),
)
CONTENT = (
    "kind",
    "year",
    "booked_on",
    "amount",
    "source_id",
    "division_id",
    "project_id",
    "allocation",
    "handed_down_from",
    "reverses",
    "replaces",
    "reason",
    "document_number",
    "note",
    "is_made_up",
    "imported_by",
    "drafted_by",
    "submitted_by",
)
CHANGED = changed(CONTENT)
PLACE = "(SELECT d.code FROM projects_division d WHERE d.id = {row}.division_id)"

# What a reversal has in common with the entry that it takes back.
SAME = same(
    ("kind", "source_id", "division_id", "project_id", "allocation", "handed_down_from", "is_made_up"), "o", "NEW"
)

REVERSAL = _("a reversal takes back a posted entry, whole")
WRONG_REVERSAL = (
    f"NEW.reverses <> '' AND NEW.state <> 'withdrawn' AND NOT EXISTS (SELECT 1 FROM {LEDGER} o "
    "WHERE o.voucher = NEW.reverses AND NOT (o.voucher = '') AND o.state = 'posted' AND o.reverses = '' "
    f"AND o.amount = -NEW.amount AND {SAME})"
)


def in_the_way(condition: str) -> str:
    """SQL: a posted entry meets the condition; spelt like the index that finds it."""
    return f"EXISTS (SELECT 1 FROM {LEDGER} o WHERE {condition} AND o.state = 'posted' AND NOT o.is_made_up)"


def same_text(name: str, *, open_only: bool) -> str:
    """SQL: another posted entry has the same text in a column that is filled in."""
    here = f"NEW.{name} <> ''" + (" AND NEW.state <> 'withdrawn'" if open_only else "")
    there = f"o.{name} = NEW.{name} AND NOT (o.{name} = '')" + (
        " AND NOT (o.state = 'withdrawn')" if open_only else ""
    )
    return f"({here} AND {in_the_way(f'{there} AND o.id <> NEW.id')})"


def other(name: str) -> str:
    """SQL: a key that may be empty is another one."""
    return f"COALESCE(NEW.{name}, 0) <> COALESCE(OLD.{name}, 0)"


IN_THE_WAY = " OR ".join(
    (
        same_text("voucher", open_only=False),
        same_text("reverses", open_only=True),
        same_text("replaces", open_only=True),
    )
)

RULES = (
    # Claims are bound to the characters of a text: another text is another document.
    Rule(
        "document_text_stays",
        DOCUMENTS,
        ("UPDATE",),
        "OLD.text <> '' AND (NEW.text <> OLD.text OR NEW.sha256 <> OLD.sha256)",
        _("the text of a document stays; a changed one is a new version"),
    ),
    Rule(
        "document_keeps_its_original",
        DOCUMENTS,
        ("UPDATE",),
        f"OLD.text <> '' AND (NEW.text_origin <> OLD.text_origin OR {other('original_id')})",
        _("a document keeps the file that its text is from"),
    ),
    Rule(
        "document_is_newer_from_the_first",
        DOCUMENTS,
        ("UPDATE",),
        other("supersedes_id"),
        _("which document another is a newer version of is said once"),
    ),
    Rule(
        "document_is_not_written_over",
        DOCUMENTS,
        ("INSERT",),
        f"EXISTS (SELECT 1 FROM {DOCUMENTS} o WHERE o.id = NEW.id OR (o.sha256 = NEW.sha256 AND NOT (o.sha256 = '')) "
        "OR o.supersedes_id = NEW.supersedes_id)",
        _("this document is recorded already"),
        only="sqlite",
    ),
    Rule(
        "document_is_not_written_over_by_change",
        DOCUMENTS,
        ("UPDATE",),
        f"OLD.text = '' AND EXISTS (SELECT 1 FROM {DOCUMENTS} o WHERE o.id <> OLD.id AND (o.id = NEW.id "
        "OR (o.sha256 = NEW.sha256 AND NOT (o.sha256 = ''))))",
        _("this document is recorded already"),
        only="sqlite",
    ),
    Rule(
        "claim_is_not_written_over",
        "projects_claim",
        ("INSERT",),
        "EXISTS (SELECT 1 FROM projects_claim o WHERE o.id = NEW.id OR o.code = NEW.code)",
        _("this claim is recorded already"),
        only="sqlite",
    ),
    Rule(
        "claim_keeps_its_document",
        "projects_claim",
        ("UPDATE",),
        "NEW.document_id <> OLD.document_id OR NEW.code <> OLD.code",
        _("a claim stays with its document and its number"),
    ),
    Rule(
        "claim_is_adopted_as_it_stands",
        CLAIMS,
        ("UPDATE",),
        f"OLD.adopted_by <> '' AND NEW.adopted_by <> '' AND ({changed(SAID)})",
        _("an adopted claim stays as it was signed; a reviewer withdraws the adoption first"),
    ),
    Rule(
        "claim_with_relations_stays_comparable",
        CLAIMS,
        ("UPDATE",),
        "(NEW.measure <> OLD.measure OR (OLD.qualifier <> '' AND NEW.qualifier = '')) "
        "AND EXISTS (SELECT 1 FROM projects_claimrelation r WHERE OLD.id IN (r.one_id, r.other_id))",
        _("a claim that is related to another keeps its measure, and a figure"),
    ),
    Rule(
        "relation_is_not_written_over",
        RELATIONS,
        ("INSERT",),
        f"EXISTS (SELECT 1 FROM {RELATIONS} o WHERE o.id = NEW.id "
        "OR (NEW.one_id IN (o.one_id, o.other_id) AND NEW.other_id IN (o.one_id, o.other_id)))",
        _("these two claims are related already"),
        only="sqlite",
    ),
    # A closed year is that of a code: a place that changed its own would take its years along.
    Rule(
        "place_keeps_its_code",
        PLACES,
        ("UPDATE",),
        "NEW.id <> OLD.id OR NEW.code <> OLD.code OR NEW.level <> OLD.level OR NEW.vintage <> OLD.vintage",
        _("a place keeps its code, level and list"),
    ),
    Rule(
        "place_is_not_written_over",
        PLACES,
        ("INSERT",),
        f"EXISTS (SELECT 1 FROM {PLACES} o WHERE o.id = NEW.id "
        "OR (o.vintage = NEW.vintage AND o.level = NEW.level AND o.code = NEW.code))",
        _("this place is in the list already"),
        only="sqlite",
    ),
    Rule(
        "series_goes_on",
        SERIES,
        ("UPDATE",),
        "NEW.last < OLD.last OR NEW.area <> OLD.area OR NEW.year <> OLD.year",
        _("a voucher series goes on, not back"),
    ),
    Rule("series_stays", SERIES, ("DELETE",), "1 = 1", _("a voucher series stays")),
    Rule(
        "entry_replaces_what_is_reversed",
        LEDGER,
        ("UPDATE",),
        f"NEW.state = 'posted' AND OLD.state <> 'posted' AND NEW.replaces <> '' "
        f"AND NOT EXISTS (SELECT 1 FROM {LEDGER} o WHERE o.reverses = NEW.replaces AND NOT (o.reverses = '') "
        "AND NOT (o.state = 'withdrawn') AND o.state = 'posted')",
        _("an entry stands for another once that is reversed"),
    ),
    Rule(
        "entry_is_born_open",
        LEDGER,
        ("INSERT",),
        # The example comes in as it is: made up, and marked so.
        "NEW.state NOT IN ('draft', 'submitted') AND NOT (NEW.is_made_up AND NEW.voucher LIKE 'EX%')",
        _("an entry begins as a draft or a submission"),
    ),
    Rule("entry_posted_stays", LEDGER, ("UPDATE",), "OLD.state = 'posted'", _("a posted entry is never changed")),
    Rule(
        "entry_posted_is_kept",
        LEDGER,
        ("DELETE",),
        "OLD.state = 'posted' AND NOT OLD.is_made_up",
        _("a posted entry is never deleted"),
    ),
    Rule(
        "entry_keeps_its_id",
        LEDGER,
        ("UPDATE",),
        "NEW.id <> OLD.id AND OLD.state <> 'posted'",
        _("an entry keeps its number"),
    ),
    Rule(
        "entry_is_posted_as_submitted",
        LEDGER,
        ("UPDATE",),
        f"NEW.state = 'posted' AND OLD.state <> 'posted' AND (OLD.state <> 'submitted' OR {CHANGED})",
        _("an entry is posted as it was submitted"),
    ),
    Rule("entry_reversal_takes_back_whole", LEDGER, ("INSERT",), WRONG_REVERSAL, REVERSAL),
    Rule(
        "entry_reversal_stays_whole",
        LEDGER,
        ("UPDATE",),
        f"OLD.state <> 'posted' AND {WRONG_REVERSAL}",
        REVERSAL,
    ),
    # INSERT OR REPLACE and UPDATE OR REPLACE delete without a word what stands in the way of a unique value.
    Rule(
        "entry_is_not_written_over",
        LEDGER,
        ("INSERT",),
        f"{in_the_way('o.id = NEW.id')} OR {IN_THE_WAY}",
        _("a posted entry is never replaced"),
        only="sqlite",
    ),
    Rule(
        "entry_is_not_written_over_by_change",
        LEDGER,
        ("UPDATE",),
        f"OLD.state <> 'posted' AND ({IN_THE_WAY})",
        _("a posted entry is never replaced"),
        only="sqlite",
    ),
    Rule(
        "entry_of_closed_year",
        LEDGER,
        ("INSERT", "UPDATE"),
        # What was left open when the year closed can still be withdrawn or returned, which books nothing.
        f"NEW.state NOT IN ('withdrawn', 'returned') AND {closed(PLACE.format(row='NEW'), 'NEW.year')}",
        YEAR_IS_CLOSED,
        lock=year_lock("NEW.year"),
    ),
    Rule(
        "entry_deleted_of_closed_year",
        LEDGER,
        ("DELETE",),
        closed(PLACE.format(row="OLD"), "OLD.year"),
        YEAR_IS_CLOSED,
        lock=year_lock("OLD.year"),
    ),
)
