"""Which browser it is, in two words: enough for its owner to know it again, and no more is kept."""

# The first that is found; most call themselves Chrome and Safari besides.
BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("QQBrowser", "QQ Browser"),
    ("MetaSr", "Sogou"),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def browser_of(agent: str) -> str:
    """The family of a browser and of its system, as it calls itself: "Firefox, Windows"; empty for none we know."""
    found = (next((name for word, name in known if word in agent), "") for known in (BROWSERS, SYSTEMS))
    return ", ".join(filter(None, found))
