"""Small packs on disk."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

MANIFEST = """\
code: tiny
version: {version}
name: {{zh: 小机制, en: Tiny}}
description: {{zh: 测试用。, en: For tests.}}
requires: {requires}
"""
KIND = """\
- code: courtyard
  name: {zh: 院落, en: Courtyard}
  category: site
  parents: [village]
  attributes:
    - {code: area, name: {zh: 面积, en: Area}, type: decimal, decimals: 1, unit: 平方米}
"""


def write_pack(
    folder: Path, *, version: str = "1.0.0", requires: str = "[core]", manifest: str | None = None, **sections: str
) -> Path:
    """A pack's folder; each section as dedented YAML. Without sections it declares one place kind."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    text = MANIFEST.format(version=version, requires=requires) if manifest is None else dedent(manifest)
    (folder / "pack.yaml").write_text(text, encoding="utf-8")
    for name, content in (sections or {"place_kinds": KIND}).items():
        (folder / f"{name}.yaml").write_text(dedent(content), encoding="utf-8")
    return folder
