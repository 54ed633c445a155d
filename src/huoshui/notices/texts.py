"""The texts of notices, by code: ``notice_texts.yaml``. Parameters stand in braces.

Texts are put together when they are read, in the reader's language.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language
from ruamel.yaml import YAML

FILE = Path(__file__).parent / "notice_texts.yaml"


@dataclass(frozen=True)
class NoticeText:
    """One entry: the sentence in both languages."""

    zh: str
    en: str


@cache
def catalogue() -> dict[str, NoticeText]:
    """All texts by code. Raises TypeError when an entry is malformed."""
    return {code: NoticeText(**entry) for code, entry in YAML(typ="safe").load(FILE).items()}


def rendered(code: str, params: dict[str, Any], language: str | None = None) -> str:
    """The sentence of a notice in ``language`` ("zh…" or "en"; default: the active one).

    A parameter given as ``{"zh": …, "en": …}`` is shown in that language. Raises KeyError for an unknown code or
    a missing parameter.
    """
    chosen = "en" if (language or get_language() or "zh").startswith("en") else "zh"
    words = {name: value[chosen] if isinstance(value, dict) else value for name, value in params.items()}
    sentence: str = getattr(catalogue()[code], chosen)
    return sentence.format(**words)
