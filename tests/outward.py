"""Closes every way out of this machine while tests run: whoever asks for another host fails, and says for which."""

import socket
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

# Names that resolve to this machine, and a name of a socket in the file system.
HERE = {"", "localhost", "localhost.localdomain", "ip6-localhost", "testserver", None}


class LedOut(AssertionError):
    """Something asked another machine. The app works without the internet."""


def is_here(host: Any) -> bool:
    """Whether a host is this machine."""
    name = host.decode() if isinstance(host, bytes) else host
    if name in HERE:
        return True
    try:
        address = ip_address(str(name).partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def refuse(host: Any) -> None:
    if not is_here(host):
        raise LedOut(f"A test leads to {host!r}.")


def close(setattr_: Callable[..., None]) -> None:
    """Have connecting, sending and looking up names judged first; sockets within the file system lead nowhere else."""
    for name in ("connect", "connect_ex", "sendto", "bind"):
        setattr_(socket.socket, name, _judged(getattr(socket.socket, name)))
    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
        setattr_(socket, name, _judged_name(getattr(socket, name)))


def _judged(method: Callable[..., Any]) -> Callable[..., Any]:
    def judged(self: socket.socket, *values: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            refuse(values[-1][0])
        return method(self, *values)

    return judged


def _judged_name(function: Callable[..., Any]) -> Callable[..., Any]:
    def judged(host: Any, *values: Any, **named: Any) -> Any:
        refuse(host)
        return function(host, *values, **named)

    return judged
