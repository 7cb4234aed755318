"""The store of sessions: an idle and an absolute limit, and no key of a session in the database.

settings.SESSION_ENGINE. A cookie holds the key; its row holds the key's digest, so that nobody can come in with what
a backup or the database shows. A session ends SESSION_HOURS after the sign-in, whatever is done in it, and
SESSION_IDLE_MINUTES after it was last used.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from time import time
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from alleviation.accounts.models import Session

# That a session is used is written down no more often than this.
NOTED_EVERY = timedelta(minutes=1)
# What a session says of its browser, as `Session` keeps it beside whose it is.
BEGAN, PLACE, BROWSER = "began", "place", "browser"


def digest_of(key: str | None) -> str:
    """What the database knows of a session's key. The key is long and random: it need not be salted."""
    return sha256(str(key).encode()).hexdigest()


class SessionStore(db.SessionStore):
    """A session in the database, in `Session`."""

    row: Session | None = None

    @classmethod
    def get_model_class(cls) -> Any:
        return Session

    def _get_session_from_db(self) -> Session | None:
        self.row = Session.objects.live().filter(digest=digest_of(self.session_key)).first()
        if self.row is None:
            self._session_key = None
        return self.row

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(digest=digest_of(session_key)).exists()

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """The row of this session; it ends at its hour, however often it is saved."""
        began = datetime.fromtimestamp(data.setdefault(BEGAN, int(time())), UTC)
        return Session(
            digest=digest_of(self.session_key),
            user_id=data.get(SESSION_KEY),
            session_data=self.encode(data),
            begun_at=began,
            last_used_at=timezone.now(),
            expire_date=began + timedelta(seconds=settings.SESSION_COOKIE_AGE),
            place=data.get(PLACE, ""),
            browser=data.get(BROWSER, ""),
        )

    def save(self, must_create: bool = False) -> None:
        """Raises CreateError where the key is taken, UpdateError where the session was ended meanwhile."""
        if self.session_key is None:
            return self.create()
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        row = self.create_model_instance(data)
        if must_create:
            self._insert(row)
            return None
        values = {field.attname: getattr(row, field.attname) for field in Session._meta.fields if field.name != "id"}
        if not Session.objects.filter(digest=row.digest).update(**values):
            raise UpdateError
        return None

    def _insert(self, row: Session) -> None:
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as taken:
            raise CreateError from taken

    def delete(self, session_key: str | None = None) -> None:
        key = self.session_key if session_key is None else session_key
        if key is not None:
            Session.objects.filter(digest=digest_of(key)).delete()

    def note_use(self) -> None:
        """Note that the session is used, once a minute at most and without waiting for anybody who writes."""
        now = timezone.now()
        if self.row is None or self.row.last_used_at > now - NOTED_EVERY:
            return
        try:
            with _unhurried():
                Session.objects.filter(pk=self.row.pk).update(last_used_at=now)
        except DatabaseError:
            # A long import is writing: the next page notes it.
            if connection.in_atomic_block:
                raise


@contextmanager
def _unhurried() -> Iterator[None]:
    """SQLite has one writer: a page that is only read does not wait for it."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        waits = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute("PRAGMA busy_timeout = 50")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(waits)}")
