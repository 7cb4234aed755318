"""Whether the app answers at its socket, for the health check of an image: python -m alleviation.operations.healthy"""

import os
import socket
import sys

SOCKET = "/run/alleviation/web.sock"
PATIENCE = 8


def answers(path: str = SOCKET) -> bool:
    """Whether /healthz answers 200, asked by the first of the names the app answers to."""
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0]
    with socket.socket(socket.AF_UNIX) as peer:
        peer.settimeout(PATIENCE)
        try:
            peer.connect(path)
            peer.sendall(f"GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            return peer.recv(100).startswith(b"HTTP/1.1 200 ")
        except OSError:
            return False


if __name__ == "__main__":
    sys.exit(not answers())
