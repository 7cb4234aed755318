"""A browser that keeps its connection and its cookies, and sends forms; nothing more, so that it costs little."""

import re
import secrets
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPConnection, HTTPException, HTTPResponse, RemoteDisconnected
from time import monotonic
from urllib.parse import urlencode

HOST = "127.0.0.1"
PATIENCE = 120
# A server hangs up after two seconds without a request: nobody asks on a connection that is about as old.
KEPT = 1.5


class Wrong(Exception):
    """An answer is not what it has to be."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    location: str
    body: bytes

    @property
    def text(self) -> str:
        """The body as text; of a file that is none, whatever comes of it."""
        return self.body.decode(errors="replace")

    @property
    def number(self) -> str:
        """The record that a saved form leads on to."""
        found = re.search(r"/(\d+)/", self.location)
        return found[1] if found else ""

    @property
    def complaint(self) -> str:
        """What a form says is wrong with it."""
        return " ".join(re.findall(r'<ul class="errorlist[^>]*>(.*?)</ul>', self.text, re.DOTALL))[:200]

    def hidden(self, name: str) -> str:
        """The value of a hidden field; "" where the page has none."""
        return value_of(name, self.text)


def value_of(name: str, page: str) -> str:
    """What stands in a field of a page's forms; "" where there is none of this name."""
    for tag in re.findall(r"<input[^>]*>", page):
        if f'name="{name}"' in tag and (found := re.search(r'value="([^"]*)"', tag)):
            return unescape(found[1])
    return ""


@dataclass
class Browser:
    """One person's browser at the server."""

    port: int
    session: str
    cookies: dict[str, str] = field(default_factory=dict)
    _connection: HTTPConnection | None = None
    _used: float = 0

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None, "")

    def post(self, path: str, fields: dict[str, str], file: tuple[str, bytes] | None = None) -> Answer:
        """Send a form, with a file where there is one."""
        fields = {**fields, "csrfmiddlewaretoken": self.cookies.get("csrftoken", "")}
        if file is None:
            return self._ask("POST", path, urlencode(fields).encode(), "application/x-www-form-urlencoded")
        boundary = secrets.token_hex(16)
        return self._ask("POST", path, _multipart(fields, file, boundary), f"multipart/form-data; boundary={boundary}")

    def _ask(self, method: str, path: str, body: bytes | None, kind: str) -> Answer:
        cookies = {"sessionid": self.session, **self.cookies}
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()), "Accept-Language": "en"}
        if body is not None:
            headers |= {"Content-Type": kind, "Referer": f"http://{HOST}:{self.port}{path}"}
        try:
            answer, content = self._exchanged(method, path, body, headers)
        except (OSError, HTTPException) as error:
            self._hang_up()
            raise Wrong(f"{type(error).__name__}: {error}") from error
        self._used = monotonic()
        for told in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = told.partition(";")[0].partition("=")
            self.cookies[name] = value
        self.cookies.pop("sessionid", None)
        return Answer(answer.status, answer.headers.get("Location", ""), content)

    def _exchanged(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[HTTPResponse, bytes]:
        """Forms go out on a new connection; a page is asked for once more where the server had just hung up."""
        if method != "GET" or monotonic() - self._used > KEPT:
            self._hang_up()
        is_kept = self._connection is not None
        self._connection = self._connection or HTTPConnection(HOST, self.port, timeout=PATIENCE)
        try:
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
        except (ConnectionError, RemoteDisconnected):
            if not is_kept:
                raise
            self._hang_up()
            return self._exchanged(method, path, body, headers)
        return answer, answer.read()

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


def _multipart(fields: dict[str, str], file: tuple[str, bytes], boundary: str) -> bytes:
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    name, content = file
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    return b"".join(
        [*parts, head.encode(), b"Content-Type: text/csv\r\n\r\n", content, f"\r\n--{boundary}--\r\n".encode()]
    )
