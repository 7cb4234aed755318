"""What is wrong with an answer: a failure, words that are not for these eyes, a write by who may not, or much time."""

import gzip
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from alleviation.audit.models import AuditEvent, Verb
from alleviation.common.guard import audited_models
from tests.security.fuzz_sending import PROGRAMS, Answer, Asked
from tests.security.fuzz_world import PUBLIC_WORDS, Inhabited, faults

# Of the processor's time, for one request over a world of a hundred rows.
LONGEST_SECONDS = 4.0
INTERNAL = ("Traceback (most recent call last)", "django.db.utils", "DETAIL:", "site-packages/", "SELECT ")
TRAIL = {"audit_auditevent", "audit_trailhead"}
# That a token was used.
NOTED = {"accounts_apitoken"}
SAFE = ("GET", "HEAD", "OPTIONS", "TRACE", "get")
# Who enters, checks or manages something; all others leave but events of what they took away or were shown.
WRITERS = ("administrator", "reviewer", "clerk", "stranger", "auditor")
COMING_AND_GOING = (Verb.SIGNED_IN, Verb.SIGNED_OUT, Verb.SIGN_IN_FAILED)
FOR_ALL = (("Content-Security-Policy", "default-src"), ("X-Content-Type-Options", "nosniff"))


def judged(asked: Asked, answer: Answer, place: Inhabited, *, verify: bool) -> Iterator[tuple[str, str]]:
    """What is wrong, by the place it is to be mended at, with details."""
    if answer.status >= 500:
        yield from answer.raised or [(f"answers {answer.status}", "")]
    elif answer.raised and not answer.status:
        yield from answer.raised
    if answer.seconds > LONGEST_SECONDS:
        yield f"takes long: {asked.path.split('/')[1]}", f"{answer.seconds:.1f} s"
    yield from _heads(answer)
    yield from _words(asked, answer, place)
    if answer.written:
        yield from _writes(asked, answer, place)
        if verify and answer.written - TRAIL:
            yield from (("verify finds", fault) for fault in set(faults()) - place.known_faults)


def _heads(answer: Answer) -> Iterator[tuple[str, str]]:
    """Headers that are missing, or that somebody smuggled in."""
    heads = dict(answer.headers)
    for name, word in FOR_ALL:
        if word not in heads.get(name, "") and "sandbox" not in heads.get("Content-Security-Policy", ""):
            yield f"without {name}: {answer.status}", str(heads)
    if any("\n" in value or "\r" in value for value in heads.values()):
        yield "a header of two lines", str(heads)
    leads_to = heads.get("Location", "").replace("\\", "/")
    # What was asked for may stand in an address of ours, encoded.
    if "evil.example" in leads_to.partition("?")[0] or "next=//" in leads_to or "next=http" in leads_to:
        yield "leads elsewhere", heads["Location"]
    if any(name == "Set-Cookie" and value.startswith("a=") for name, value in answer.headers):
        yield "a cookie that somebody else set", str(answer.headers)


def _words(asked: Asked, answer: Answer, place: Inhabited) -> Iterator[tuple[str, str]]:
    """What is read in an answer, but for the words that were asked."""
    said = plain(answer)
    for word in (*INTERNAL, *place.secrets):
        if word in said and word not in _told(asked):
            yield f"says {word[:20]}", ""
    found = set(place.hidden[asked.role].findall(said)) - PUBLIC_WORDS
    for word in found:
        if word not in _told(asked):
            yield f"tells {asked.role} {word}", ""


def _told(asked: Asked) -> str:
    return asked.address + asked.body.decode("latin-1") + str(asked.headers)


def plain(answer: Answer) -> str:
    """The words of an answer and of its head, unpacked."""
    content = answer.content
    if content.startswith(b"\x1f\x8b"):
        content = gzip.decompress(content)
    if content.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(content)) as packed:
            content = b"\n".join(packed.read(name) for name in packed.namelist())
    # The number of a request is drawn by lot, and now and then holds a canary of five digits.
    heads = [head for head in answer.headers if head[0] != "X-Request-ID"]
    return str(heads) + content.decode(errors="replace")


def _writes(asked: Asked, answer: Answer, place: Inhabited) -> Iterator[tuple[str, str]]:
    """Writes of who may not, in the name of somebody else, or outside of their area."""
    beyond = answer.written - TRAIL - (NOTED if asked.path.startswith(PROGRAMS) else set())
    if beyond and not (asked.role in WRITERS and asked.method not in SAFE):
        yield f"{asked.role} writes by {asked.method}", str(beyond)
    user = place.people.get(asked.role)
    for event in AuditEvent.objects.filter(pk__gt=place.last_event):
        if event.verb not in COMING_AND_GOING and event.actor != (user.username if user else ""):
            yield f"an event of {asked.role} in another name", f"{event.verb} by {event.actor!r}"
        if user and event.verb in Verb.WRITES and not _is_seen(event, user):
            yield f"{asked.role} writes a foreign {event.subject_type}", f"{event.verb} {event.subject_id}"


def _is_seen(event: AuditEvent, user: Any) -> bool:
    """Whether the record that an event tells of is among the rows of this person; rows without an area are."""
    model = next((one for one in audited_models() if one._meta.label_lower == event.subject_type), None)
    rows: Any = model._default_manager.all() if model else None
    if rows is None or not hasattr(rows, "visible_to"):
        return True
    return not rows.filter(pk=event.subject_id).exists() or rows.visible_to(user).filter(pk=event.subject_id).exists()
