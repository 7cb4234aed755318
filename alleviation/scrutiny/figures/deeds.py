"""How many people and organisations there are, what posts, honours and branches they have, and what alliances did."""

from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from alleviation.common import words
from alleviation.common.query import Query
from alleviation.common.reports import Row
from alleviation.common.tables import MADE_UP, Column, Kind
from alleviation.scrutiny.figures.base import Explained
from alleviation.scrutiny.figures.counting import TITLE, Counted
from projects.models import AllianceActivity, AlliancePledge, Award, Official, Organisation, PartyBranch, Post


class People(Counted):
    """How many people in public office or staff there are."""

    slug = "people"
    title = _("People")
    description = _("The people in public office or staff that are recorded. Nobody of a household is among them.")
    columns = (TITLE, MADE_UP)

    def found(self, query: Query) -> QuerySet[Official]:
        return Official.objects.visible_to(query.user)

    def row(self, record: Official) -> Row:
        return {"title": words.local(record.name, record.name_zh), "_url": record.get_absolute_url()}


class Organisations(Counted):
    """How many organisations there are."""

    slug = "organisations"
    title = _("Organisations")
    description = _("The organisations that are recorded: enterprises, governments, party organisations, charities.")
    columns = (TITLE, Column("kind", _("Kind")), MADE_UP)

    def found(self, query: Query) -> QuerySet[Organisation]:
        return Organisation.objects.visible_to(query.user)

    def row(self, record: Organisation) -> Row:
        return {"title": words.local(record.name, record.name_zh), "kind": record.get_kind_display()}


class Posts(Counted):
    """How many posts a person has or had."""

    slug = "posts"
    title = _("Posts")
    description = _("The posts that are recorded, held and former.")
    columns = (TITLE, Column("person", _("Person")), Column("organisation", _("Organisation")), MADE_UP)
    owners: ClassVar = {"official": "official", "organisation": "organisation"}

    def found(self, query: Query) -> QuerySet[Post]:
        return Post.objects.select_related("official", "organisation").visible_to(query.user)

    def of_owner(self, query: Query, key: str, owner: Model) -> QuerySet[Post]:
        return self.found(query).filter(**{key: owner})

    def row(self, record: Post) -> Row:
        return {
            "title": record.title,
            "person": words.local(record.official.name, record.official.name_zh),
            "organisation": words.local(record.organisation.name, record.organisation.name_zh),
            "_url": record.official.get_absolute_url(),
        }

    def is_made_up(self, record: Post) -> bool:
        return record.official.is_made_up


class Awards(Counted):
    """How many awards there are."""

    slug = "awards"
    title = _("Awards")
    description = _("The honours that are recorded, of persons and of organisations.")
    columns = (TITLE, Column("winner", _("Given to")), Column("date", _("Conferred on"), Kind.DATE), MADE_UP)
    owners: ClassVar = {"official": "official", "organisation": "organisation"}

    def found(self, query: Query) -> QuerySet[Award]:
        return Award.objects.select_related("official", "organisation").visible_to(query.user)

    def of_owner(self, query: Query, key: str, owner: Model) -> QuerySet[Award]:
        return self.found(query).filter(**{key: owner})

    def row(self, record: Award) -> Row:
        winner = record.official or record.organisation
        return {
            "title": record.title,
            "winner": words.local(winner.name, winner.name_zh) if winner else "",
            "date": record.conferred_on,
        }


class Branches(Counted):
    """How many party branches an organisation has."""

    slug = "branches"
    title = _("Party branches")
    description = _("The party branches that are recorded.")
    columns = (TITLE, MADE_UP)
    owners: ClassVar = {"organisation": "organisation"}

    def found(self, query: Query) -> QuerySet[PartyBranch]:
        return PartyBranch.objects.visible_to(query.user)

    def of_owner(self, query: Query, key: str, owner: Model) -> QuerySet[PartyBranch]:
        return self.found(query).filter(**{key: owner})

    def row(self, record: PartyBranch) -> Row:
        return {"title": words.local(record.name, record.name_zh)}


class OfAlliance(Counted, abstract=True):
    """What alliances did or undertook, of one alliance or of those of an area."""

    filters = ("area",)
    owners: ClassVar = {"alliance": "alliance"}
    model: ClassVar[type[Model]]
    narrowed: ClassVar[dict[str, bool]] = {}

    def found(self, query: Query) -> QuerySet[Any]:
        deeds: Any = self.model._default_manager
        found = deeds.filter(**self.narrowed).select_related("alliance").visible_to(query.user)
        return found if query.prefixes is None else found.in_any_area(list(query.prefixes))

    def of_owner(self, query: Query, key: str, owner: Model) -> QuerySet[Any]:
        return self.found(query).filter(**{key: owner})

    def row(self, record: Any) -> Row:
        alliance = record.alliance
        return {
            "title": self.title_of(record),
            "alliance": words.local(alliance.title, alliance.title_zh),
            "date": self.date_of(record),
            "_url": alliance.get_absolute_url(),
        }

    def title_of(self, record: Any) -> str:
        """What was undertaken."""
        return str(record.undertaking)

    def date_of(self, record: Any) -> Any:
        """When it was done, else when it is due."""
        return record.done_on or record.due_on

    def is_made_up(self, record: Any) -> bool:
        return bool(record.alliance.is_made_up)


ALLIANCE = Column("alliance", _("Alliance"))


class Activities(OfAlliance):
    """How much alliances did."""

    slug = "activities"
    title = _("Activities of alliances")
    description = _("Visits, ceremonies, co-built sites and other activities that are recorded of alliances.")
    columns = (TITLE, ALLIANCE, Column("date", _("Held on"), Kind.DATE), MADE_UP)
    model = AllianceActivity

    def title_of(self, record: Any) -> str:
        return str(record.title)

    def date_of(self, record: Any) -> Any:
        return record.held_on


class UndertakingsDone(OfAlliance):
    """How many undertakings are done."""

    slug = "undertakings-done"
    title = _("Undertakings done")
    description = _("What alliances undertook and have done: a day on which it was done is recorded.")
    columns = (TITLE, ALLIANCE, Column("date", _("Done on"), Kind.DATE), MADE_UP)
    model = AlliancePledge
    narrowed: ClassVar = {"done_on__isnull": False}


class UndertakingsOpen(OfAlliance):
    """How many undertakings are open."""

    slug = "undertakings-open"
    title = _("Undertakings open")
    description = _("What alliances undertook and have not done yet: no day on which it was done is recorded.")
    columns = (TITLE, ALLIANCE, Column("date", _("Due on"), Kind.DATE), MADE_UP)
    model = AlliancePledge
    narrowed: ClassVar = {"done_on__isnull": True}


FIGURES: tuple[Explained, ...] = (
    People(),
    Organisations(),
    Posts(),
    Awards(),
    Branches(),
    Activities(),
    UndertakingsDone(),
    UndertakingsOpen(),
)
