"""The demo's sentences: invented, by theme, and which theme each checklist item belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

FOLDER = Path(__file__).parent
NO_HUB = "no_hub"
"""The theme of villages that have no hub at all, whatever the item."""


@dataclass(frozen=True)
class Theme:
    """Sentences about one thing that is looked at."""

    problem: tuple[str, ...]
    measures: tuple[str, ...]
    progress: tuple[str, ...]
    strength: str
    shortcoming: str
    direction: str


@dataclass(frozen=True)
class Texts:
    """Themes by code, the theme of each item, and sentences for steps of a matter."""

    themes: dict[str, Theme]
    items: dict[str, str]
    other: dict[str, Any]

    def of_item(self, item: str) -> Theme:
        """The theme of a checklist item. Raises KeyError for an item that has none."""
        return self.themes[self.items[item]]


def _read(name: str) -> Any:
    return YAML(typ="safe").load(FOLDER / f"{name}.yaml")


@cache
def texts() -> Texts:
    """All sentences, read once."""
    themes = {
        code: Theme(**{**theme, **{what: tuple(theme[what]) for what in ("problem", "measures", "progress")}})
        for code, theme in _read("themes").items()
    }
    other = _read("others")
    return Texts(themes, other.pop("items"), other)
