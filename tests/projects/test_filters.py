"""The filter of pages and files: what a URL asks, and what is refused."""

from datetime import UTC, datetime, timedelta

import pytest
from django.http import Http404, QueryDict
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from alleviation.accounts.models import User
from alleviation.accounts.rights import Role
from alleviation.common.query import Query
from projects.filters import FIELDS, QueryForm, place_or_404
from projects.models import Division, Succession
from tests.factories import place

ANYONE = User(username="anyone", role=Role.MANAGER)


def test_no_filter_asks_everything(manager):
    form = QueryForm(QueryDict(""), user=manager)

    assert form.query() == Query(user=manager)
    assert form.query_string() == ""


def test_every_field_ends_in_the_question(manager, ruoduo):
    asked = "year=2019&plan=13&area=513228212205&kind=road&source=county&measure=F&status=pledged&as_of=2024-03-01"
    form = QueryForm(QueryDict(asked), user=manager)

    assert form.query() == Query(
        user=manager,
        first_year=2019,
        last_year=2019,
        area_code="513228212205",
        prefixes=("513228212205",),
        project_kind="road",
        source_level="county",
        measure="F",
        status="pledged",
        as_of=datetime(2024, 3, 1, 15, 59, 59, 999999, tzinfo=UTC),
    )
    assert form.query_string() == f"?{asked}"


def test_as_of_today_is_now():
    before = timezone.now()

    query = QueryForm({"as_of": timezone.localdate().isoformat()}, user=ANYONE, fields=("as_of",)).query()

    assert before <= query.as_of <= timezone.now()


@pytest.mark.parametrize(
    ("day", "fault"),
    [
        (str(timezone.localdate() + timedelta(days=1)), "What will be known on a day to come is not known yet."),
        ("9999-12-31", "What will be known on a day to come is not known yet."),
        ("1948-12-31", "Choose a day from 1949 on."),
        ("0001-01-01", "Choose a day from 1949 on."),
        ("2024-02-30", "Enter a day as 2024-03-01."),
        ("01/03/2024", "Enter a day as 2024-03-01."),
        ("yesterday", "Enter a day as 2024-03-01."),
    ],
)
def test_a_day_that_cannot_be_asked_about_is_refused(day, fault):
    form = QueryForm({"as_of": day}, user=ANYONE, fields=("as_of",))

    assert form.query() is None
    assert form.errors == {"as_of": [fault]}
    assert form.day is None


@pytest.mark.parametrize(
    ("plan", "years"), [("12", (2011, 2015)), ("13", (2016, 2020)), ("14", (2021, 2025)), ("15", (2026, 2030))]
)
def test_a_plan_is_its_five_years(plan, years):
    query = QueryForm({"plan": plan}, user=ANYONE, fields=("plan",)).query()

    assert (query.first_year, query.last_year) == years


def test_fields_that_a_page_does_not_name_are_not_read(manager):
    form = QueryForm({"year": "2019", "kind": "nonsense"}, user=manager, fields=("year",))

    assert list(form.fields) == ["year"]
    assert form.query() == Query(user=manager, first_year=2019, last_year=2019)


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        ("year=abc", "year"),
        ("year=1948", "year"),
        ("year=2101", "year"),
        ("year=-1", "year"),
        ("year=2019.5", "year"),
        ("year=%00", "year"),
        ("year=" + "9" * 5000, "year"),
        ("plan=1", "plan"),
        ("plan=thirteen", "plan"),
        ("area=513228", "area"),
        ("area=abcdefghijkl", "area"),
        ("area=５１３２２８２１２２０５", "area"),
        ("area=51322821220%00", "area"),
        ("kind=castle", "kind"),
        ("source=__all__", "source"),
        ("measure=ZZ", "measure"),
        ("status=' OR 1=1", "status"),
        ("year=2015&plan=13", "year"),
    ],
)
def test_a_wrong_filter_is_an_error_and_no_question(asked, fault):
    form = QueryForm(QueryDict(asked), user=ANYONE)

    assert list(form.errors) == [fault]
    assert form.query() is None
    assert form.query_string() == ""


