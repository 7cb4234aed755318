"""A text cut at its claims: nothing is lost, every cut is needed, and every claim keeps its characters."""

from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.passages import (
    Passage,
    Quotation,
    number_words,
    passages,
    places_of,
    places_of_words,
    quotation,
    with_plain_lines,
)


@dataclass(frozen=True)
class Span:
    code: str
    start: int
    end: int


def spans_within(length: int) -> st.SearchStrategy[list[Span]]:
    """Up to eight spans, some of them reaching past a text of this length."""
    ends = st.tuples(st.integers(0, length + 5), st.integers(1, 12))
    return st.lists(ends, max_size=8).map(
        lambda found: [Span(f"C{n}", start, start + size) for n, (start, size) in enumerate(found)]
    )


texts_with_spans = st.text(max_size=40).flatmap(lambda text: st.tuples(st.just(text), spans_within(len(text))))


@given(texts_with_spans)
@pytest.mark.slow
def test_passages_joined_are_the_text(case: tuple[str, list[Span]]) -> None:
    text, spans = case

    found = passages(text, spans)

    assert "".join(passage.text for passage in found) == text
    assert all(passage.text for passage in found)


@given(texts_with_spans)
@pytest.mark.slow
def test_a_claim_covers_its_own_characters_and_no_others(case: tuple[str, list[Span]]) -> None:
    text, spans = case

    found = passages(text, spans)

    for span in spans:
        marked = "".join(passage.text for passage in found if span.code in passage.codes)
        assert marked == text[span.start : span.end]


@given(texts_with_spans)
def test_a_claim_inside_the_text_begins_once_and_ends_once(case: tuple[str, list[Span]]) -> None:
    text, spans = case

    found = passages(text, spans)

    inside = sorted(span.code for span in spans if span.start < len(text))
    assert sorted(code for passage in found for code in passage.begins) == inside
    assert sorted(code for passage in found for code in passage.ends) == inside


@given(texts_with_spans)
@pytest.mark.slow
def test_neighbours_are_covered_by_different_claims(case: tuple[str, list[Span]]) -> None:
    text, spans = case

    found = passages(text, spans)

    assert all(set(one.codes) != set(other.codes) for one, other in pairwise(found))


@given(texts_with_spans)
@pytest.mark.slow
def test_the_order_of_the_claims_does_not_matter(case: tuple[str, list[Span]]) -> None:
    text, spans = case

    assert passages(text, spans) == passages(text, spans[::-1])


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], [Passage("abcdef")]),
        (
            # Two claims that share one span.
            [Span("A10", 1, 3), Span("A09", 1, 3)],
            [
                Passage("a"),
                Passage("bc", codes=("A09", "A10"), begins=("A09", "A10"), ends=("A09", "A10"), at=1),
                Passage("def", at=3),
            ],
        ),
        (
            # One inside the other: the shorter is named first.
            [Span("OUT", 0, 5), Span("IN", 2, 3)],
            [
                Passage("ab", codes=("OUT",), begins=("OUT",)),
                Passage("c", codes=("IN", "OUT"), begins=("IN",), ends=("IN",), at=2),
                Passage("de", codes=("OUT",), ends=("OUT",), at=3),
                Passage("f", at=5),
            ],
        ),
        (
            # Overlapping.
            [Span("A", 0, 3), Span("B", 2, 5)],
            [
                Passage("ab", codes=("A",), begins=("A",)),
                Passage("c", codes=("A", "B"), begins=("B",), ends=("A",), at=2),
                Passage("de", codes=("B",), ends=("B",), at=3),
                Passage("f", at=5),
            ],
        ),
    ],
)
def test_passages_of_a_small_text(spans: list[Span], expected: list[Passage]) -> None:
    assert passages("abcdef", spans) == expected


def test_passages_of_no_text_are_none() -> None:
    assert passages("", [Span("A", 0, 3)]) == []


