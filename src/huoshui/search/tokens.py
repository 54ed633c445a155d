"""What the index knows a text by: pairs of characters, longer runs of letters and digits, pinyin initials, codes.

Chinese is written without blanks, so each pair of characters that stand together is a token: 隐患 is found in
安全隐患排查. Letters and digits are few, so of their runs three and four that stand together are tokens too.
Of titles and keys single characters are tokens as well. A token begins with a sign of what it is: "~" of the title and
the keys, none of the text, "=" a whole key, "@" a place or a pack.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

VERSION = 2
"""Counted up when texts have other tokens or the index another form than before: it is then made anew."""
LONGEST_GRAM = 4
LONGEST_KEY = 60
MOST_WORDS = 8
MOST_TEXT = 4_000
"""Characters of a text that are indexed."""
KEPT = 2_000
"""Texts whose tokens are kept: many records share them."""
_APART = re.compile(r"[\W_]+")
_LETTERS = re.compile(r"[a-z0-9]+")
_CHINESE = re.compile(r"[\u3400-\u9fff]")


@lru_cache(maxsize=KEPT)
def normal(text: str) -> str:
    """The text as it is compared: wide and capital letters made plain, a blank for all that is no letter or digit."""
    return _APART.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


@lru_cache(maxsize=KEPT)
def grams(text: str) -> frozenset[str]:
    """Tokens of a normal text."""
    found: set[str] = set()
    for run in text.split():
        found.update(run[at : at + 2] for at in range(len(run) - 1))
        for letters in _LETTERS.findall(run):
            for size in range(3, LONGEST_GRAM + 1):
                found.update(letters[at : at + size] for at in range(len(letters) - size + 1))
    return frozenset(found)


def _asked(text: str) -> set[str]:
    """Tokens of a normal text that say enough to look for it: the longest ones."""
    found: set[str] = set()
    for run in text.split():
        pieces = [(match.start(), match.end()) for match in _LETTERS.finditer(run) if match.end() - match.start() > 2]
        for start, end in pieces:
            size = min(LONGEST_GRAM, end - start)
            found.update(run[at : at + size] for at in (*range(start, end - size, size), end - size))
        within = {at for start, end in pieces for at in range(start, end - 1)}
        found.update(run[at : at + 2] for at in range(len(run) - 1) if at not in within)
    return found


def compact(text: str) -> str:
    """A code or number as it is compared whole: ZG-2018-0001 and zg20180001 are the same."""
    return normal(text).replace(" ", "")


@lru_cache(maxsize=20_000)
def initials(name: str) -> str:
    """Pinyin initials of a name with Chinese in it, as it is typed; "" of any other."""
    if not _CHINESE.search(name):
        return ""
    # Its dictionary takes a fifth of a second to load.
    from pypinyin import Style, lazy_pinyin

    return "".join(_APART.sub("", part) for part in lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()[:60]


@lru_cache(maxsize=20_000)
def mark(of: str) -> str:
    """The token of a place's path, or of a pack."""
    return f"@{blake2b(of.encode(), digest_size=8).hexdigest()}"


@dataclass(frozen=True)
class Names:
    """Title and keys as they are compared, each by itself, with their initials."""

    lines: tuple[str, ...]

    @classmethod
    def of(cls, names: Iterable[str]) -> Names:
        told = [name for name in names if name]
        lines = [normal(name) for name in told] + [initials(name) for name in told]
        return cls(tuple(dict.fromkeys(line for line in lines if line)))

    def tokens(self, keys: Iterable[str]) -> set[str]:
        """Tokens of all of them, and of those that are keys."""
        wholes = (compact(key) for key in keys)
        return {f"={whole}" for whole in wholes if 0 < len(whole) <= LONGEST_KEY}.union(*map(_of_line, self.lines))


@lru_cache(maxsize=KEPT)
def _of_line(line: str) -> frozenset[str]:
    return frozenset(f"~{token}" for token in (*grams(line), *set(line) - {" "}))


@dataclass(frozen=True)
class Word:
    """One word that was typed, as it is compared."""

    text: str

    @property
    def tokens(self) -> list[str]:
        """Tokens to look for in any text; none where no two characters stand together."""
        return sorted(_asked(self.text))

    @property
    def name_tokens(self) -> list[str]:
        """Tokens to look for in titles and keys."""
        return [f"~{token}" for token in self.tokens or sorted(set(self.text) - {" "})]

    def stands_in(self, lines: Iterable[str]) -> bool:
        """Whether one of the normal texts has it."""
        return any(self.text in line for line in lines)


def words_of(typed: str) -> list[Word]:
    """The words of what was typed, at most MOST_WORDS; what is neither letter nor digit says nothing."""
    found = dict.fromkeys(normal(part)[:100].strip() for part in typed.split())
    return [Word(text) for text in found if text][:MOST_WORDS]
