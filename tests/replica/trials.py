"""What is tried on the pair, one after the other; each says what it found, to be held against what should be."""

import json
import logging
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connections
from django.urls import resolve

from alleviation.audit import trail
from alleviation.audit.models import AuditEvent
from alleviation.common import selections
from alleviation.common.replica import breaker, choosing, middleware
from alleviation.common.replica.pages import MOVED
from projects.models import Organisation
from tests.replica.clusters import Pair
from tests.replica.office import as_of, as_served, browser, counted, instead, organisation, rename, tables_of, text_of

Facts = dict[str, Any]
PAGE = "/funding/"
FILES = {"dashboards:explain-csv", *(f"reports:{name}" for name in ("all", "csv", "datapackage", "xlsx", "zip"))}
# A page that waited once for a server which says nothing, on a busy machine; without an end it would wait for ever.
IN_TIME = 30


def shows(client: Any, name: str) -> bool:
    return name in text_of(client.get(record()))


def record() -> str:
    return f"/organisations/{organisation()}/"


@contextmanager
def errors() -> Iterator[list[str]]:
    """What the app logs as an error in here."""
    told: list[str] = []
    handler = logging.Handler(logging.ERROR)
    handler.emit = lambda line: told.append(line.getMessage())  # type: ignore[method-assign]
    logging.getLogger().addHandler(handler)
    try:
        yield told
    finally:
        logging.getLogger().removeHandler(handler)


def a_page_is_read_from_one_place(two: Pair) -> Facts:
    client = browser("manager")
    two.catch_up()
    client.get(PAGE)

    with counted() as asked:
        response = client.get(PAGE)

    return {
        "as_of": bool(as_of(response)),
        "primary": sorted(tables_of(asked["default"])),
        "is_read_there": len(asked["replica"]) > 5,
    }


def a_page_of_each_address_is_read_there(two: Pair) -> Facts:
    """For a clerk, who sees most."""
    two.catch_up()
    with errors() as told, as_served():
        found = {named(address): bool(as_of(response)) for address, response in walked(browser("clerk"))}
    return {
        "elsewhere": [one for one in found if not found[one]],
        "missing": sorted(MOVED - set(found)),
        "errors": told,
    }


def pages_on_both(two: Pair) -> Facts:
    """A page of each address that is moved, for a manager, a clerk of one countryside and an auditor, from both."""
    two.catch_up()
    facts: Facts = {"pages": 0, "differing": [], "from_primary": []}
    for name in ("manager", "clerk", "auditor"):
        with errors() as told:
            for address, response in walked(browser(name)):
                facts["pages"] += 1
                if not as_of(response):
                    facts["from_primary"].append(address)
                elif plain(response) != plain(from_primary(name, address)):
                    facts["differing"].append(f"{name} {address}")
        facts["errors"] = facts.get("errors", []) + told
    return facts


def walked(client: Any) -> Iterator[tuple[str, Any]]:
    """A page of each address that is moved, as far as links lead from the first; files aside."""
    waiting, seen = ["/"], set[str]()
    while waiting:
        address = waiting.pop(0)
        name = named(address)
        if name in seen or name not in MOVED or name in FILES or "csv=" in address:
            # A file that nobody reads to its end would hold up what the replica has to replay.
            continue
        response = client.get(address)
        if response.status_code != 200 or not str(response.get("Content-Type")).startswith("text/html"):
            continue
        seen.add(name)
        waiting += [
            one.split("#")[0].replace("&amp;", "&") for one in re.findall(r'href="(/[^"]*)"', text_of(response))
        ]
        yield address, response


def named(address: str) -> str:
    try:
        return resolve(address.split("?")[0]).view_name
    except Exception:
        return ""


def from_primary(name: str, address: str) -> Any:
    client = browser(name)
    with instead(middleware, "place_for", lambda *_asked: None):
        return client.get(address)


def plain(response: Any) -> str:
    """A page without what is of one sign-in or moment."""
    text = re.sub(r"<p class=\"wrap\">\s*Read from a copy.*?</p>", "", text_of(response))
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)
    return re.sub(r"\s+|\d\d:\d\d(:\d\d(\.\d+)?)?", "", text)


def nobody_misses_what_they_wrote(two: Pair) -> Facts:
    clerk, manager = browser("clerk"), browser("manager")
    two.catch_up()
    two.pause()

    with counted() as asked:
        rename(clerk, "Renamed Office")
    facts = {"statements_on_replica": len(asked["replica"]), "own": shows(clerk, "Renamed Office")}
    again = browser("clerk")
    facts["own_in_another_browser"] = shows(again, "Renamed Office")
    theirs = manager.get(record())
    facts["colleague"] = ("Renamed Office" in text_of(theirs), bool(as_of(theirs)))
    told_of = manager.get(f"/organisations/{founded('New Office')}/")
    facts["told_of_a_new_one"] = ("New Office" in text_of(told_of), bool(as_of(told_of)))
    two.resume()
    two.catch_up()
    then = clerk.get(record())
    facts["later"] = ("Renamed Office" in text_of(then), bool(as_of(then)))
    return facts


