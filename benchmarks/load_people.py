"""People at work, in a process beside the server: each with a browser, a work, and time to think.

    python -m benchmarks.load_people < what.json > found.json

It is told the server's port, who works there with which session, the addresses that they may ask for, how long they
stay and which files are imported meanwhile (benchmarks/load.py); it tells each request with how long it took, what was
wrong, and what was saved. It waits far more than it works: threads and http.client are enough.
"""

import json
import random
import resource
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from benchmarks.load_browser import Answer, Browser, Wrong

ADD, LIST = "/admin/projects/ledgerentry/add/", "/admin/projects/ledgerentry/"
IMPORT = "/imports/incomes/"
UNDER_WAY = ("waiting", "checking", "queued", "writing")
# Seconds between two looks at how far an import is: those of the page's own script.
EVERY = 1.0
# Seconds from one thing to the next, drawn evenly between the two; nobody fills in a form at once.
THINKING = {"reads": (5, 15), "enters": (10, 30), "checks": (8, 20), "takes away": (15, 45), "imports": (1, 2)}
# Kinds of requests, as the results call them.
DASHBOARD, EXPORT = "dashboard", "export"


@dataclass
class Work:
    """What all share: what there is to ask for, when it ends, and what was found."""

    port: int
    addresses: dict[str, Any]
    until: float
    found: list[dict[str, Any]] = field(default_factory=list)
    saved: list[str] = field(default_factory=list)
    posted: list[str] = field(default_factory=list)
    to_check: list[tuple[str, str]] = field(default_factory=list)
    imported: list[int] = field(default_factory=list)
    importing: tuple[float, float] | None = None
    is_importing: bool = False
    start: float = field(default_factory=monotonic)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_over(self) -> bool:
        """After the time, and not before everything is imported."""
        return monotonic() >= self.until and not self.is_importing

    def tell(self, kind: str, path: str, begun: float, fault: str) -> None:
        """A request: how long after the start it began, how long it took, and what was wrong."""
        took = monotonic() - begun
        told = {"kind": kind, "path": path, "at": begun - self.start, "seconds": took, "fault": fault}
        with self.lock:
            self.found.append(told)


@dataclass
class Person:
    """Somebody at work."""

    name: str
    work: Work
    browser: Browser
    chance: random.Random
    thinking: tuple[float, float]

    def live(self, does: Callable[[], None]) -> None:
        """Do it again and again, thinking between, until it is over; what went wrong is told already."""
        self.think(at_first=True)
        while not self.work.is_over:
            with suppress(Wrong):
                does()
            self.think()

    def think(self, *, at_first: bool = False) -> None:
        """At first for any time up to that, so that not all begin at once."""
        least, most = self.thinking
        sleep(self.chance.uniform(0 if at_first else least, most))

    def ask(self, kind: str, path: str, marks: tuple[str, ...] = (), *, end: str = "") -> Answer:
        """A page or a file that has to be whole: its marks in it, its end where it ends."""
        return self.timed(kind, path, lambda: whole(self.browser.get(path), marks, end))

    def send(self, kind: str, path: str, fields: dict[str, str], file: tuple[str, bytes] | None = None) -> Answer:
        """A form that has to be taken: the answer leads on."""
        return self.timed(kind, path, lambda: led_on(self.browser.post(path, fields, file)))

    def timed(self, kind: str, path: str, act: Callable[[], Answer]) -> Answer:
        begun, fault = monotonic(), ""
        try:
            return act()
        except (Wrong, OSError) as error:
            fault = f"{type(error).__name__}: {error}"
            raise Wrong(fault) from error
        finally:
            self.work.tell(kind, path, begun, fault)

    def reads(self) -> None:
        """A page of figures of some area and year."""
        kind, path = self.chance.choice(self.work.addresses["dashboards"])
        self.ask(f"{DASHBOARD} {kind}", path, ('id="content"', "</html>"))

    def takes_away(self) -> None:
        """A file of a report, whole to its end."""
        path, end = self.chance.choice(self.work.addresses["exports"])
        self.ask(f"{EXPORT} {path.partition('?')[0].rpartition('.')[2]}", path, end=end)

    def enters(self) -> None:
        """An entry, drafted and submitted in one press after some time at its form; then the list of entries."""
        tag = f"{self.name}-{len(self.work.saved)}-{self.chance.randrange(10**6)}"
        form = self.ask("entry form", ADD, ('name="amount"', "</html>"))
        self.think()
        place = self.chance.choice(self.work.addresses["places"])
        fields = {
            **{"kind": "allocation", "booked_on": self.work.addresses["day"], "year": "", "amount": "100.07"},
            **{"source": self.work.addresses["source"], "project": "", "division": place, "allocation": ""},
            **{"handed_down_from": "", "document_number": tag[:32], "note": "", "_submit": "1"},
            "sending": form.hidden("sending"),
        }
        answer = self.send("entry saved", ADD, fields)
        with self.work.lock:
            self.work.saved.append(fields["document_number"])
            self.work.to_check.append((answer.number, fields["document_number"]))
        self.ask("entry list", LIST, ("</html>",))

    def checks(self) -> None:
        """The entry that waits longest, looked at and posted; else the list."""
        with self.work.lock:
            waiting = self.work.to_check.pop(0) if self.work.to_check else None
        if waiting is None:
            self.ask("entry list", LIST, ("</html>",))
            return
        number, tag = waiting
        token = self.ask("entry shown", f"{LIST}{number}/change/", ("</html>",)).hidden("entry")
        self.think()
        self.send("entry posted", f"{LIST}step/", {"step": "post", "entry": token})
        with self.work.lock:
            self.work.posted.append(tag)

    def imports(self, files: list[str], rows: int) -> None:
        """Files one after the other, each handed in, looked at and confirmed, until the time is over and all is in."""
        begun = monotonic() - self.work.start
        try:
            for path in files:
                if sum(self.work.imported) >= rows and monotonic() >= self.work.until:
                    break
                self.work.imported.append(self.brings(Path(path)))
        except Wrong:
            pass
        finally:
            self.work.importing = (begun, monotonic() - self.work.start)
            self.work.is_importing = False

    def brings(self, path: Path) -> int:
        """One file; its number of rows once they are written. Raises Wrong."""
        content = path.read_bytes()
        self.ask("import page", IMPORT, ("</html>",))
        run = self.send("import handed in", IMPORT, {}, (path.name, content)).location
        self.settled(run, "ready")
        page = self.ask("import preview", run, ("</html>",))
        self.send(
            "import confirmed", f"{run}confirm/", {name: page.hidden(name) for name in ("sha256", "fingerprint")}
        )
        self.settled(run, "written")
        return content.count(b"\n") - 1

    def settled(self, run: str, expected: str) -> None:
        """Wait until no worker is busy with it. Raises Wrong where it ends otherwise."""
        while True:
            told = json.loads(self.ask("import looked at", f"{run}progress.json", ("state",)).text)
            if told["state"] == expected:
                return
            if told["state"] not in UNDER_WAY:
                self.work.tell("import", run, monotonic(), f"it is {told['state']}, not {expected}")
                raise Wrong(told["state"])
            sleep(EVERY)


