"""Laws of templates and stylesheets. Each takes sources by their name and returns who breaks it, as words."""

import re
from collections.abc import Iterator

from tests.house.code_laws import Law, Sources

COMMENTS = re.compile(r"\{#.*?#\}|\{% comment .*?%\}.*?\{% endcomment %\}|<!--.*?-->|/\*.*?\*/", re.DOTALL)
TAG = re.compile(r"<[a-z][^<>]*(?:\{[^<>]*)*>", re.IGNORECASE)
INLINE = re.compile(r"""\s(style|on\w+|hx-on\S*)\s*=""", re.IGNORECASE)
STYLE_BLOCK = re.compile(r"<style\b", re.IGNORECASE)
SCRIPT = re.compile(r"<script\b[^>]*>", re.IGNORECASE)
FOREIGN = re.compile(
    r"""\b(?:src|srcset|data|poster|action|xlink:href)\s*=\s*["']?(?:https?:)?//"""
    r"""|<(?:link|use|image)\b[^>]*href\s*=\s*["']?(?:https?:)?//"""
    r"""|(?:url\(|@import)\s*["']?(?:https?:)?//""",
    re.IGNORECASE,
)
UNESCAPED = re.compile(r"\|\s*safe(?:seq)?\b|\{%\s*autoescape\s+off")
COMPUTING = re.compile(r"\|\s*add\s*:|\{%\s*widthratio\b|\{[{%][^{}]*\.(?:all|filter)\b")


def places(sources: Sources, *patterns: re.Pattern[str]) -> Iterator[str]:
    """Where a pattern is found, comments aside."""
    for name, source in sources.items():
        bare = COMMENTS.sub(lambda found: "\n" * found[0].count("\n"), source)
        for pattern in patterns:
            for found in pattern.finditer(bare):
                yield f"{name}:{bare.count(chr(10), 0, found.start()) + 1} {found[0].strip()}"


def no_script_or_style_is_inline(sources: Sources) -> list[str]:
    """The policy would stop it, silently."""
    scripts = [place for place in places(sources, SCRIPT) if "src=" not in place and "application/json" not in place]
    attributes = [
        f"{place.partition(' ')[0]} {found[0].strip()}"
        for place in places(sources, TAG)
        for found in INLINE.finditer(place)
    ]
    return [*scripts, *attributes, *places(sources, STYLE_BLOCK)]


def nothing_comes_from_elsewhere(sources: Sources) -> list[str]:
    """The app works without the internet; a link that a person follows may lead anywhere."""
    return [*places(sources, FOREIGN)]


def nothing_is_left_unescaped(sources: Sources) -> list[str]:
    return [*places(sources, UNESCAPED)]


def no_template_computes_or_queries(sources: Sources) -> list[str]:
    return [*places(sources, COMPUTING)]


LAWS: tuple[Law, ...] = (
    no_script_or_style_is_inline,
    nothing_comes_from_elsewhere,
    nothing_is_left_unescaped,
    no_template_computes_or_queries,
)
