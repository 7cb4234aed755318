"""A document's text cut where its claims begin and end, so that claims may nest, overlap or share one span."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol

LONGEST_WORD = 24
# So many places of a quote are told and no more: in a text that repeats itself each costs the whole quote.
MOST_PLACES = 1000
LINE_END = re.compile(r"\r\n|\r")
BLANKS = re.compile(r"\s+")


class Span(Protocol):
    """The characters of a text that a claim quotes: `start` counted from 0, `end` after the last one."""

    code: str
    start: int
    end: int


@dataclass(frozen=True)
class Run:
    """Characters that a browser counts as we do, but for the last: it makes one of CR LF, so a run ends there.

    `at` is the place of the first one in the text, `length` their number there.
    """

    text: str
    at: int

    @property
    def length(self) -> int:
        return len(self.text)


@dataclass(frozen=True)
class Passage:
    """A stretch of text that the same spans cover from end to end.

    `codes` are theirs, the shortest span first; `begins` and `ends` are those of them that begin or end here; `at` is
    the place of its first character in the whole text.
    """

    text: str
    codes: tuple[str, ...] = ()
    begins: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    at: int = field(default=0, kw_only=True)

    @property
    def runs(self) -> list[Run]:
        """Its characters in stretches in which a browser can count."""
        cuts = [0, *(found.end() for found in re.finditer("\r\n", self.text)), len(self.text)]
        return [Run(self.text[first:last], self.at + first) for first, last in pairwise(cuts) if first < last]


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


def with_plain_lines(text: str) -> str:
    """The text as a browser's box has it: LF at the end of each line."""
    return LINE_END.sub("\n", text)


def places_of(quote: str, text: str) -> list[tuple[int, int]]:
    """Where the characters of a quote stand in a text, as (start, end), overlapping or not.

    They are compared one by one, but for the ends of lines, which a browser sends in its own way.
    """
    return _found(quote, text, LINE_END, "\n")


def number_words(places: list[tuple[int, int]]) -> str:
    """How often a quote stands there: "1000+" where no more places were looked for."""
    return f"{len(places)}+" if len(places) == MOST_PLACES else str(len(places))


def places_of_words(quote: str, text: str) -> list[tuple[int, int]]:
    """Where the words of a quote stand in a text in their order, whatever blanks and ends of lines are between."""
    return _found(quote.strip(), text, BLANKS, " ")


def _found(quote: str, text: str, pattern: re.Pattern[str], put: str) -> list[tuple[int, int]]:
    """Where a quote stands when each match of the pattern counts as `put`: the first MOST_PLACES at most."""
    wanted, flat = pattern.sub(put, quote), _Flat.of(text, pattern, put)
    places: list[tuple[int, int]] = []
    at = flat.text.find(wanted) if wanted else -1
    while at >= 0 and len(places) < MOST_PLACES:
        places.append((flat.source(at), flat.source(at + len(wanted))))
        at = flat.text.find(wanted, at + 1)
    return places


@dataclass(frozen=True)
class _Flat:
    """A text with its matches of a pattern replaced, and the way back: from `ends` on, the source is `ahead`."""

    text: str
    ends: list[int]
    ahead: list[int]

    @classmethod
    def of(cls, text: str, pattern: re.Pattern[str], put: str) -> "_Flat":
        ends, ahead, lost = [0], [0], 0
        for found in pattern.finditer(text):
            size = found.end() - found.start()
            if size != len(put):
                ends.append(found.start() - lost + len(put))
                lost += size - len(put)
                ahead.append(lost)
        return cls(pattern.sub(put, text), ends, ahead)

    def source(self, place: int) -> int:
        """The place in the source of a place between two characters."""
        return place + self.ahead[bisect_right(self.ends, place) - 1]


def _passage(text: str, first: int, last: int, spans: list[Span]) -> Passage:
    covering = [s for s in spans if s.start <= first < s.end]
    return Passage(
        text=text[first:last],
        codes=tuple(s.code for s in covering),
        begins=tuple(sorted(s.code for s in covering if s.start == first)),
        ends=tuple(sorted(s.code for s in covering if min(s.end, len(text)) == last)),
        at=first,
    )


def _half_word(cut_off: str, kept: str) -> int:
    """How many characters at the start of `kept` are the rest of a word that was cut in two.

    0 where none was cut, or where no space follows soon, as in Chinese.
    """
    if not cut_off or cut_off[-1].isspace():
        return 0
    return next((n for n, char in enumerate(kept[:LONGEST_WORD]) if char.isspace()), 0)
