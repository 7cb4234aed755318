"""People who come to the door of a new server: the first administrator, and those whom the administrator lets in."""

import base64
import re
import secrets
import time
from dataclasses import dataclass, field

from deploy.trying.board import NotSo, expect
from deploy.trying.browser import Browser, Place, code_of

ROLES = {"clerk": "513228", "reviewer": "513228", "manager": "", "auditor": ""}
SECRET = re.compile(r"<code>([A-Z2-7 ]+)</code>")


@dataclass
class Person:
    """Somebody with a password, an app for codes once it is set up, and a browser."""

    name: str
    password: str
    place: Place
    secret: bytes = b""
    used: int = 0
    browser: Browser = field(init=False)

    def __post_init__(self) -> None:
        self.browser = Browser(self.place)

    def sign_in(self) -> str:
        """Where the way in leads. Raises NotSo where it leads nowhere."""
        answer = self.browser.send("/sign-in/", {"username": self.name, "password": self.password})
        if answer.status == 302 and "second-step" in answer.leads_to:
            answer = self.browser.send("/sign-in/second-step/", {"code": self.code()})
        expect(answer.status, 302, f"{self.name} at the door")
        return answer.leads_to

    def choose_password(self) -> None:
        """Another password than the one that the administrator gave."""
        new = a_password()
        sent = {"old_password": self.password, "new_password1": new, "new_password2": new}
        expect(self.browser.send("/account/password/", sent).status, 302, f"{self.name} chooses a password")
        self.password = new

    def set_up_app(self) -> None:
        """An app for one-time codes, as the page for it tells its secret in letters."""
        page = self.browser.get("/account/second-factor/").text
        found = SECRET.search(page)
        if not found:
            raise NotSo(f"{self.name} is shown no secret")
        self.secret = base64.b32decode(found[1].replace(" ", ""))
        answer = self.browser.send("/account/second-factor/", {"code": self.code(), "password": self.password})
        expect(answer.status in (200, 302), True, f"{self.name} sets up an app")
        if 'name="code"' in answer.text:
            raise NotSo(f"{self.name}'s code is not taken")

    def code(self) -> str:
        """A code that was not shown before: each works once."""
        while int(time.time()) // 30 <= self.used:
            time.sleep(0.5)
        self.used = int(time.time()) // 30
        return code_of(self.secret)


def a_password() -> str:
    return f"{secrets.token_hex(4)} walks over {secrets.token_hex(4)}"


def let_in(administrator: Person, name: str, role: str, area: str) -> Person:
    """A new account, by the form that an administrator has for it."""
    person = Person(name, a_password(), administrator.place)
    facts = {"username": name, "last_name": "", "first_name": "", "email": f"{name}@example.org", "staff_number": name}
    rights = {"role": role, "area": area, "is_active": "on"}
    words = {"password1": person.password, "password2": person.password}
    answer = administrator.browser.send("/admin/accounts/user/add/", {**facts, **rights, **words})
    if answer.status != 302:
        wrong = re.findall(r"errorlist[^>]*>(.*?)</ul>", answer.text, re.DOTALL)
        raise NotSo(f"{name} is not let in: {answer.status} {re.sub('<[^>]+>', ' ', ' '.join(wrong))[:200]}")
    return person
