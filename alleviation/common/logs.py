"""What a log keeps of a failure: where it happened and of which kind, never the words, which may quote a person."""

import logging
import traceback
from types import TracebackType

Failure = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class ImpersonalFormatter(logging.Formatter):
    """Tracebacks without messages: PostgreSQL puts the whole refused row into its own, names and all."""

    def formatException(self, ei: Failure) -> str:
        return "\n".join(_chain(ei[1]))


def _chain(error: BaseException | None) -> list[str]:
    """The frames and kinds of a failure and of those that led to it, the first one first."""
    if error is None:
        return []
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    frames = "".join(traceback.format_tb(error.__traceback__))
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    return [*_chain(earlier), f"Traceback (most recent call last):\n{frames}{kind}"]
