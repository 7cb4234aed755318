"""What every answer tells the browser: pages, files, errors, redirects alike (docs/hardening.md)."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# Our own files and nothing else; no exception for inline scripts, styles, or data: images. Charts are SVG in the page.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "font-src 'none'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
# What a page of figures needs of a machine: nothing.
FORBIDDEN = (
    *("accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media", "fullscreen"),
    *("geolocation", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer", "microphone", "midi"),
    *("payment", "picture-in-picture", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking"),
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in FORBIDDEN),
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Permitted-Cross-Domain-Policies": "none",
    # Pages are of persons, money, or who somebody is. What may be kept says so itself: static files, pages of figures.
    "Cache-Control": "no-store",
}


def strict_headers(get_response: GetResponse) -> GetResponse:
    """Let a page load nothing but our own files, be framed by nobody, and be kept by nobody, unless it says otherwise.

    It stands outermost: a failure in any other middleware is an answer by the time it comes here.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        for name, value in HEADERS.items():
            # What is only kept, never shown, comes with a stricter policy of its own.
            response.setdefault(name, value)
        if settings.SECURE_HSTS_SECONDS and request.is_secure():
            response.setdefault("Strict-Transport-Security", lasting())
        if request.method == "HEAD" and isinstance(response, HttpResponse):
            # The server would leave it out as well, and log each time that it did.
            response.content = b""
        return response

    return middleware


def lasting() -> str:
    """That this name is reached by HTTPS alone, as Django's settings have it."""
    words = [f"max-age={settings.SECURE_HSTS_SECONDS}"]
    words += ["includeSubDomains"] * settings.SECURE_HSTS_INCLUDE_SUBDOMAINS + [
        "preload"
    ] * settings.SECURE_HSTS_PRELOAD
    return "; ".join(words)
