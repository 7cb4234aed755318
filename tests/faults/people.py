"""People who work while something fails: what they sent, what they were told of it, and what they did then.

Whoever was told that nothing was saved, or that nobody knows, sends the very same form again, without looking; or, by
lot, leaves it at that. So afterwards it can be asked of each form whether what its sender was told is true.
"""

import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.faults.visiting import Answer, Browser, Fate, Fields

ADD = "/admin/projects/ledgerentry/add/"
LIST = "/admin/projects/ledgerentry/"
IMPORT = "/imports/ledger/"
# The share of those who leave a form that was not saved at that.
LEAVING = 0.3
PAUSE, PATIENCE = 0.2, 400.0
UNDER_WAY = ("waiting", "checking", "queued", "writing")


@dataclass
class Wish:
    """What somebody wants to be there: its kind, its tag, of how many rows, and what they were told each time."""

    kind: str
    tag: str
    size: int = 1
    told: list[Fate] = field(default_factory=list)
    # Where it stands, once they know.
    number: int = 0
    # That it had been saved was news to somebody who had been told that nothing was.
    is_lied_to: bool = False

    @property
    def end(self) -> Fate:
        """What they know at last: done, refused each time, or not known."""
        if Fate.DONE in self.told:
            return Fate.DONE
        refusals = {Fate.REFUSED, Fate.STRANGER, Fate.WRONG}
        return Fate.REFUSED if set(self.told) <= refusals else Fate.UNKNOWN


