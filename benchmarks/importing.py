"""Files of incomes for the benchmarks that import them, and the command of the product that does."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.inside import ROOT, environment, inside
from benchmarks.pairs import say

COMMAND = "import_incomes"
HEADER = (
    *("village_code", "household_no", "head_name", "id_number", "size", "year"),
    *("wage_income", "business_income", "property_income", "transfer_income", "expenses"),
)
MONEY = HEADER[6:]


@dataclass(frozen=True)
class Importer:
    """A clerk who imports into a database."""

    url: str
    name: str

    def command(self, path: Path, *options: str) -> list[str]:
        """The command line that imports a file."""
        return [sys.executable, "-W", "ignore", "manage.py", COMMAND, str(path), "--by", self.name, *options]

    def imports(self, path: Path) -> bool:
        """Whether the file went in; if not, what the command said is shown."""
        done = subprocess.run(
            self.command(path), cwd=ROOT, env=environment(self.url), capture_output=True, text=True, check=False
        )
        if done.returncode:
            say(f"{COMMAND} ended with {done.returncode}: {(done.stdout + done.stderr)[-500:]}")
        return done.returncode == 0


def import_command() -> bool:
    """Whether the product can import incomes."""
    return any((ROOT / app).exists() for app in _places())


def importer(url: str, area: str = "") -> Importer:
    """A clerk of an area; without one, of the area of the first household."""
    return Importer(url, inside(url, make_importer, area=area))


def make_importer(area: str) -> str:
    """Runs inside: makes the clerk, if need be."""
    from alleviation.accounts.models import User
    from alleviation.audit.trail import write
    from beneficiaries.models import Household

    if not area:
        area = Household.objects.select_related("village").order_by("pk")[0].village.code[:2]
    name = f"importer-of-benchmarks-{area}"
    if not User.objects.filter(username=name).exists():
        person = User(username=name, role="clerk", area=area)
        person.set_unusable_password()
        write(person, by="benchmarks")
    return name


def lines_of(homes: list[list[str]], year: int, seed: int = 0) -> Iterator[tuple[object, ...]]:
    """A row for each (village code, household number): amounts by arithmetic, in plain yuan."""
    for place, (village, number) in enumerate(homes, start=seed):
        money = (f"{place * step % 2_000_000 / 100:.2f}" for step in (7919, 104_729, 31, 611, 1301))
        yield village, number, "", "", 1 + place % 8, year, *money


def _places() -> Iterator[str]:
    for app in ("beneficiaries", "alleviation/imports", "alleviation/intake"):
        yield f"{app}/management/commands/{COMMAND}.py"
