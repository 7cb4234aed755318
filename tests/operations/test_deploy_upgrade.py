"""upgrade.sh, its systemd, its app and its database acted by a few lines of shell: who serves however it ends."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.house.ground import ROOT

A, Z = "20260101-000000", "20250101-000000"
# Instead of what lib.sh does with a machine. Units that run and those that are enabled are files; so are migrations.
ACTED = r"""
home={place}/home units={place}/units
copy_release() {{ mkdir -p "$home/releases/$2"; }}
furnish_release() {{ :; }}
install_units() {{ echo "$1" > "{place}/installed"; }}
answers() {{
    for unit in "{place}"/running/alleviation-web@*; do
        [ ! -e "$unit" ] || [ -e "{place}/mute" ] || return 0
    done
    return 1
}}
manage() {{
    case $2 in
        showmigrations) cat "{place}/migrations" ;;
        migrate_beside)
            echo "$*" >> "{place}/said"
            [ ! -e "{place}/applies" ] || echo applied >> "{place}/migrations"
            [ ! -e "{place}/hangs_up" ] || kill -HUP $$
            [ ! -e "{place}/fails" ]
            ;;
        check) [ ! -e "{place}/refused" ] ;;
    esac
}}
"""
SYSTEMCTL = r"""#!/bin/sh
[ "$1" != -q ] || shift
word=$1; shift
for unit in "$@"; do
    case $word in
        start | restart)
            case $unit in *"$(cat "{place}/broken" 2> /dev/null || echo none)") exit 1 ;; esac
            touch "{place}/running/$unit" ;;
        stop) rm -f "{place}/running/$unit" ;;
        enable) [ "$unit" = --now ] || touch "{place}/enabled/$unit" ;;
        disable) rm -f "{place}/enabled/$unit" ;;
    esac
