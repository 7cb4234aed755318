"""The figures that can be opened, listed by hand; each has an address of its own that stays."""

from alleviation.scrutiny.figures import money
from alleviation.scrutiny.figures.base import Explained

CATALOGUE: tuple[Explained, ...] = (*money.FIGURES,)
BY_SLUG: dict[str, Explained] = {figure.slug: figure for figure in CATALOGUE}
