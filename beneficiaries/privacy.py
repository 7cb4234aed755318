"""How personal each column is, and what is shown of it. Source: the classes of GB/T 35273 and PIPL article 28."""

from collections.abc import Mapping
from enum import StrEnum

MASK = "*"
HIDDEN_NUMBER = MASK * 4


class Privacy(StrEnum):
    """Who may see a column, and in what form.

    OPEN tells of no person. HOUSEHOLD tells how one household fares: whoever may see households. SENSITIVE is health,
    birth, ability and free text: only on the household's own pages, and sealed in the trail. IDENTIFYING is masked
    everywhere, sealed in the trail, and shown in full through a reveal with a reason alone.
    """

    OPEN = "open"
    HOUSEHOLD = "household"
    SENSITIVE = "sensitive"
    IDENTIFYING = "identifying"


Classes = Mapping[Privacy, tuple[str, ...]]
# Of these the trail keeps a keyed hash.
SEALED = (Privacy.SENSITIVE, Privacy.IDENTIFYING)


def untold(classes: Classes) -> tuple[str, ...]:
    """The columns that are sealed in the trail."""
    return tuple(name for one in SEALED for name in classes.get(one, ()))


def masked_name(name: str) -> str:
    """The family name with a star for each further character: 王小明 → 王**; "" stays ""."""
    return name[:1] + MASK * (len(name) - 1)


def masked_number(tail: str) -> str:
    """A number by its last digits: ****1234; "" where none is recorded."""
    return f"{HIDDEN_NUMBER}{tail}" if tail else ""
