"""What the commands that import files have in common: all of a run's life in one process, without a worker."""

import json
import re
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, NoReturn

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from alleviation.accounts.models import User
from alleviation.common.areas import AREA_CODE
from alleviation.common.reading import Fault, FileRefused, Limits, limits
from alleviation.imports.bar import Bar
from alleviation.intake import faults, files, running
from alleviation.intake.kinds import Findings, ImportKind
from alleviation.intake.models import ImportRun, RunState

ACCEPTED, ROW_ERRORS, REFUSED = "accepted", "row_errors", "refused"
EXITS = {ACCEPTED: 0, ROW_ERRORS: 1, REFUSED: 2}
# For what is neither of these: stopped by somebody, or broken off.
BROKEN_EXIT = 3
# How many faults are printed for people; --json prints all.
PRINTED = 50
# How often a file is checked anew whose tables move on while it is being imported.
ATTEMPTS = 3


@dataclass(frozen=True)
class Outcome:
    """What became of a file: its rows where they were accepted, and what is wrong with it else."""

    outcome: str
    rows: int = 0
    errors: list[dict[str, Any]] = field(default_factory=list)
    findings: Findings = field(default_factory=Findings)

    def as_json(self) -> str:
        """For programs."""
        return json.dumps({"outcome": self.outcome, "rows": self.rows, "errors": self.errors}, ensure_ascii=False)


def refused(code: str, message: str) -> Outcome:
    """The file as a whole was not taken, or nobody was there to hand it in."""
    error = {"row": None, "column": None, "value": "", "code": code, "message": message}
    return Outcome(REFUSED, errors=[error])


class ImportCommand(BaseCommand):
    """manage.py import_<what> FILE --by USER: exit 0 written, 1 rows are wrong, 2 file refused; else nothing written.

    A subclass names the kind.
    """

    kind: ClassVar[ImportKind]
    # They take as long as a small file; the server has made them.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help=_("a CSV or XLSX file"))
        parser.add_argument("--by", required=True, metavar="USER", help=_("the person who imports it"))
        parser.add_argument("--area", default="", metavar="CODE", help=_("only into this area, such as 513228"))
        parser.add_argument("--dry-run", action="store_true", help=_("check it and write nothing"))
        parser.add_argument("--json", action="store_true", help=_("print what became of it as JSON"))
        parser.add_argument("--max-rows", type=_above_zero, metavar="N", help=_("how many rows the file may have"))
        parser.add_argument("--max-bytes", type=_above_zero, metavar="N", help=_("how large the file may be"))

    def handle(self, *args: Any, file: Path, by: str, area: str, **options: Any) -> None:
        most = _limits(options["max_rows"], options["max_bytes"])
        outcome = self.outcome(file, by=by, area=area, most=most, is_dry=options["dry_run"])
        if options["json"]:
            self.stdout.write(outcome.as_json())
        else:
            self.tell(outcome, is_dry=options["dry_run"])
        if outcome.outcome != ACCEPTED:
            raise SystemExit(EXITS[outcome.outcome])

    def outcome(self, file: Path, *, by: str, area: str, most: Limits, is_dry: bool) -> Outcome:
        """Hand a file in, check it, and write it. Raises CommandError where it broke off."""
        user = User.objects.filter(username=by, is_active=True).first()
        if user is None:
            return refused("user", _("There is nobody called %(name)s here.") % {"name": by})
        if area and not re.match(AREA_CODE, area):
            return refused("area", _("%(area)s is no area: give the leading digits of a code.") % {"area": area})
        try:
            chunks = files.chunks_of(file)
            words: dict[str, Any] = {"name": file.name, "by": user, "area": area, "most": most}
            run = running.hand_in(self.kind, chunks, is_attended=True, **words)
        except FileRefused as error:
            return refused(error.code, str(error))
        except PermissionDenied as error:
            return refused("right", str(error))
        except OSError as error:
            return refused("unreadable", _("The file cannot be read: %(why)s.") % {"why": error.strerror})
        return self._run(run, most, is_dry=is_dry)

    def tell(self, outcome: Outcome, *, is_dry: bool) -> None:
        """For people: what was written, or what is wrong."""
        if outcome.outcome == ACCEPTED:
            found = outcome.findings
            words = {"rows": f"{found.rows:,}", "new": f"{found.new:,}", "changed": f"{found.changed:,}"}
            told = _("%(rows)s rows: %(new)s new, %(changed)s changed, %(same)s the same.")
            self.stdout.write(told % {**words, "same": f"{found.same:,}"})
            if is_dry:
                self.stdout.write(_("Nothing was written."))
            return
        for error in outcome.errors[:PRINTED]:
            self.stderr.write(_line(error))
        if len(outcome.errors) > PRINTED:
            more = _("… and %(number)s more; --json prints all of them.")
            self.stderr.write(more % {"number": f"{len(outcome.errors) - PRINTED:,}"})
        self.stderr.write(_("Nothing was written."))

    def _run(self, run: ImportRun, most: Limits, *, is_dry: bool) -> Outcome:
        try:
            with Bar(self.stderr, run) as bar:
                if self.kind.writes_at_once and not is_dry:
                    self._write_at_once(run, most, bar)
                else:
                    self._check_and_write(run, most, bar, is_dry=is_dry)
        except (KeyboardInterrupt, SystemExit):
            with suppress(ValidationError):
                running.cancel(run, by=run.asked_by)
            raise CommandError(_("Stopped. Nothing was written."), returncode=BROKEN_EXIT) from None
        except FileRefused as error:
            return refused(error.code, str(error))
        return _outcome(run, is_dry=is_dry)

    def _check_and_write(self, run: ImportRun, most: Limits, bar: Bar, *, is_dry: bool) -> None:
        running.check(run, self.kind, most=most, watch=bar.show)
        for _attempt in range(ATTEMPTS):
            if run.state != RunState.READY or is_dry:
                return
            _confirm(run)
            running.write(run, self.kind, most=most, watch=bar.show)

    def _write_at_once(self, run: ImportRun, most: Limits, bar: Bar) -> None:
        for _attempt in range(ATTEMPTS):
            if run.state in (RunState.WAITING, RunState.READY):
                try:
                    running.write_at_once(run, self.kind, most=most, watch=bar.show)
                except FileRefused:
                    running.cancel(run, by=run.asked_by)
                    raise


