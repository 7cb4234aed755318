"""Speaks broken HTTP to the app as it is served: python -m tests.security.fuzz_sockets --requests 3000 --seed 1

Request lines, headers and bodies that no browser sends, spoiled at random beside, straight into a socket of gunicorn.
Each is answered with less than 500 (501 by gunicorn itself) or a closed connection, and the app answers afterwards.
Exits with 1 else.
"""

import argparse
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

HOST = b"Host: 127.0.0.1\r\n"
LONGEST = 6.0
CLOSED, SILENT = "closed", "silent"
# What RFC 9112 asks a server to answer to a transfer coding that it does not know; the app never sees it.
UNKNOWN_CODING = "501"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
SIGN_IN = b"POST /sign-in/ HTTP/1.1\r\n" + HOST
LINES = (
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost:\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + HOST + HOST + b"\r\n",
    b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
    b"GET / HTTP/9.9\r\n" + HOST + b"\r\n",
    b"GET / HTTP/0.9\r\n\r\n",
    b"GET /\r\n\r\n",
    b"GET\r\n\r\n",
    b"\r\n\r\n\r\nGET / HTTP/1.1\r\n" + HOST + b"\r\n",
    b" GET / HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET  /  HTTP/1.1\r\n" + HOST + b"\r\n",
    b"G\x00T / HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /\x00 HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /\xff\xfe\xed\xa0\x80 HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET http:// HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET http://[ HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET http://evil.example/ HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET //evil.example/%2e%2e HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET ../../etc/passwd HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET * HTTP/1.1\r\n" + HOST + b"\r\n",
    b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n",
    b"CONNECT evil.example:443 HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /#x?y HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /?" + b"a=1&" * 1500 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    b"A" * 100_000,
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200,
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\nGET / HTTP/1.1\r\n" + HOST + b"\r\n",
)
HEADS = (
    b"X: " + b"a" * 100_000,
    b"\r\n".join(b"X%d: 1" % n for n in range(500)),
    b"No-colon",
    b": no name",
    b"Name : blank before the colon",
    b" folded: line",
    b"X: a\r\n folded",
    b"X: a\x00b",
    b"X: a\rb",
    b"X\x01: a",
    b"Content-Length: x",
    b"Content-Length: -1",
    b"Content-Length: 99999999999999999999",
    b"Content-Length: 1\r\nContent-Length: 2",
    b"Content-Length: 5, 5",
    b"Content-Length: +5",
    b"Content_Length: 5",
    b"Transfer-Encoding: chunked, identity",
    b"Transfer-Encoding: xchunked",
    b"Transfer-Encoding:\x0bchunked",
    b"Expect: 100-continue",
    b"Expect: x",
    b"Upgrade: websocket\r\nConnection: upgrade",
    b"Cookie: " + b"a=b; " * 1500,
    b"Cookie: sessionid=\xff\xfe",
    b"Accept-Language: " + b"zh-a," * 1500,
    b"X-Forwarded-For: \xff\r\nX-Forwarded-Proto: x\r\nX-Forwarded-Host: evil.example",
    b"X-Forwarded-Proto: https\r\nX-Forwarded-Proto: http",
    b"Range: bytes=0-0,1-1,2-2",
    b'If-None-Match: "',
    b"If-Modified-Since: Mon, 99 Foo 0000 99:99:99 GMT",
    b"Script-Name: /x\r\nScript_Name: /y",
)
BODIES = (
    SIGN_IN + CHUNKED + b"\r\nzz\r\n",
    SIGN_IN + CHUNKED + b"\r\n-1\r\nx\r\n0\r\n\r\n",
    SIGN_IN + CHUNKED + b"\r\nffffffffffffffffff\r\nx",
    SIGN_IN + CHUNKED + b"\r\n5;" + b"x" * 9000 + b"\r\nhello\r\n0\r\n\r\n",
    SIGN_IN + CHUNKED + b"\r\n5\r\nhello\r\n0\r\nTrailer: x\r\nHost: evil.example\r\n\r\n",
    SIGN_IN + CHUNKED + b"Content-Length: 5\r\n\r\n0\r\n\r\nGET /admin/ HTTP/1.1\r\n" + HOST + b"\r\n",
    SIGN_IN + b"Content-Length: 0\r\n" + CHUNKED + b"\r\n5\r\nhello\r\n0\r\n\r\n",
    SIGN_IN + b"Content-Length: 100\r\n\r\nshort",
    SIGN_IN + b"Content-Length: 3\r\n\r\nlongerGET /healthz HTTP/1.1\r\n" + HOST + b"\r\n",
    SIGN_IN + b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 20\r\n\r\n--x\r\nContent-Disposi",
    SIGN_IN + b"Content-Type: multipart/form-data\r\nContent-Length: 4\r\n\r\n\xff\xff\xff\xff",
    SIGN_IN + b"Content-Length: 400000000\r\n\r\nx",
    SIGN_IN + b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 6\r\n\r\n%ED%A0",
)
PATHS = (
    b"/",
    b"/healthz",
    b"/sign-in/",
    b"/static/css/app.css",
    b"/static/%2e%2e/settings.py",
    b"/admin/",
    b"/nowhere",
)
NASTY = (
    b"\x00",
    b"\xff",
    b"\r",
    b"\n",
    b"\r\n",
    b"\r\n\r\n",
    b" ",
    b"\t",
    b":",
    b"%",
    b"%00",
    b"\x0b",
    b"HTTP/1.1",
    b"9" * 300,
)