@pytest.mark.parametrize(
    ("span", "around", "expected"),
    [
        (Span("A", 2, 4), 1, Quotation("b", "cd", "e", is_cut_before=True, is_cut_after=True)),
        (Span("A", 2, 4), 2, Quotation("ab", "cd", "ef", is_cut_before=False, is_cut_after=False)),
        (Span("A", 0, 6), 9, Quotation("", "abcdef", "", is_cut_before=False, is_cut_after=False)),
    ],
)
def test_quotation_says_whether_there_is_more(span: Span, around: int, expected: Quotation) -> None:
    assert quotation("abcdef", span, around=around) == expected


@pytest.mark.parametrize(
    ("text", "quote", "around", "before", "after"),
    [
        ("every word counts for those who read", "counts", 8, " word ", " for "),
        # The cut falls between two words by itself.
        ("every word counts for those who read", "counts", 6, " word ", " for "),
        # No spaces to cut at, as in Chinese.
        ("每一个字都要算数", "都", 2, "个字", "要算"),
    ],
)
def test_quotation_is_cut_between_words(text: str, quote: str, around: int, before: str, after: str) -> None:
    span = Span("A", text.index(quote), text.index(quote) + len(quote))

    found = quotation(text, span, around=around)

    assert (found.before, found.quote, found.after) == (before, quote, after)


# --- as a browser counts ------------------------------------------------------------------------------------------

# What shifts offsets: two UTF-16 units for one character, two characters for one end of line.
odd_texts = st.lists(st.sampled_from(["a", "村", "😀", "\u0301", "\r", "\n", "\r\n", " "]), max_size=30).map("".join)


@given(odd_texts.flatmap(lambda text: st.tuples(st.just(text), spans_within(len(text)))))
@pytest.mark.slow
def test_runs_say_where_each_character_stands_though_a_browser_joins_cr_and_lf(case: tuple[str, list[Span]]) -> None:
    text, spans = case

    runs = [run for passage in passages(text, spans) for run in passage.runs]

    assert "".join(run.text for run in runs) == text
    for run in runs:
        shown = with_plain_lines(run.text)
        assert text[run.at : run.at + run.length] == run.text
        # All but the last character stand where counting from the first one says, which is what marking.js does.
        assert with_plain_lines(run.text[: len(shown) - 1]) == shown[:-1]
        assert run.length - len(shown) in (0, 1)


@given(odd_texts, st.data())
def test_a_quote_is_found_at_its_span_however_lines_end(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    quote = text[start : data.draw(st.integers(start, len(text)))]

    places = places_of(with_plain_lines(quote), text)

    found = [with_plain_lines(text[first:last]) for first, last in places]
    assert found == [with_plain_lines(quote)] * len(places)
    is_cut_within_a_line_end = text[start - 1 : start + 1] == "\r\n" or (
        quote[-1:] == "\r" and text[start + len(quote) :][:1] == "\n"
    )
    assert not quote or is_cut_within_a_line_end or (start, start + len(quote)) in places


@pytest.mark.parametrize(
    ("quote", "text", "places"),
    [
        ("aa", "aaa", [(0, 2), (1, 3)]),
        ("a\r\nb", "😀a\nb a\rb a\r\nb", [(1, 4), (5, 8), (9, 13)]),
        ("a b", "a  b", []),
        ("", "aaa", []),
    ],
)
def test_places_of_a_quote(quote: str, text: str, places: list[tuple[int, int]]) -> None:
    assert places_of(quote, text) == places


@pytest.mark.parametrize(
    ("quote", "text", "places"),
    [
        (" a  b ", "x a\r\n\r\nb a b", [(2, 8), (9, 12)]),
        ("a b", "a. b ab", []),
        (" ", "a b", []),
        ("一条路", "有一条\n路", []),
    ],
)
def test_places_of_words(quote: str, text: str, places: list[tuple[int, int]]) -> None:
    assert places_of_words(quote, text) == places


def test_of_a_text_that_repeats_itself_only_the_first_places_are_told() -> None:
    places = places_of("a" * 50, "a" * 1500)

    assert places == [(start, start + 50) for start in range(1000)]
    assert number_words(places) == "1000+"
    assert number_words(places[:7]) == "7"
