"""Labels of an XLSForm in the two languages that a checklist has."""

from __future__ import annotations

import re
from typing import Any

from huoshui.kernel.spreadsheets import cell_text

CHINESE = re.compile(r"中文|汉语|漢語|简体|繁|chinese|\bzh\b|zh[-_]|\bcmn\b", re.IGNORECASE)
ENGLISH = re.compile(r"英文|英语|english|\ben\b|en[-_]", re.IGNORECASE)
REFERENCE = re.compile(r"\$\{([^}]+)\}")
Text = dict[str, str]


class Languages:
    """Which of the form's languages is the Chinese text, which the English one, and which are left out."""

    def __init__(self, labels: list[Any], default: str) -> None:
        found = dict.fromkeys(key for label in labels if isinstance(label, dict) for key in label)
        order = sorted(found, key=lambda language: language != default)  # the default language first
        self.zh = next((language for language in order if CHINESE.search(language)), None)
        self.en = next((language for language in order if ENGLISH.search(language)), None)
        first = next((language for language in order if language not in (self.zh, self.en)), None)
        self.other = None if self.zh and self.en else first
        """The language that stands in where one of the two is missing."""
        self.left_out = [language for language in order if language not in (self.zh, self.en, self.other, "default")]

    def text(self, label: Any) -> Text | None:
        """A label in both languages, each standing in for the other; None when it is empty."""
        if isinstance(label, dict):
            given = {key: clean(str(value)) for key, value in label.items() if value}
        else:
            given = {"default": clean(str(label or ""))}
        plain = given.get(self.other or "") or given.get("default", "")
        zh, en = given.get(self.zh or "") or plain, given.get(self.en or "") or plain
        zh, en = zh or en, en or zh
        return {"zh": zh, "en": en} if zh else None


def clean(text: str) -> str:
    """A text without blanks around it and without what a workbook cannot hold."""
    return cell_text(text).strip()


def joined(*texts: Text | None) -> Text | None:
    """Several texts, one below the other."""
    there = [text for text in texts if text]
    if not there:
        return None
    return {language: "\n".join(dict.fromkeys(text[language] for text in there)) for language in ("zh", "en")}
