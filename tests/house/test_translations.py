"""The catalogues are whole, compiled and of today."""

import shutil
from pathlib import Path

import polib
import pytest

from tests.house.catalogue_laws import (
    can_extract,
    differences,
    lost_placeholders,
    marked_in_source,
    not_in,
    unfinished,
)
from tests.house.ground import ROOT, files, label, own_code, told

CATALOGUES = files(suffix=".po")
each_catalogue = pytest.mark.parametrize("path", CATALOGUES, ids=label)
with_gettext = pytest.mark.skipif(not can_extract(), reason="SKIPPED: gettext is missing (apt-get install gettext)")


@each_catalogue
def test_the_compiled_catalogue_says_the_same(path: Path):
    found = differences(polib.pofile(str(path)), polib.mofile(str(path.with_suffix(".mo"))))

    assert found == [], told(found)


@each_catalogue
def test_nothing_is_left_untranslated(path: Path):
    found = unfinished(polib.pofile(str(path)))

    assert found == [], told(found)


@each_catalogue
def test_every_translation_fills_in_what_its_source_does(path: Path):
    found = lost_placeholders(polib.pofile(str(path)))

    assert found == [], told(found)


@with_gettext
def test_everything_marked_in_the_source_is_in_each_catalogue(tmp_path: Path):
    if not CATALOGUES:
        pytest.skip("SKIPPED: there is no catalogue yet")
    sources = [*own_code(), *(path for path in files(suffix=".html"))]

    marked = marked_in_source(sources, tmp_path)

    assert {label(po): not_in(polib.pofile(str(po)), marked) for po in CATALOGUES} == {
        label(p): [] for p in CATALOGUES
    }


# --- each law can be broken ---------------------------------------------------------------------------------------


def catalogue(**entries: str) -> polib.POFile:
    po = polib.POFile()
    po.extend(polib.POEntry(msgid=msgid, msgstr=msgstr) for msgid, msgstr in entries.items())
    return po


def test_a_stale_compiled_catalogue_is_found(tmp_path: Path):
    catalogue(year="年", old="旧", same="同").save_as_mofile(str(tmp_path / "x.mo"))

    found = differences(catalogue(year="年度", new="新", same="同"), polib.mofile(str(tmp_path / "x.mo")))

    assert found == ["'new'", "'old'", "'year'"]


def test_unfinished_entries_are_found():
    po = catalogue(empty="", done="好")
    po.append(polib.POEntry(msgid="guessed", msgstr="猜", flags=["fuzzy"]))
    po.append(polib.POEntry(msgid="gone", msgstr="", obsolete=True))

    assert unfinished(po) == ["'empty'", "'guessed'"]


@pytest.mark.parametrize(
    ("source", "said", "expected"),
    [
        ("%(year)s of %(area)s", "%(area)s %(year)s年", []),
        ("%(year)s of %(area)s", "%(year)s年", ["'%(year)s of %(area)s'"]),
        ("a year", "%(year)s年", ["'a year'"]),
    ],
)
def test_placeholders_are_compared(source, said, expected):
    assert lost_placeholders(catalogue(**{source: said})) == expected


@with_gettext
@pytest.mark.slow
def test_words_missing_from_a_catalogue_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tests.house.catalogue_laws.ROOT", tmp_path / "source")
    page = tmp_path / "source" / "page.html"
    page.parent.mkdir()
    page.write_text('{% load i18n %}{% translate "known" %}{% translate "new" context "of a year" %}')
    (tmp_path / "copy").mkdir()

    marked = marked_in_source([page], tmp_path / "copy")

    assert not_in(catalogue(known="知"), marked) == ["'new'"]


def test_gettext_is_looked_for_by_name():
    assert can_extract() is (shutil.which("xgettext") is not None)


def test_catalogues_lie_where_django_looks():
    assert [label(path) for path in CATALOGUES if not path.is_relative_to(ROOT / "locale")] == []
