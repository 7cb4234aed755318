"""Takes pictures of every page, for people to look at: python -m tests.browser.look --out DIR

    python -m tests.browser.look --out DIR [--who manager,clerk] [--each 1] [--ways light,dark,narrow,print]
        [--languages en,zh]

The example is served on a port of its own, and goes again. Beside the pictures stands index.html with all of them.
"""

import argparse
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

import django

# How each picture is taken: width, colour scheme, medium.
WAYS = {
    "light": (1280, "light", "screen"),
    "dark": (1280, "dark", "screen"),
    "narrow": (390, "light", "screen"),
    "print": (794, "light", "print"),
}
STARTS = {"manager": "/", "auditor": "/", "clerk": "/admin/", "reviewer": "/admin/", "administrator": "/admin/"}


def main() -> int:
    parser = argparse.ArgumentParser(description="Pictures of every page, for people to look at.")
    parser.add_argument("--out", type=Path, required=True, help="the folder that they go to")
    parser.add_argument("--who", default="manager,auditor,clerk,reviewer,administrator")
    parser.add_argument("--each", type=int, default=1, help="so many pages of each kind")
    parser.add_argument("--ways", default=",".join(WAYS))
    parser.add_argument("--languages", default="en,zh")
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alleviation.settings")
    django.setup()
    given.out.mkdir(parents=True, exist_ok=True)
    pictures = sorted(take(given))
    write_index(given.out, pictures)
    sys.stdout.write(f"{len(pictures)} pictures: {given.out / 'index.html'}\n")
    return 0


def take(given: argparse.Namespace) -> Iterator[Path]:
    """Every picture, one after the other."""
    from playwright.sync_api import sync_playwright

    from tests.browser.chromium import ARGUMENTS, CHROMIUM
    from tests.browser.serving import made_once, served
    from tests.browser.visiting import Reception

    with tempfile.TemporaryDirectory() as folder, served(made_once(Path(folder))) as base, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        reception = Reception(browser, base)
        for who in given.who.split(","):
            for language in given.languages.split(","):
                yield from tour(reception, who, language, given)
        browser.close()


def tour(reception: Any, who: str, language: str, given: argparse.Namespace) -> Iterator[Path]:
    """The pages that one reads in a language, each in every way."""
    from tests.browser.visiting import Way
    from tests.browser.walking import walk

    taken: list[Path] = []

    def shoot(visit: Any) -> list[str]:
        taken.extend(shots(visit, given.out / who / language, given.ways.split(",")))
        return []

    with reception.visit(replace(Way(who, language))) as visit:
        done = walk(visit, starts=[STARTS[who]], look=shoot, each=given.each)
    for fault in done.faults:
        sys.stderr.write(f"{who} {language}: {fault}\n")
    yield from taken


def shots(visit: Any, folder: Path, ways: list[str]) -> Iterator[Path]:
    """The open page in each way; on paper as a PDF too."""
    folder.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"\W+", "-", visit.address).strip("-")[:100] or "overview"
    for way in ways:
        width, scheme, medium = WAYS[way]
        visit.page.set_viewport_size({"width": width, "height": 900})
        visit.page.emulate_media(color_scheme=scheme, media=medium)
        path = folder / f"{name}.{way}.png"
        visit.page.screenshot(path=path, full_page=True)
        yield path
        if medium == "print":
            visit.page.pdf(path=path.with_suffix(".pdf"), prefer_css_page_size=True)
    visit.page.emulate_media(color_scheme="light", media="screen")


def write_index(out: Path, pictures: list[Path]) -> None:
    """One page with all of them, small, each leading to itself."""
    shown = (escape(str(path.relative_to(out))) for path in pictures)
    figures = (
        f'<figure><a href="{one}"><img src="{one}" loading="lazy" alt=""></a><figcaption>{one}</figcaption></figure>\n'
        for one in shown
    )
    style = "<style>body{display:flex;flex-wrap:wrap;gap:1rem}figure{width:300px;margin:0}img{width:300px}</style>"
    (out / "index.html").write_text(f'<!DOCTYPE html><meta charset="utf-8">{style}\n{"".join(figures)}', "utf-8")


if __name__ == "__main__":
    sys.exit(main())
