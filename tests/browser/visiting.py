"""Somebody at a browser: signed in, in a language, at a width, with a colour scheme, with or without scripts."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from alleviation.example.people import EXAMPLE_PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request

LOCALES = {"en": "en-US", "zh": "zh-CN"}
HEIGHT = 900
# Milliseconds until what does not come is missed: a machine with much else to do is no fault of a page.
PATIENCE = 60_000
WIDE, NARROW, NARROWEST = 1280, 390, 320
# Scripts of forms begin a moment after a page has loaded, put the focus into its first field and make lists to choose
# from: what is typed before lands elsewhere. Who asks the same of jQuery later comes later.
BEGUN = "new Promise((done) => (window.django?.jQuery ? window.django.jQuery(() => done()) : done()))"
# Remembers by how much what is read moved on its own; what follows a key or a click within half a second is meant.
SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
  if (!entry.hadRecentInput) {
    window.shifts.push(entry.sources.map((one) => one.node?.className || one.node?.nodeName || "?").join(" "));
  }
})).observe({ type: "layout-shift", buffered: true });
"""


@dataclass(frozen=True)
class Way:
    """How somebody looks at the pages."""

    who: str = "manager"
    language: str = "en"
    width: int = WIDE
    scheme: str = "light"
    script: bool = True

    def __str__(self) -> str:
        script = "script" if self.script else "no-script"
        return "-".join([self.who, self.language, str(self.width), self.scheme, script])


@dataclass
class Visit:
    """An open page, and what the browser complained of on the way."""

    page: "Page"
    base: str
    has_script: bool = True
    complaints: list[str] = field(default_factory=list)

    def open(self, address: str) -> int:
        """Go there, and wait until the scripts have begun; the status that is answered."""
        response = self.page.goto(self.base + address)
        if self.has_script:
            self.page.evaluate(BEGUN)
        return response.status if response else 0

    def press(self, what: "Locator") -> None:
        """Click a link or a button, and wait until the page that it leads to has come: it may be the same anew."""
        with self.page.expect_navigation():
            what.click()
        if self.has_script:
            self.page.evaluate(BEGUN)

    @property
    def address(self) -> str:
        parts = urlsplit(self.page.url)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path

    def complaints_since(self) -> list[str]:
        """What was complained of since this was last asked."""
        told, self.complaints[:] = list(self.complaints), []
        return told


class Reception:
    """Lets people in, each once: a name and a password are asked of a browser that is not signed in yet."""

    def __init__(self, browser: "Browser", base: str) -> None:
        self.browser, self.base = browser, base
        self._states: dict[str, Any] = {}

    @contextmanager
    def visit(self, way: Way) -> Iterator[Visit]:
        """A page of one's own, in a browser of one's own, that goes again."""
        context = self._context(way, self.state_of(way.who))
        try:
            yield self._watched(context, way)
        finally:
            context.close()

    def state_of(self, who: str) -> Any:
        """The cookies of somebody who signed in through the page; none for nobody."""
        if who and who not in self._states:
            context = self._context(Way(who))
            sign_in(context.new_page(), self.base, who)
            self._states[who] = context.storage_state()
            context.close()
        return self._states.get(who)

    def forget(self, who: str) -> None:
        """Have somebody sign in anew when they come again: what they did has ended their session."""
        self._states.pop(who, None)

    def _context(self, way: Way, state: Any = None) -> "BrowserContext":
        context = self.browser.new_context(
            viewport={"width": way.width, "height": HEIGHT},
            locale=LOCALES[way.language],
            color_scheme="dark" if way.scheme == "dark" else "light",
            java_script_enabled=way.script,
            reduced_motion="reduce",
            storage_state=state,
            accept_downloads=True,
        )
        context.set_default_timeout(PATIENCE)
        context.add_init_script(SHIFTS)
        return context

    def _watched(self, context: "BrowserContext", way: Way) -> Visit:
        visit = Visit(context.new_page(), self.base, way.script)

        def told(message: "ConsoleMessage") -> None:
            if message.type in {"error", "warning"}:
                visit.complaints.append(f"console: {message.text}")

        def asked(request: "Request") -> None:
            if not request.url.startswith((f"{self.base}/", "data:", "blob:")):
                visit.complaints.append(f"asks elsewhere: {request.url}")

        context.on("console", told)
        context.on("request", asked)
        context.on("weberror", lambda error: visit.complaints.append(f"script: {error.error}"))
        return visit


def sign_in(page: "Page", base: str, who: str) -> None:
    page.goto(f"{base}/sign-in/")
    page.locator("#id_username").fill(who)
    page.locator("#id_password").fill(EXAMPLE_PASSWORD)
    page.locator("main button").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)


def narrower(way: Way, width: int) -> Way:
    return replace(way, width=width)
