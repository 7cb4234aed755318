"""Pinyin initials: what they are, and what of a typed text may be some."""

import pytest

from alleviation.common.initials import capitalised, initials_begin, initials_of


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("若多村民委员会", "rdcmwyh"),
        ("若多村", "rdc"),
        ("正街社区居民委员会", "zjsqjmwyh"),
        # A character of two readings has that of its phrase.
        ("重庆市", "cqs"),
        ("长征街道", "czjd"),
        ("A区3号", "aq3h"),
        ("华润电力（贺州）有限公司", "hrdlhzyxgs"),
        ("Ruoduo Village", ""),
        ("", ""),
        ("村" * 40, "c" * 32),
    ],
)
def test_initials_of_a_name(name, initials):
    assert initials_of(name) == initials


@pytest.mark.parametrize("typed", ["r", "若多", "5132", "r&d", ""])
def test_text_that_is_no_initials_asks_for_none(typed):
    assert not initials_begin(typed, "initials")


def test_initials_are_found_in_capitals_and_apart():
    assert initials_begin("R D c", "initials").children == [("initials__begins", "rdc")]


def test_english_names_are_found_in_small_letters():
    for typed in ("party branch of ruoduo", "PARTY BRANCH OF RUODUO"):
        assert {"Party Branch of Ruoduo", "Party branch of Ruoduo"} <= capitalised(typed)
    assert "Second Party branch of Southwest China" in capitalised("second party branch of southwest china")