def requests() -> list[bytes]:
    """Every broken request of the list."""
    heads = [b"GET / HTTP/1.1\r\n" + HOST + head + b"\r\n\r\n" for head in HEADS]
    return [*LINES, *heads, *BODIES]


def spoiled(chance: random.Random) -> bytes:
    """A request of the list, or one of a browser, with one to three things done to it."""
    plain = b"GET " + chance.choice(PATHS) + b" HTTP/1.1\r\n" + HOST + b"Accept: */*\r\nCookie: a=b\r\n\r\n"
    content = chance.choice([plain, plain, *requests()])
    for _time in range(chance.choice((1, 1, 2, 3))):
        at = chance.randrange(min(len(content), 300) + 1)
        content = content[:at] + chance.choice(NASTY) + content[at + chance.choice((0, 0, 1, 4)) :]
    return content


def said(address: tuple[str, int], content: bytes) -> list[str]:
    """The statuses of the answers; that the connection was closed, or that nothing came."""
    received = b""
    with socket.create_connection(address, timeout=LONGEST) as line:
        line.settimeout(LONGEST)
        with suppress(OSError):
            line.sendall(content)
            line.shutdown(socket.SHUT_WR)
        try:
            while part := line.recv(65536):
                received += part
        except TimeoutError:
            return [SILENT]
        except OSError:
            pass
    found = re.findall(rb"^HTTP/1\.[01] (\d{3})", received, re.MULTILINE)
    return [one.decode() for one in found] or [CLOSED]


def run(base: str, asked: int, seed: int) -> tuple[Counter[str], list[str]]:
    """How many answers of each kind, and the requests that were failed on."""
    parts = urlsplit(base)
    address = str(parts.hostname), int(parts.port or 80)
    counts, faults = Counter[str](), list[str]()
    chance = random.Random(seed)
    for content in [*requests(), *(spoiled(chance) for _time in range(asked - len(requests())))]:
        answers = said(address, content)
        counts.update(answers)
        if any(one == SILENT or (one.startswith("5") and one != UNKNOWN_CODING) for one in answers):
            faults.append(f"{answers}: {content[:300]!r}")
    if said(address, b"GET /healthz HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n") != ["200"]:
        faults.append("does not answer any more")
    return counts, faults


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.security.fuzz_sockets")
    parser.add_argument("--requests", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alleviation.settings")
    import django

    django.setup()
    from tests.browser.serving import environment, served
    from tests.house.ground import ROOT

    with tempfile.TemporaryDirectory() as folder:
        made = [sys.executable, "-m", "tests.security.payloads_stored", "--make"]
        subprocess.run(made, cwd=ROOT, env=environment(Path(folder)), check=True, stdout=subprocess.DEVNULL)
        with served(Path(folder)) as base:
            counts, faults = run(base, given.requests, given.seed)
    sys.stdout.write(", ".join(f"{one} × {count}" for one, count in sorted(counts.items())) + "\n")
    sys.stdout.write("".join(f"{fault}\n" for fault in faults[:40]) + f"{len(faults)} faults\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
