"""Proving a pack before it is loaded: types, labels, codes, references, and each section's own rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from huoshui.kernel.errors import Problem
from huoshui.packs.contract import SECTIONS, Known, SectionReport
from huoshui.packs.meaning import changed_meanings
from huoshui.packs.reader import PackFinding, RawPack, Source
from huoshui.packs.schema import Manifest, PackModel, RawContent, version_key
from huoshui.packs.type_errors import as_problem


@dataclass
class CheckedPack:
    """The outcome of a check: typed parts where they are sound, and every finding."""

    folder: Path
    manifest: Manifest | None = None
    content: RawContent = field(default_factory=dict)
    findings: list[PackFinding] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.findings and self.manifest is not None


Published = dict[tuple[str, str], list[PackModel]]


@dataclass(frozen=True)
class Loaded:
    """What is loaded already: every current definition, and each current pack's number and requirements.

    ``unreadable``: why this release cannot read the current version of some packs. ``published``: of a pack, the
    definitions of every version by section and code, the oldest first.
    """

    known: Known = field(default_factory=Known)
    numbers: dict[str, str] = field(default_factory=dict)
    requires: dict[str, list[str]] = field(default_factory=dict)
    unreadable: dict[str, Problem] = field(default_factory=dict)
    published: Callable[[str], Published] = lambda _pack: {}

    def required_by(self, manifest: Manifest) -> set[str]:
        """The packs that a pack stands on, directly or through another."""
        found: set[str] = set()
        ahead = list(manifest.requires)
        while ahead:
            pack = ahead.pop()
            if pack not in found and pack != manifest.code:
                found.add(pack)
                ahead += self.requires.get(pack, [])
        return found


def check_raw(raw: RawPack, loaded: Loaded) -> CheckedPack:
    """Check a pack as read against the contract, and against what is loaded of the packs it requires."""
    checked = CheckedPack(raw.folder, findings=raw.findings)
    if raw.manifest is None:
        return checked
    checked.manifest = _typed(Manifest, raw.manifest, (), raw.manifest.data, checked.findings)
    if checked.manifest is None:
        return checked
    if not _requirements_can_be_read(checked.manifest, raw.manifest, loaded, checked.findings):
        return checked  # every reference to them would be found wrong
    _check_requirements(checked.manifest, raw.manifest, loaded, checked.findings)
    typed = {name: _typed_section(name, source, checked.findings) for name, source in raw.sections.items()}
    checked.content = {name: plain(source.data) for name, source in raw.sections.items()}
    visible = loaded.known.only(loaded.required_by(checked.manifest))
    merged = with_own(visible, checked.manifest.code, typed)
    for name, definitions in typed.items():
        report = SectionReport(name)
        sound = [d for d in definitions if d is not None]
        if len(sound) == len(definitions):
            SECTIONS[name].validate(checked.manifest, sound, merged, report)
            _check_codes(name, checked.manifest.code, sound, loaded.known, report)
            _check_meaning(name, checked.manifest, sound, loaded, report)
        checked.findings += _located(report, raw.sections[name])
    _check_nothing_removed(checked.manifest, raw, typed, loaded, checked.findings)
    return checked


def plain(data: Any) -> Any:
    """Content as it is kept: JSON types alone. A fraction becomes its numeral, so that it stays exact."""
    if isinstance(data, dict):
        return {str(key): plain(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [plain(value) for value in data]
    if data is None or isinstance(data, bool):
        return data
    return int(data) if isinstance(data, int) else str(data)


def with_own(known: Known, pack: str, typed: dict[str, list[Any]]) -> Known:
    """What is known, together with a pack's own definitions."""
    definitions = {name: dict(by_code) for name, by_code in known.definitions.items()}
    for name, items in typed.items():
        for item in items:
            if item is None:
                continue
            by_code = definitions.setdefault(name, {})
            by_code[f"{pack}.{item.code}"] = item
            if SECTIONS[name].global_codes:
                by_code[item.code] = item
    return Known(definitions)


def _requirements_can_be_read(manifest: Manifest, source: Source, loaded: Loaded, findings: list[PackFinding]) -> bool:
    found = [loaded.unreadable[pack] for pack in sorted(loaded.required_by(manifest)) if pack in loaded.unreadable]
    findings += [PackFinding(source.file, source.line(("requires",)), problem) for problem in found]
    return not found


def _check_requirements(manifest: Manifest, source: Source, loaded: Loaded, findings: list[PackFinding]) -> None:
    for index, code in enumerate(manifest.requires):
        if code not in loaded.numbers or code == manifest.code:
            problem = Problem("pack.requires", field="requires", params={"pack": code})
            findings.append(PackFinding(source.file, source.line(("requires", index)), problem))


def _check_codes(name: str, pack: str, items: list[Any], known: Known, report: SectionReport) -> None:
    report.add_doubled_codes(items)
    for index, item in enumerate(items):
        elsewhere = known.has(name, item.code) and not known.has(name, f"{pack}.{item.code}")
        if SECTIONS[name].global_codes and elsewhere:
            report.add((index, "code"), "pack.code_taken", name=item.code)


def _replaces(manifest: Manifest, loaded: Loaded) -> bool:
    """Whether this version is newer than the current one: only then its words are held against the current's."""
    number = loaded.numbers.get(manifest.code)
    return number is not None and version_key(manifest.version) > version_key(number)


def _check_meaning(name: str, manifest: Manifest, items: list[Any], loaded: Loaded, report: SectionReport) -> None:
    """A code that any version published keeps the meaning of its value, even when it was retired meanwhile."""
    if not _replaces(manifest, loaded):
        return
    published = loaded.published(manifest.code)
    for index, item in enumerate(items):
        for path, part, was in changed_meanings(published.get((name, item.code), []), item):
            report.add((index, *path), part.meaning_changed, name=part.name, code=part.code, was=was)


def _check_nothing_removed(
    manifest: Manifest,
    raw: RawPack,
    typed: dict[str, list[Any]],
    loaded: Loaded,
    findings: list[PackFinding],
) -> None:
    """Place kinds and roles are in use without a version of their own: a newer version has to keep them."""
    if raw.manifest is None or not _replaces(manifest, loaded):
        return
    for name in (name for name, section in SECTIONS.items() if section.global_codes):
        items = typed.get(name, [])
        if None in items:
            continue
        kept = {f"{manifest.code}.{item.code}" for item in items}
        for qualified in loaded.known.definitions.get(name, {}):
            if qualified.startswith(f"{manifest.code}.") and qualified not in kept:
                source = raw.sections.get(name, raw.manifest)
                params = {"name": qualified.partition(".")[2], "section": name}
                findings.append(PackFinding(source.file, 1, Problem("pack.code_removed", params=params)))


def _located(report: SectionReport, source: Source) -> list[PackFinding]:
    return [
        PackFinding(source.file, source.line(path), Problem(code, source.readable(path), params=params))
        for path, code, params in report.found
    ]


def _typed_section(name: str, source: Source, findings: list[PackFinding]) -> list[PackModel | None]:
    schema = SECTIONS[name].schema
    return [_typed(schema, source, (index,), item, findings) for index, item in enumerate(source.data)]


def _typed(
    schema: type[Any], source: Source, at: tuple[str | int, ...], data: Any, findings: list[PackFinding]
) -> Any | None:
    try:
        return schema.model_validate(plain(data))
    except ValidationError as error:
        for detail in error.errors():
            path = (*at, *detail["loc"])
            problem = as_problem(source.readable(path) or Path(source.file).name, path, detail)
            findings.append(PackFinding(source.file, source.line(path), problem))
        return None
