"""Laws of personal data: each column is classed, what is personal is sealed in the trail, and none is shown unmasked.

The last ones read the code, and judge by names: they know the columns that identify a person (`name`, `born_on`, the
last digits of numbers, what is encrypted) where these are spelt out. They do not see `getattr()` with a name that is
computed, `values()` without names, a person printed as a whole, or a name copied into a variable of another name:
tests/security/test_canary.py plants such data and reads every page for it.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Model

from beneficiaries.privacy import Privacy
from tests.house.code_laws import Law as CodeLaw
from tests.house.code_laws import Sources
from tests.house.model_laws import Law, name_of

# The classes that nobody may meet by chance.
PERSONAL = (Privacy.SENSITIVE, Privacy.IDENTIFYING)
# Nobody else has columns of these names.
TELLING = ("born_on", "id_tail", "account_tail")
# What persons are called where their names could be read.
PEOPLE = ("person", "member", "head", "someone", "somebody")
# What has a name of another kind, beside persons.
THINGS = ("field", "rule", "column")
MASKING = ("masked_name", "masked_number")
QUERYING = ("values", "values_list", "only", "filter", "exclude", "order_by", "annotate", "F", "Q")
# Where what identifies a person is read unmasked, and why that is right.
ALLOWED = {
    "beneficiaries/models/persons.py": "the columns themselves, and the mask",
    "beneficiaries/rules.py": "what the database keeps of an erased row",
    "beneficiaries/actions/numbers.py": "takes the birth out of a number, and keeps numbers encrypted",
    "beneficiaries/actions/rotating.py": "encrypts each number with the newest key",
    "beneficiaries/actions/revealing.py": "the reveal: with a reason, so often an hour, told in the trail",
    "beneficiaries/actions/persons.py": "compares days of birth with days of a membership",
    "beneficiaries/verification/privacy.py": "opens numbers to compare digests, and says record numbers alone",
    "beneficiaries/verification/numbers.py": "asks which number is missing, and says record numbers alone",
    "beneficiaries/forms/persons.py": "takes what is typed in, and gives nothing back",
    "alleviation/dashboards/households/reveal.py": "shows what the reveal returned, in the answer to a POST alone",
    "alleviation/scrutiny/flags/twice.py": "compares two persons, and tells that they are alike and never in what",
    "beneficiaries/rollups/roster.py": "masks the head's name on the spot",
    "beneficiaries/actions/registering.py": "writes the heads that a file brings",
    "beneficiaries/imports/known.py": "finds the member that a row of the importer's own file is about",
    "beneficiaries/imports/incomes/newcomers.py": "tells which heads of the importer's own file are new",
    "beneficiaries/imports/incomes/recorded.py": "masks the head's name on the spot",
    "alleviation/example/households.py": "makes persons up",
    "alleviation/example/removal.py": "reads the names of columns",
}


def personal_fields(model: type[Model]) -> set[str]:
    """The columns of the classes that nobody may meet by chance."""
    return {name for one in PERSONAL for name in getattr(model, "privacy", {}).get(one, ())}


def each_field_is_classed_once(found: Iterable[type[Model]]) -> list[str]:
    """`privacy` names each column of a model once, and nothing that is no column."""
    offenders = []
    for model in found:
        classed = [name for names in getattr(model, "privacy", {}).values() for name in names]
        columns = {field.name for field in model._meta.concrete_fields}
        offenders += [name_of(model, name) for name in sorted(columns - set(classed))]
        offenders += [f"{name_of(model, name)}: no column" for name in sorted(set(classed) - columns)]
        offenders += [
            f"{name_of(model, one)}: classed twice" for one in sorted(set(classed)) if classed.count(one) > 1
        ]
    return offenders


def what_is_personal_is_sealed_in_the_trail(found: Iterable[type[Model]]) -> list[str]:
    """Of a sensitive or identifying column an event keeps a keyed hash; of a key table there is no event."""
    return [
        name_of(model, name)
        for model in found
        if not getattr(model, "is_key_table", False)
        for name in sorted(personal_fields(model) - set(getattr(model, "untold_fields", ())))
    ]


def no_record_says_who_it_is_of(found: Iterable[type[Model]]) -> list[str]:
    """`str()` of a record full of canaries has none of them: it ends in logs, on delete pages, in the trail."""
    offenders = []
    for model in found:
        record, canaries = planted(model)
        said = str(record)
        offenders += [name_of(model, name) for name, words in sorted(canaries.items()) if words in said]
    return offenders


def planted(model: type[Model]) -> tuple[Model, dict[str, str]]:
    """A record whose personal columns hold canaries, and the words in which each would be told."""
    record, canaries = model(), {}
    for number, field in enumerate(model._meta.concrete_fields, start=1):
        if field.is_relation:
            setattr(record, field.attname, number)
        elif field.name in personal_fields(model):
            value = canary(field, number)
            setattr(record, field.attname, value)
            canaries[field.name] = str(value)
    return record, canaries


def canary(field: Any, number: int) -> Any:
    """A value that is found again wherever it is told."""
    if isinstance(field, models.DateTimeField):
        return datetime(1911, 1, number, tzinfo=UTC)
    if isinstance(field, models.DateField):
        return date(1911, 1, number)
    if isinstance(field, models.CharField | models.TextField):
        return f"canary{number}"
    if isinstance(field, models.BooleanField):
        return True
    return Decimal(f"91911{number}.50") if hasattr(field, "places") else int(f"91911{number}")


def nothing_that_identifies_is_read_unmasked(sources: Sources) -> list[str]:
    """Only the modules in ALLOWED read such a column as it is; all others mask it, or ask whether there is one."""
    telling = re.compile("|".join((*TELLING, *PEOPLE, "sealed")), re.IGNORECASE)
    return [
        f"{name}:{node.lineno} {word}"
        for name, source in sources.items()
        if name not in ALLOWED and telling.search(source)
        for node, word in readings(ast.parse(source))
    ]


def no_template_reads_what_identifies(sources: Sources) -> list[str]:
    """A template shows what a page has masked."""
    words = re.compile(rf"\.(?:{'|'.join(TELLING)})\b|\b(?:{'|'.join(PEOPLE)})\.name\b")
    return [f"{name} {found[0]}" for name, source in sources.items() for found in words.finditer(source)]


def readings(tree: ast.Module) -> Iterator[tuple[Any, str]]:
    """The places of a module where what identifies a person is read and neither masked nor only asked for."""
    around = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            if tells(node, imported) and not is_harmless(node, around):
                yield node, ast.unparse(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and asks(node, around, imported):
            yield node, repr(node.value)


def tells(node: ast.Attribute, imported: set[str]) -> bool:
    """Whether this is a column that identifies somebody, by its own name or by whose it is."""
    if node.attr in TELLING or (node.attr == "sealed" and "PersonNumber" in imported):
        return True
    base = node.value.id if isinstance(node.value, ast.Name) else getattr(node.value, "attr", "")
    is_whose = "Person" in imported and base not in THINGS
    return node.attr == "name" and (is_whose or any(one in base.lower() for one in PEOPLE))


def asks(node: Any, around: dict[Any, Any], imported: set[str]) -> bool:
    """Whether a query is asked for such a column: `values_list("id_tail")`, `values("persons__name")`."""
    last, is_far = node.value.rpartition("__")[2], "person" in node.value.rpartition("__")[0]
    is_named = last in TELLING or (last == "name" and (is_far or "Person" in imported))
    parent = around.get(node)
    while isinstance(parent, ast.Tuple | ast.List | ast.Starred):
        parent = around.get(parent)
    call = parent.func if isinstance(parent, ast.Call) else None
    return is_named and (getattr(call, "attr", "") or getattr(call, "id", "")) in QUERYING


def is_harmless(node: ast.AST, around: dict[Any, Any]) -> bool:
    """Whether it is masked on the spot, or no more is asked than whether there is one."""
    parent = around.get(node)
    if isinstance(parent, ast.Call):
        return (getattr(parent.func, "attr", "") or getattr(parent.func, "id", "")) in MASKING
    if isinstance(parent, ast.UnaryOp):
        return isinstance(parent.op, ast.Not)
    return isinstance(parent, ast.If | ast.IfExp) and parent.test is node


MODEL_LAWS: tuple[Law, ...] = (
    each_field_is_classed_once,
    what_is_personal_is_sealed_in_the_trail,
    no_record_says_who_it_is_of,
)
CODE_LAWS: tuple[CodeLaw, ...] = (nothing_that_identifies_is_read_unmasked, no_template_reads_what_identifies)
