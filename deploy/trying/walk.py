"""The way through a new server, from the door to a file taken away, as people go it."""

import gzip
import http.client
import re
import time

from deploy.trying.board import Board, NotSo, expect
from deploy.trying.browser import Answer, Browser, Place
from deploy.trying.files import csv_file, project, workbook
from deploy.trying.people import ROLES, Person, let_in

HEADERS = {
    "strict-transport-security": "max-age=31536000; includeSubDomains; preload",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "server": "alleviation",
}
EXAMPLE = {"username": "manager", "password": "example-only"}
PAGES = (
    "/",
    "/funding/",
    "/income/",
    "/projects/",
    "/areas/513228000000/",
    "/alliances/",
    "/claims/",
    "/reports/",
    "/people/",
)


def walk(
    place: Place, administrator: Person, board: Board, *, token: str = "", roles: tuple[str, ...] = tuple(ROLES)
) -> dict[str, Person]:
    """Everything that people do on their first day. Those who were let in, by role; a clerk and an auditor are."""
    doors(place, board)
    people = {"administrator": administrator}
    with board.row("the first administrator comes in, and sets up a second factor before anything else"):
        expect(first_page(administrator), "/account/second-factor/", "led to")
        administrator.set_up_app()
        expect(administrator.browser.get("/admin/").status, 200, "the admin")
    for role in roles:
        with board.row(f"a {role} is let in, chooses a password{second(role)}, and sees every page"):
            people[role] = let_in(administrator, f"a-{role}", role, ROLES[role])
            begin(people[role], role)
            see(people[role])
    with board.row("a clerk hands in a CSV and a workbook, looks at what they would do, and has them written"):
        hand_in(people["clerk"], "TRIAL-01", "trial.csv", csv_file(project("TRIAL-01")))
        hand_in(people["clerk"], "TRIAL-02", "trial.xlsx", workbook(project("TRIAL-02")))
    with board.row("an auditor takes a file away that goes out as it is made, whole and with its mark"):
        take_away(people["auditor"])
    measured(place, board, token)
    return people


