"""nginx with the office's configuration, before an app that says what it was asked: who gets at the measures."""

import socketserver
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socket import create_connection

import pytest

from deploy.trying.board import NotSo
from deploy.trying.browser import Browser
from deploy.trying.plain import HOST, Server, ended, program
from deploy.trying.walk import in_the_open
from tests.house.ground import ROOT

pytestmark = pytest.mark.skipif(
    not (program("nginx") and program("openssl")), reason="!!! nginx is not here: nobody has asked the proxy"
)
BEARER = {"Authorization": "Bearer of the trial"}


class Echo(BaseHTTPRequestHandler):
    """Answers with the path and the headers that it was asked with."""

    def do_GET(self) -> None:
        body = f"{self.path}\n{self.headers}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self) -> str:
        return ""

    def log_message(self, *_words: object) -> None:
        """Nothing."""


@pytest.fixture
def server(tmp_path_factory) -> Iterator[Server]:
    """The proxy, not yet started, and the app behind it. The path of a socket must be short."""
    folder = Path(tmp_path_factory.mktemp("p"))
    folder.chmod(0o755)
    own = Server(folder, ROOT, "")
    own.make_certificate()
    app = socketserver.ThreadingUnixStreamServer(str(folder / "run" / "web.sock"), Echo)
    (folder / "run" / "web.sock").chmod(0o666)
    threading.Thread(target=app.serve_forever, daemon=True).start()
    yield own
    app.shutdown()
    app.server_close()


def wait_for(server: Server, proxy: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        assert proxy.poll() is None, (server.folder / "nginx.log").read_text()
        try:
            create_connection(("127.0.0.1", server.place.measures), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise NotSo("nginx does not listen")


def test_a_scraper_on_this_machine_is_told_by_address_and_nobody_else_anything(server):
    with ended(server.start_proxy()) as proxy:
        wait_for(server, proxy)
        asked = in_the_open(server.place, "127.0.0.1:9108", "/metrics", server.place.measures, **BEARER)
        claiming = in_the_open(
            server.place, "evil.example", "/metrics", server.place.measures, **{"X-Forwarded-For": "8.8.8.8"}
        )
        other = in_the_open(server.place, HOST, "/sign-in/", server.place.measures, **BEARER)

    lines = asked.text.splitlines()
    assert (asked.status, lines[0], f"Host: {HOST}" in lines) == (200, "/metrics", True)
    assert {"Authorization: Bearer of the trial", "X-Forwarded-For: 127.0.0.1"} <= set(lines)
    # What it claims to be it is not believed.
    assert [line for line in claiming.text.splitlines() if "evil" in line or "8.8.8.8" in line] == []
    assert (other.status, "/sign-in/" in other.text) == (404, False)


def test_measures_listen_to_this_machine_alone():
    text = (ROOT / "deploy" / "nginx" / "alleviation.conf").read_text(encoding="utf-8")

    assert [line.strip() for line in text.splitlines() if "9108" in line] == ["listen 127.0.0.1:9108;"]


def test_files_of_the_office_are_read_where_there_are_some(server):
    own = server.folder / "etc" / "proxy"
    (own / "metrics").mkdir(parents=True)
    (own / "metrics" / "scraper.conf").write_text("allow 127.0.0.2;")
    (own / "more.conf").write_text('location = /of-the-office { return 200 "its own"; }')

    with ended(server.start_proxy()) as proxy:
        wait_for(server, proxy)
        browser = Browser(server.place)
        more, page = browser.get("/of-the-office"), browser.get("/funding/")
        measures = [status_from(f"127.0.0.{number}", server) for number in (1, 2, 3)]

    assert (more.status, more.text, page.status) == (200, "its own", 200)
    assert measures == [200, 200, 403]


def status_from(address: str, server: Server) -> int:
    """What /metrics answers by the office's name, to whoever asks from this address."""
    bare = create_connection(("127.0.0.1", server.place.secure), 20, source_address=(address, 0))
    with bare, Browser(server.place).trust.wrap_socket(bare, server_hostname=HOST) as secure:
        secure.sendall(f"GET /metrics HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
        return int(secure.recv(100).split()[1])


def test_an_installation_writes_none_of_the_offices_files():
    scripts = "".join((ROOT / "deploy" / name).read_text(encoding="utf-8") for name in ("install.sh", "lib.sh"))

    lines = [line.strip() for line in scripts.splitlines() if "alleviation.d" in line]

    assert lines == ["install -d -m 755 /etc/nginx/alleviation.d /etc/nginx/alleviation.d/metrics"]
