"""Handbooks and glossary: both languages say as much, name what is on the screen, and lead where they say."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import get_resolver
from django.utils import translation
from django.utils.translation import gettext, pgettext

from alleviation.accounts.models import User
from alleviation.accounts.rights import Role
from alleviation.dashboards.help.glossary import GROUPS, ungrouped
from alleviation.dashboards.help.handbooks import BY_ROLE, HANDBOOKS, MANAGER
from alleviation.dashboards.templatetags.help import definition, screen, size_of
from alleviation.scrutiny.catalogue import BY_SLUG
from tests.conftest import signed_in

TEMPLATES = settings.BASE_DIR / "templates" / "help"
LANGUAGES = ("en", "zh_hans")
NAMES = [handbook.role.value for handbook in HANDBOOKS]
SECTION = re.compile(r'<section id="(\w+)">\s*<h2>(.+?)</h2>')
CONTENT = re.compile(r'<li><a href="#(\w+)">(.+?)</a></li>')
PICTURE = re.compile(r'{% picture "([\w-]+)" "([^"]+)" %}')
SCREEN = re.compile(r'{% screen "([^"]+)"(?: "([^"]+)")?')
each_handbook = pytest.mark.parametrize("name", NAMES)
each_text = pytest.mark.parametrize(
    "path", sorted(TEMPLATES.glob("*/*.html")), ids=lambda p: f"{p.parent.name}-{p.stem}"
)
LARGEST_PICTURE = 60_000


def words_of(name: str, language: str) -> str:
    return (TEMPLATES / language / f"{name}.html").read_text(encoding="utf-8")


@each_handbook
def test_both_languages_have_the_same_sections_pictures_and_names_of_the_screen(name):
    found = [
        (
            [anchor for anchor, _title in SECTION.findall(text)],
            [picture for picture, _alt in PICTURE.findall(text)],
            [sorted(SCREEN.findall(section)) for section in text.split("<section ")[1:]],
        )
        for text in (words_of(name, language) for language in LANGUAGES)
    ]

    assert found[0] == found[1]


@each_handbook
def test_sections_are_those_that_pages_lead_to(name):
    assert [anchor for anchor, _title in SECTION.findall(words_of(name, "en"))] == list(BY_ROLE[name].sections)


@each_text
def test_contents_are_the_titles_of_the_sections(path: Path):
    text = path.read_text(encoding="utf-8")

    assert CONTENT.findall(text) == SECTION.findall(text)


@each_text
def test_names_of_the_screen_are_told_in_chinese(path: Path):
    """What no source marks any more is in no catalogue, and would be told in English."""
    with translation.override("zh-hans"):
        lacking = [
            words
            for words, context in SCREEN.findall(path.read_text(encoding="utf-8"))
            if (pgettext(context, words) if context else gettext(words)) == words
        ]

    assert lacking == []


@each_text
def test_pictures_are_there_and_small(path: Path):
    faults = []
    for name, _alt in PICTURE.findall(path.read_text(encoding="utf-8")):
        found = finders.find(f"img/help/{path.parent.name}/{name}.png")
        if found is None or Path(found).stat().st_size >= LARGEST_PICTURE:
            faults.append(name)

    assert faults == []


def test_no_picture_is_left_over():
    shown = {
        f"{path.parent.name}/{name}.png"
        for path in TEMPLATES.glob("*/*.html")
        for name, _alt in PICTURE.findall(path.read_text(encoding="utf-8"))
    }
    folder = settings.BASE_DIR / "static" / "img" / "help"

    assert {str(path.relative_to(folder)) for path in folder.rglob("*.png")} == shown


def test_every_figure_stands_in_a_group_that_says_what_is_in_it():
    missing = [f"{lang}/{group.slug}" for lang in LANGUAGES for group in GROUPS if not said_of(group.slug, lang)]

    assert (ungrouped(), missing) == ([], [])


def said_of(slug: str, language: str) -> bool:
    path = TEMPLATES / language / "figures" / f"{slug}.html"
    return path.is_file() and path.read_text(encoding="utf-8").count("<p><strong>") == 2


def test_handbooks_explain_pages_that_exist():
    """What a section explains begins the name of some page."""
    names = {
        f"{space}:{name}"
        for space, (_prefix, inner) in get_resolver().namespace_dict.items()
        for name in inner.reverse_dict
        if isinstance(name, str)
    }
    begins = {begin for handbook in HANDBOOKS for pages in handbook.sections.values() for begin in pages}

    assert [begin for begin in sorted(begins) if not any(name.startswith(begin) for name in names)] == []


@each_handbook
def test_each_page_of_figures_and_records_is_explained(name):
    """To the administrator none of them is open."""
    pages = [f"dashboards:{page}" for page in names_in("dashboards") if not page.startswith("help")]

    unexplained = [page for page in pages if not BY_ROLE[name].section_of(page)]

    assert unexplained == ([] if name != Role.ADMINISTRATOR else pages)


def names_in(space: str) -> list[str]:
    _prefix, inner = get_resolver().namespace_dict[space]
    return sorted(name for name in inner.reverse_dict if isinstance(name, str))


def test_the_longest_name_decides():
    sections = [MANAGER.section_of(name) for name in ("dashboards:areas", "dashboards:funding", "admin:index")]

    assert sections == ["drill", "money", ""]


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_glossary_has_every_figure_once(manager: User, language):
    client = signed_in(manager)
    client.cookies["django_language"] = language

    content = client.get("/help/figures/").content

    assert sorted(re.findall(r'<div class="definition" id="([\w-]+)">', content.decode())) == sorted(BY_SLUG)
    assert len(content) < 100_000


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_help_leads_to_ones_own_handbook(role, manager: User, django_assert_num_queries):
    manager.role, manager.area = role, "513228"
    manager.save(update_fields=["role", "area"])
    client = signed_in(manager)

    answer = client.get("/help/")

    assert answer.headers["Location"] == f"/help/{role}/"
    # Session, user, and whether the example is loaded.
    with django_assert_num_queries(3):
        content = client.get(answer.headers["Location"]).content.decode()
    assert f"<h1>{BY_ROLE[role].title}</h1>" in content


@pytest.mark.django_db
def test_pages_lead_to_the_section_and_the_definition(manager: User):
    content = signed_in(manager).get("/funding/").content.decode()

    assert 'href="/help/manager/#money">Help on this page</a>' in content
    assert '<a class="defined" href="/help/figures/#execution-rate">' in content


@pytest.mark.django_db
def test_explanations_lead_to_the_definition(manager: User):
    assert 'href="/help/figures/#spent"' in signed_in(manager).get("/explain/spent/").content.decode()


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        ("spent", "/help/figures/#spent"),
        ("/explain/spent/?year=2019&area=51", "/help/figures/#spent"),
        ("", ""),
    ],
)
def test_a_definition_is_found_by_name_and_by_explanation(figure, expected):
    assert definition(figure) == expected


def test_names_of_the_screen_follow_the_language():
    with translation.override("zh-hans"):
        said = screen("Check the last %(shown)s events", shown="1,000")

    assert said == '<b class="on-screen">核查最后 1,000 条审计事件</b>'


def test_a_picture_is_shown_in_half_its_size(tmp_path: Path):
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes([0, 0, 3, 32, 0, 0, 1, 144]) + b"rest")

    assert (size_of(tmp_path / "a.png"), size_of(tmp_path / "b.png")) == ((400, 200), None)