done
"""


@dataclass
class Server:
    """A machine on which the release A serves, and Z served before it."""

    place: Path

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        path = f"{self.place}/programs:{os.environ['PATH']}"
        # Whoever started the tests by nohup has no shell below them hear that somebody hangs up.
        command = ["env", "--default-signal=HUP", "/bin/sh", str(self.place / "deploy" / "upgrade.sh"), *words]
        return subprocess.run(command, env={"PATH": path}, capture_output=True, text=True, check=False)

    def set(self, name: str, text: str = "") -> None:
        (self.place / name).write_text(text)

    def unset(self, name: str) -> None:
        (self.place / name).unlink()

    def will_not_start(self) -> None:
        """The next release gets a name by which its unit is known to fail."""
        self.set("programs/date", "#!/bin/sh\necho 20260202-broken\n")
        (self.place / "programs" / "date").chmod(0o755)
        self.set("broken", "broken")

    @property
    def current(self) -> str:
        return (self.place / "home" / "current").readlink().name

    def web(self, kind: str) -> list[str]:
        names = [path.name for path in (self.place / kind).iterdir()]
        return [name.removeprefix("alleviation-web@") for name in names if name.startswith("alleviation-web@")]

    @property
    def imports(self) -> bool:
        return (self.place / "running" / "alleviation-imports").exists()


@pytest.fixture
def server(tmp_path: Path) -> Server:
    for name in ("home/releases", "units", "running", "enabled", "programs"):
        (tmp_path / name).mkdir(parents=True)
    for name in (A, Z):
        (tmp_path / "home" / "releases" / name).mkdir()
    (tmp_path / "home" / "current").symlink_to(f"releases/{A}")
    (tmp_path / "home" / "before").write_text(Z)
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy", ignore=shutil.ignore_patterns("trying"))
    with (tmp_path / "deploy" / "lib.sh").open("a") as library:
        library.write(ACTED.format(place=tmp_path))
    for name, text in {"systemctl": SYSTEMCTL.format(place=tmp_path), "id": "#!/bin/sh\necho 0\n"}.items():
        (tmp_path / "programs" / name).write_text(text)
        (tmp_path / "programs" / name).chmod(0o755)
    for name in (f"running/alleviation-web@{A}", f"enabled/alleviation-web@{A}", "running/alleviation-imports"):
        (tmp_path / name).touch()
    (tmp_path / "migrations").write_text("0001\n")
    return Server(tmp_path)


def test_a_release_takes_over_and_hands_back(server: Server):
    forth = server.run()
    new = server.current
    back = server.run("--back")

    assert (forth.returncode, back.returncode, new != A) == (0, 0, True), forth.stderr + back.stderr
    assert (server.current, server.web("running"), server.web("enabled"), server.imports) == (A, [A], [A], True)


@pytest.mark.parametrize("words", [(), ("--stopped",)])
def test_where_a_migration_fails_and_none_was_made_the_old_release_serves(server: Server, words):
    server.set("fails")

    done = server.run(*words)

    assert (done.returncode, done.stderr.splitlines()[-1].split(";")[0]) == (1, f"upgrade.sh: {A} serves on")
    assert (server.current, server.web("running"), server.web("enabled"), server.imports) == (A, [A], [A], True)
    assert not (server.place / "home" / "halfway").exists()


def test_where_a_migration_fails_after_another_was_made_it_is_said_that_nothing_serves(server: Server):
    server.set("fails")
    server.set("applies")

    done = server.run("--stopped")

    assert (done.returncode, "NOTHING SERVES" in done.stderr, "serves on" in done.stderr) == (1, True, False)
    assert (server.web("running"), server.web("enabled"), server.imports) == ([], [], False)
    assert (server.place / "home" / "halfway").read_text().strip() == A


def test_somebody_who_hangs_up_leaves_no_server_stopped(server: Server):
    server.set("hangs_up")

    done = server.run("--stopped")

    assert (done.returncode, f"{A} serves on" in done.stderr) == (129, True)
    assert (server.current, server.web("running"), server.imports) == (A, [A], True)


def test_tables_between_two_releases_take_neither_the_one_before_nor_an_upgrade_beside(server: Server):
    server.set("fails")
    server.set("applies")
    server.run("--stopped")

    refused = [server.run("--back"), server.run()]

    assert [done.returncode for done in refused] == [1, 1]
    assert ["broke off within its migrations" in done.stderr for done in refused] == [True, True]
    assert (server.web("running"), (server.place / "said").read_text().count("migrate_beside")) == ([], 1)


@pytest.mark.parametrize("applies", [True, False], ids=["with the rest", "with nothing left"])
def test_a_mended_release_goes_on_where_migrations_broke_off(server: Server, applies):
    server.set("fails")
    server.set("applies")
    server.run("--stopped")
    server.unset("fails")
    if not applies:
        server.unset("applies")

    done = server.run("--stopped")

    assert (done.returncode, server.web("running"), server.imports) == (0, [server.current], True), done.stderr
    assert (server.current != A, (server.place / "home" / "halfway").exists()) == (True, False)
    # Whatever this second run made, what the first one made stands in the old release's way.
    assert server.run("--back").returncode == 1


def test_a_second_attempt_that_fails_as_well_does_not_start_the_old_release(server: Server):
    server.set("fails")
    server.set("applies")
    server.run("--stopped")
    server.unset("applies")

    done = server.run("--stopped")

    assert (done.returncode, "NOTHING SERVES" in done.stderr, server.web("running")) == (1, True, [])


def test_what_came_with_a_stop_has_no_way_back_but_the_next_release_has(server: Server):
    server.set("applies")
    stopped = server.run("--stopped")
    first = server.current
    server.unset("applies")

    refused = server.run("--back")

    assert (stopped.returncode, "no way back" in stopped.stdout, refused.returncode) == (0, True, 1)
    assert ("cannot run on the tables" in refused.stderr, server.web("running")) == (True, [first])


def test_a_stop_that_made_no_migration_has_a_way_back(server: Server):
    server.run("--stopped")

    back = server.run("--back")

    assert (back.returncode, server.current, server.web("running")) == (0, A, [A])


@pytest.mark.parametrize("words", [(), ("--stopped",)])
def test_a_release_that_does_not_start_leaves_the_old_one_where_the_tables_are_its_own(server: Server, words):
    server.will_not_start()

    done = server.run(*words)

    assert (done.returncode, f"{A} serves on" in done.stderr) == (1, True)
    assert (server.current, server.web("running"), server.web("enabled"), server.imports) == (A, [A], [A], True)


def test_a_release_that_does_not_start_after_its_migrations_is_not_followed_by_the_old_one(server: Server):
    server.will_not_start()
    server.set("applies")

    done = server.run("--stopped")

    assert (done.returncode, "NOTHING SERVES" in done.stderr) == (1, True)
    assert (server.current, server.web("running"), server.web("enabled")) == (
        "20260202-broken",
        [],
        ["20260202-broken"],
    )
    assert server.run("--back").returncode == 1


def test_a_way_back_that_fails_leaves_who_served(server: Server):
    server.set("broken", Z)

    done = server.run("--back")

    assert (done.returncode, f"{A} serves on" in done.stderr) == (1, True)
    assert (server.current, server.web("running"), server.web("enabled"), server.imports) == (A, [A], [A], True)
    assert (server.place / "installed").read_text().strip() == A


def test_a_release_before_whose_settings_are_refused_is_not_even_tried(server: Server):
    server.set("refused")

    done = server.run("--back")

    assert (done.returncode, server.current, server.web("running")) == (1, A, [A])
    assert not (server.place / "installed").exists()
