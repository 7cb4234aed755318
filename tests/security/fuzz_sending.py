"""Sends a request to the app as a server does, and keeps what it answers; with what it raised and wrote on the way."""

import io
import re
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_to_bytes

from django.core.cache import caches
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import got_request_exception, request_finished, request_started
from django.db import close_old_connections, connection

from alleviation.common import guard
from alleviation.common.plain_requests import plain_requests
from tests.house.ground import ROOT

TOKEN = "fuzz" * 8
PROGRAMS = "/api/v1/"
# They let every statement through, and are no place to be mended.
LOOKING_ON = ("common/saved.py", "common/guard.py")
BOUNDARY = "a-boundary-of-the-fuzzer"
FORM = "application/x-www-form-urlencoded"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"


@dataclass(frozen=True)
class Asked:
    """A request as it comes over the wire; `path` is quoted, `session` the cookie of who sends it."""

    role: str
    method: str
    path: str
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    content_type: str = ""
    has_token: bool = True

    @property
    def address(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path


@dataclass
class Answer:
    """What came back, what was raised within, which tables were written, and how much work it was."""

    status: int = 0
    headers: list[tuple[str, str]] = field(default_factory=list)
    content: bytes = b""
    raised: list[tuple[str, str]] = field(default_factory=list)
    written: set[str] = field(default_factory=set)
    seconds: float = 0.0


class Sender:
    """The app behind a door of its own: sessions by role, and tokens for the addresses of programs."""

    def __init__(self, sessions: dict[str, str], tokens: dict[str, str] | None = None) -> None:
        self.sessions, self.tokens = sessions, tokens or {}
        self.application: Callable[..., Any] = plain_requests(WSGIHandler())

    def send(self, asked: Asked) -> Answer:
        """The whole answer, streamed parts and all. Whatever is raised is kept, not raised."""
        answer = Answer()
        for cache in caches.all():
            cache.clear()
        with watched(answer), guard.enforced():
            began = time.thread_time()
            try:
                answer.content = self._answered(asked, answer)
            except Exception as error:
                answer.raised.append(told(error))
                answer.status = answer.status if answer.status >= 500 else 599
            answer.seconds = time.thread_time() - began
        return answer

    def _answered(self, asked: Asked, answer: Answer) -> bytes:
        def start(status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
            answer.status, answer.headers = int(status[:3]), headers

        parts = self.application(self.environ(asked), start)
        try:
            return b"".join(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()

    def environ(self, asked: Asked) -> dict[str, Any]:
        """What gunicorn would make of the request."""
        cookies = [f"csrftoken={TOKEN}"] if asked.has_token else []
        if session := self.sessions.get(asked.role):
            cookies.append(f"sessionid={session}")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": asked.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(asked.path).decode("latin-1"),
            "QUERY_STRING": asked.query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "localhost",
            "HTTP_COOKIE": "; ".join(cookies),
            "CONTENT_LENGTH": str(len(asked.body)),
            "CONTENT_TYPE": asked.content_type,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(asked.body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        if asked.path.startswith(PROGRAMS) and (token := self.tokens.get(asked.role)):
            environ["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        for name, value in asked.headers:
            environ[name] = f"{environ['HTTP_COOKIE']}; {value}" if name == "HTTP_COOKIE" else value
        return environ


@contextmanager
def watched(answer: Answer) -> Iterator[None]:
    """Note what the app raises and which guarded tables it writes."""

    def raised(sender: Any, request: Any = None, **_rest: Any) -> None:
        error = sys.exc_info()[1]
        if error is not None:
            answer.raised.append(told(error))

    def look(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        answer.written |= guard.written_tables(str(sql)) & guard.audited_tables()
        return execute(sql, params, many, context)

    got_request_exception.connect(raised, weak=False)
    # They would end the transaction that takes a request back.
    ends = [(signal, signal.disconnect(close_old_connections)) for signal in (request_started, request_finished)]
    try:
        with connection.execute_wrapper(look):
            yield
    finally:
        got_request_exception.disconnect(raised)
        for signal, was_there in ends:
            if was_there:
                signal.connect(close_old_connections)


def told(error: BaseException) -> tuple[str, str]:
    """Where an error came from, as its last line of ours says, and the whole of it."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [one for one in frames if one.filename.startswith(str(ROOT)) and not one.filename.endswith(LOOKING_ON)]
    ours = [one for one in ours if "/tests/" not in one.filename]
    last = (ours or frames)[-1]
    where = re.sub(rf"^{re.escape(str(ROOT))}/", "", last.filename)
    place = f"{where}:{last.lineno} {last.name}: {type(error).__name__}"
    if frames[-1] is not last:
        place += f" (in {frames[-1].name} of {frames[-1].filename.rpartition('site-packages/')[2]})"
    return place, "".join(traceback.format_exception(error))


def multipart(parts: list[tuple[bytes, str | None, bytes]]) -> bytes:
    """Fields (name, file name or None, value) as a browser packs them; nothing is checked of what stands in them."""
    lines = b""
    for name, file, content in parts:
        lines += b"--" + BOUNDARY.encode() + b'\r\nContent-Disposition: form-data; name="' + name + b'"'
        if file is not None:
            given = file.replace('"', "%22").encode(errors="surrogatepass")
            lines += b'; filename="' + given + b'"\r\nContent-Type: application/octet-stream'
        lines += b"\r\n\r\n" + content + b"\r\n"
    return lines + b"--" + BOUNDARY.encode() + b"--\r\n"
