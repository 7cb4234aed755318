"""Who looks at which pages in a browser, and that between them they look at every page there is."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver

# Addresses at which nothing is to be read.
NO_PAGES = {
    "healthz": "a machine asks",
    "metrics": "a machine asks",
    "logout": "a button",
    "set_language": "a button",
    "approvals:ask": "a button, and its refusal is the report's form once more",
    "entrance:issuer": "leads away to another office's sign-in",
    "entrance:issuer-back": "leads on",
    "entrance:picture": "a file",
    "entrance:end-sessions-of": "a button",
    "entrance:revoke-token-of": "a button",
    **{
        f"api-1:{one}": "a program asks"
        for one in ("start", "openapi", "reports", "report", "json", "csv", "datapackage", "api-root")
    },
    "api:description": "a file",
    "audit_trail:download": "a file",
    "closings:csv": "a file",
    "dashboards:document-original": "a file",
    "dashboards:evidence-file": "a file",
    "dashboards:explain-csv": "a file",
    "dashboards:evidence-attach": "a button",
    "dashboards:evidence-withdraw": "a button",
    "dashboards:document-passage": "a button, and the answer leads on to a form",
    "dashboards:household-find": "a search that leads on",
    "dashboards:help": "leads on to the handbook of one's own",
    "imports:cancel": "a button",
    "imports:confirm": "a button",
    "imports:undo": "a button",
    "imports:errors": "a file",
    "imports:progress": "a machine asks",
    "imports:recorded": "a file",
    "imports:template-csv": "a file",
    "imports:template-xlsx": "a file",
    "reports:all": "a file",
    "reports:iati": "a file",
    "reports:csv": "a file",
    "reports:datapackage": "a file",
    "reports:xlsx": "a file",
    "reports:zip": "a file",
}
# Pages that no link leads to: tests/browser/test_forms.py fills in what does.
BEHIND_FORMS = frozenset(
    {
        *("imports:run", "imports:batch", "closings:detail", "approvals:detail"),
        *("entrance:second-step", "entrance:codes", "entrance:remove-factor", "entrance:end-session"),
        *("entrance:end-others", "entrance:revoke-token"),
    }
)

# A ledger of a few pages: that of a county has so many rows that to look at each takes a minute.
SHORT = "/papers/area-ledger/513228102200/?year=2019"


@dataclass(frozen=True)
class Tour:
    """The pages from `starts` on whose names begin with `within`; `sees` has to be among them."""

    language: str
    starts: tuple[str, ...]
    within: tuple[str, ...] = ("",)
    sees: frozenset[str] = frozenset()
    # Tables of the admin whose list this one opens.
    tables: frozenset[str] = frozenset()


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def named(space: str, text: str) -> frozenset[str]:
    return frozenset(f"{space}:{word}" for word in words(text))


TOURS = {
    "": Tour("en", ("/sign-in/",), sees=frozenset({"login"})),
    "manager": Tour(
        "en",
        ("/", "/funding/?year=2019", SHORT, "/papers/year-ledger/2016/"),
        sees=named(
            "dashboards",
            "overview funding income household-warnings projects project areas area alliances alliance people person "
            "organisation branch award documents document claims claim reconciliation red-flags red-flag "
            "red-flag-case sources source pledge evidence explain record help-handbook help-figures "
            "paper-project-ledger paper-area-ledger paper-year-ledger paper-project-notice paper-area-notice "
            "paper-alliance-record papers",
        )
        | {"reports:index", "reports:detail", "reports:iati-page", "closings:index"},
    ),
    "auditor": Tour(
        "zh",
        ("/", "/audit/", "/households/", "/admin/audit/auditevent/", SHORT),
        ("dashboards:", "reports:", "audit_trail:", "admin:audit"),
        named("dashboards", "households household household-reveal paper-household-handbook")
        | {"audit_trail:overview"},
        frozenset({"auditevent"}),
    ),
    "clerk": Tour(
        "zh",
        ("/admin/", "/imports/", "/papers/register-notice/513228102200/", "/account/", "/approvals/"),
        ("admin:", "imports:", "dashboards:paper-register", "entrance:", "approvals:", "api:"),
        named("entrance", "account password second-factor passkey tokens new-token")
        | {"api:documentation"}
        | {"imports:index", "imports:kind", "dashboards:paper-register-notice", "approvals:index"},
        words(
            "project ledgerentry pledge alliance household incomerecord fundingsource organisation partybranch "
            "official post award document claim"
        ),
    ),
    "reviewer": Tour(
        "en",
        ("/admin/", "/closings/", "/households/"),
        ("admin:", "closings:", "dashboards:household", "dashboards:person-erase"),
        frozenset({"dashboards:person-erase"}),
    ),
    "administrator": Tour(
        "en",
        ("/admin/", "/imports/"),
        ("admin:", "imports:", "dashboards:help", "entrance:person"),
        frozenset({"entrance:person"}),
        tables=frozenset({"division", "succession", "povertyline", "user"}),
    ),
}


def pages() -> set[str]:
    """The names of all pages but those of the admin."""
    return {name for name in _names(get_resolver()) if not name.startswith("admin:")} - NO_PAGES.keys()


def tables() -> set[str]:
    """The tables that have a list in the admin."""
    return {str(model._meta.model_name) for model in admin.site._registry}


def _names(resolver: URLResolver, spaces: tuple[str, ...] = ()) -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield ":".join([*spaces, entry.name or str(entry.pattern)])
        else:
            yield from _names(entry, (*spaces, *([entry.namespace] if entry.namespace else [])))
