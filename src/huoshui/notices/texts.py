"""The texts of notices, by code: ``notice_texts.yaml``. Parameters stand in braces; what stands in
square brackets is left out when a parameter in it is empty, or was not given: it may be younger than the notice.

Texts are put together when they are read, in the reader's language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from django.utils.translation import get_language
from ruamel.yaml import YAML

OPTIONAL = re.compile(r"\[([^\]]*)\]")
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
    told = OPTIONAL.sub(lambda part: part[1] if all(words.get(name) for name in _names(part[1])) else "", sentence)
    return told.format(**words)


def _names(part: str) -> list[str]:
    return [name for _text, name, _spec, _conversion in Formatter().parse(part) if name]
