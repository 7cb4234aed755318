"""Measures the shape of the code: how long, how well annotated, how tangled.

    python -m tests.house.measures

prints the table that test_measures.py holds to. What counts as what:

- code is every Python file but migrations and tests; tests are all files below tests/;
- a code line holds at least one token that is neither a comment nor part of a docstring;
- a function is as long as its lines from `def` to its end, docstring included, decorators not; a nested function
  counts on its own as well as within its parent;
- a function is annotated when its return and each of its parameters but self and cls are;
- an import counts wherever it stands, also inside a function, unless it stands below `if TYPE_CHECKING:`;
- an app is the nearest folder upwards that holds apps.py; the front door (settings, urls, wsgi) is one of its own.
"""

import ast
import io
import statistics
import tokenize
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

Graph = Mapping[str, set[str]]
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef

SILENT = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
}
SUMMING = {"annotate", "aggregate"}
# Where a page is shown: a sum that stands here is in the wrong room.
SHOWING = {"views", "admin", "api", "templatetags"}


def documented(node: ast.AST) -> ast.Expr | None:
    """The docstring statement of a module, class or function."""
    if not isinstance(node, ast.Module | ast.ClassDef | FunctionNode) or ast.get_docstring(node, clean=False) is None:
        return None
    first = node.body[0]
    return first if isinstance(first, ast.Expr) else None


def span(node: ast.stmt) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


