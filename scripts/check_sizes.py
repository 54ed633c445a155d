"""A gate: no Python file over 400 lines, no function over 60 (over 40 is only mentioned).

Migrations are left out. A function's size is its own lines, from `def` to its last line;
functions inside it count as part of it.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("src", "tests", "scripts", "bench")
MAX_FILE = 400
MAX_FUNCTION = 60
LONG_FUNCTION = 40


def files() -> Iterator[Path]:
    for folder in FOLDERS:
        for file in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in file.parts:
                yield file


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def main() -> int:
    too_large: list[str] = []
    long: list[str] = []
    for file in files():
        name = file.relative_to(ROOT).as_posix()
        source = file.read_text(encoding="utf-8")
        lines = source.count("\n")
        if lines > MAX_FILE:
            too_large.append(f"{name}: {lines} lines, at most {MAX_FILE}")
        for function in functions(ast.parse(source, filename=name)):
            length = (function.end_lineno or function.lineno) - function.lineno + 1
            if length > LONG_FUNCTION:
                found = f"{name}:{function.lineno}: {function.name} has {length} lines"
                (too_large if length > MAX_FUNCTION else long).append(f"{found}, at most {MAX_FUNCTION}")
    if long:
        print(f"sizes: {len(long)} function(s) over {LONG_FUNCTION} lines, allowed but long:")
        print("\n".join(f"  {line}" for line in long))
    if too_large:
        print("sizes: too large, split them up:")
        print("\n".join(f"  {line}" for line in too_large))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
