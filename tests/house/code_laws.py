"""Laws of the code, read off its text. Each takes sources by their name and returns who breaks it, as words."""

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.db.models import Model

Sources = Mapping[str, str]
Law = Callable[[Sources], list[str]]

CLOCKS = {"now", "today", "utcnow", "localdate", "localtime"}
# What makes a list of the admin slow on many rows, or writes rows that nobody touched.
REFUSED_IN_ADMIN = {"list_editable", "date_hierarchy"}
# Times to wait are seconds for the operating system, not figures.
MAY_BE_FLOAT = (
    "alleviation/settings.py",
    # Seconds, and what a scraper reads: nothing that anybody is paid.
    "alleviation/common/outcomes.py",
    "alleviation/common/replica/",
    "alleviation/operations/metrics/",
)


def speaking_of(words: str, sources: Sources) -> dict[str, str]:
    """The sources with a match of a pattern anywhere; no other can break a law about these words, nor need be read."""
    return {name: source for name, source in sources.items() if re.search(words, source)}


def nodes(sources: Sources) -> Iterator[tuple[str, ast.AST]]:
    """Every node of every source, with the place to name it by."""
    for name, source in sources.items():
        for node in ast.walk(ast.parse(source)):
            yield f"{name}:{getattr(node, 'lineno', 0)}", node


def called(node: ast.AST) -> str:
    """The last part of the name that a call calls, or nothing."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def no_figure_is_a_float(sources: Sources) -> list[str]:
    """No float is written and none is made; to ask whether something is one is fine."""
    judged = {name: source for name, source in sources.items() if not name.startswith(MAY_BE_FLOAT)}
    return [
        f"{place} {ast.unparse(node)}"
        for place, node in nodes(speaking_of(r"\bfloat\b|\d\.|\.\d|\d_*[eEjJ]", judged))
        if (isinstance(node, ast.Constant) and isinstance(node.value, float | complex)) or called(node) == "float"
    ]


def no_average_is_left_to_the_database(sources: Sources) -> list[str]:
    """A per-head figure is a sum over a sum; Avg over whole fen is neither exact nor weighted."""
    averages = {"Avg", "StdDev", "Variance"}
    return [place for place, node in nodes(speaking_of("|".join(averages), sources)) if called(node) in averages]


def run_at_import(node: ast.AST) -> Iterator[ast.AST]:
    """What runs when the module is loaded: all but the bodies of functions."""
    yield node
    body: list[ast.AST] = []
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        body = [*node.body]
    elif isinstance(node, ast.Lambda):
        body = [node.body]
    for child in ast.iter_child_nodes(node):
        if child not in body:
            yield from run_at_import(child)


def nothing_asks_the_clock_at_import(sources: Sources) -> list[str]:
    """A default of `today()` is the day the server started."""
    return [
        f"{name}:{node.lineno} {called(node)}()"
        for name, source in speaking_of("|".join(CLOCKS), sources).items()
        for node in run_at_import(ast.parse(source))
        if isinstance(node, ast.Call) and called(node) in CLOCKS
    ]


def commented_lines(source: str) -> set[int]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {token.start[0] for token in tokens if token.type == tokenize.COMMENT}


def is_index(node: ast.AST) -> bool:
    """models.Index(...) and its kin, or a field with db_index=True."""
    if called(node).endswith("Index"):
        return True
    return isinstance(node, ast.Call) and any(
        k.arg == "db_index" and isinstance(k.value, ast.Constant) and k.value.value is True for k in node.keywords
    )


def each_index_names_its_reader(sources: Sources) -> list[str]:
    """A comment in the line above an index, or beside it, says which query it serves."""
    return [
        place
        for name, source in speaking_of("Index|db_index", sources).items()
        for place, node in nodes({name: source})
        if is_index(node)
        and isinstance(node, ast.Call)
        and commented_lines(source).isdisjoint(range(node.lineno - 1, (node.end_lineno or node.lineno) + 1))
    ]


def no_admin_list_is_slow_or_editable(sources: Sources) -> list[str]:
    return [
        f"{place} {target.id}"
        for place, node in nodes(speaking_of("|".join(REFUSED_IN_ADMIN), sources))
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name) and target.id in REFUSED_IN_ADMIN
    ]


def nothing_happens_by_signal(sources: Sources) -> list[str]:
    """What a write entails stands in its action, where it can be read."""
    return [place for place, node in nodes(speaking_of("receiver", sources)) if called(node) == "receiver"]


# --- names of the floor above -------------------------------------------------------------------------------------


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def names_of(found: Iterable[type[Model]]) -> set[str]:
    """What the models of a floor are called, one and many, and how Django lets other floors reach them."""
    names: set[str] = set()
    for model in found:
        one = snake(model.__name__)
        names |= {model.__name__, one, one + "s", model.__name__.lower(), f"{model.__name__.lower()}_set"}
        ways = [f.remote_field for f in model._meta.local_fields if f.remote_field]
        names |= {str(way.related_name) for way in ways if is_of_another(way.model, model)}
    return names - {"None", "+"}


def is_of_another(related: Any, model: type[Model]) -> bool:
    """Whether a relation leads to another floor, and so gives it a way back; within a floor names are its own."""
    return bool(related._meta.app_label != model._meta.app_label)


def spoken(node: ast.AST) -> Iterator[str]:
    """The names that a node speaks: identifiers, keywords, and the steps of a lookup like "a__b"."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from node.value.split("__") if re.fullmatch(r"\w+__\w+", node.value) else ()
    for attribute in ("id", "attr", "arg", "name", "module"):
        if isinstance(word := getattr(node, attribute, None), str):
            yield from re.split(r"__|\.", word)


def names_of_the_floor_above(sources: Sources, names: set[str]) -> list[str]:
    """Where a floor speaks of the one above it, although it should work without."""
    return [f"{place} {word}" for place, node in nodes(sources) for word in spoken(node) if word in names]


LAWS: tuple[Law, ...] = (
    no_figure_is_a_float,
    no_average_is_left_to_the_database,
    nothing_asks_the_clock_at_import,
    each_index_names_its_reader,
    no_admin_list_is_slow_or_editable,
)
