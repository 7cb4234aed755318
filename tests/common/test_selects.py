import re

import pytest
from django import forms

from alleviation.common.selects import PlainSelect

CHOICES = [
    ("", "all"),
    ("a&b", "A <b>"),
    ("12", "Twelve"),
    ("Inside it", [("12", "Twelve again"), ("13", "Thirteen")]),
]


@pytest.mark.parametrize("value", [None, "", "12", 13, "a&b", "unknown"])
def test_select_is_djangos(value):
    made = [
        kind(attrs={"class": "wide"}, choices=CHOICES).render("area", value, {"id": "id_area", "required": True})
        for kind in (forms.Select, PlainSelect)
    ]

    django, ours = (re.sub(r">\s+<", "><", html) for html in made)
    assert ours == django
