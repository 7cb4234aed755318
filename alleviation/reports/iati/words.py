"""What activities and their money are called and told of, in the language of now; `in_both` asks for each."""

from django.utils.translation import gettext

from alleviation.common.words import count, listed, sentences
from alleviation.reports.iati.activities import NO_PROJECT, Activity
from alleviation.reports.iati.money import Transaction
from projects.choices import EntryKind, ProjectStatus, Unit
from projects.models import Division, Pledge, Project


def title_of(activity: Activity) -> str:
    """What stands for a project's name where there is none."""
    if activity.key == NO_PROJECT:
        return gettext("Money tied to no project")
    return gettext("Money and promises for projects that reach beyond this area")


def description_of(activity: Activity) -> str:
    """What kind of project it is and where; what somebody wrote of it stands beside."""
    project = activity.project
    if project is None:
        return gettext("Booked for no project of its own, so that all activities add up to the whole.")
    places = listed(f"{place.local_name} {place.code}" for place in activity.places)
    told = [gettext("Kind of project: %(kind)s.") % {"kind": project.get_kind_display()}]
    if places:
        told.append(gettext("Place: %(places)s.") % {"places": places})
    if project.status == ProjectStatus.UNKNOWN:
        told.append(gettext("How far it has come is not known: the code says what its dates and its money show."))
    if project.is_made_up:
        told.append(gettext("Made-up example: true of no real place."))
    return sentences(*told)


def day_of_first_money() -> str:
    """Why an activity starts on that day."""
    return gettext("No start is recorded: the day on which money was first booked or promised.")


def day_of_end() -> str:
    """Why an activity starts on the day on which it ended."""
    return gettext("No start is recorded: the day on which it was finished, since money was booked later alone.")


def place_words(place: Division) -> str:
    """By which list a place is told."""
    words = {"code": place.code, "year": place.vintage}
    return (
        gettext("Statistical division code %(code)s, list of %(year)s, National Bureau of Statistics of China") % words
    )


def promise_words(pledge: Pledge) -> str:
    """A promise that no number of the standard can say."""
    words = {"source": pledge.source.local_name, "figure": pledge.figure.words(Unit.CNY.value, _basis(pledge))}
    return sentences(gettext("Promised by %(source)s: %(figure)s.") % words, _years(pledge))


def transaction_words(one: Transaction) -> str:
    """What kind of entry it is, and where."""
    place = {"place": f"{one.place.local_name} {one.place.code}"}
    told = [gettext("%(kind)s, %(place)s.") % {"kind": EntryKind(one.kind).label, **place}]
    if one.reverses:
        told.append(gettext("Reverses %(voucher)s.") % {"voucher": one.reverses})
    if one.handed_to and one.kind == EntryKind.REFUND:
        told.append(gettext("Counted where it was given back first."))
    elif one.handed_to:
        told.append(gettext("Handed on to %(place)s, counted there.") % {"place": one.handed_to.local_name})
    if one.is_made_up:
        told.append(gettext("Made-up example."))
    return sentences(*told)


def capacity_title() -> str:
    """What is measured."""
    return gettext("Capacity")


def capacity_words(project: Project) -> str:
    """How much, with its unit."""
    return f"{count(project.capacity)} {project.get_capacity_unit_display()}"


def _basis(pledge: Pledge) -> str:
    return "per year" if pledge.basis == "per_year" else "once"


def _years(pledge: Pledge) -> str:
    """The years that are stated."""
    words = {"first": pledge.first_year, "last": pledge.last_year}
    if pledge.first_year and pledge.last_year:
        return gettext("From %(first)s to %(last)s.") % words
    if pledge.first_year:
        return gettext("From %(first)s on.") % words
    return gettext("Until %(last)s.") % words if pledge.last_year else gettext("The years are not stated.")