def founded(name: str) -> int:
    """An organisation that somebody entered a moment ago."""
    new = Organisation.objects.order_by("pk")[0]
    new.pk, new._state.adding = None, True
    new.name, new.name_zh = name, ""
    trail.write(new, by="somebody")
    return int(new.pk)


def what_a_worker_wrote_for_somebody_is_theirs(two: Pair) -> Facts:
    """A worker's process, which knows of no session, writes in the name of who confirmed the import."""
    client, person = browser("manager"), get_user_model().objects.get(username="manager")
    two.catch_up()
    before = bool(as_of(client.get(PAGE)))
    two.pause()
    trail.open_batch(kind="file", title="A file", by=person)
    after = bool(as_of(client.get(PAGE)))
    two.resume()
    two.catch_up()
    return {"before": before, "after": after, "later": bool(as_of(client.get(PAGE)))}


def a_file_is_read_there_and_leaves_its_event(two: Pair) -> Facts:
    """Its rows are the replica's, in the table of a page and in what COPY writes; its event is the primary's."""
    auditor = browser("auditor")
    facts: Facts = {}
    for address in ("/projects/?csv=projects", "/reports/funding-ledger.csv"):
        two.primary.ask("UPDATE projects_project SET name = 'The old name'")
        two.catch_up()
        auditor.get(PAGE)
        two.pause()
        two.primary.ask("UPDATE projects_project SET name = 'The new name'")
        number = AuditEvent.objects.count()
        text = text_of(auditor.get(address))
        told = ["The old name" in text, "The new name" in text, AuditEvent.objects.count() - number]
        # The event is a write of theirs like any other, and the replica lacks it.
        again = text_of(auditor.get(address))
        facts[address] = [*told, AuditEvent.objects.first().verb, "The new name" in again]
        two.resume()
        two.catch_up()
    return facts


def a_description_is_of_the_file_beside_it(two: Pair) -> Facts:
    """Of the old rows, though new ones are at the primary, and it says as of when they are."""
    auditor = browser("auditor")
    two.catch_up()
    file = b"".join(auditor.get("/reports/funding-ledger.csv").streaming_content)
    two.catch_up()
    auditor.get(PAGE)
    two.pause()
    two.primary.ask("UPDATE projects_project SET name = 'A third name'")
    package = json.loads(text_of(auditor.get("/reports/funding-ledger.datapackage.json")))
    two.resume()
    two.catch_up()
    is_of_file = package["resources"][0]["hash"] == f"sha256:{sha256(file).hexdigest()}"
    return {"is_of_file": is_of_file, "as_of": "read_as_of" in package}


def a_tag_is_of_one_place(two: Pair) -> Facts:
    client = browser("manager")
    two.catch_up()
    client.get(PAGE)
    there = client.get(PAGE)
    kept = client.get(PAGE, headers={"If-None-Match": there["ETag"]})
    with instead(middleware, "place_for", lambda *_asked: None):
        here = client.get(PAGE, headers={"If-None-Match": there["ETag"]})
    return {"kept": kept.status_code, "elsewhere": here.status_code, "same": here["ETag"] == there["ETag"]}


def one_that_is_late_is_not_read(two: Pair) -> Facts:
    clerk, manager = browser("clerk"), browser("manager")
    two.catch_up()
    two.pause()
    rename(clerk, "Late Office")
    soon = bool(as_of(manager.get(PAGE)))
    time.sleep(1.2)
    with instead(settings, "REPLICA_LATEST_SECONDS", 1):
        late = manager.get(record())
    facts = {"soon": soon, "late": (bool(as_of(late)), "Late Office" in text_of(late))}
    two.resume()
    two.catch_up()
    return facts | after(manager)


def what_is_lost_in_the_middle_is_made_again(two: Pair) -> Facts:
    """Its server process is ended when the page has asked its fourth question."""
    client = browser("manager")
    two.catch_up()
    client.get(PAGE)
    asked: list[str] = []

    def end(execute: Callable[..., Any], sql: Any, *rest: Any) -> Any:
        asked.append(sql)
        if len(asked) == 4:
            two.replica.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'alleviation'")
        return execute(sql, *rest)

    with connections["replica"].execute_wrapper(end):
        response = client.get(PAGE)
    facts = {"status": response.status_code, "as_of": bool(as_of(response)), "asked": len(asked)}
    mend()
    return facts | after(client)


def mend() -> None:
    """As when the time has come to try again."""
    breaker.BREAKER._until = 0.0


def after(client: Any) -> Facts:
    return {"then": bool(as_of(client.get(PAGE)))}


