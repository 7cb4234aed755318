"""The people of an office in trouble, and whoever asks whether it is over."""

import random
import threading
import time
from itertools import count

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection
from django.utils import translation

from alleviation.audit.sending import SENT_BEFORE
from alleviation.common import failing
from tests.faults.office import Office
from tests.faults.people import ADD, Worker
from tests.faults.scene import build
from tests.faults.verdicts import Judge
from tests.faults.visiting import Browser, Words

PASSWORD = "a password of an office in trouble"
LANGUAGES = ("en", "zh-hans")
ASKED_EVERY, ANSWER, UNTIL_WELL = 0.05, 10.0, 300.0


class Scenes:
    """Who works in the office; they stay signed in from run to run."""

    def __init__(self, place: Office, dice: random.Random) -> None:
        self.place, self.dice = place, dice
        # So weak that signing in costs nothing: it is not what is tried here.
        scene = build(PBKDF2PasswordHasher().encode(PASSWORD, "salt", iterations=1000))
        village = scene.villages[0]
        self.choices = {"source": str(scene.source.pk), "division": str(village.pk), "village": village.code}
        self.words = {language: words_in(language) for language in LANGUAGES}
        self.judge = Judge()
        self.judge.judge([])
        self._cookies: dict[str, dict[str, str]] = {}
        connection.close()

    def browser(self, name: str, language: str) -> Browser:
        cookies = self._cookies.setdefault(name, {})
        return Browser(self.place.port, name, PASSWORD, language, self.words[language], cookies=cookies)

    def people(self, run: str, stopping: threading.Event, number: int) -> list[Worker]:
        found = []
        for seat, language in zip(range(number), [*LANGUAGES] * number, strict=False):
            clerk, reviewer = (self.browser(f"{role}-{seat}", language) for role in ("clerk", "reviewer"))
            dice = random.Random(self.dice.random())
            found.append(Worker(f"{run}w{seat}", clerk, reviewer, dice, self.choices, stopping))
        return found

    def until_well(self) -> float:
        """Seconds until somebody who is signed in, or has to sign in again, gets the page of a form."""
        began = time.monotonic()
        somebody = self.browser("clerk-7", "en")
        somebody.patience = ANSWER
        for _try in count():
            answer = somebody.get(ADD)
            if answer.status == 200 or time.monotonic() - began > UNTIL_WELL:
                break
            if answer.is_stranger:
                somebody.sign_in()
            time.sleep(ASKED_EVERY)
        return time.monotonic() - began


def words_in(language: str) -> Words:
    """What pages of failure say in a language."""
    with translation.override(language):
        headings = tuple(str(heading) for heading, _words in failing.WORDS.values())
        nothing = (str(failing.NOTHING_SAVED), str(failing.NOTHING_CHANGED))
        return Words(headings, nothing, str(failing.NOT_KNOWN), str(SENT_BEFORE))
