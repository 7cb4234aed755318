"""What must be true of stored files and of what they prove, and where it is not."""

from collections.abc import Iterator

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alleviation.common.batches import NAMED, in_parts
from alleviation.common.checks import Check
from alleviation.evidence.disk import FileUnreadable
from alleviation.evidence.models import Evidence, StoredFile
from alleviation.evidence.models.evidence import subject_models
from alleviation.evidence.store import FileMissing, content_of


def files_that_are_not_theirs() -> Iterator[str]:
    """Stored files that are not on the disk, or have another SHA-256 or size than is recorded."""
    for file in StoredFile.objects.order_by("pk").iterator(chunk_size=500):
        if fault := _fault_of(file):
            yield fault % {"number": file.pk, "digest": file.sha256}


def evidence_of_nothing() -> Iterator[str]:
    """Evidence whose record does not exist."""
    known = {model._meta.label_lower: model for model in subject_models()}
    for label, model in known.items():
        # So many at a time: the records may lie on other machines than what proves them.
        for some in in_parts(Evidence.objects.filter(subject_type=label).iterator(chunk_size=NAMED)):
            rows = model._default_manager.filter(pk__in={one.subject_id for one in some}).order_by()
            there = set(rows.values_list("pk", flat=True))
            yield from (_led_nowhere(one) for one in some if one.subject_id not in there)
    yield from map(_led_nowhere, Evidence.objects.exclude(subject_type__in=known).iterator())


def _fault_of(file: StoredFile) -> str:
    """What is wrong with the bytes of a file, in words; "" where nothing is."""
    try:
        size = len(content_of(file))
    except FileMissing:
        return gettext("stored file %(number)s: %(digest)s is not on the disk, or cannot be read")
    except FileUnreadable:
        return gettext("stored file %(number)s: what is on the disk is not %(digest)s")
    return "" if size == file.size else gettext("stored file %(number)s: %(digest)s has another size than recorded")


def _led_nowhere(evidence: Evidence) -> str:
    told = {"number": evidence.pk, "kind": evidence.subject_type, "record": evidence.subject_id}
    return gettext("evidence %(number)s: %(kind)s %(record)s does not exist") % told


CHECKS = (
    Check(_("Each stored file is on the disk as it was handed in"), files_that_are_not_theirs, is_slow=True),
    Check(_("Each piece of evidence proves a record that exists"), evidence_of_nothing),
)
