"""What every part of the trial asks of the machine in which it runs."""

import os
from pathlib import Path

from deploy.trying.board import said
from deploy.trying.browser import Place

HOST = "alleviation.example.org"
PLACE = Place(HOST, 80, 443, "/etc/alleviation/tls/fullchain.pem")
SETTINGS = Path("/etc/alleviation/alleviation.env")
HOME = Path("/srv/alleviation")
UNITS = Path("/etc/systemd/system")


def run(*words: str, **environment: str) -> str:
    """What a command said. Raises NotSo with that where it failed."""
    return said(words, env={**os.environ, **environment})


def current() -> str:
    return (HOME / "current").readlink().name


def web(release: str = "") -> str:
    return f"alleviation-web@{release or current()}"


def property_of(unit: str, name: str) -> str:
    return run("systemctl", "show", "--value", "-p", name, unit).strip()


def serving() -> list[str]:
    """The folders of the releases whose code runs, one for each server."""
    units = run("systemctl", "list-units", "--plain", "--no-legend", "--state=active", "alleviation-web@*").split()
    names = [word for word in units if word.startswith("alleviation-web@")]
    return [os.readlink(f"/proc/{property_of(name, 'MainPID')}/cwd") for name in names]


def add_setting(name: str, value: str) -> None:
    with SETTINGS.open("a") as settings:
        settings.write(f"{name}='{value}'\n")
