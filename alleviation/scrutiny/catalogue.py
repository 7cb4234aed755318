"""The figures that can be opened, listed by hand; each has an address of its own that stays."""

from alleviation.scrutiny.figures import (
    changes,
    claims,
    counts,
    deeds,
    derived,
    enrolled,
    flags,
    frozen,
    lines,
    money,
    people,
    pledges,
    reconciled,
    registered,
    stated,
    unproven,
    unproven_promises,
    unstated,
    vouchers,
    waiting,
)
from alleviation.scrutiny.figures.base import Explained

CATALOGUE: tuple[Explained, ...] = (
    *money.FIGURES,
    *changes.FIGURES,
    *pledges.FIGURES,
    *vouchers.FIGURES,
    *waiting.FIGURES,
    *people.FIGURES,
    *lines.FIGURES,
    *enrolled.FIGURES,
    *counts.FIGURES,
    *deeds.FIGURES,
    *stated.FIGURES,
    *claims.FIGURES,
    *derived.FIGURES,
    *reconciled.FIGURES,
    *registered.FIGURES,
    *unstated.FIGURES,
    *frozen.FIGURES,
    *flags.FIGURES,
    *unproven.FIGURES,
    *unproven_promises.FIGURES,
)
BY_SLUG: dict[str, Explained] = {figure.slug: figure for figure in CATALOGUE}
