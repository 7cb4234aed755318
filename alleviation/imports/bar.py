"""How far a command has come: a bar on a terminal for what takes longer than two seconds, nothing elsewhere."""

from time import monotonic_ns
from typing import Any

from django.utils.translation import gettext as _

from alleviation.intake.models import ImportRun

WIDTH = 30
AFTER = 2_000_000_000


class Bar:
    """Shows the rows done of those expected; where nobody knows how many there are, the rows alone."""

    def __init__(self, out: Any, run: ImportRun) -> None:
        self._out, self._run = out, run
        self._since = monotonic_ns()
        self._is_shown = False
        self._is_terminal = bool(getattr(out, "isatty", lambda: False)())

    def __enter__(self) -> "Bar":
        return self

    def __exit__(self, *_error: object) -> None:
        if self._is_shown:
            self._out.write("", str)

    def show(self, rows: int) -> None:
        """Tell how many rows are done. Called from another thread, about once a second."""
        if not self._is_terminal or monotonic_ns() - self._since < AFTER:
            return
        self._is_shown = True
        self._out.write("\r" + self._words(rows), str, ending="")
        self._out.flush()

    def _words(self, rows: int) -> str:
        expected = self._run.rows_expected
        if not expected:
            return _("%(done)s rows") % {"done": f"{rows:,}"}
        full = min(WIDTH, rows * WIDTH // expected)
        words = {"done": f"{rows:,}", "total": f"{expected:,}"}
        return f"{'█' * full}{'░' * (WIDTH - full)} " + _("%(done)s of %(total)s rows") % words
