"""What the database refuses is told in words for people, in their language."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from alleviation.audit.forms import words_of
from alleviation.audit.triggers import all_rules, explain
from projects.models import LedgerEntry
from tests.factories import LedgerEntryFactory


def refusal_of(statement: str, *values: object) -> IntegrityError:
    """What the database says to a statement that a rule forbids."""
    with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
    return refused.value


def test_what_a_rule_of_the_database_refuses_is_explained(ruoduo):
    entry = LedgerEntryFactory(division=ruoduo)

    changed = refusal_of("UPDATE projects_ledgerentry SET note = %s WHERE id = %s", "Mine", entry.pk)
    deleted = refusal_of("DELETE FROM projects_ledgerentry WHERE id = %s", entry.pk)

    assert explain(changed) == "A posted entry is never changed"
    assert explain(deleted) == "A posted entry is never deleted"
    assert words_of(changed) == "A posted entry is never changed"
    assert LedgerEntry.objects.get().note == ""


def test_what_no_rule_of_ours_refuses_is_somebody_elses_entry():
    taken = IntegrityError("UNIQUE constraint failed: projects_project.code")

    assert explain(taken) is None
    assert words_of(taken) == "Somebody else has just entered the same. Look at it before you save again."


def test_each_rule_explains_itself_and_not_another():
    messages = {rule.message for rule in all_rules()}

    told = {message: explain(IntegrityError(f"ERROR: {message}\nCONTEXT: PL/pgSQL")) for message in messages}

    assert told == {message: message[0].upper() + message[1:] for message in messages}


def test_refusals_are_put_in_words_whatever_refused():
    assert words_of(PermissionDenied("Not yours.")) == "Not yours."
    assert words_of(ValidationError({"a": ["One."], "b": ["Two."]})) == "One. Two."


def test_the_explanation_is_in_the_readers_language(monkeypatch):
    monkeypatch.setattr(
        "alleviation.audit.triggers.gettext", lambda words: {"the year is closed": "本年度已结账"}[words]
    )

    with translation.override("zh-hans"):
        assert explain(IntegrityError("the year is closed")) == "本年度已结账"
