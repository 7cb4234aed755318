"""Whoever asks without end while a server is replaced: how many requests, and every answer that was not right."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException

from deploy.trying.browser import Browser, Place

# Pages of somebody who is signed in, a form among them.
PATHS = ("/funding/", "/healthz", "/projects/", "/reports/", "/static/css/app.css")


class Crowd:
    """A few who ask at once, each page after page; one of them sends forms."""

    def __init__(self, place: Place, cookies: dict[str, str], size: int = 4) -> None:
        self.place, self.cookies = place, cookies
        self.asked, self.longest = 0, 0.0
        self.failed: list[str] = []
        self.over = threading.Event()
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.go_on, args=(number,)) for number in range(size)]

    def go_on(self, number: int) -> None:
        browser = Browser(self.place)
        browser.cookies.update(self.cookies)
        step = number
        while not self.over.is_set():
            path = PATHS[step % len(PATHS)]
            began = time.monotonic()
            wrong = self.wrong(browser, path, is_form=number == 0 and step % 3 == 0)
            with self.lock:
                self.asked += 1
                self.longest = max(self.longest, time.monotonic() - began)
                if wrong:
                    self.failed.append(wrong)
            step += 1

    def wrong(self, browser: Browser, path: str, *, is_form: bool) -> str:
        """What is wrong with one answer; empty where nothing is. The form changes the language to what it is."""
        try:
            if is_form:
                answer = browser.send("/language/setlang/", {"language": "en", "next": "/funding/"}, page="/funding/")
                return "" if answer.status == 302 else f"the form: {answer.status}"
            answer = browser.get(path)
            return "" if answer.status == 200 else f"{path}: {answer.status}"
        except (OSError, HTTPException) as error:
            return f"{path}: {error!r}"

    def told(self) -> str:
        return f"{self.asked} requests, {len(self.failed)} failed, the longest took {self.longest:.1f} s"


@contextmanager
def crowd(place: Place, cookies: dict[str, str], least: float = 1.0) -> Iterator[Crowd]:
    """They ask from a while before what is done meanwhile to a while after."""
    found = Crowd(place, cookies)
    for thread in found.threads:
        thread.start()
    try:
        time.sleep(least)
        yield found
        time.sleep(least)
    finally:
        found.over.set()
        for thread in found.threads:
            thread.join()
