"""What every answer has to carry, whoever asked and whatever became of it."""

from django.http.response import HttpResponseBase

from alleviation.common.headers import HEADERS

EXACTLY = (
    "Permissions-Policy",
    "Referrer-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "X-Permitted-Cross-Domain-Policies",
)
# What tells a stranger which software to look up, or lets another site read along.
TELLING = ("Server", "X-Powered-By", "Via", "Access-Control-Allow-Origin", "ETag-Inode")
POLICIES = (HEADERS["Content-Security-Policy"], "sandbox; default-src 'none'")


def lacking(response: HttpResponseBase) -> list[str]:
    """What an answer lacks, or tells too much; nothing for a good one."""
    headers = response.headers
    found = [name for name in EXACTLY if headers.get(name) != HEADERS[name]]
    found += ["Content-Security-Policy"] * (headers.get("Content-Security-Policy") not in POLICIES)
    found += ["X-Request-ID"] * (len(headers.get("X-Request-ID", "")) != 32)
    found += ["Cache-Control"] * ("Cache-Control" not in headers)
    return found + [f"{name}: {headers[name]}" for name in TELLING if name in headers]


def is_kept_by_nobody(response: HttpResponseBase) -> bool:
    return "no-store" in response.headers.get("Cache-Control", "")
