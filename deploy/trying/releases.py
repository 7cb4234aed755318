"""The next release: beside the one that serves, one that cannot start, and one that takes a stop."""

import shutil
import subprocess
from pathlib import Path

from deploy.trying.board import Board, expect
from deploy.trying.busy import crowd
from deploy.trying.machine import HOME, PLACE, current, property_of, run, serving, web
from deploy.trying.people import Person

# Of such a migration nobody can see whether the release before bears it, and it takes a while.
MIGRATION = """
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("intake", "{last}")]
    operations = [migrations.RunSQL("SELECT pg_sleep(5)", "")]
"""


def upgraded(code: Path, wheels: str, person: Person, board: Board) -> None:
    upgrade = [str(code / "deploy" / "upgrade.sh"), "--wheels", wheels]
    with board.row("upgrade.sh brings the next release: nobody's request fails, nobody is signed out") as tell:
        old = current()
        with crowd(PLACE, person.browser.cookies) as people:
            run(*upgrade)
        tell(people.told())
        expect(people.failed, [])
        expect((current() == old, property_of(web(old), "ActiveState")), (False, "inactive"))
        expect(serving(), [str(HOME / "releases" / current())], "code that is served")
    with board.row("upgrade.sh --back returns to the one before it: nobody's request fails") as tell:
        with crowd(PLACE, person.browser.cookies) as people:
            run(*upgrade[:1], "--back")
        tell(people.told())
        expect((people.failed, current(), serving()), ([], old, [str(HOME / "releases" / old)]))
    with board.row("a release that cannot start is refused, and the one before serves on") as tell:
        broken = code.parent / "broken"
        shutil.copytree(code, broken)
        with (broken / "alleviation" / "wsgi.py").open("a") as file:
            file.write('raise SystemExit("a fault of the trial")\n')
        with crowd(PLACE, person.browser.cookies) as people:
            refused = subprocess.run(
                [str(broken / "deploy" / "upgrade.sh"), "--wheels", wheels], capture_output=True, check=False
            )
        tell(people.told())
        expect((refused.returncode != 0, people.failed, current()), (True, [], old))
        expect(serving(), [str(HOME / "releases" / old)], "code that is served")


def stopped(code: Path, wheels: str, person: Person, board: Board) -> None:
    """A release with a migration that the one before may not bear."""
    strange = code.parent / "strange"
    shutil.copytree(code, strange)
    migrations = strange / "alleviation" / "intake" / "migrations"
    last = max(path.stem for path in migrations.glob("0*.py"))
    (migrations / "9999_trial.py").write_text(MIGRATION.format(last=last))
    upgrade = [str(strange / "deploy" / "upgrade.sh"), "--wheels", wheels]
    with board.row("a migration that the release before may not bear is refused, and that release serves on"):
        old = current()
        refused = subprocess.run(upgrade, capture_output=True, check=False)
        expect((refused.returncode != 0, current(), serving()), (True, old, [str(HOME / "releases" / old)]))
    with board.row("upgrade.sh --stopped brings it: whoever asks meanwhile waits") as tell:
        with crowd(PLACE, person.browser.cookies) as people:
            run(*upgrade, "--stopped")
        tell(people.told())
        expect(people.failed, [])
        expect((current() == old, serving()), (False, [str(HOME / "releases" / current())]))
    with board.row("there is no way back to a release that cannot run on the tables"):
        new = current()
        refused = subprocess.run([*upgrade[:1], "--back"], capture_output=True, check=False)
        expect((refused.returncode != 0, current(), serving()), (True, new, [str(HOME / "releases" / new)]))
