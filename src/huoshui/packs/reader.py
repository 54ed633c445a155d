"""Reading a pack's folder: YAML with the line of every value kept, so that an error names file and line."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedBase
from ruamel.yaml.error import MarkedYAMLError

from huoshui.kernel.errors import Problem


@dataclass(frozen=True)
class PackFinding:
    """One thing wrong with a pack, printed as ``file:line: code: message``."""

    file: str
    line: int
    problem: Problem

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.problem.code}: {self.problem.message()}"


@dataclass
class Source:
    """One YAML file, with positions."""

    file: str
    data: Any

    def line(self, path: tuple[str | int, ...]) -> int:
        """The 1-based line of the value at ``path``, or of its nearest parent that is there."""
        node, line = self.data, 1
        for step in path:
            if not isinstance(node, CommentedBase):
                break
            try:
                mark = node.lc.key(step) if isinstance(step, str) else node.lc.item(step)
                line, node = mark[0] + 1, node[step]  # type: ignore[index]
            except (KeyError, IndexError, TypeError, AttributeError):
                break
        return line


@dataclass
class RawPack:
    """A folder as read: the manifest's source and one source per section file."""

    folder: Path
    manifest: Source | None = None
    sections: dict[str, Source] = field(default_factory=dict)
    findings: list[PackFinding] = field(default_factory=list)


def read_folder(folder: Path, section_names: set[str]) -> RawPack:
    """Read ``pack.yaml`` and every section file. A file that is no section is a finding, not ignored."""
    raw = RawPack(folder)
    if not (folder / "pack.yaml").is_file():
        raw.findings.append(PackFinding(str(folder / "pack.yaml"), 1, Problem("pack.no_manifest")))
        return raw
    for path in sorted(folder.glob("*.y*ml")):
        source = _read(path, raw)
        if source is None:
            continue
        if path.stem == "pack":
            raw.manifest = source
        elif path.stem not in section_names:
            known = "、".join(sorted(section_names))
            raw.findings.append(
                PackFinding(
                    source.file,
                    1,
                    Problem("pack.unknown_section", params={"name": path.stem, "known": known}),
                )
            )
        elif not isinstance(source.data, list):
            raw.findings.append(PackFinding(source.file, 1, Problem("pack.not_a_list")))
        else:
            raw.sections[path.stem] = source
    return raw


def _read(path: Path, raw: RawPack) -> Source | None:
    yaml = YAML(typ="rt")
    yaml.allow_duplicate_keys = False
    try:
        return Source(str(path), yaml.load(path.read_text(encoding="utf-8")))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        reason = (error.problem or "").strip()
    except UnicodeDecodeError:
        line, reason = 1, "UTF-8"
    raw.findings.append(PackFinding(str(path), line, Problem("pack.yaml", params={"reason": reason})))
    return None
