"""A replica that is gone costs one wait, and not one for each page: it is left alone for some seconds."""

import logging
from threading import Lock
from time import monotonic

log = logging.getLogger(__name__)
# After so long one page tries again; the others go on reading from the primary until it has.
RETRY_SECONDS = 10


class Breaker:
    """Whether the replica may be asked; what it is like is told once each time that changes."""

    def __init__(self) -> None:
        self._until = 0.0
        self._lock = Lock()
        self.trouble = ""
        self.is_late = False

    def may_try(self) -> bool:
        """Whether to ask it. Of those that come when the wait is over, the first alone may."""
        if not self.trouble:
            return True
        with self._lock:
            now = monotonic()
            if now < self._until:
                return False
            self._until = now + RETRY_SECONDS
            return True

    def trip(self, trouble: str) -> None:
        """Leave it alone for a while."""
        with self._lock:
            self._until = monotonic() + RETRY_SECONDS
            is_new, self.trouble = trouble != self.trouble, trouble
        if is_new:
            log.warning("The replica is left alone, and pages are read from the primary: %s.", trouble)

    def mend(self) -> None:
        """It answered."""
        if self.trouble:
            with self._lock:
                self.trouble = ""
            log.warning("The replica answers again.")

    def tell_late(self, is_late: bool) -> None:
        """Whether it is too far behind just now; it is asked again for each page."""
        if is_late is not self.is_late:
            self.is_late = is_late
            log.warning(
                "The replica is late, and pages are read from the primary." if is_late else "It is in time again."
            )


BREAKER = Breaker()
