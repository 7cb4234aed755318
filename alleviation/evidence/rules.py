"""What the database itself keeps of files and evidence."""

from django.utils.translation import gettext_noop as _

from alleviation.audit.triggers import Rule, changed

FILES, EVIDENCE = "evidence_storedfile", "evidence_evidence"
STATED = ("id", "subject_type", "subject_id", "file_id", "title", "attached_by", "attached_at", "is_made_up")

RULES = (
    Rule("file_stays_as_it_is", FILES, ("UPDATE",), "1 = 1", _("a stored file is never changed")),
    Rule("file_is_kept", FILES, ("DELETE",), "NOT OLD.is_made_up", _("a stored file is never deleted")),
    Rule(
        "file_is_not_written_over",
        FILES,
        ("INSERT",),
        f"EXISTS (SELECT 1 FROM {FILES} o WHERE o.id = NEW.id OR o.sha256 = NEW.sha256)",
        _("this file is stored already"),
        only="sqlite",
    ),
    # All that happens to it is that it is withdrawn, once.
    Rule(
        "evidence_stays_as_it_is",
        EVIDENCE,
        ("UPDATE",),
        f"OLD.withdrawn_by <> '' OR {changed(STATED)}",
        _("evidence is withdrawn, not changed"),
    ),
    Rule("evidence_is_kept", EVIDENCE, ("DELETE",), "NOT OLD.is_made_up", _("evidence is withdrawn, never deleted")),
    Rule(
        "evidence_is_not_written_over",
        EVIDENCE,
        ("INSERT",),
        f"EXISTS (SELECT 1 FROM {EVIDENCE} o WHERE o.id = NEW.id OR (o.subject_type = NEW.subject_type "
        "AND o.subject_id = NEW.subject_id AND o.file_id = NEW.file_id AND o.withdrawn_at IS NULL))",
        _("this evidence is attached already"),
        only="sqlite",
    ),
)
