"""Reading packs: current versions, one definition, everything known for checks."""

from __future__ import annotations

from typing import Any

from huoshui.kernel.errors import Problem
from huoshui.kernel.reading import read_until_changed
from huoshui.packs.contract import SECTIONS, Known
from huoshui.packs.models import PackVersion


@read_until_changed
def current_versions() -> dict[str, PackVersion]:
    """The current version of every pack, by pack code."""
    return {version.pack: version for version in PackVersion.objects.filter(current=True).order_by("pack")}


def current(pack: str) -> PackVersion:
    """The current version of one pack. Raises PackVersion.DoesNotExist when it is not loaded."""
    found = current_versions().get(pack)
    if found is None:
        raise PackVersion.DoesNotExist(pack)
    return found


def definition(version: PackVersion, section: str, code: str) -> Any:
    """One typed definition of a version.

    Raises KeyError when it is not there, pack.unreadable or pack.contract_newer when it cannot be read.
    """
    return version.typed(section)[code]


def current_definition(section: str, qualified: str) -> tuple[PackVersion, Any]:
    """The current version and typed definition of a qualified code ("rectification.item")."""
    pack, _, code = qualified.partition(".")
    version = current(pack)
    return version, definition(version, section, code)


@read_until_changed
def all_current(section: str) -> dict[str, Any]:
    """Definitions of a section over all current packs: by bare code if its codes are global, else qualified.

    What cannot be read is left out, so that the rest goes on working; ``unreadable`` tells of it.
    """
    found: dict[str, Any] = {}
    for version in current_versions().values():
        for code, item in version.typed(section).sound.items():
            found[code if SECTIONS[section].global_codes else f"{version.pack}.{code}"] = item
    return found


def published(pack: str) -> dict[tuple[str, str], list[Any]]:
    """The definitions of every version of a pack that can be read, by section and code, the oldest first."""
    found: dict[tuple[str, str], list[Any]] = {}
    for version in PackVersion.objects.filter(pack=pack).order_by("created_at", "pk"):
        for name in SECTIONS:
            for code, item in version.typed(name).sound.items():
                found.setdefault((name, code), []).append(item)
    return found


def unreadable() -> list[tuple[PackVersion, Problem]]:
    """The stored versions that this release cannot read, each with the first thing wrong, by pack and age.

    Cheap to ask again: what was read once is remembered, and a version never changes.
    """
    versions = PackVersion.objects.defer("manifest_data", "content").order_by("pack", "created_at")
    return [(version, problem) for version in versions if (problem := version.first_problem())]


def known(packs: list[str] | None = None) -> Known:
    """What a pack may refer to: the definitions of the current versions (of ``packs``, or all) that can be read."""
    definitions: dict[str, dict[str, Any]] = {name: {} for name in SECTIONS}
    for version in current_versions().values():
        if packs is not None and version.pack not in packs:
            continue
        for name, section in SECTIONS.items():
            for code, item in version.typed(name).sound.items():
                definitions[name][f"{version.pack}.{code}"] = item
                if section.global_codes:
                    definitions[name][code] = item
    return Known(definitions)
