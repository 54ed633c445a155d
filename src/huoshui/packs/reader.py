"""Reading a pack: YAML with the line of every value kept, so that an error names file and line."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedBase
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.wording import listed

MANIFEST = "pack.yaml"


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
        """The 1-based line of the value at ``path``, or of its nearest parent that is there.

        A step that is not in the file (a missing key, the name of a union's branch) is passed over.
        """
        node, line = self.data, _first_line(self.data)
        for step in path:
            if not isinstance(node, CommentedBase):
                break
            try:
                mark = node.lc.key(step) if isinstance(step, str) else node.lc.item(step)
                line, node = mark[0] + 1, node[step]  # type: ignore[index]
            except (KeyError, IndexError, TypeError, AttributeError):
                continue
        return line

    def readable(self, path: tuple[str | int, ...]) -> str:
        """``path`` for people."""
        return readable(self.data, path)


@dataclass
class RawPack:
    """A pack as read: the manifest's source and one source per section file."""

    folder: Path
    manifest: Source | None = None
    sections: dict[str, Source] = field(default_factory=dict)
    findings: list[PackFinding] = field(default_factory=list)

    def refuse(self, file: str, line: int, rule: str, /, **params: Any) -> None:
        """Note a finding."""
        self.findings.append(PackFinding(file, line, Problem(rule, params=params)))


def read_folder(folder: Path, section_names: set[str]) -> RawPack:
    """Read ``pack.yaml`` and every section file. A YAML file that is no section is a finding, not ignored."""
    files = {path.name: path.read_bytes() for path in sorted(folder.glob("*.y*ml")) if path.is_file()}
    return read_files(files, section_names, folder)


def read_files(files: Mapping[str, bytes], section_names: set[str], folder: Path) -> RawPack:
    """Read a pack out of files by name; ``folder`` stands before the names in findings."""
    raw = RawPack(folder)
    if MANIFEST not in files:
        raw.refuse(str(folder / MANIFEST), 1, "pack.no_manifest")
        return raw
    for name, content in files.items():
        source = _read(str(folder / name), content, raw)
        if source is None:
            continue
        if name == MANIFEST:
            raw.manifest = source
        else:
            _add_section(Path(name).stem, source, section_names, raw)
    return raw


def _add_section(name: str, source: Source, section_names: set[str], raw: RawPack) -> None:
    if name not in section_names:
        known = listed(sorted(section_names))
        raw.refuse(source.file, 1, "pack.unknown_section", name=name, known=known)
    elif name in raw.sections:
        raw.refuse(source.file, 1, "pack.section_twice", name=name, other=raw.sections[name].file)
    elif not isinstance(source.data, list):
        raw.refuse(source.file, 1, "pack.not_a_list")
    else:
        raw.sections[name] = source


def _read(file: str, content: bytes, raw: RawPack) -> Source | None:
    try:
        return Source(file, _parsed(content))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        reason = (error.problem or "").strip().splitlines()[0]
    except UnicodeDecodeError as error:
        line, reason = content.count(b"\n", 0, error.start) + 1, "UTF-8"
    except YAMLError as error:  # such as a character that YAML forbids
        line, reason = 1, str(error).partition("\n")[0]
    raw.refuse(file, line, "pack.yaml", reason=reason)
    return None


def parsed(text: str) -> Any:
    """The nodes of a text of YAML. Raises pack.yaml_line."""
    raw = RawPack(Path())
    source = _read("yaml", text.encode(), raw)
    if source is None:
        finding = raw.findings[0]
        raise Refusal("pack.yaml_line", field="yaml", line=finding.line, reason=finding.problem.params["reason"])
    return source.data


@lru_cache(maxsize=32)
def _parsed(content: bytes) -> Any:
    """The nodes of one file; the same bytes are parsed once (a start checks each built-in pack several times)."""
    yaml = YAML(typ="rt")
    yaml.allow_duplicate_keys = False
    return yaml.load(io.StringIO(content.decode("utf-8-sig")))


def _first_line(data: Any) -> int:
    return data.lc.line + 1 if isinstance(data, CommentedBase) and data.lc.line is not None else 1


def readable(data: Any, path: tuple[str | int, ...]) -> str:
    """A path for people: positions in lists become the code that stands there, or a 1-based number."""
    node, words = data, []
    for step in path:
        node = _step(node, step)
        code = node.get("code") if isinstance(step, int) and isinstance(node, dict) else None
        words.append(str(code or (f"[{step + 1}]" if isinstance(step, int) else step)))
    return ".".join(words).replace(".[", "[")


def _step(node: Any, step: str | int) -> Any:
    try:
        return node[step]
    except (KeyError, IndexError, TypeError):
        return node
