"""Figures together with what they are figures of, so that unlike things are never added."""

from collections.abc import Iterable
from dataclasses import dataclass

from alleviation.common.figures import Figure, FigureSum, total


@dataclass(frozen=True)
class FigureClass:
    """What a figure is of: only figures of one class add up.

    Figures per year of different stated years, and what the made-up example says, are classes of their own.
    """

    measure: str
    unit: str
    basis: str
    status: str
    is_made_up: bool = False
    years: str = ""

    @property
    def key(self) -> str:
        """The class in the address of an explanation: "P|person||reached|0", "F|CNY|per year|pledged|0|2016-2018"."""
        parts = (self.measure, self.unit, self.basis, self.status, str(int(self.is_made_up)))
        return "|".join((*parts, self.years) if self.years else parts)


@dataclass(frozen=True)
class ClassedFigure:
    """A figure of a class."""

    figure: Figure
    of: FigureClass

    def __add__(self, other: "ClassedFigure") -> "ClassedFigure":
        """The sum by the rule of Figure; raises ValueError for figures of unlike classes."""
        if not isinstance(other, ClassedFigure):
            return NotImplemented
        if self.of != other.of:
            raise ValueError(f"a figure of {self.of.key} is never added to one of {other.of.key}")
        return ClassedFigure(self.figure + other.figure, self.of)


def class_total(figures: Iterable[ClassedFigure]) -> FigureSum:
    """The sum of figures of one class, as `total` has it; raises ValueError where the classes are unlike."""
    parts = list(figures)
    if len(classes := {part.of for part in parts}) > 1:
        raise ValueError(f"figures of {len(classes)} classes are never added")
    return total(part.figure for part in parts)
