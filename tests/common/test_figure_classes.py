"""Only figures of one class add up."""

from dataclasses import replace

import pytest

from alleviation.common.figure_classes import ClassedFigure, FigureClass, class_total
from alleviation.common.figures import Figure, FigureSum

REACHED = FigureClass("P", "person", "", "reached")
OTHERS = [
    replace(REACHED, measure="H"),
    replace(REACHED, unit="student"),
    replace(REACHED, basis="per year"),
    replace(REACHED, status="targeted"),
    replace(REACHED, is_made_up=True),
    replace(REACHED, years="2016-2018"),
]


def test_figures_of_one_class_add_up():
    result = ClassedFigure(Figure.over(40000), REACHED) + ClassedFigure(Figure.exact(3000), REACHED)

    assert result == ClassedFigure(Figure.over(43000), REACHED)


@pytest.mark.parametrize("other", OTHERS, ids=lambda other: other.key)
def test_figures_of_unlike_classes_are_never_added(other):
    one, unlike = ClassedFigure(Figure.exact(1), REACHED), ClassedFigure(Figure.exact(1), other)

    with pytest.raises(ValueError, match="never added"):
        one + unlike
    with pytest.raises(ValueError, match="2 classes are never added"):
        class_total([one, unlike])


def test_figure_of_a_class_plus_a_bare_figure_is_a_type_error():
    with pytest.raises(TypeError):
        ClassedFigure(Figure.exact(1), REACHED) + Figure.exact(1)  # type: ignore[operator]


def test_total_of_a_class_counts_what_has_no_number_beside_it():
    parts = [Figure.over(3000), Figure.unstated(), Figure.exact(1)]

    found = class_total(ClassedFigure(part, REACHED) for part in parts)

    assert found == FigureSum(Figure.over(3001), 1)
    assert class_total([]) == FigureSum(None, 0)


def test_classes_have_keys_of_their_own():
    keys = [one.key for one in (REACHED, *OTHERS)]

    assert keys[0] == "P|person||reached|0"
    assert keys[-1] == "P|person||reached|0|2016-2018"
    assert len(set(keys)) == 7
