"""What axe-core finds on the page that is open. It comes with axe-playwright-python; nothing is fetched."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
FOUND = """(options) => axe.run(document, options).then(({ violations }) => violations.flatMap((rule) =>
  rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")} · ${node.html.slice(0, 160)} · ${
    [...node.any, ...node.all, ...node.none].map((check) => check.message).join("; ").slice(0, 240)}`)))"""


@cache
def script() -> str:
    """The source of axe-core. Raises LookupError where the package is not installed."""
    package = find_spec("axe_playwright_python")
    if package is None or package.origin is None:
        raise LookupError("axe-playwright-python is not installed: pip install -e '.[dev]'")
    return (Path(package.origin).parent / "axe.min.js").read_text(encoding="utf-8")


def faults(page: "Page", rules: tuple[str, ...] = ()) -> list[str]:
    """Every element that breaks a rule of WCAG 2.2 AA or of good practice: of `rules` only, where some are named."""
    page.evaluate(script())
    only = {"type": "rule", "values": list(rules)} if rules else {"type": "tag", "values": list(TAGS)}
    options: dict[str, Any] = {"runOnly": only, "resultTypes": ["violations"], "preload": False}
    # The rule of targets is off by default, as it is newer than most pages.
    if not rules:
        options["rules"] = {"target-size": {"enabled": True}}
    found: list[str] = page.evaluate(FOUND, options)
    return found
