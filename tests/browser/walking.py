"""Follows the links of the pages in a browser, so many of each kind, and says what is wrong with each."""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, ResolverMatch, resolve

from tests.browser.visiting import Visit

LINKS = """[...document.querySelectorAll("a[href]:not([download])")].map((one) => one.getAttribute("href"))"""
# Pages that are made alike but hold unlike things: so many of them for each one of the others.
MORE = {
    "dashboards:area": 3,
    "dashboards:explain": 4,
    "dashboards:funding": 2,
    "dashboards:project": 2,
    "reports:detail": 2,
}
FILES = (".csv", ".xlsx", ".zip", ".json", "/original")


@dataclass
class Walk:
    """What a walk found: the addresses by the name of their page, and what is wrong with them."""

    found: dict[str, list[str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def walk(
    visit: Visit,
    *,
    starts: Iterable[str],
    look: Callable[[Visit], Iterable[str]],
    each: int = 1,
    within: tuple[str, ...] = ("",),
) -> Walk:
    """Look at the pages that links lead to, `each` (or MORE) of a kind, of those whose names begin with `within`."""
    done, kinds = Walk(), Counter[str]()
    coming = deque(starts)
    known = set(coming)
    while coming:
        address = coming.popleft()
        match = page_at(address)
        if match is None or not match.view_name.startswith(within):
            continue
        kinds[match.view_name] += 1
        if kinds[match.view_name] > each * MORE.get(match.view_name, 1):
            continue
        done.found.setdefault(match.view_name, []).append(address)
        if (status := visit.open(address)) != 200:
            done.faults.append(f"{address} answers {status}")
            visit.complaints_since()
            continue
        links = list(_links(visit, address))
        done.faults += [f"{address}: {fault}" for fault in look(visit)]
        coming.extend(link for link in links if link not in known)
        known.update(links)
    return done


def page_at(address: str) -> ResolverMatch | None:
    """Which page an address is; none where it is a file or not ours."""
    path = urlsplit(address).path
    try:
        return None if path.endswith(FILES) else resolve(path)
    except Resolver404:
        return None


def _links(visit: Visit, address: str) -> Iterator[str]:
    for href in visit.page.evaluate(LINKS):
        parts = urlsplit(urljoin(address, href))
        is_file = parts.path.endswith(FILES) or parts.query.startswith(("csv", "svg"))
        if not parts.netloc and not is_file:
            yield f"{parts.path}?{parts.query}" if parts.query else parts.path