def whole(answer: Answer, marks: tuple[str, ...], end: str) -> Answer:
    """An answer of a page or file that is there to its end. Raises Wrong."""
    if answer.status != 200:
        raise Wrong(f"status {answer.status} {answer.location}")
    missing = [mark for mark in marks if mark not in answer.text]
    if missing:
        raise Wrong(f"without {missing}")
    if end == "zip" and b"PK\x05\x06" not in answer.body[-22:]:
        raise Wrong("a file without its end")
    if end == "total" and not answer.text.rstrip("\r\n").rpartition("\n")[2].startswith("Total"):
        raise Wrong("a table without its total")
    return answer


def led_on(answer: Answer) -> Answer:
    """An answer to a form that was taken. Raises Wrong."""
    if answer.status != 302 or "sign-in" in answer.location:
        raise Wrong(f"status {answer.status} {answer.location} {answer.complaint}")
    return answer


def alone(work: Work, person: dict[str, str], times: dict[str, int]) -> None:
    """One person does everything, so many times each, in an order that is drawn; no import runs."""
    made = {name: _person(f"idle-{name}", session, work, 0.2) for name, session in person.items()}
    deeds = [name for name, number in times.items() for _time in range(number)]
    random.Random(7).shuffle(deeds)  # noqa: S311 - no secret
    for name in deeds:
        one = made[name]
        with suppress(Wrong):
            getattr(one, name.replace(" ", "_"))()
        one.think()


def together(work: Work, people: list[dict[str, str]], files: list[str], rows: int) -> None:
    """Everybody at once, and somebody who imports."""
    threads = []
    for number, one in enumerate(people):
        person = _person(f"p{number}", one["session"], work, *THINKING[one["work"]])
        if one["work"] == "imports":
            work.is_importing = True
            threads.append(threading.Thread(target=person.imports, args=(files, rows)))
        else:
            threads.append(
                threading.Thread(target=person.live, args=(getattr(person, one["work"].replace(" ", "_")),))
            )
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _person(name: str, session: str, work: Work, least: float, most: float | None = None) -> Person:
    browser = Browser(work.port, session)
    return Person(name, work, browser, random.Random(name), (least, least if most is None else most))  # noqa: S311


def main() -> None:
    asked = json.load(sys.stdin)
    work = Work(asked["port"], asked["addresses"], monotonic() + asked["seconds"])
    if "alone" in asked:
        alone(work, asked["alone"], asked["times"])
    else:
        together(work, asked["people"], asked["files"], asked["rows"])
    used = resource.getrusage(resource.RUSAGE_SELF)
    told = {
        "found": work.found,
        "saved": work.saved,
        "posted": work.posted,
        "imported": sum(work.imported),
        "importing": work.importing,
        "seconds": monotonic() - work.start,
        "processor": used.ru_utime + used.ru_stime,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
