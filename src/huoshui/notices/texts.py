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

from huoshui.packs.schema import Text

OPTIONAL = re.compile(r"\[([^\]]*)\]")
FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class NoticeText:
    """One entry: the sentence in both languages, its kind, and what of it may leave the product."""

    zh: str
    en: str
    kind: str
    outside: dict[str, str]


@dataclass(frozen=True)
class NoticeKind:
    """A kind of notices, and how it goes outside the product unless somebody chose otherwise (``Way``)."""

    name: Text
    own: str
    shared: str
    place: str


@cache
def catalogue() -> dict[str, NoticeText]:
    """All texts by code. Raises TypeError when an entry is malformed, KeyError when its kind is unknown."""
    texts = {code: NoticeText(**entry) for code, entry in YAML(typ="safe").load(FOLDER / "notice_texts.yaml").items()}
    for text in texts.values():
        kinds()[text.kind]
    return texts


@cache
def kinds() -> dict[str, NoticeKind]:
    """All kinds by code, in the order in which they are shown. Raises TypeError when an entry is malformed."""
    found = YAML(typ="safe").load(FOLDER / "notice_kinds.yaml")
    return {code: NoticeKind(**entry | {"name": Text(**entry["name"])}) for code, entry in found.items()}


def rendered(code: str, params: dict[str, Any], language: str | None = None) -> str:
    """The sentence of a notice in ``language`` ("zh…" or "en"; default: the active one).

    A parameter given as ``{"zh": …, "en": …}`` is shown in that language. Raises KeyError for an unknown code or
    a missing parameter.
    """
    chosen = _language(language)
    sentence: str = getattr(catalogue()[code], chosen)
    return _filled(sentence, params, chosen)


def rendered_outside(code: str, params: dict[str, Any], language: str | None = None) -> str:
    """What of a notice may leave the product: what is to be done, without anything that somebody wrote."""
    chosen = _language(language)
    return _filled(catalogue()[code].outside[chosen], params, chosen)


def _language(language: str | None) -> str:
    return "en" if (language or get_language() or "zh").startswith("en") else "zh"


def _filled(sentence: str, params: dict[str, Any], language: str) -> str:
    words = {name: value[language] if isinstance(value, dict) else value for name, value in params.items()}
    told = OPTIONAL.sub(lambda part: part[1] if all(words.get(name) for name in _names(part[1])) else "", sentence)
    return told.format(**words)


def _names(part: str) -> list[str]:
    return [name for _text, name, _spec, _conversion in Formatter().parse(part) if name]
