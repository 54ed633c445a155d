"""A pack under another code: the beginning of a new mechanism."""

from __future__ import annotations

import re
from typing import Any

from huoshui.packs.contract import SECTIONS
from huoshui.packs.models import PackVersion
from huoshui.packs.schema import RawContent

FIRST = "1.0.0"
LABELS = {"zh", "en"}
"""Keys of texts for people, in which nothing is a reference."""


def copied(version: PackVersion, *, code: str, name: dict[str, str]) -> tuple[dict[str, Any], RawContent]:
    """Manifest and content of a copy: what the original says of itself, the copy says of itself.

    Place kinds and roles are unique over all packs: the copy stands on the original, and uses its. Raises
    pack.unreadable or pack.contract_newer.
    """
    source, content = version.manifest_source(), version.sources()
    own = {section: items for section, items in content.items() if not SECTIONS[section].global_codes}
    needs_it = len(own) < len(content)
    manifest = {
        **source,
        "code": code,
        "version": FIRST,
        "name": name,
        "requires": [*([version.pack] if needs_it else []), *source.get("requires", [])],
    }
    return manifest, {section: _renamed(items, version.pack, code) for section, items in own.items()}


def _renamed(data: Any, old: str, new: str) -> Any:
    """The same with every reference to a definition of ``old`` made one to that of ``new``."""
    if isinstance(data, dict):
        return {key: value if key in LABELS else _renamed(value, old, new) for key, value in data.items()}
    if isinstance(data, list):
        return [_renamed(value, old, new) for value in data]
    return re.sub(rf"(?<![\w.]){re.escape(old)}\.(?=[a-z])", f"{new}.", data) if isinstance(data, str) else data
