"""A primary, a streaming replica of it and the app on both, in a process of their own (python -m tests.replica)."""

import json
import subprocess
import sys

import pytest

from tests.house.ground import ROOT
from tests.postgres import HELP, server_folder

# A page from the replica asks the primary who comes and where the log stands, and nothing else.
ONE_PLACE = {
    "as_of": True,
    "primary": ["accounts_session", "accounts_user", "audit_auditevent"],
    "is_read_there": True,
}
# A file of the old rows, though new ones are at the primary; one event; and then the new rows, for the event is later.
A_FILE = [True, False, 1, "downloaded", True]
# Files, and where no link leads a clerk.
NO_PAGE_OF_A_CLERK = [
    "dashboards:areas",
    "dashboards:explain-csv",
    "dashboards:help",
    "dashboards:paper-register-notice",
    "reports:all",
    "reports:csv",
    "reports:datapackage",
    "reports:xlsx",
    "reports:zip",
]
# Of three pages each came, none from the replica, which was asked once.
ASKED_ONCE = [[200, False, 1]] * 3


@pytest.mark.slow
def test_pages_are_read_from_the_replica_and_never_older_than_what_their_reader_wrote():
    if server_folder() is None:
        pytest.skip(HELP)

    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.replica", "--facts"], cwd=ROOT, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert facts == {
        "a_page_of_each_address_is_read_there": {"elsewhere": [], "missing": NO_PAGE_OF_A_CLERK, "errors": []},
        "a_page_is_read_from_one_place": ONE_PLACE,
        "nobody_misses_what_they_wrote": {
            "statements_on_replica": 0,
            "own": True,
            "own_in_another_browser": True,
            # Whether it is shown, and whether the page was read from the replica.
            "colleague": [False, True],
            # Whoever is told where it is finds it, at the primary.
            "told_of_a_new_one": [True, False],
            "later": [True, True],
        },
        "what_a_worker_wrote_for_somebody_is_theirs": {"before": True, "after": False, "later": True},
        "a_file_is_read_there_and_leaves_its_event": {
            "/projects/?csv=projects": A_FILE,
            "/reports/funding-ledger.csv": A_FILE,
        },
        "a_description_is_of_the_file_beside_it": {"is_of_file": True, "as_of": True},
        "a_tag_is_of_one_place": {"kept": 304, "elsewhere": 200, "same": False},
        "one_that_is_late_is_not_read": {"soon": True, "late": [False, True], "then": True},
        "what_is_lost_in_the_middle_is_made_again": {"status": 200, "as_of": False, "asked": 4, "then": True},
        "one_that_is_frozen_costs_one_wait": {"pages": ASKED_ONCE, "in_time": True, "then": True},
        "one_that_is_killed_costs_one_try": {"pages": ASKED_ONCE, "left_alone": True, "then": True},
        "a_file_that_breaks_off_says_so": {
            "last": "THIS FILE IS INCOMPLETE. Do not use it; download it again.",
            "end": "BrokenOff",
            "verb": "downloaded",
            "then": True,
        },
        "one_of_another_history_is_not_read": {
            # Whether what was lost is shown, whether the page was read from the replica, and what ails that.
            "before": [True, True, ""],
            "ahead": [False, False, "it has another history"],
            "unproven": [False, False, ""],
            "rewritten": [False, False, "it has another history"],
            # Here the name of afterwards.
            "anew": [True, True, ""],
        },
        "one_that_was_promoted_is_not_read": {"as_of": False, "trouble": "it follows nobody", "written": True},
    }
