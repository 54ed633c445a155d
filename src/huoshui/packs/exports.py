"""Packs back to YAML: the database holds them, YAML is how they come in and go out."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from huoshui.packs.models import PackVersion
from huoshui.packs.reader import MANIFEST
from huoshui.packs.schema import RawContent

WIDTH = 110


def export_pack(version: PackVersion, folder: Path) -> list[Path]:
    """Write a version as a folder of YAML that loads as the same version; returns the files written.

    One of an earlier contract is written in the form of the present one, and so loads under a higher number only.
    Raises FileExistsError when the folder holds YAML files already, pack.contract_newer, or pack.unreadable when a
    migration fails; what is only of a wrong type is written, to be corrected.
    """
    files = files_of(version.manifest_source(), version.sources())
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.glob("*.y*ml")):
        raise FileExistsError(f"{folder} holds YAML files already")
    written = []
    for name, content in files.items():
        (folder / name).write_bytes(content)
        written.append(folder / name)
    return written


def files_of(manifest: dict[str, Any], content: RawContent) -> dict[str, bytes]:
    """Manifest and sections as YAML files, by file name."""
    shown = {key: value for key, value in manifest.items() if value not in ("", [], None)}
    return {MANIFEST: _text(shown)} | {f"{name}.yaml": _text(items) for name, items in content.items()}


def archive_of(files: Mapping[str, bytes], folder: str) -> bytes:
    """The files of a pack as a zip, in a folder of this name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(f"{folder}/{name}"), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def yaml_of(definition: dict[str, Any]) -> str:
    """One definition as YAML."""
    return _text(definition).decode()


def _text(data: Any) -> bytes:
    yaml = YAML()
    yaml.allow_unicode = True
    yaml.width = WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    buffer = io.BytesIO()
    yaml.dump(data, buffer)
    return buffer.getvalue()
