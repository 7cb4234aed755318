"""What the page of a household tells on one screen before its handbook: incomes against the line, and its days.

It is for the screen alone: the paper is the handbook, which has all of it in its tables.
"""

from collections.abc import Iterator, Sequence

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext

from alleviation.common import words
from alleviation.common.charts import Series, bar_chart, stated_series
from alleviation.common.tables import explain_url
from alleviation.dashboards.figures.stats import Stat
from alleviation.dashboards.households.handbook import Handbook
from alleviation.dashboards.households.income_sheet import held_against
from alleviation.dashboards.households.past import origins_table
from alleviation.dashboards.records.parts import Gap, Link, day_words, short_place
from alleviation.dashboards.records.story import Happening, Story, life, sentence
from alleviation.scrutiny.figures.proof import record_url
from beneficiaries.choices import LineKind
from beneficiaries.models import IncomeRecord, Monitoring
from beneficiaries.rollups import asked_of_line
from beneficiaries.rollups.warnings import line_for

# The years that the chart has room for.
YEARS = 12


def household_story(book: Handbook, gaps: Sequence[Gap]) -> Story:
    """What a household is today, what it lives on, what became of it and what is missing."""
    household = book.household
    place = short_place(household.village, book.user)
    since = household.ended_on or household.status_since
    cause = household.get_main_cause_display() if household.main_cause else ""
    return Story(
        sentence=sentence(
            household.get_ended_as_display() if household.ended_on else household.get_status_display(),
            gettext("since %(day)s") % {"day": day_words(since)} if since else None,
            Link(gettext("in %(place)s") % {"place": place.text}, place.url) if place else None,
            household.get_category_display() if household.category else None,
            gettext("main cause: %(cause)s") % {"cause": cause} if cause else None,
        ),
        stats=[*_incomes(book), *_care(book)],
        is_provable=False,
        life=life(_happenings(book)),
        gaps=gaps,
    )


def incomes_chart(book: Handbook) -> SafeString:
    """Net income a head by year, and the poverty line of each year as far as one is recorded."""
    incomes = book.standing_incomes[-YEARS:]
    lines = [line_for(book.lines, LineKind.POVERTY, one) for one in incomes]
    return bar_chart(
        gettext("Net income per person against the poverty line"),
        gettext(
            "By year, in yuan; the dashed line is the poverty line of the year. The income sheet has the figures."
        ),
        [Series(gettext("Net income per person"), [one.net_income / one.persons for one in incomes])],
        [one.year for one in incomes],
        "CNY",
        reference=stated_series(gettext("Poverty line"), [line.figure if line else None for line in lines]),
        uid="incomes-chart",
    )


def _incomes(book: Handbook) -> Iterator[Stat]:
    """The latest income a head, and the line that it is held against."""
    if not book.standing_incomes:
        yield Stat(gettext("Net income per person"), words.NOTHING, gettext("no income is recorded"))
        return
    income = book.standing_incomes[-1]
    line, year = line_for(book.lines, LineKind.POVERTY, income), {"year": income.year}
    yield Stat(
        gettext("Net income per person %(year)s") % year,
        words.yuan(income.net_income / income.persons),
        gettext("%(state)s the poverty line") % {"state": held_against(income, line)} if line else "",
        unit=pgettext("unit", "yuan"),
        url=record_url(IncomeRecord, income.pk),
    )
    yield Stat(
        gettext("Poverty line %(year)s") % year,
        line.figure.words("CNY") if line else words.NOTHING,
        str(line.get_concept_display()) if line else gettext("not recorded for this year"),
        opens=explain_url("poverty-line", asked_of_line(line)) if line else "",
    )


def _care(book: Handbook) -> Iterator[Stat]:
    """How many belong to it, who answers for it, and when it was called on last."""
    now = next((one for one in book.responsible if one.until_on is None), None)
    watched = next((one for one in book.monitorings if one.cleared_on is None), None)
    latest = max(book.visits, key=lambda one: one.visited_on, default=None)
    yield Stat(gettext("Members"), words.count(len(book.members)), url="#members")
    yield Stat(
        gettext("Responsible person"),
        words.local(now.official.name, now.official.name_zh) if now else gettext("nobody"),
        gettext("since %(day)s") % {"day": day_words(now.from_on)} if now else "",
        url=now.official.get_absolute_url() if now else "",
    )
    yield Stat(
        gettext("Last visit"),
        day_words(latest.visited_on) if latest else words.NOTHING,
        words.local(latest.official.name, latest.official.name_zh) if latest else gettext("no visit is recorded"),
        url="#visits" if latest else "",
    )
    yield Stat(
        gettext("Monitored"),
        _watched(watched) if watched else gettext("no"),
        url="#monitoring" if watched else reverse("dashboards:household-warnings"),
    )


def _watched(one: Monitoring) -> str:
    return gettext("since %(day)s") % {"day": date_format(one.identified_on, "DATE_FORMAT")}


def _happenings(book: Handbook) -> Iterator[Happening]:
    for change in book.statuses:
        yield Happening(change.get_status_display(), change.happened_on, what=gettext("status"))
    for row in origins_table(book).rows:
        yield Happening(row["what"], row["on"])
    for watch in book.monitorings:
        kind = watch.get_kind_display()
        yield Happening(kind, watch.identified_on, watch.cleared_on, gettext("monitored"), lasts=True)
    for measure in book.measures:
        yield Happening(measure.what, measure.begun_on, what=measure.get_kind_display())
    for visit in book.visits:
        yield Happening(visit.purpose, visit.visited_on, what=gettext("visit"))
    if book.household.ended_on:
        yield Happening(book.household.get_ended_as_display(), book.household.ended_on, what=gettext("ended"))
