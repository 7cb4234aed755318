"""The places, people and sources of the histories, each written through the trail."""

from dataclasses import dataclass
from decimal import Decimal

from alleviation.accounts.models import User
from alleviation.accounts.rights import Role
from alleviation.audit import trail
from beneficiaries.models import Household
from projects.models import Division, FundingSource
from tests.factories import place

COMMAND = "manage.py test"
VILLAGES = ("513228212205", "513228212200", "513229200201")
PLACES = ("51", "513228", "513229", *VILLAGES)
SOURCES = ("provincial", "county", "social")


@dataclass(frozen=True)
class World:
    """Who writes, where, and from what money."""

    clerk: User
    reviewer: User
    manager: User
    places: dict[str, Division]
    sources: dict[str, FundingSource]
    households: list[Household]


def build() -> World:
    """A province with two counties and three villages, and money of three levels."""
    people = [person(name, role) for name, role in (("clerk", Role.CLERK), ("reviewer", Role.REVIEWER))]
    places = {code: place(code) for code in PLACES}
    sources = {level: FundingSource(code=level, name=f"The {level} money", level=level) for level in SOURCES}
    households = [Household(village=places[code], number=f"H-{code[-3:]}") for code in VILLAGES]
    for record in (*sources.values(), *households):
        trail.write(record, by=COMMAND)
    return World(*people, person("manager", Role.MANAGER), places, sources, households)


def person(name: str, role: Role) -> User:
    user = User(username=name, role=role, area="" if role == Role.MANAGER else "51")
    user.set_unusable_password()
    trail.write(user, by=COMMAND)
    return user


def yuan(fen: int) -> Decimal:
    return Decimal(fen).scaleb(-2)


def fen(yuan: Decimal) -> int:
    return int(yuan.scaleb(2))