def one_that_is_frozen_costs_one_wait(two: Pair) -> Facts:
    client = browser("manager")
    two.catch_up()
    client.get(PAGE)
    two.replica.freeze()
    began = time.monotonic()
    facts = {"pages": answers(client, 3), "in_time": time.monotonic() - began < IN_TIME}
    two.replica.thaw()
    mend()
    return facts | after(client)


def one_that_is_killed_costs_one_try(two: Pair) -> Facts:
    client = browser("manager")
    two.catch_up()
    client.get(PAGE)
    two.replica.kill()
    facts = {"pages": answers(client, 3)}
    two.replica.start()
    two.catch_up()
    left_alone = not as_of(client.get(PAGE))
    mend()
    return facts | {"left_alone": left_alone, **after(client)}


def a_file_that_breaks_off_says_so(two: Pair) -> Facts:
    """The replica is killed behind its first row, while a reader who is slow keeps the rest waiting."""
    client = browser("auditor")
    two.catch_up()
    client.get(PAGE)
    with instead(selections, "BLOCK", 1), instead(selections, "WAITING", 1):
        with instead(settings, "BULK_HOUSEHOLDS", 10_000):
            parts = iter(client.get("/reports/incomes.csv").streaming_content)
        next(parts)
        two.replica.kill()
        lines, end = [], ""
        try:
            lines += parts
        except Exception as error:
            end = type(error).__name__
    two.replica.start()
    two.catch_up()
    facts = {"last": lines[-1].decode().strip(), "end": end, "verb": AuditEvent.objects.first().verb}
    client.get(PAGE)
    mend()
    return facts | after(client)


def answers(client: Any, number: int) -> list[tuple[int, bool, int]]:
    """Of pages one after the other: the status, whether they were read from the replica, how often that was asked."""
    asked: list[None] = []

    def noting() -> Any:
        asked.append(None)
        return kept()

    kept, found = choosing.answer_of_replica, []
    with instead(choosing, "answer_of_replica", noting):
        for _page in range(number):
            response = client.get(PAGE)
            found.append((response.status_code, bool(as_of(response)), len(asked)))
    return found


def one_of_another_history_is_not_read(two: Pair) -> Facts:
    """The primary goes back to a copy of itself and on from there; the replica has what was lost.

    Whoever looks has done nothing since: their own last event is in both.
    """
    clerk, manager = browser("clerk"), browser("manager")
    two.catch_up()
    kept = two.back_up()
    for number in range(3):
        rename(clerk, f"Lost Office {number}")
    two.catch_up()
    facts: Facts = {"before": look(manager, "Lost Office 2")}
    for one in connections.all():
        one.close()
    two.restore(kept)
    # The log of the primary ends before the replica's; then behind it, and its events before; then those catch up.
    facts["ahead"] = look(manager, "Lost Office 2")
    two.primary.ask("SELECT pg_switch_wal()")
    facts["unproven"] = look(manager, "Lost Office 2")
    for number in range(3):
        rename(clerk, f"Office {number} after the Restore")
    facts["rewritten"] = look(manager, "Lost Office 2")
    two.follow_anew()
    two.catch_up()
    return facts | {"anew": look(manager, "Office 2 after the Restore")}


def look(client: Any, name: str) -> tuple[bool, bool, str]:
    """Of a record: whether it has this name, whether it was read from the replica, and what ails that."""
    breaker.BREAKER.mend()
    response = client.get(record())
    return name in text_of(response), bool(as_of(response)), breaker.BREAKER.trouble


def one_that_was_promoted_is_not_read(two: Pair) -> Facts:
    """It follows nobody any more; named by DATABASE_URL it is written to. After this trial the pair is none."""
    client = browser("manager")
    two.catch_up()
    two.replica.promote()
    facts: Facts = {"as_of": bool(as_of(client.get(PAGE))), "trouble": breaker.BREAKER.trouble}
    two.primary.kill()
    primary = connections["default"]
    primary.close()
    primary.settings_dict["OPTIONS"]["host"] = str(two.replica.folder)
    clerk = browser("clerk")
    rename(clerk, "Office of the New Primary")
    return facts | {"written": shows(clerk, "Office of the New Primary")}


TRIALS = (
    a_page_is_read_from_one_place,
    a_page_of_each_address_is_read_there,
    nobody_misses_what_they_wrote,
    what_a_worker_wrote_for_somebody_is_theirs,
    a_file_is_read_there_and_leaves_its_event,
    a_description_is_of_the_file_beside_it,
    a_tag_is_of_one_place,
    one_that_is_late_is_not_read,
    what_is_lost_in_the_middle_is_made_again,
    one_that_is_frozen_costs_one_wait,
    one_that_is_killed_costs_one_try,
    a_file_that_breaks_off_says_so,
    one_of_another_history_is_not_read,
    one_that_was_promoted_is_not_read,
)
