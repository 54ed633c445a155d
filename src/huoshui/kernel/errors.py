"""Every refusal has one code, in one catalogue: ``error_catalogue/*.yaml``.

A catalogue entry: ``code: {status, zh, en, next_zh, next_en}``; texts take named parameters in braces.
``docs/errors.md`` is generated from it, and a test holds the two equal.
"""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language
from ruamel.yaml import YAML

CATALOGUE_DIR = Path(__file__).parent / "error_catalogue"


@dataclass(frozen=True)
class ErrorKind:
    """One entry of the catalogue: what went wrong and what to do next, in both languages."""

    code: str
    status: int
    zh: str
    en: str
    next_zh: str
    next_en: str


@cache
def catalogue() -> dict[str, ErrorKind]:
    """All entries by code. Raises KeyError/TypeError at start when an entry is malformed or doubled."""
    found: dict[str, ErrorKind] = {}
    for path in sorted(CATALOGUE_DIR.glob("*.yaml")):
        for code, entry in (YAML(typ="safe").load(path) or {}).items():
            if code in found:
                raise KeyError(f"{path.name}: error code {code} stands twice")
            found[code] = ErrorKind(code=code, **entry)
    return found


@cache
def kind_of(code: str) -> ErrorKind:
    """One entry, read by itself: to read all of them takes longer than a command that is refused. Raises KeyError."""
    entry = re.compile(rf"^{re.escape(code)}:.*\n(?:[ #].*\n|\n)*", re.MULTILINE)
    for path in sorted(CATALOGUE_DIR.glob("*.yaml")):
        if found := entry.search(path.read_text(encoding="utf-8")):
            return ErrorKind(code=code, **YAML(typ="safe").load(found.group())[code])
    raise KeyError(code)


def _is_english(language: str | None) -> bool:
    return (language or get_language() or "zh").startswith("en")


class _Named(dict[str, Any]):
    """Parameters of a text; one that was forgotten shows as a dash (a test finds it) rather than as a crash."""

    def __missing__(self, key: str) -> str:
        return "—"


@dataclass
class Problem:
    """One thing wrong: which rule, where (field, row), with the values that its text names."""

    code: str
    field: str = ""
    row: int | None = None
    params: dict[str, Any] = dataclasses.field(default_factory=dict)
    column: str = ""
    """Of a row in a file: the column by the file's own heading and its letter, "上级代码（B 列）"."""

    def __post_init__(self) -> None:
        kind_of(self.code)  # an unknown code is a programming error, found at once

    @property
    def kind(self) -> ErrorKind:
        return kind_of(self.code)

    @property
    def where(self) -> str:
        """Where it stands, for people: the file's column, the field's label, or the path in a pack; "": unsaid."""
        if self.column:
            return self.column
        return str(self.params["label"]) if "label" in self.params else self.field if "." in self.field else ""

    def message(self, language: str | None = None) -> str:
        """What is wrong, in ``language`` ("zh…" or "en"; default: the active one)."""
        return self._said("en" if _is_english(language) else "zh")

    def what_next(self, language: str | None = None) -> str:
        """What to do next, in ``language``."""
        return self._said("next_en" if _is_english(language) else "next_zh")

    def _said(self, which: str) -> str:
        text: str = getattr(self.kind, which)
        return text.format_map(_Named(self.params))

    def as_dict(self) -> dict[str, Any]:
        """The wire form, the same in API, CLI and import reports; ``column`` stands only where a file was read."""
        return {
            "code": self.code,
            "field": self.field,
            "row": self.row,
            **({"column": self.column} if self.column else {}),
            "message": self.message(),
            "next": self.what_next(),
        }


class Refusal(Exception):
    """An action was refused and nothing was written. Holds one or more problems; the first leads."""

    def __init__(self, code: str | None = None, /, *, field: str = "", row: int | None = None, **params: Any) -> None:
        self.problems: list[Problem] = [Problem(code, field, row, params)] if code else []
        self.extra: dict[str, Any] = {}
        super().__init__(code)

    @classmethod
    def of(cls, problems: list[Problem]) -> Refusal:
        """A refusal for several problems at once (an import names every bad row)."""
        refusal = cls()
        refusal.problems = problems
        return refusal

    @property
    def code(self) -> str:
        return self.problems[0].code

    @property
    def status(self) -> int:
        """The HTTP status of the leading problem."""
        return self.problems[0].kind.status

    def __str__(self) -> str:
        return "; ".join(f"{p.code}: {p.message()}" for p in self.problems)

    def as_dict(self) -> dict[str, Any]:
        """The wire form: ``{"problems": [...], ...extra}``."""
        return {"problems": [p.as_dict() for p in self.problems], **self.extra}
