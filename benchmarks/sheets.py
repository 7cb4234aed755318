"""How results are told: figures beside their targets, facts, and checks of which none may fail."""

from dataclasses import dataclass

WIDTH = 74
LONGEST = 300


@dataclass
class Sheet:
    """What a benchmark found, printed as it comes. A target that is missed is told; a check that fails is a fault."""

    failed: int = 0

    def figure(
        self, what: str, value: float, unit: str = "", *, most: float | None = None, least: float | None = None
    ) -> None:
        """A figure, and whether it keeps its target: at `most`, or at `least`."""
        is_kept = (most is None or value <= most) and (least is None or value >= least)
        target = f"<= {most:g}" if most is not None else f">= {least:g}" if least is not None else ""
        verdict = ("kept" if is_kept else "MISSED") if target else ""
        self.fact(f"{what:<{WIDTH}} {_plain(value):>9} {unit:<6} {target:>8} {verdict}")

    def check(self, what: str, found: object, expected: object) -> None:
        """Something that must be so, however slow the machine is."""
        is_right = found == expected
        self.failed += not is_right
        self.fact(f"{what:<{WIDTH}} {'right' if is_right else f'WRONG: {_short(found)}, not {_short(expected)}'}")

    def skipped(self, what: str, why: str) -> None:
        """What could not be measured here."""
        self.fact(f"{what:<{WIDTH}} SKIPPED: {why}")

    def fact(self, words: str) -> None:
        """A line."""
        print(words.rstrip(), flush=True)

    @property
    def code(self) -> int:
        """The exit code: 1 where something is wrong."""
        return 1 if self.failed else 0


def _short(value: object) -> str:
    """A value, but not pages of it."""
    words = repr(value)
    return words if len(words) <= LONGEST else f"{words[:LONGEST]}… ({len(words)} characters)"


def _plain(value: float) -> str:
    """Three figures that count."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
