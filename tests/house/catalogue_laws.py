"""Laws of the catalogues of translations: what may be wrong with a .po, its .mo, and what the source says."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import polib

from tests.house.ground import ROOT

Key = tuple[str, str]
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")


def key(entry: polib.POEntry) -> Key:
    return entry.msgctxt or "", entry.msgid


def words(entry: polib.POEntry) -> tuple[str, ...]:
    """What an entry says, one form or several."""
    return tuple(entry.msgstr_plural[n] for n in sorted(entry.msgstr_plural)) or (entry.msgstr,)


def differences(po: polib.POFile, mo: polib.MOFile) -> list[str]:
    """Where the compiled catalogue does not say what the written one says."""
    written = {key(e): words(e) for e in po.translated_entries()}
    compiled = {key(e): words(e) for e in mo}
    return sorted(f"{k[1]!r}" for k in written.keys() | compiled.keys() if written.get(k) != compiled.get(k))


def unfinished(po: polib.POFile) -> list[str]:
    """Entries without words, or with words that nobody has confirmed."""
    return [f"{e.msgid!r}" for e in [*po.untranslated_entries(), *po.fuzzy_entries()] if not e.obsolete]


def lost_placeholders(po: polib.POFile) -> list[str]:
    """Entries whose translation fills in something else than the source does."""
    return [
        f"{entry.msgid!r}"
        for entry in po.translated_entries()
        for said in words(entry)
        if set(PLACEHOLDER.findall(said)) - set(PLACEHOLDER.findall(entry.msgid + entry.msgid_plural))
        or set(PLACEHOLDER.findall(entry.msgid)) - set(PLACEHOLDER.findall(said)) - {"%(count)s", "%(counter)s"}
    ]


def not_in(po: polib.POFile, marked: Iterable[Key]) -> list[str]:
    """Words that the source marks for translation and the catalogue does not know."""
    known = {key(entry) for entry in po if not entry.obsolete}
    return sorted(f"{each[1]!r}" for each in set(marked) - known)


def can_extract() -> bool:
    return all(map(shutil.which, ("xgettext", "msguniq", "msgmerge", "msgattrib")))


def marked_in_source(sources: Iterable[Path], folder: Path) -> set[Key]:
    """Everything that Django's own makemessages finds, in a copy of the sources."""
    for path in sources:
        copy = folder / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    (folder / "locale").mkdir()
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    command = [sys.executable, "-m", "django", "makemessages", "--locale", "zh_Hans", "--no-location", "--no-wrap"]
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    return {key(entry) for entry in polib.pofile(str(folder / "locale/zh_Hans/LC_MESSAGES/django.po"))}
