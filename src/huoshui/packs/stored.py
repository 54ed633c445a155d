"""Reading what is stored: definitions are brought up to the present contract, then typed. The row never changes.

A definition that cannot be read does not hide the others; whoever asks for it is told which it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from huoshui.kernel.errors import Problem, Refusal
from huoshui.packs import contract
from huoshui.packs.contract import Definition, Migration, Section
from huoshui.packs.reader import MANIFEST, readable
from huoshui.packs.schema import Manifest, PackModel, Text
from huoshui.packs.type_errors import as_problem

MIGRATION_FAULTS = (LookupError, TypeError, ValueError, AttributeError)
"""What a migration raises on content that it does not expect."""


@dataclass(frozen=True)
class Origin:
    """Which stored version, and the contract that it was written with."""

    pack: str
    number: str
    contract: int

    def newer(self) -> Problem | None:
        """pack.contract_newer, when a newer release wrote it."""
        if self.contract <= contract.CONTRACT:
            return None
        params = {"pack": self.pack, "version": self.number, "contract": self.contract, "here": contract.CONTRACT}
        return Problem("pack.contract_newer", params=params)

    def unreadable(self, section: str, definition: str, reason: Text) -> Problem:
        """pack.unreadable, naming version, section and definition."""
        params = {
            "pack": self.pack,
            "version": self.number,
            "section": section,
            "definition": definition,
            "reason": reason,
        }
        return Problem("pack.unreadable", params=params)


@dataclass(frozen=True)
class Typed:
    """The definitions of a stored section by code: those that can be read, and what is wrong with the others."""

    sound: dict[str, Any]
    problems: dict[str, Problem]

    def __getitem__(self, code: str) -> Any:
        """One definition. Raises KeyError when it is not there, pack.unreadable or pack.contract_newer."""
        if code in self.problems:
            raise Refusal.of([self.problems[code]])
        return self.sound[code]

    def all(self) -> dict[str, Any]:
        """Every definition. Raises pack.unreadable or pack.contract_newer when there is one that cannot be read."""
        if self.problems:
            raise Refusal.of(list(self.problems.values()))
        return self.sound


def up_to_date(origin: Origin, section: str, migrations: Sequence[Migration], items: list[Any]) -> list[Definition]:
    """Stored definitions in the form of the present contract, untyped. Raises pack.unreadable, pack.contract_newer."""
    return [_migrated(origin, section, migrations, item, at) for at, item in enumerate(items)]


def typed_section(origin: Origin, section: Section, items: list[Any]) -> Typed:
    """The typed definitions of a stored section."""
    found = Typed({}, {})
    for at, item in enumerate(items):
        try:
            definition = _typed(origin, section.name, section.schema, section.migrations, item, at)
        except Refusal as refusal:
            found.problems[_name(item, at)] = refusal.problems[0]
        else:
            found.sound[definition.code] = definition
    return found


def typed_manifest(origin: Origin, data: Any) -> Manifest:
    """The typed manifest. Raises pack.unreadable or pack.contract_newer."""
    manifest: Manifest = _typed(origin, MANIFEST, Manifest, contract.MANIFEST_MIGRATIONS, data, 0)
    return manifest


def _typed(
    origin: Origin, section: str, schema: type[PackModel], migrations: Sequence[Migration], item: Any, at: int
) -> Any:
    raw = _migrated(origin, section, migrations, item, at)
    try:
        return schema.model_validate(raw)
    except ValidationError as error:
        detail = error.errors()[0]
        inner = as_problem(readable(raw, detail["loc"]) or section, detail["loc"], detail)
        reason = Text(zh=inner.message("zh"), en=inner.message("en"))
        raise Refusal.of([origin.unreadable(section, _name(item, at), reason)]) from None


def _migrated(origin: Origin, section: str, migrations: Sequence[Migration], item: Any, at: int) -> Definition:
    newer = origin.newer()
    if newer:
        raise Refusal.of([newer])
    ahead = [migration for migration in migrations if migration.to > origin.contract]
    found: Definition = deepcopy(item) if ahead else item
    for migration in ahead:
        try:
            found = migration.change(found)
        except MIGRATION_FAULTS as error:
            fault = f"{type(error).__name__}: {error}"
            reason = Text(
                zh=f"换成第 {migration.to} 号约定时出错（{fault}）。",
                en=f"bringing it up to contract {migration.to} failed ({fault}).",
            )
            raise Refusal.of([origin.unreadable(section, _name(item, at), reason)]) from None
    return found


def _name(item: Any, at: int) -> str:
    """What a definition is called: its code, or its 1-based position when it has none."""
    code = item.get("code") if isinstance(item, dict) else None
    return str(code or f"[{at + 1}]")
