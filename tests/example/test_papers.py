"""The example's papers: they come, stay and go with the records that they prove."""

from unittest.mock import Mock

import pytest
from django.core.management.base import CommandError

from alleviation.audit.models import ImportBatch
from alleviation.common.guard import writing
from alleviation.evidence import disk
from alleviation.evidence.actions import attach, withdraw
from alleviation.evidence.models import Evidence, StoredFile
from alleviation.evidence.models.evidence import subject_models
from alleviation.evidence.verification import evidence_of_nothing, files_that_are_not_theirs
from alleviation.example.papers import enter_papers
from alleviation.example.removal import remove
from projects.models import LedgerEntry

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("example")]


def removed() -> list[str]:
    removal = remove(list(ImportBatch.objects.filter(is_removed=False)))
    return [type(record).__name__ for record in removal.staying]


def test_every_kind_of_record_has_a_paper_that_says_it_is_made_up():
    papers = Evidence.objects.select_related("file")

    assert {one.subject_type for one in papers} == {model._meta.label_lower for model in subject_models()}
    assert {(one.is_made_up, one.file.is_made_up, one.attached_by) for one in papers} == {(True, True, "load_example")}
    assert all(disk.read(one.file.sha256).startswith(b"MADE UP") for one in papers)
    assert [*files_that_are_not_theirs(), *evidence_of_nothing()] == []


def test_the_papers_go_with_the_example_from_the_disk_too(django_capture_on_commit_callbacks):
    contents = {digest: disk.read(digest) for digest in StoredFile.objects.values_list("sha256", flat=True)}

    with django_capture_on_commit_callbacks(execute=True):
        removed()

    assert (Evidence.objects.count(), StoredFile.objects.count()) == (0, 0)
    left = [digest for digest in contents if disk.path_of(digest).exists()]
    for content in contents.values():
        # The other tests find the example as it was: the transaction is rolled back, the disk is not.
        disk.keep(content)
    assert (len(contents) > 0, left) == (True, [])


def test_a_dry_run_leaves_the_papers_on_the_disk(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True) as calls:
        remove(list(ImportBatch.objects.filter(is_removed=False)), dry_run=True)

    assert calls == []


def test_a_record_that_somebody_else_proved_stays_with_all_its_papers(county_clerk):
    entry = LedgerEntry.objects.get(pk=Evidence.objects.filter(subject_type="projects.ledgerentry")[0].subject_id)
    own = attach(entry, b"Our own receipt", title="Receipt", by=county_clerk)

    staying = removed()

    assert "LedgerEntry" in staying
    assert {"Evidence", "StoredFile"} & set(staying) == set()
    assert [one.subject_id for one in Evidence.objects.order_by("pk")] == [entry.pk] * 2
    assert own in Evidence.objects.all()
    assert list(evidence_of_nothing()) == []


def test_what_somebody_withdrew_stays_with_its_record(county_clerk):
    paper = Evidence.objects.filter(subject_type="projects.ledgerentry")[0]
    withdraw(paper, by=county_clerk, reason="of another entry")

    assert "LedgerEntry" in removed()
    assert list(Evidence.objects.all()) == [paper]


def test_a_disk_that_takes_no_file_is_told_in_words(settings, tmp_path):
    (tmp_path / "file").touch()
    settings.EVIDENCE_ROOT = tmp_path / "file"
    with writing():
        Evidence.objects.all()._raw_delete("default")

    with pytest.raises(CommandError, match="The server's disk takes no file at this moment"):
        enter_papers(Mock(batch=None))


def test_records_that_have_papers_get_no_others():
    before = Evidence.objects.count()

    enter_papers(Mock())

    assert Evidence.objects.count() == before
