"""What handbooks are written with: pictures, the words on the screen, and the way to a definition."""

import struct
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext

from alleviation.dashboards.help.handbooks import folder

register = template.Library()

# Pictures are twice as fine as they are shown (tests/browser/picturing.py).
SCALE = 2


@register.inclusion_tag("help/picture.html")
def picture(name: str, alt: str) -> dict[str, Any]:
    """A picture of the screen in the reader's language, with its size, so that nothing moves when it comes."""
    path = f"img/help/{folder()}/{name}.png"
    return {"path": path, "alt": alt, "size": size_of(settings.BASE_DIR / "static" / path)}


@register.simple_tag
def screen(words: str, context: str = "", **told: Any) -> SafeString:
    """Words exactly as they stand on the screen: given as the source has them, told in the reader's language."""
    said = pgettext(context, words) if context else gettext(words)
    return format_html('<b class="on-screen">{}</b>', capfirst(said % told if told else said))


@register.filter
def definition(figure: str) -> str:
    """The address of a figure's entry in the glossary, by its name or by the address that explains it; "" for none."""
    if not figure:
        return ""
    slug = urlsplit(figure).path.rstrip("/").rpartition("/")[2]
    return f"{reverse('dashboards:help-figures')}#{slug}"


@cache
def size_of(path: Path) -> tuple[int, int] | None:
    """Width and height that a PNG is shown in; its own stand in its first 24 bytes. None where there is none."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        width, height = struct.unpack(">II", file.read(24)[16:])
    return width // SCALE, height // SCALE