@given(st.dictionaries(st.sampled_from([name for name in FIELDS if name != "area"]), st.text(max_size=30)))
@pytest.mark.slow
def test_any_text_is_a_question_or_an_error(data):
    form = QueryForm(data, user=ANYONE, fields=[name for name in FIELDS if name != "area"])

    assert (form.query() is None) == bool(form.errors)


def test_a_place_that_does_not_exist_is_404(manager, ruoduo):
    with pytest.raises(Http404):
        QueryForm({"area": "999999999999"}, user=manager).query()


def test_a_foreign_place_is_404_although_it_exists(clerk, stranger, ruoduo, hezhou):
    assert place_or_404("451102000000", stranger) == hezhou

    with pytest.raises(Http404):
        place_or_404("451102000000", clerk)


def test_the_county_above_ones_own_area_is_404(clerk, manager, ruoduo, heishui):
    assert place_or_404("513228000000", manager) == heishui

    with pytest.raises(Http404):
        QueryForm({"area": "513228000000"}, user=clerk).query()


def test_without_a_place_one_asks_about_ones_own_area(clerk, zhawo):
    query = QueryForm({}, user=clerk).query()

    assert (query.area_code, query.prefixes) == ("513228212000", ("513228212",))


def test_without_a_place_and_an_unlisted_own_area_nothing_is_invented(clerk):
    query = QueryForm({}, user=clerk).query()

    assert (query.area_code, query.prefixes) == ("", None)


def test_a_place_brings_what_became_it_as_a_whole(manager, ruoduo):
    today = place("513228107205", "若多村", vintage=2023)
    Succession.objects.create(predecessor=ruoduo, successor=today, kind="recoded", source="made up for a test")

    query = QueryForm({"area": "513228107205"}, user=manager).query()

    assert query.prefixes == ("513228107205", "513228212205")


def choices_of(form: QueryForm) -> list[str]:
    """The codes offered, those in groups too."""
    offered = [
        (group if isinstance(group, list) else [(code, group)]) for code, group in form.fields["area"].widget.choices
    ]
    return [code for group in offered for code, _name in group]


def test_the_places_offered_lead_one_step_down(manager, ruoduo, xili, erniunai):
    offered = choices_of(QueryForm({"area": "513228000000"}, user=manager))

    assert offered == ["", "510000000000", "513200000000", "513228000000", "513228212000", "513228213000"]


def test_the_places_offered_to_a_clerk_begin_with_their_own(clerk, ruoduo, xili, erniunai):
    offered = choices_of(QueryForm({}, user=clerk))

    assert offered == ["513228212000", "513228212200", "513228212205"]


def test_the_places_offered_to_everyone_else_are_provinces(manager, ruoduo, hezhou):
    assert choices_of(QueryForm({}, user=manager)) == ["", "450000000000", "510000000000"]


def test_a_village_leads_nowhere_further(manager, ruoduo):
    offered = choices_of(QueryForm({"area": ruoduo.code}, user=manager))

    assert offered[-1] == "513228212205"


def test_a_wrong_year_keeps_the_place(manager, ruoduo):
    form = QueryForm({"year": "abc", "area": ruoduo.code}, user=manager)

    assert form.place == ruoduo
    assert form.query() is None


def test_query_string_takes_changes(manager):
    form = QueryForm({"year": "2019", "kind": "road"}, user=manager)

    assert form.query_string(year="", source="county") == "?kind=road&source=county"


def test_the_filter_asks_the_database_the_same_whatever_the_number_of_places(
    manager, zhawo, django_assert_num_queries
):
    for number in range(30):
        place(f"513228212{300 + number}")
    form = QueryForm({"area": "513228212000"}, user=manager)

    with django_assert_num_queries(5):  # the place, what became it, its ancestors, the latest list, the places around
        form.query()
        assert len(choices_of(form)) == 1 + 4 + 30


def test_the_form_is_drawn_with_the_place_asked_for_selected(manager, ruoduo):
    html = str(QueryForm({"area": ruoduo.code}, user=manager, fields=("area",))["area"])

    assert html.count("selected") == 1
    assert '<option value="513228212205" selected>Ruoduo Village</option>' in html


def test_a_place_is_the_latest_lists(manager, ruoduo):
    today = place("513228212205", "若多村", vintage=2023)

    assert place_or_404(ruoduo.code, manager) == today
    assert Division.objects.filter(code=ruoduo.code).count() == 2
