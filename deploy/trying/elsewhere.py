"""A server whose database is on another machine, installed anew: here, behind another address of this one."""

import subprocess
from pathlib import Path

from deploy.trying.board import Board, expect
from deploy.trying.browser import Browser
from deploy.trying.keeping import sql
from deploy.trying.machine import HOME, HOST, PLACE, SETTINGS, UNITS, add_setting, run
from deploy.trying.people import a_password
from deploy.trying.recovered import cluster, in_office, unit

# An address for examples (RFC 5737), which no unit may reach of itself.
ADDRESS = "192.0.2.7"
LEFT = (
    *(HOME, SETTINGS.parent, Path("/var/lib/alleviation"), Path("/var/log/alleviation"), Path("/run/alleviation")),
    *(UNITS / "alleviation-.service.d", Path("/etc/nginx/conf.d/alleviation.conf")),
)


def elsewhere(code: Path, wheels: str, public: str, board: Board) -> None:
    command = [str(code / "deploy" / "install.sh"), "--host", HOST, "--wheels", wheels]
    with board.row("install.sh --database - makes a server whose database is on another machine"):
        clear()
        password = another_machine()
        url = f"postgresql://office:{password}@{ADDRESS}/office"
        told = subprocess.run([*command, "--database", "-"], input=url, capture_output=True, text=True, check=False)
        expect(told.returncode, 0, f"{told.stdout}{told.stderr}"[-4000:])
        expect(Browser(PLACE).get("/healthz").status, 200)
        expect(in_office("SELECT count(*) > 0 FROM django_migrations", "office"), "t")
    with board.row("run once more, without its address, it makes no database here and leaves what it may reach"):
        reach = UNITS / "alleviation-.service.d" / "20-database.conf"
        reach.write_text(f"[Service]\nIPAddressAllow={ADDRESS}\n")
        run(*command)
        expect(reach.read_text(), f"[Service]\nIPAddressAllow={ADDRESS}\n")
        expect(sql("SELECT count(*) FROM pg_roles WHERE rolname = 'alleviation'"), "0", "roles made here")
        run("systemctl", "restart", "alleviation")
        expect(Browser(PLACE).get("/healthz").status, 200, "where it may reach the database alone")
    with board.row("it is backed up over there, by a role that may copy the server"):
        add_setting("BACKUP_RECIPIENTS", public)
        run("systemctl", "start", "alleviation-backup")


def clear() -> None:
    """A plain machine again, but for PostgreSQL; its database and its role go too."""
    run("systemctl", "stop", "alleviation.socket", "alleviation-imports", *timers())
    run("sh", "-c", "systemctl disable alleviation-imports alleviation.service alleviation.socket 'alleviation-web@*'")
    run("rm", "-rf", *(str(path) for path in LEFT), *(str(path) for path in UNITS.glob("alleviation*")))
    run("systemctl", "daemon-reload")
    sql("DROP DATABASE alleviation")
    sql("DROP ROLE alleviation")


def timers() -> list[str]:
    return [path.name for path in UNITS.glob("alleviation-*.timer")]


def another_machine() -> str:
    """PostgreSQL answers at another address, to whoever has the password; which it is."""
    password = a_password().replace(" ", "-")
    run("ip", "address", "add", f"{ADDRESS}/32", "dev", "lo")
    with (cluster() / "pg_hba.conf").open("a") as rules:
        rules.write(f"host office,replication office {ADDRESS}/32 scram-sha-256\n")
    (cluster() / "conf.d" / "address.conf").write_text(f"listen_addresses = '{ADDRESS}'\n")
    run("systemctl", "restart", unit())
    sql(f"CREATE ROLE office LOGIN REPLICATION PASSWORD '{password}'")
    sql("CREATE DATABASE office OWNER office ENCODING 'UTF8' TEMPLATE template0")
    return password
