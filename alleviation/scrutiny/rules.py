"""What the database itself keeps of waivers and of bulk downloads."""

from django.utils.translation import gettext_noop as _

from alleviation.audit.triggers import Rule, changed

WAIVERS = "scrutiny_waiver"
ASKED = ("id", "flag", "case_key", "area", "year", "reason", "expires_on", "asked_by", "asked_at")

DOWNLOADS = "scrutiny_bulkdownload"
WANTED = ("id", "report", "filter", "area", "rows", "reason", "asked_by", "asked_at")

RULES = (
    Rule(
        "waiver_is_decided_once",
        WAIVERS,
        ("UPDATE",),
        f"OLD.state <> 'asked' OR {changed(ASKED)}",
        _("a waiver is decided as it was asked for, once"),
    ),
    Rule("waiver_is_kept", WAIVERS, ("DELETE",), "1 = 1", _("a waiver is never deleted")),
    Rule(
        "waiver_is_born_asked", WAIVERS, ("INSERT",), "NEW.state <> 'asked'", _("a waiver begins by being asked for")
    ),
    Rule(
        "waiver_is_not_written_over",
        WAIVERS,
        ("INSERT",),
        f"EXISTS (SELECT 1 FROM {WAIVERS} o WHERE o.id = NEW.id OR (o.flag = NEW.flag AND o.case_key = NEW.case_key "
        "AND o.state = 'asked'))",
        _("a waiver is never replaced"),
        only="sqlite",
    ),
    Rule(
        "bulk_download_is_decided_once",
        DOWNLOADS,
        ("UPDATE",),
        f"OLD.state <> 'asked' OR {changed(WANTED)}",
        _("a bulk download is decided as it was asked for, once"),
    ),
    Rule("bulk_download_is_kept", DOWNLOADS, ("DELETE",), "1 = 1", _("a bulk download is never deleted")),
    Rule(
        "bulk_download_is_born_asked",
        DOWNLOADS,
        ("INSERT",),
        "NEW.state <> 'asked'",
        _("a bulk download begins by being asked for"),
    ),
    Rule(
        "bulk_download_is_not_written_over",
        DOWNLOADS,
        ("INSERT",),
        f"EXISTS (SELECT 1 FROM {DOWNLOADS} o WHERE o.id = NEW.id OR (o.asked_by = NEW.asked_by "
        "AND o.report = NEW.report AND o.filter = NEW.filter AND o.state = 'asked'))",
        _("a bulk download is never replaced"),
        only="sqlite",
    ),
)