@dataclass
class Worker:
    """A clerk and the reviewer who checks after them."""

    name: str
    clerk: Browser
    reviewer: Browser
    dice: random.Random
    choices: dict[str, str]
    stopping: threading.Event
    wishes: list[Wish] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    odd: list[str] = field(default_factory=list)
    is_stuck: bool = False
    _last: int = 0

    def live(self, kinds: tuple[str, ...]) -> None:
        """Work until told to stop; what was begun is brought to its end."""
        deeds: dict[str, Callable[[str], None]] = {
            "entry": self.enter, "import": self.bring, "evidence": self.prove, "look": self.look,
        }  # fmt: skip
        count = 0
        try:
            while not self.stopping.is_set():
                deeds[self.dice.choice(kinds)](f"{self.name}n{count}")
                count += 1
        except Stuck as stuck:
            self.is_stuck = True
            self.odd.append(f"stuck: {stuck}")

    def look(self, _tag: str) -> None:
        """Read a page of figures."""
        self.page(self.reviewer, "/funding/")

    def enter(self, tag: str) -> None:
        """Draft and submit an entry in one press; then somebody else posts it."""
        form = self.page(self.clerk, ADD)
        wish = self.wish("entry", tag)
        place = self.choices
        fields = {
            "kind": "allocation", "booked_on": "2019-06-30", "year": "", "amount": "100.07",
            "source": place["source"], "project": "", "division": place["division"], "allocation": "",
            "handed_down_from": "", "document_number": tag, "note": "", "_submit": "1",
            "sending": form.hidden("sending"),
        }  # fmt: skip
        answer = self.send(wish, self.clerk, ADD, fields)
        if answer is None:
            return
        wish.number = number_in(answer.location)
        if set(wish.told) == {Fate.REFUSED, Fate.DONE}:
            wish.is_lied_to = self.clerk.words.sent_before in self.page(self.clerk, answer.location).text
        self._last = wish.number
        self.post(wish)

    def post(self, entry: Wish) -> None:
        address = f"{LIST}{entry.number}/change/"
        token = self.page(self.reviewer, address).hidden("entry")
        wish = self.wish("posting", entry.tag)
        wish.number = entry.number
        self.send(wish, self.reviewer, f"{LIST}step/", {"step": "post", "entry": token})

    def bring(self, tag: str) -> None:
        """Hand a file in and confirm it, again and again until its rows are written."""
        wish = self.wish("import", tag, size=self.dice.randrange(3, 12))
        content = table(tag, wish.size, self.choices)
        while True:
            answer = self.send(wish, self.clerk, IMPORT, {}, ("file", f"{tag}.csv", content), is_first_step=True)
            if answer is None or Fate.DONE in wish.told:
                return
            if self.confirmed(wish, answer.location):
                return
            self._pause(wish.tag)

    def confirmed(self, wish: Wish, address: str) -> bool:
        """Confirm a file that was handed in; no where it has to be handed in again."""
        while (page := self.settled(address)) == "ready":
            shown = self.page(self.clerk, address)
            fields = {name: shown.hidden(name) for name in ("sha256", "fingerprint")}
            answer = self.clerk.post(f"{address}confirm/", fields)
            self.note(wish, self.clerk, answer, is_first_step=True)
            self._pause(wish.tag)
        if page == "written":
            wish.told.append(Fate.DONE)
        elif page not in ("failed", "waiting", "cancelled", "refused"):
            self.odd.append(f"{wish.tag}: {page}")
        return page == "written"

    def settled(self, address: str) -> str:
        """The state of an import once nobody works on it any more."""
        deadline = time.monotonic() + PATIENCE
        while True:
            answer = self.page(self.clerk, f"{address}progress.json")
            (state,) = re.findall(r'"state": "(\w+)"', answer.text) or [""]
            if state not in UNDER_WAY:
                return state
            if time.monotonic() > deadline:
                raise Stuck(f"{address} is {state}")
            time.sleep(5 * PAUSE)

    def prove(self, tag: str) -> None:
        """Lay a paper beside the last entry."""
        if not self._last:
            return self.enter(tag)
        wish = self.wish("evidence", tag)
        wish.number = self._last
        self.page(self.clerk, f"{LIST}{self._last}/change/")
        content = (f"{tag} received\n" * 2000).encode()
        address = f"/evidence/attach/projects.ledgerentry/{self._last}/"
        self.send(wish, self.clerk, address, {"title": tag}, ("file", "paper.txt", content))

    def wish(self, kind: str, tag: str, size: int = 1) -> Wish:
        wish = Wish(kind, tag, size)
        self.wishes.append(wish)
        return wish

    def send(
        self, wish: Wish, who: Browser, path: str, fields: Fields, file: tuple[str, str, bytes] | None = None,
        *, is_first_step: bool = False,
    ) -> Answer | None:  # fmt: skip
        """Send a form until somebody says that it is saved; None where that was given up, or it is not to be."""
        is_leaving, deadline = self.dice.random() < LEAVING, time.monotonic() + PATIENCE
        while True:
            answer = who.post(path, fields, file)
            fate = self.note(wish, who, answer, is_first_step=is_first_step)
            if fate == Fate.DONE:
                return answer
            if fate == Fate.WRONG:
                return self._told_before(wish, answer)
            if is_leaving and fate != Fate.STRANGER:
                return None
            if time.monotonic() > deadline:
                raise Stuck(f"{path} answers {answer.status}")
            self._pause(wish.tag)
            if fate == Fate.STRANGER:
                self.come_in(who)

    def note(self, wish: Wish, who: Browser, answer: Answer, *, is_first_step: bool) -> Fate:
        fate = who.fate_of(answer)
        self.counts[fate] += 1
        if not (is_first_step and fate == Fate.DONE):
            wish.told.append(fate)
        return fate

    def _told_before(self, wish: Wish, answer: Answer) -> Answer | None:
        """A form that is shown again: it had been saved before, or the disk takes nothing at this moment."""
        known = ("imported already", "导入过", "proves the record already", "已经证明", "已佐证")
        if any(words in answer.text for words in known) and wish.kind != "posting":
            wish.told.append(Fate.DONE)
            return answer
        is_full = any(words in answer.text for words in ("takes no file", "takes nothing", "磁盘", "硬盘"))
        if wish.kind != "posting" and not is_full:
            said = re.findall(r'class="errorlist[^>]*>(.*?)</ul>', answer.text, re.DOTALL)
            self.odd.append(f"{wish.kind} {wish.tag}: {answer.status} {said[:3]}")
        return None

    def page(self, who: Browser, path: str) -> Answer:
        """A page, however often it has to be asked for."""
        deadline = time.monotonic() + PATIENCE
        while True:
            answer = who.get(path)
            if answer.status == 200:
                return answer
            if answer.is_stranger:
                self.come_in(who)
            if time.monotonic() > deadline:
                raise Stuck(f"{path} answers {answer.status}")
            time.sleep(PAUSE)

    def come_in(self, who: Browser) -> None:
        deadline = time.monotonic() + PATIENCE
        while not who.sign_in():
            if time.monotonic() > deadline:
                raise Stuck("cannot sign in")
            time.sleep(PAUSE)

    def _pause(self, _tag: str) -> None:
        time.sleep(self.dice.uniform(PAUSE, 3 * PAUSE))


class Stuck(Exception):
    """Nothing good was answered for minutes."""


def number_in(address: str) -> int:
    """The number of the record that an address is of; 0 for that of a list."""
    found = re.search(r"/(\d+)/change/", address)
    return int(found[1]) if found else 0


def table(tag: str, rows: int, choices: dict[str, str]) -> bytes:
    """A file of entries, each with a number of its own paper."""
    lines = ["project_code,kind,year,date,amount,source_code,village_code,voucher_no,note"]
    for one in range(rows):
        lines.append(f",allocation,2019,2019-06-30,{one + 1}.07,fund,{choices['village']},{tag}-{one},of a file")
    return "\n".join(lines).encode()
