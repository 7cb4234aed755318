"""An activity as XML, its elements in the order that the standard asks for."""

from functools import partial

from django.utils.timezone import localdate

from alleviation.common.reporting_org import ReportingOrg
from alleviation.reports.iati import codes, words
from alleviation.reports.iati.activities import Activity
from alleviation.reports.iati.asked import Counted
from alleviation.reports.iati.money import Transaction
from alleviation.reports.iati.promised import Planned
from alleviation.reports.iati.writing import Texts, Writer, amount, day, in_both, language_of, named, plain
from projects.choices import EntryKind, ProjectStatus
from projects.models import Division, FundingSource, Organisation, Project
from projects.models.places import short_name

BEGUN = {ProjectStatus.UNDER_WAY, ProjectStatus.ACCEPTED, ProjectStatus.OPERATING, ProjectStatus.CLOSED}


def write_head(xml: Writer, activity: Activity, org: ReportingOrg) -> None:
    """Who reports, and what the activity is called and told of."""
    xml.leaf("iati-identifier", f"{org.ref}-{activity.key}")
    xml.texts("reporting-org", named(org.name, org.name_zh), ref=org.ref, type=org.kind)
    project = activity.project
    own_names: Texts = named(project.name, project.name_zh) if project else in_both(lambda: words.title_of(activity))
    xml.texts("title", own_names)
    xml.texts("description", in_both(lambda: words.description_of(activity)), type=codes.GENERAL)
    if project and project.summary:
        xml.texts("description", [(language_of(project.summary), project.summary)], type=codes.OTHER_DESCRIPTION)
    for pledge in activity.promised.in_words:
        xml.texts("description", in_both(partial(words.promise_words, pledge)), type=codes.OTHER_DESCRIPTION)


def write_people(xml: Writer, activity: Activity, org: ReportingOrg) -> None:
    """Who pays, who answers for it and who does it: organisations, never persons."""
    for source in activity.sources:
        kind = codes.SOURCE_TYPE.get(source.level, "")  # type: ignore[call-overload]
        _participant(xml, named(source.name, source.name_zh), codes.FUNDING, kind)
    _participant(xml, named(org.name, org.name_zh), codes.ACCOUNTABLE, org.kind, org.ref)
    operator = activity.project.operator if activity.project else None
    if operator:
        _participant(xml, named(operator.name, operator.name_zh), codes.IMPLEMENTING, _kind_of(operator))


def write_when(xml: Writer, activity: Activity) -> None:
    """How far it has come, and its days; the start is the one thing that every activity has."""
    xml.leaf("activity-status", code=activity.status)
    project = activity.project
    if activity.begun_on:
        is_stated = bool(project and project.started_on)
        began = {"type": _start_type(activity), "iso_date": day(activity.begun_on)}
        if is_stated:
            xml.leaf("activity-date", **began)
        else:
            why = words.day_of_end if activity.is_begun_by_end else words.day_of_first_money
            xml.texts("activity-date", in_both(why), **began)
    if project and project.due_on:
        xml.leaf("activity-date", type=codes.PLANNED_END, iso_date=day(project.due_on))
    if project and project.finished_on:
        xml.leaf("activity-date", type=codes.ACTUAL_END, iso_date=day(project.finished_on))


def write_where(xml: Writer, activity: Activity) -> None:
    """The country, and the places by their statistical codes."""
    xml.leaf("recipient-country", code=codes.COUNTRY)
    for place in activity.places:
        _location(xml, place)


def write_sector(xml: Writer, project: Project | None) -> None:
    """The purpose by the DAC's list, and beside it by our own list of kinds."""
    if project is None:
        xml.leaf("sector", vocabulary=codes.DAC, code=codes.NOT_SPECIFIED)
        return
    xml.leaf("sector", vocabulary=codes.DAC, code=codes.SECTOR[project.kind])  # type: ignore[index]
    xml.texts("sector", in_both(project.get_kind_display), vocabulary=codes.OWN_VOCABULARY, code=project.kind)


def write_planned(xml: Writer, one: Planned) -> None:
    """An exact promise of stated years."""
    with xml.element("planned-disbursement", type=codes.REVISED if one.is_revised else codes.ORIGINAL):
        xml.leaf("period-start", iso_date=day(one.first))
        xml.leaf("period-end", iso_date=day(one.last))
        xml.leaf("value", amount(one.amount), value_date=day(one.first))
        _payer(xml, "provider-org", one.source)


def write_transaction(xml: Writer, one: Transaction) -> None:
    """A posted entry; a reversal, what was handed on, and what was given back to its source is below zero."""
    value = -one.amount if one.kind == EntryKind.REFUND else one.amount
    with xml.element("transaction", ref=one.voucher, **{codes.OWN_KIND: one.kind}):
        xml.leaf("transaction-type", code=codes.TRANSACTION[EntryKind(one.kind)])
        xml.leaf("transaction-date", iso_date=day(one.on))
        xml.leaf("value", amount(value), value_date=day(one.on))
        xml.texts("description", in_both(lambda: words.transaction_words(one)))
        _payer(xml, "provider-org", one.source)


def write_result(xml: Writer, activity: Activity, counted: Counted) -> None:
    """The capacity: as reached where the project is finished, else as a target; in words where a day is missing."""
    project = activity.project
    if project is None or project.capacity is None:
        return
    with xml.element("result", type=codes.OUTPUT, aggregation_status="false"):
        xml.texts("title", in_both(words.capacity_title))
        with xml.element("indicator", measure=codes.IN_UNITS):
            xml.texts("title", in_both(lambda: f"{words.capacity_title()} ({project.get_capacity_unit_display()})"))
            xml.texts("description", in_both(lambda: words.capacity_words(project)))
            end = project.finished_on or project.due_on
            if end is None or activity.begun_on is None or end < activity.begun_on:
                counted.capacities_in_words += 1
                return
            with xml.element("period"):
                xml.leaf("period-start", iso_date=day(activity.begun_on))
                xml.leaf("period-end", iso_date=day(end))
                xml.leaf("actual" if project.finished_on else "target", value=plain(project.capacity))


def _participant(xml: Writer, names: Texts, role: str, kind: str, ref: str = "") -> None:
    xml.texts("participating-org", names, role=role, type=kind, ref=ref)


def _payer(xml: Writer, element: str, source: FundingSource) -> None:
    kind = codes.SOURCE_TYPE.get(source.level, "")  # type: ignore[call-overload]
    xml.texts(element, named(source.name, source.name_zh), type=kind)


def _kind_of(operator: Organisation) -> str:
    return codes.ORGANISATION_TYPE.get(operator.kind, "")  # type: ignore[call-overload]


def _start_type(activity: Activity) -> str:
    """Whether a start is a fact: of what has begun, or was paid for without a day of its own."""
    project = activity.project
    if activity.begun_on and activity.begun_on > localdate():
        return codes.PLANNED_START
    if project is None or not project.started_on:
        return codes.ACTUAL_START
    return codes.ACTUAL_START if activity.is_paid or project.status in BEGUN else codes.PLANNED_START


def _location(xml: Writer, place: Division) -> None:
    with xml.element("location", ref=place.code):
        xml.leaf("location-reach", code=codes.WHERE_IT_IS_DONE)
        xml.texts("name", named(place.name_en, short_name(place.name)))
        xml.texts("description", in_both(lambda: words.place_words(place)))
        xml.leaf("location-class", code=codes.location_class(place.level))
