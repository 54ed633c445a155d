"""What a workbook says in words where a definition has codes: kinds of place, of matter, registered values, items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from huoshui.packs.contract import Known
from huoshui.visits.exchange.layout import CLOSED
from huoshui.visits.exchange.source import tidied


class Labels:
    """Codes and their labels, one to one: a label that two codes share is followed by the code."""

    def __init__(self, named: Iterable[tuple[str, str]]) -> None:
        pairs = [(code, tidied(label).replace("\n", " ")) for code, label in named]
        often = Counter(label for _code, label in pairs)
        self.by_code = {code: label if often[label] == 1 else f"{label}〔{code}〕" for code, label in pairs}
        self._by_label = {label: code for code, label in self.by_code.items()}

    def label(self, code: str) -> str:
        """The label; the code itself when it is not known."""
        return self.by_code.get(code, code)

    def code(self, text: str) -> str | None:
        """The code that a label, or the code itself, stands for."""
        text = " ".join(text.split("\n"))
        return self._by_label.get(text) or (text if text in self.by_code else None)


@dataclass(frozen=True)
class Vocabulary:
    """The labels of one workbook, by the names of its lists of choices."""

    lists: dict[str, Labels]

    def __getitem__(self, name: str) -> Labels:
        return self.lists[name]


def vocabulary(known: Known, *definitions: dict[str, Any]) -> Vocabulary:
    """What the pack may refer to, and what these definitions refer to even if it is gone."""
    kinds: dict[str, Any] = {k: v for k, v in known.definitions.get("place_kinds", {}).items() if "." not in k}
    lists = {name: Labels(words.items()) for name, words in CLOSED.items()}
    lists["place_kinds"] = Labels((code, kind.name.zh) for code, kind in kinds.items())
    opens, prefill = dict(_opens(known)), dict(_prefill(kinds))
    for item in (i for d in definitions for s in d["sections"] for i in s["items"]):
        if "opens" in item:
            opens.setdefault(opens_code(item["opens"]), opens_code(item["opens"]))
        if "prefill_from" in item:
            prefill.setdefault(item["prefill_from"], item["prefill_from"])
    lists |= {"opens": Labels(opens.items()), "prefill": Labels(prefill.items())}
    return Vocabulary(lists)


def opens_code(opens: dict[str, str]) -> str:
    """The kind of matter and its severity in one word."""
    return f"{opens['kind']}/{opens['severity']}"


def _opens(known: Known) -> Iterable[tuple[str, str]]:
    kinds: dict[str, Any] = dict(known.definitions.get("matters", {}))
    for code, kind in kinds.items():
        for severity in kind.severities:
            yield f"{code}/{severity.code}", f"{kind.name.zh}（{severity.name.zh}）"


def _prefill(kinds: dict[str, Any]) -> Iterable[tuple[str, str]]:
    for code, kind in kinds.items():
        for field in kind.attributes:
            if field.type not in ("yes_no", "integer", "decimal", "text", "long_text", "date"):
                continue
            if kind.category == "site":
                yield f"{code}.{field.code}", f"{kind.name.zh}：{field.name.zh}"
            else:
                yield field.code, f"本处：{field.name.zh}"
