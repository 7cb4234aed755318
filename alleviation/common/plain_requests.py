"""What a server hands on, before Django makes a request of it: there, a failure would be an answer without a page."""

import re
from collections.abc import Callable, Iterable
from typing import Any

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
# Forms of ours are UTF-8, and no browser says so. Of some other names Django finds a codec that reads no text.
CHARSET = re.compile(r";[^;]*\bcharset\b[^;]*", re.IGNORECASE)


def plain_requests(application: Application) -> Application:
    """Read every request as UTF-8, whatever charset it claims, and a length that is no number as none."""

    def plain(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or ""
        environ["CONTENT_TYPE"] = CHARSET.sub("", environ.get("CONTENT_TYPE") or "")
        environ["CONTENT_LENGTH"] = length if length.isascii() and length.isdigit() else ""
        return application(environ, start_response)

    return plain
