"""What must be true of documents and of what is claimed in them."""

from collections.abc import Iterator
from hashlib import sha256

from django.db.models import F, Q
from django.utils.translation import gettext

from projects.models import Claim, Document


def spans_outside_their_text() -> Iterator[str]:
    """Claims whose characters are not among those of their document."""
    outside = Claim.objects.filter(Q(end__gt=F("document__length")) | Q(start__gte=F("end"))).order_by("code")
    for claim in outside.select_related("document").defer("document__text"):
        yield gettext("claim %(code)s: characters %(start)s to %(end)s of a text of %(length)s") % {
            "code": claim.code,
            "start": claim.start,
            "end": claim.end,
            "length": claim.document.length,
        }


def texts_that_are_not_theirs() -> Iterator[str]:
    """Documents whose text has another SHA-256 or length than they say."""
    for document in Document.objects.exclude(text="").order_by("pk").iterator(chunk_size=50):
        digest = sha256(document.text.encode()).hexdigest()
        if (digest, len(document.text)) != (document.sha256, document.length):
            yield gettext("document %(number)s: its text of %(length)s characters has the SHA-256 %(digest)s") % {
                "number": document.pk,
                "length": len(document.text),
                "digest": digest,
            }
