"""The catalogue is complete, and the code and it agree: every code, and every parameter of its words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

import pytest

from huoshui.kernel.errors import CATALOGUE_DIR, ErrorKind, catalogue, kind_of

SOURCES = Path(CATALOGUE_DIR).parent.parent
CODE = re.compile(r"[a-z_0-9]+\.[a-z_0-9]+")


@dataclass(frozen=True)
class Raised:
    """One place in the sources that names an error: where, the codes it may be, the parameters it gives."""

    where: str
    codes: frozenset[str]
    given: frozenset[str] | None
    """None: given by ``**``, so not known here."""


def trees() -> Iterator[tuple[str, ast.AST]]:
    for path in sorted(SOURCES.rglob("*.py")):
        if "migrations" not in path.parts:
            yield str(path.relative_to(SOURCES)), ast.parse(path.read_text(encoding="utf-8"))


def literals(node: ast.expr) -> frozenset[str]:
    """The string constants that an expression may be: itself, or either side of a condition."""
    if isinstance(node, ast.IfExp):
        return literals(node.body) | literals(node.orelse)
    return frozenset([node.value]) if isinstance(node, ast.Constant) and isinstance(node.value, str) else frozenset()


def given_parameters(call: ast.Call, name: str) -> frozenset[str] | None:
    if name == "Problem":
        params = next((k.value for k in call.keywords if k.arg == "params"), None)
        params = params or (call.args[3] if len(call.args) > 3 else None)
        if params is None:
            return frozenset()
        if not isinstance(params, ast.Dict):
            return None
        return frozenset(str(key.value) if isinstance(key, ast.Constant) else "" for key in params.keys)
    if any(keyword.arg is None for keyword in call.keywords):
        return None
    return frozenset(keyword.arg for keyword in call.keywords if keyword.arg)


def raised() -> Iterator[Raised]:
    for file, tree in trees():
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call):
                continue
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            at = {"Refusal": 0, "Problem": 0, "add": 1}.get(name)
            if at is None or len(call.args) <= at:
                continue
            codes = frozenset(code for code in literals(call.args[at]) if CODE.fullmatch(code))
            if codes:
                yield Raised(f"{file}:{call.lineno}", codes, given_parameters(call, name))


def placeholders(text: str) -> set[str]:
    return {name.split(".")[0].split("[")[0] for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("kind", catalogue().values(), ids=lambda kind: kind.code)
def test_an_entry_is_complete(kind: ErrorKind) -> None:
    assert CODE.fullmatch(kind.code)
    assert kind_of(kind.code) == kind
    assert 400 <= kind.status < 600
    for text in (kind.zh, kind.en, kind.next_zh, kind.next_en):
        assert text.strip() == text != ""
    assert placeholders(kind.zh) == placeholders(kind.en)
    assert placeholders(kind.next_zh) == placeholders(kind.next_en)


def test_every_code_raised_is_in_the_catalogue() -> None:
    unknown = {f"{use.where}: {code}" for use in raised() for code in use.codes if code not in catalogue()}
    assert not unknown


def test_every_entry_is_raised_somewhere() -> None:
    constants = {
        node.value
        for _, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert set(catalogue()) - constants == set()


def test_every_parameter_of_the_words_is_given() -> None:
    lacking = []
    for use in raised():
        for code in use.codes & set(catalogue()):
            kind = catalogue()[code]
            wanted = set().union(*(placeholders(t) for t in (kind.zh, kind.en, kind.next_zh, kind.next_en)))
            if use.given is not None and wanted - use.given:
                lacking.append(f"{use.where}: {code} lacks {sorted(wanted - use.given)}")
    assert not lacking
