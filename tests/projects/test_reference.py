"""The reference data that comes with the project: the places of the documents of 2018, and where they are today."""

from collections import Counter

import pytest
from django.core.management import call_command
from django.db import transaction

from alleviation.audit.models import AuditEvent
from alleviation.common.query import Query
from projects.actions import enter_reference
from projects.choices import Level
from projects.models import Division, Succession
from projects.rollups.places import area_query, fold_former

COUNTS = {
    # Level: places in the list of 2019, in that of 2023.
    Level.PROVINCE: (31, 31),
    Level.PREFECTURE: (342, 342),
    Level.COUNTY: (2995, 2978),
    Level.TOWNSHIP: (78, 76),
    Level.VILLAGE: (886, 874),
}

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def _reference(django_db_setup, django_db_blocker):
    """The reference data, loaded once: each test goes back to it, and at the end it is undone."""
    with django_db_blocker.unblock():
        outer = transaction.atomic()
        outer.__enter__()
        call_command("load_reference", verbosity=0)
    yield
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        outer.__exit__(None, None, None)


def of(vintage: int, code: str) -> Division:
    return Division.objects.get(vintage=vintage, code=code)


@pytest.mark.parametrize(
    ("code", "level", "name", "english"),
    [
        ("513228212200", Level.VILLAGE, "西里村民委员会", "Xili Village"),
        ("513228212205", Level.VILLAGE, "若多村民委员会", "Ruoduo Village"),
        ("513228213201", Level.VILLAGE, "二牛奶村民委员会", "Erniunai Village"),
        ("513228212000", Level.TOWNSHIP, "扎窝乡", "Zhawo Countryside"),
        ("513228213000", Level.TOWNSHIP, "晴朗乡", "Qinglang Countryside"),
        ("513228000000", Level.COUNTY, "黑水县", "Heishui County"),
        ("451100000000", Level.PREFECTURE, "贺州市", "Hezhou City"),
    ],
)
@pytest.mark.slow
def test_places_of_the_documents_are_found(code, level, name, english):
    found = of(2019, code)

    assert (found.level, found.name, found.name_en) == (level, name, english)


@pytest.mark.slow
def test_ruoduo_today_is_in_zhawo_town():
    former = of(2019, "513228212205")

    today = [one.successor for one in former.successors]

    assert [(place.code, place.name_en, place.parent.name_en) for place in today] == [
        ("513228107205", "Ruoduo Village", "Zhawo Town")
    ]
    assert [place.name_en for place in today[0].ancestors] == [
        "Sichuan Province",
        "Aba Prefecture",
        "Heishui County",
        "Zhawo Town",
    ]


@pytest.mark.slow
def test_records_of_old_codes_are_found_in_todays_places(manager):
    ruoduo = area_query(Query(user=manager), of(2023, "513228107205"))
    zhawo = area_query(Query(user=manager), of(2023, "513228107000"))

    assert ruoduo.prefixes == ("513228107205", "513228212205")
    assert zhawo.prefixes == ("513228107", "513228212")
    assert fold_former(["513228212000", "513228213000"]) == {
        "513228212000": "513228107000",
        "513228213000": "513228213000",
    }


@pytest.mark.slow
def test_no_successor_is_guessed():
    recorded = Succession.objects.values_list("predecessor__code", "successor__code", "kind")

    assert list(recorded) == [
        ("513228212000", "513228107000", "recoded"),
        ("513228212205", "513228107205", "recoded"),
    ]
    assert not Succession.objects.filter(source="").exists()


def test_villages_without_a_known_successor_say_so():
    erniunai, xili = of(2019, "513228213201"), of(2019, "513228212200")

    assert erniunai.note.startswith("The list of 2023 no longer has this village, and no source for a successor")
    assert xili.note.startswith("The list of 2023 has 西厘村 (513228107200) at the same place in the list")
    assert not Division.objects.filter(vintage=2023, code=erniunai.code).exists()


def test_lists_hold_as_many_places_as_their_files():
    found = Counter(Division.objects.values_list("level", "vintage"))

    assert {level: (found[level, 2019], found[level, 2023]) for level in Level} == COUNTS


def test_heishui_has_the_villages_of_each_year():
    # 128 villages in 2019, 104 in 2023, residents' committees included.
    villages = Division.objects.of_level(Level.VILLAGE).inside("513228")

    assert Counter(villages.values_list("vintage", flat=True)) == {2019: 128, 2023: 104}


@pytest.mark.parametrize("vintage", [2019, 2023])
def test_repeated_codes_stand_at_two_levels(vintage):
    repeated = ["441900000000", "442000000000", "460400000000"]
    found = Division.objects.filter(vintage=vintage, code__in=repeated).order_by("code", "level")

    assert [(place.code, place.level) for place in found] == [(code, level) for code in repeated for level in (2, 3)]
    counties = found.of_level(Level.COUNTY).select_related("parent")
    assert [(place.parent.code, place.parent.level) for place in counties] == [(code, 2) for code in repeated]


def test_every_place_but_a_province_lies_in_one_of_its_list():
    wrong = [
        place.code
        for place in Division.objects.exclude(level=Level.PROVINCE).select_related("parent")
        if (place.parent.vintage, place.parent.level) != (place.vintage, place.level - 1)
        or place.parent.code != place.ancestor_codes[-1]
    ]

    assert wrong == []
    assert not Division.objects.of_level(Level.PROVINCE).filter(parent__isnull=False).exists()


def test_every_province_has_an_english_name():
    assert not Division.objects.of_level(Level.PROVINCE).filter(name_en="").exists()


@pytest.mark.slow
def test_loading_again_changes_nothing():
    before = list(Division.objects.order_by("pk").values_list())
    events = AuditEvent.objects.count()

    call_command("load_reference", verbosity=0)

    assert list(Division.objects.order_by("pk").values_list()) == before
    assert AuditEvent.objects.count() == events


@pytest.mark.slow
def test_correction_by_a_person_survives(administrator):
    zhawo = of(2023, "513228107000")
    zhawo.name_en = "Zhawo Township"
    enter_reference(zhawo, by=administrator)

    call_command("load_reference", verbosity=0)

    zhawo.refresh_from_db()
    assert zhawo.name_en == "Zhawo Township"


@pytest.mark.slow
def test_place_that_a_command_left_behind_the_list_is_brought_up_to_date():
    Division.objects.filter(code="513228107000").update(name_en="", name="扎窝")

    call_command("load_reference", verbosity=0)

    zhawo = of(2023, "513228107000")
    assert (zhawo.name, zhawo.name_en) == ("扎窝镇", "Zhawo Town")