def code_lines(source: str) -> int:
    """Lines that do something."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    busy = {line for t in tokens if t.type not in SILENT for line in range(t.start[0], t.end[0] + 1)}
    docstrings = [found for node in ast.walk(ast.parse(source)) if (found := documented(node))]
    return len(busy.difference(*map(span, docstrings)))


def is_annotated(function: FunctionNode) -> bool:
    """Whether a caller can read every type off the signature."""
    given = function.args
    named = [*given.posonlyargs, *given.args]
    if named and named[0].arg in {"self", "cls"}:
        named = named[1:]
    rest = [each for each in (given.vararg, given.kwarg) if each]
    return function.returns is not None and all(each.annotation for each in [*named, *given.kwonlyargs, *rest])


def is_for_types(test: ast.expr) -> bool:
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )


def running(node: ast.AST) -> Iterator[ast.AST]:
    """Every node that can run: all but what stands below `if TYPE_CHECKING:`."""
    yield node
    skipped = node.body if isinstance(node, ast.If) and is_for_types(node.test) else []
    for child in ast.iter_child_nodes(node):
        if child not in skipped:
            yield from running(child)


@dataclass(frozen=True)
class Module:
    """One Python file and what is read off it."""

    name: str
    source: str = field(repr=False)
    is_package: bool = False
    app: str = ""

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    @cached_property
    def lines(self) -> int:
        return len(self.source.splitlines())

    @cached_property
    def code(self) -> int:
        return code_lines(self.source)

    @cached_property
    def is_empty(self) -> bool:
        """Whether it has no code line, but for a docstring."""
        return all(statement is documented(self.tree) for statement in self.tree.body)

    @cached_property
    def functions(self) -> list[FunctionNode]:
        return [node for node in ast.walk(self.tree) if isinstance(node, FunctionNode)]

    @cached_property
    def is_showing(self) -> bool:
        return not SHOWING.isdisjoint(self.name.split("."))

    def sums(self) -> list[int]:
        """The lines that call annotate() or aggregate()."""
        calls = (n for n in ast.walk(self.tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute))
        return [
            n.lineno for n in calls if isinstance(n.func, ast.Attribute) and n.func.attr in {"annotate", "aggregate"}
        ]

    def imported(self) -> Iterator[tuple[str, str]]:
        """(module, name) for each import, made absolute; the name is empty for a plain `import a.b`."""
        for node in running(self.tree):
            if isinstance(node, ast.Import):
                yield from ((alias.name, "") for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = self.absolute(node.level, node.module or "")
                yield from ((base, alias.name) for alias in node.names)

    def absolute(self, level: int, module: str) -> str:
        """The full name of what `from ..module import` means here."""
        if not level:
            return module
        parts = self.name.split(".")
        package = parts[: len(parts) - level + self.is_package]
        return ".".join([*package, module] if module else package)


@dataclass
class Measures:
    """The figures of a set of modules; every list names the worst."""

    code: list[Module] = field(repr=False)
    tests: list[Module] = field(default_factory=list, repr=False)

    @cached_property
    def functions(self) -> list[tuple[str, FunctionNode]]:
        return [(f"{m.name}:{f.lineno} {f.name}", f) for m in self.code for f in m.functions]

    @cached_property
    def function_lengths(self) -> dict[str, int]:
        return {name: len(span(function)) for name, function in self.functions}

    @cached_property
    def file_lengths(self) -> dict[str, int]:
        return {m.name: m.lines for m in self.code if not m.is_empty}

    @cached_property
    def unannotated(self) -> list[str]:
        return [name for name, function in self.functions if not is_annotated(function)]

    @cached_property
    def annotated_share(self) -> float:
        """Annotated functions in every hundred."""
        return 100 - 100 * len(self.unannotated) / max(len(self.functions), 1)

    @cached_property
    def sums_while_showing(self) -> list[str]:
        return [f"{m.name}:{line}" for m in self.code if m.is_showing for line in m.sums()]

    @cached_property
    def imports(self) -> dict[str, set[str]]:
        """Which module imports which, deferred imports included."""
        known = {m.name for m in self.code}
        return {m.name: {t for pair in m.imported() if (t := target(pair, known))} - {m.name} for m in self.code}

    @cached_property
    def app_imports(self) -> dict[str, set[str]]:
        home = {m.name: m.app for m in self.code}
        graph: dict[str, set[str]] = {app: set() for app in home.values()}
        for name, targets in self.imports.items():
            graph[home[name]] |= {home[target] for target in targets} - {home[name]}
        return graph

    @property
    def test_share(self) -> float:
        """Lines of test code for each line of code."""
        return sum(m.code for m in self.tests) / max(sum(m.code for m in self.code), 1)


def target(pair: tuple[str, str], known: set[str]) -> str | None:
    """Which of our modules an import means: the submodule it names, else the module it names it from."""
    module, name = pair
    return next((each for each in (f"{module}.{name}", module) if each in known), None)


def reachable(graph: Graph, start: str) -> set[str]:
    """Everything that can be reached from a node by at least one step."""
    seen: set[str] = set()
    ahead = set(graph[start])
    while ahead:
        seen |= ahead
        ahead = set().union(*(graph.get(node, set()) for node in ahead)) - seen
    return seen


def cycles(graph: Graph) -> list[tuple[str, ...]]:
    """Groups of nodes that all reach each other."""
    reach = {node: reachable(graph, node) for node in graph}
    groups = {
        tuple(sorted(other for other in reach[node] if node in reach.get(other, ())))
        for node in graph
        if node in reach[node]
    }
    return sorted(groups)


def at_share(values: Iterable[int], share: float) -> int:
    """The value below which that share of the values lies."""
    ordered = sorted(values)
    return ordered[round(share * (len(ordered) - 1))] if ordered else 0


def median(values: Iterable[int]) -> int:
    ordered = list(values)
    return int(statistics.median(ordered)) if ordered else 0


def worst(lengths: Mapping[str, int], limit: int) -> list[str]:
    """What is longer than the limit, longest first."""
    over = sorted(lengths.items(), key=lambda item: -item[1])
    return [f"{length} lines: {name}" for name, length in over if length > limit]


def app_of(path: Path, root: Path) -> str:
    """The app a file belongs to, as a dotted name."""
    folder = path.parent
    while folder != root and not (folder / "apps.py").exists():
        folder = folder.parent
    home = folder if folder != root else path.parent
    return ".".join(home.relative_to(root).parts) or path.stem


def read(path: Path, root: Path) -> Module:
    """The module in a file."""
    parts = [*path.relative_to(root).parent.parts, path.stem]
    is_package = path.stem == "__init__"
    name = ".".join(parts[:-1] if is_package and len(parts) > 1 else parts)
    return Module(name, path.read_text(encoding="utf-8"), is_package, app_of(path, root))


def measure(paths: Iterable[Path], root: Path) -> Measures:
    """Measure some Python files, told apart by where they stand."""
    found = Measures(code=[])
    for path in paths:
        folders = path.relative_to(root).parts
        if "migrations" not in folders:
            (found.tests if "tests" in folders else found.code).append(read(path, root))
    return found


def table(found: Measures) -> dict[str, float]:
    """The measures by name."""
    lengths, sizes = found.function_lengths.values(), found.file_lengths.values()
    return {
        "median function": median(lengths),
        "95th percentile function": at_share(lengths, 0.95),
        "longest function": max(lengths, default=0),
        "median file": median(sizes),
        "longest file": max(sizes, default=0),
        "annotated functions, %": round(found.annotated_share, 1),
        "apps in import cycles": sum(map(len, cycles(found.app_imports))),
        "modules in import cycles": sum(map(len, cycles(found.imports))),
        "sums in views and admin": len(found.sums_while_showing),
        "test lines per code line": round(found.test_share, 2),
    }


if __name__ == "__main__":
    from tests.house.ground import ROOT, files

    for words, figure in table(measure(files(suffix=".py"), ROOT)).items():
        print(f"{words:28} {figure:>8}")
