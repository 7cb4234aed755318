"""How far a long command has come: a bar on a terminal, a plain line now and then elsewhere."""

from typing import Any

from django.utils.translation import gettext as _

WIDTH = 40
LINES = 10


class Progress:
    """Counts rows up to a total and shows it; nothing is shown where the command is told to be quiet."""

    def __init__(self, out: Any, total: int, *, is_quiet: bool = False) -> None:
        self.out, self.total, self.is_quiet = out, max(total, 1), is_quiet
        self.done = 0
        self.is_terminal = bool(getattr(out, "isatty", lambda: False)())

    def advance(self, rows: int) -> None:
        """Tell that so many more rows are done."""
        before, self.done = self.done, self.done + rows
        if self.is_quiet:
            return
        if self.is_terminal:
            self._draw()
        elif self._tenths(self.done) > self._tenths(before):
            self.out.write(self._words())

    def _tenths(self, rows: int) -> int:
        return rows * LINES // self.total

    def _words(self) -> str:
        return _("%(done)s of %(total)s rows") % {"done": f"{self.done:,}", "total": f"{self.total:,}"}

    def _draw(self) -> None:
        full = min(WIDTH, self.done * WIDTH // self.total)
        bar = "█" * full + "░" * (WIDTH - full)
        self.out.write(f"\r{bar} {self._words()}", ending="\n" if self.done >= self.total else "")
        self.out.flush()