def _confirm(run: ImportRun) -> None:
    """Who types the command has seen the file. Raises FileRefused where another run of it was quicker."""
    try:
        shown = {"sha256": run.sha256, "fingerprint": run.findings["fingerprint"]}
        running.confirm(run, by=run.asked_by, names_are_right=True, **shown)
    except ValidationError as error:
        running.cancel(run, by=run.asked_by)
        raise FileRefused(str(error.code), " ".join(error.messages)) from error


def _outcome(run: ImportRun, *, is_dry: bool) -> Outcome:
    if run.state == RunState.WRITTEN or (is_dry and run.state == RunState.READY):
        findings = Findings.from_json(run.findings)
        if is_dry:
            _forget(run)
        return Outcome(ACCEPTED, findings.rows, findings=findings)
    if run.state == RunState.FAULTY:
        found = Outcome(ROW_ERRORS, errors=[_as_json(fault) for fault in faults.of(run.pk)])
        if is_dry:
            _forget(run)
        return found
    if run.state == RunState.REFUSED:
        code = run.refusal["code"]
        return refused(code, run.refusal.get("message") or _("Your role or your area does not cover this import."))
    _broken(run)


def _forget(run: ImportRun) -> None:
    """A dry run leaves nothing."""
    files.forget(run.pk)
    run.delete()


def _broken(run: ImportRun) -> NoReturn:
    if run.state in RunState.OPEN:
        running.cancel(run, by=run.asked_by)
        told = _("The tables moved on, or were busy, again and again. Nothing was written; try again in a while.")
    elif run.state == RunState.CANCELLED:
        told = _("Stopped. Nothing was written.")
    else:
        told = _("It broke off, and nothing was written. The log says where.")
    raise CommandError(told, returncode=BROKEN_EXIT)


def _as_json(fault: Fault) -> dict[str, Any]:
    return {
        "row": fault.row,
        "column": fault.column,
        "value": fault.value,
        "code": fault.code,
        "message": fault.message,
    }


def _line(error: dict[str, Any]) -> str:
    return " ".join(_parts(error))


def _parts(error: dict[str, Any]) -> Iterator[str]:
    if error["row"]:
        yield _("Row %(row)s:") % error
    if error["column"]:
        yield f"{error['column']}:"
    yield str(error["message"])


def _limits(rows: int | None, size: int | None) -> Limits:
    """The limits of the office, but where the command says others; what is unpacked may grow with the file."""
    most = limits()
    unzipped = max(most.max_unzipped_bytes, 10 * (size or 0))
    return replace(
        most,
        max_rows=rows or most.max_rows,
        max_upload_bytes=size or most.max_upload_bytes,
        max_unzipped_bytes=unzipped,
    )


def _above_zero(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise ArgumentTypeError(_("%(text)s is not a number above 0") % {"text": text})
    return int(text)