def doors(place: Place, board: Board) -> None:
    """What a stranger meets."""
    stranger = Browser(place)
    with board.row("in the open there is the way to HTTPS alone, and nothing for another name"):
        answer = in_the_open(place, place.host, "/funding/?year=2020")
        expect((answer.status, answer.leads_to), (301, f"https://{place.host}/funding/?year=2020"))
        expect(in_the_open(place, "elsewhere.example.org", "/").status, 0, "another name")
    with board.row("the health check answers"):
        expect((stranger.get("/healthz").status, stranger.get("/healthz").body), (200, b"ok\n"))
    with board.row("every answer carries what docs/hardening.md says, and tells of no software"):
        answer = stranger.get("/sign-in/")
        expect({name: answer.headers.get(name) for name in HEADERS}, HEADERS)
        expect("no-store" in answer.headers["cache-control"], True, "kept by nobody")
        expect(answer.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'"), True)
        cookies = [name for name in stranger.cookies if not name.startswith("__Host-")]
        expect(cookies, [], "cookies that a neighbour could set")
    with board.row("nobody is believed who says in a header from where and for which request they come"):
        said = {"X-Request-ID": "0" * 32, "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http"}
        answer = stranger.get("/sign-in/", **said)
        expect((answer.status, answer.headers["x-request-id"] == "0" * 32), (200, False))
    with board.row("pages are for who signs in, and the example's sign-ins let nobody in"):
        expect(stranger.get("/funding/").leads_to, "/sign-in/?next=/funding/")
        expect(stranger.send("/sign-in/", EXAMPLE).status, 200)
    with board.row("a style comes packed, and a browser may keep it"):
        static(stranger)


def in_the_open(place: Place, host: str, path: str, port: int = 0, **headers: str) -> Answer:
    """An answer over HTTP, at its usual port or another; status 0 where the connection is closed without one."""
    connection = http.client.HTTPConnection("127.0.0.1", port or place.plain, timeout=10)
    try:
        connection.request("GET", path, headers={"Host": host, **headers})
        response = connection.getresponse()
        return Answer(response.status, {"location": response.headers.get("Location", "")}, response.read())
    except (OSError, http.client.RemoteDisconnected):
        return Answer(0, {}, b"")
    finally:
        connection.close()


def static(browser: Browser) -> None:
    found = re.search(r'href="(/static/[^"]+\.css)"', browser.get("/sign-in/").text)
    if not found:
        raise NotSo("the page names no style")
    answer = browser.get(found[1], **{"Accept-Encoding": "gzip"})
    expect((answer.status, answer.headers.get("content-encoding")), (200, "gzip"))
    expect(len(gzip.decompress(answer.body)) > 1000, True, "a whole style")
    expect("no-store" in answer.headers["cache-control"], False, "kept")


def first_page(person: Person) -> str:
    """Where somebody lands who has just come in, after the redirects."""
    path = person.sign_in()
    for _step in range(4):
        answer = person.browser.get(path)
        if answer.status != 302:
            return path
        path = answer.leads_to
    raise NotSo(f"{person.name} is led round in circles")


def second(role: str) -> str:
    return ", sets up a second factor" if role in ("reviewer", "auditor") else ""


def begin(person: Person, role: str) -> None:
    """What comes first for a new account."""
    expect(first_page(person), "/account/password/", "led to")
    person.choose_password()
    if second(role):
        expect(person.browser.get("/").leads_to, "/account/second-factor/", "led to")
        person.set_up_app()


def see(person: Person) -> None:
    found = {path: person.browser.get(path).status for path in PAGES}
    expect({path: status for path, status in found.items() if status != 200}, {}, "pages")


def hand_in(clerk: Person, code: str, name: str, content: bytes) -> None:
    """A file of one project: uploaded, checked, confirmed, written, and the project is there."""
    answer = clerk.browser.send("/imports/projects/", {}, file=(name, content))
    expect(answer.status, 302, f"{name} is taken in")
    run = answer.leads_to
    wait_for(clerk, run, "confirm/")
    expect(clerk.browser.send(f"{run}confirm/", {}, page=run).status, 302, "confirmed")
    wait_for(clerk, run, "/imports/batches/")
    expect(clerk.browser.get(f"/projects/{code}/").status, 200, "the project")


def wait_for(person: Person, path: str, words: str) -> None:
    until = time.monotonic() + 60
    while words not in (page := person.browser.get(path).text):
        if time.monotonic() > until:
            raise NotSo(f"{path} does not come to {words}: {heading(page)}")
        time.sleep(0.3)


def heading(page: str) -> str:
    """What a page calls itself."""
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
    return " ".join(re.sub("<[^>]+>", " ", found[1] if found else page[:80]).split())


def take_away(auditor: Person) -> None:
    answer = auditor.browser.get("/reports/audit-trail.csv")
    expect((answer.status, answer.headers.get("transfer-encoding")), (200, "chunked"))
    expect(answer.body.startswith(b"\xef\xbb\xbf"), True, "its mark (BOM)")
    expect(b"a-clerk" in answer.body, True, "the clerk's doings in it")


def measured(place: Place, board: Board, token: str) -> None:
    """Measures for a scraper, where they are set up."""
    browser = Browser(place)
    with board.row("measures are for who brings the token" if token else "without a token set there are no measures"):
        expect(browser.get("/metrics").status, 404)
        if token:
            answer = browser.get("/metrics", Authorization=f"Bearer {token}")
            expect((answer.status, "# TYPE" in answer.text), (200, True))
    if token:
        with board.row("a scraper on this machine asks as docs/metrics.md says, and for nothing else there"):
            scraper_asks(place, token)


def scraper_asks(place: Place, token: str) -> None:
    """At the port for measures, by an address and in the open. Raises NotSo."""
    expect(in_the_open(place, "127.0.0.1", "/metrics", place.measures).status, 404, "without the token")
    answer = in_the_open(place, "127.0.0.1", "/metrics", place.measures, Authorization=f"Bearer {token}")
    expect((answer.status, "# TYPE" in answer.text), (200, True))
    expect(in_the_open(place, place.host, "/sign-in/", place.measures).status, 404, "another page")
