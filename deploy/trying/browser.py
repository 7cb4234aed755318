"""A browser for whoever has no browser: HTTPS to one address, cookies, forms with their token."""

import hashlib
import hmac
import html
import http.client
import re
import socket
import ssl
import struct
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

PATIENCE = 60
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
BOUNDARY = "----a-file-of-the-trial"


class Place(NamedTuple):
    """Where the proxy is: the name people type, and the ports of this machine where it listens."""

    host: str
    plain: int
    secure: int
    certificate: str
    measures: int = 9108


@dataclass(frozen=True)
class Answer:
    """What came back: status, headers in small letters, and the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", errors="replace")

    @property
    def leads_to(self) -> str:
        return self.headers.get("location", "")


class Browser:
    """One person's: it keeps cookies, and follows no redirect by itself."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.cookies: dict[str, str] = {}
        self.trust = ssl.create_default_context(cafile=place.certificate)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """One request on a connection of its own. Raises OSError or HTTPException where no whole answer comes."""
        bare = socket.create_connection(("127.0.0.1", self.place.secure), PATIENCE)
        with bare, self.trust.wrap_socket(bare, server_hostname=self.place.host) as secure:
            connection = http.client.HTTPConnection(self.place.host, timeout=PATIENCE)
            connection.sock = secure
            said = {"Cookie": self.cookie_line()} if self.cookies else {}
            connection.request(method, path, body, {**said, **headers})
            response = connection.getresponse()
            content = response.read()
        self.keep(response.headers.get_all("Set-Cookie") or [])
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, content)

    def keep(self, cookies: list[str]) -> None:
        for cookie in cookies:
            name, _equals, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value

    def cookie_line(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items() if value)

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, None, **headers)

    def send(
        self, path: str, typed: Mapping[str, str], *, page: str = "", file: tuple[str, bytes] | None = None
    ) -> Answer:
        """A form as its page shows it: with its token, from our own origin; with a file as a browser packs it."""
        form = self.get(page or path).text
        found = TOKEN.search(form)
        fields = {**hidden(form), **typed, "csrfmiddlewaretoken": found[1] if found else ""}
        kind, body = (
            packed(fields, file) if file else ("application/x-www-form-urlencoded", urlencode(fields).encode())
        )
        origin = f"https://{self.place.host}"
        return self.ask("POST", path, body, **{"Content-Type": kind, "Origin": origin, "Referer": f"{origin}{path}"})


def hidden(form: str) -> dict[str, str]:
    """What the page's hidden fields say."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in found}


def packed(fields: Mapping[str, str], file: tuple[str, bytes]) -> tuple[str, bytes]:
    """A form with a file, as multipart/form-data."""
    name, content = file
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
        for field, value in fields.items()
    ]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    parts += [f"{head}Content-Type: application/octet-stream\r\n\r\n".encode(), content, b"\r\n"]
    return f"multipart/form-data; boundary={BOUNDARY}", b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def code_of(secret: bytes, moment: float | None = None) -> str:
    """What an app for one-time codes shows (RFC 6238)."""
    step = struct.pack(">Q", int(time.time() if moment is None else moment) // 30)
    digest = hmac.digest(secret, step, hashlib.sha1)
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"
