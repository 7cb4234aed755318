"""What became of places: set by hand with a source; a place lives on whole in one successor, or stays itself."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from alleviation.audit.models import AuditEvent
from projects.actions import enter_reference
from projects.imports.reference import load_successions
from projects.models import Division, Succession
from projects.rollups.places import fold_former
from tests.factories import place

FORMER, TODAY = "513228212205", "513228107205"


@pytest.fixture
def today(ruoduo: Division) -> Division:
    """Ruoduo Village as the list of 2023 has it."""
    return place(TODAY, "若多村民委员会", vintage=2023)


def succession(former: Division, today: Division, **facts: str) -> Succession:
    return Succession(predecessor=former, successor=today, **{"kind": "recoded", "source": "both lists", **facts})


def row(**facts: str) -> dict[str, str]:
    return {
        "predecessor_vintage": "2019",
        "predecessor_level": "village",
        "predecessor_code": FORMER,
        "successor_vintage": "2023",
        "successor_level": "village",
        "successor_code": TODAY,
        "kind": "recoded",
        "happened_on": "",
        "source": "both lists",
        "note": "",
    } | facts


def test_former_code_folds_into_todays(ruoduo, today):
    succession(ruoduo, today).save()

    assert fold_former([FORMER, TODAY, "513228212200"]) == {
        FORMER: TODAY,
        TODAY: TODAY,
        "513228212200": "513228212200",
    }


def test_place_that_was_split_is_not_folded(ruoduo, today):
    succession(ruoduo, today, kind="split").save()

    assert fold_former([FORMER]) == {FORMER: FORMER}


def test_place_with_two_successors_is_not_folded(ruoduo, today):
    succession(ruoduo, today).save()
    succession(ruoduo, place("513228107206", vintage=2023)).save()

    assert fold_former([FORMER]) == {FORMER: FORMER}


def test_places_merged_into_one_fold_together(ruoduo, xili, today):
    succession(ruoduo, today, kind="merged").save()
    succession(xili, today, kind="merged").save()

    assert fold_former([FORMER, xili.code]) == {FORMER: TODAY, xili.code: TODAY}


def test_folding_takes_one_query_however_many(ruoduo, today, django_assert_num_queries):
    succession(ruoduo, today).save()
    codes = [FORMER, *(f"5132282122{number:02}" for number in range(30, 59))]

    for wanted in (codes[:1], codes[:3], codes):
        # One: the successions of these codes.
        with django_assert_num_queries(1):
            assert len(fold_former(wanted)) == len(wanted)


def test_succession_without_a_source_is_refused(ruoduo, today, administrator):
    with pytest.raises(ValidationError) as refused:
        enter_reference(succession(ruoduo, today, source=""), by=administrator)

    assert refused.value.message_dict == {"source": ["This field cannot be blank."]}
    assert Succession.objects.count() == 0


def test_succession_by_a_clerk_is_refused(ruoduo, today, clerk):
    with pytest.raises(PermissionDenied):
        enter_reference(succession(ruoduo, today), by=clerk)

    assert Succession.objects.count() == 0


def test_rows_are_loaded_once(ruoduo, today):
    load_successions([row()], by="manage.py test")
    load_successions([row()], by="manage.py test")

    found = Succession.objects.get()
    assert (found.predecessor, found.successor, found.happened_on) == (ruoduo, today, None)
    assert AuditEvent.objects.count() == 1


def test_row_corrected_in_a_later_release_is_brought_up_to_date(ruoduo, today):
    load_successions([row()], by="manage.py test")
    load_successions([row(happened_on="2020-06-08", source="an order")], by="manage.py test")

    found = Succession.objects.get()
    assert (found.happened_on.isoformat(), found.source) == ("2020-06-08", "an order")


def test_succession_that_a_person_redirected_stays(ruoduo, today, administrator):
    load_successions([row()], by="manage.py test")
    other = place("513228107206", vintage=2023)
    found = Succession.objects.get()
    found.successor = other
    enter_reference(found, by=administrator)

    load_successions([row()], by="manage.py test")

    assert Succession.objects.get().successor == other


def test_row_without_a_successor_leaves_a_note(ruoduo):
    load_successions([row(successor_code="", note="No successor is known.")], by="manage.py test")

    ruoduo.refresh_from_db()
    assert ruoduo.note == "No successor is known."
    assert Succession.objects.count() == 0


def test_note_that_a_person_wrote_stays(ruoduo, administrator):
    ruoduo.note = "Merged, says the county."
    enter_reference(ruoduo, by=administrator)

    load_successions([row(successor_code="", note="No successor is known.")], by="manage.py test")

    ruoduo.refresh_from_db()
    assert ruoduo.note == "Merged, says the county."
