"""Proving a pack before it is loaded: types, labels, codes, references, and each section's own rules."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from huoshui.kernel.errors import Problem
from huoshui.packs.contract import SECTIONS, Known, SectionReport
from huoshui.packs.reader import PackFinding, RawPack, Source, read_folder
from huoshui.packs.schema import Manifest, PackModel, RawContent


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


def check_folder(folder: Path, known: Known, loaded_packs: set[str]) -> CheckedPack:
    """Check a pack's folder against the contract and against what is known of the packs it requires."""
    raw = read_folder(folder, set(SECTIONS))
    checked = CheckedPack(folder, findings=raw.findings)
    if raw.manifest is None:
        return checked
    checked.manifest = _typed(Manifest, raw.manifest, (), raw.manifest.data, checked.findings)
    if checked.manifest is None:
        return checked
    for index, code in enumerate(checked.manifest.requires):
        if code not in loaded_packs:
            line = raw.manifest.line(("requires", index))
            checked.findings.append(
                PackFinding(raw.manifest.file, line, Problem("pack.requires", params={"pack": code}))
            )
    typed = {name: _typed_section(name, source, checked.findings) for name, source in raw.sections.items()}
    checked.content = {name: json.loads(json.dumps(source.data, default=str)) for name, source in raw.sections.items()}
    merged = with_own(known, checked.manifest.code, typed)
    for name, definitions in typed.items():
        report = SectionReport(name)
        sound = [d for d in definitions if d is not None]
        if len(sound) == len(definitions):
            SECTIONS[name].validate(checked.manifest, sound, merged, report)
        _check_codes(name, checked.manifest.code, sound, known, report)
        checked.findings += _located(report, raw)
    return checked


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


def _check_codes(name: str, pack: str, items: list[Any], known: Known, report: SectionReport) -> None:
    seen: set[str] = set()
    for index, item in enumerate(items):
        if item.code in seen:
            report.add((index, "code"), "pack.code_twice", name=item.code)
        seen.add(item.code)
        elsewhere = known.has(name, item.code) and not known.has(name, f"{pack}.{item.code}")
        if SECTIONS[name].global_codes and elsewhere:
            report.add((index, "code"), "pack.code_taken", name=item.code)


def _located(report: SectionReport, raw: RawPack) -> list[PackFinding]:
    source = raw.sections[report.section]
    return [PackFinding(source.file, source.line(p), Problem(code, params=params)) for p, code, params in report.found]


def _typed_section(name: str, source: Source, findings: list[PackFinding]) -> list[PackModel | None]:
    schema = SECTIONS[name].schema
    return [_typed(schema, source, (index,), item, findings) for index, item in enumerate(source.data)]


def _typed(
    schema: type[Any], source: Source, at: tuple[str | int, ...], data: Any, findings: list[PackFinding]
) -> Any | None:
    try:
        return schema.model_validate(data)
    except ValidationError as error:
        for detail in error.errors():
            path = (*at, *detail["loc"])
            findings.append(PackFinding(source.file, source.line(path), _as_problem(path, detail)))
        return None


def _as_problem(path: tuple[str | int, ...], detail: Any) -> Problem:
    where = ".".join(str(step) for step in path)
    last = path[-1] if path else ""
    if detail["type"] == "missing":
        code = "pack.label_missing" if last in ("zh", "en", "name") else "pack.key_missing"
        return Problem(code, field=where, params={"key": where})
    if detail["type"] == "extra_forbidden":
        return Problem("pack.key_unknown", field=where, params={"key": where})
    return Problem("pack.value", field=where, params={"key": where, "reason": detail["msg"]})
