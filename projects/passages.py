"""A document's text cut where its claims begin and end, so that claims may nest, overlap or share one span."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

LONGEST_WORD = 24


class Span(Protocol):
    """The characters of a text that a claim quotes: `start` counted from 0, `end` after the last one."""

    code: str
    start: int
    end: int


@dataclass(frozen=True)
class Passage:
    """A stretch of text that the same spans cover from end to end.

    `codes` are theirs, the shortest span first; `begins` and `ends` are those of them that begin or end here.
    """

    text: str
    codes: tuple[str, ...] = ()
    begins: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()


@dataclass(frozen=True)
class Quotation:
    """A quote with the text around it; `is_cut_before` and `is_cut_after` tell whether there is more."""

    before: str
    quote: str
    after: str
    is_cut_before: bool
    is_cut_after: bool


def passages(text: str, spans: Iterable[Span]) -> list[Passage]:
    """The whole text as passages, in order; joined they are the text. What lies outside the text marks nothing."""
    length = len(text)
    inside = sorted((s for s in spans if s.start < min(s.end, length)), key=lambda s: (s.end - s.start, s.code))
    cuts = {0, length, *(s.start for s in inside), *(min(s.end, length) for s in inside)}
    return [_passage(text, first, last, inside) for first, last in pairwise(sorted(cuts))]


def quotation(text: str, span: Span, *, around: int = 240) -> Quotation:
    """The quote of a span with up to `around` characters on either side, cut between words where there are any."""
    first, last = max(0, span.start - around), span.end + around
    before, after = text[first : span.start], text[span.end : last]
    return Quotation(
        before=before[_half_word(text[:first], before) :],
        quote=text[span.start : span.end],
        after=after[: len(after) - _half_word(text[last:][::-1], after[::-1])],
        is_cut_before=first > 0,
        is_cut_after=last < len(text),
    )


def _passage(text: str, first: int, last: int, spans: list[Span]) -> Passage:
    covering = [s for s in spans if s.start <= first < s.end]
    return Passage(
        text=text[first:last],
        codes=tuple(s.code for s in covering),
        begins=tuple(sorted(s.code for s in covering if s.start == first)),
        ends=tuple(sorted(s.code for s in covering if min(s.end, len(text)) == last)),
    )


def _half_word(cut_off: str, kept: str) -> int:
    """How many characters at the start of `kept` are the rest of a word that was cut in two.

    0 where none was cut, or where no space follows soon, as in Chinese.
    """
    if not cut_off or cut_off[-1].isspace():
        return 0
    return next((n for n, char in enumerate(kept[:LONGEST_WORD]) if char.isspace()), 0)
