"""The rules there are, listed by hand in the order in which a reader meets them."""

from alleviation.scrutiny.flags.base import Flag
from alleviation.scrutiny.flags.benefits import EqualBenefits
from alleviation.scrutiny.flags.claims import UnsupportedClaims
from alleviation.scrutiny.flags.closings import ChangedAfterClosing
from alleviation.scrutiny.flags.exits import ExitNotEarned
from alleviation.scrutiny.flags.money import DisbursedWithoutAllocation, IdleMoney
from alleviation.scrutiny.flags.projects import PastDue, WithoutBeneficiaries, WithoutPublicity
from alleviation.scrutiny.flags.spending import SpentOverAllocated
from alleviation.scrutiny.flags.twice import SamePersonTwice

FLAGS: tuple[Flag, ...] = (
    IdleMoney(),
    DisbursedWithoutAllocation(),
    SpentOverAllocated(),
    WithoutBeneficiaries(),
    WithoutPublicity(),
    PastDue(),
    ExitNotEarned(),
    SamePersonTwice(),
    EqualBenefits(),
    UnsupportedClaims(),
    ChangedAfterClosing(),
)
BY_SLUG: dict[str, Flag] = {flag.slug: flag for flag in FLAGS}
