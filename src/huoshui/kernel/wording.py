"""How words are put together in the reader's language: lists, brackets, a role with its place."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext


def separator() -> str:
    """What stands between the words of a list."""
    return gettext("、")


def listed(words: Iterable[object]) -> str:
    """Words as a list in one line."""
    return separator().join(str(word) for word in words)


def clauses(parts: Iterable[object]) -> str:
    """Short statements in one line, set apart more than the words of a list."""
    return gettext("；").join(str(part) for part in parts)


def bracketed(text: object) -> str:
    """A remark in brackets, as it follows a word."""
    return gettext("（%(text)s）") % {"text": text}


def role_at(place: object, role: object) -> str:
    """The title of a role with its place."""
    return gettext("%(place)s%(role)s") % {"place": place, "role": role}
